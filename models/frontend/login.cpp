// A login that was gathered whole goes to one connection, from its first octet to its outcome.
#include <algorithm>
#include <utility>

#include "frontend/frontend.hpp"
#include "frontend/replies.hpp"
#include "wire/base64.hpp"
#include "wire/oauth.hpp"

namespace sallyport::frontend {

using trace::LinkId;
using trace::Mechanism;
using trace::no_link;
using trace::no_session;
using trace::Protocol;
using trace::SessionId;
using trace::Status;
using trace::Verb;

namespace {

constexpr std::uint8_t retries_max = 3;  // of one session, where a fault retries

/// POP3 has no way to write these in a user name or a password.
bool fits_a_line(std::string_view value) {
  constexpr std::string_view breaks{"\r\n\0", 3};
  return value.find_first_of(breaks) == std::string_view::npos;
}

/// Between quotes, as it is.
void append_raw(std::string& out, std::string_view value) {
  out += '"';
  out += value;
  out += '"';
}

/// By which mechanism the claim goes to this back-end; none: by LOGIN, or USER and PASS; other: it
/// can't.
Mechanism mechanism_for(const trace::MechanismSet& offered, bool login_disabled, Mechanism claimed,
                        bool for_another) {
  if (claimed == Mechanism::oauthbearer || claimed == Mechanism::xoauth2) {
    return offered.has(claimed) ? claimed : Mechanism::other;
  }
  if (offered.has(Mechanism::plain)) return Mechanism::plain;  // takes any octets
  return for_another || login_disabled ? Mechanism::other : Mechanism::none;
}

}  // namespace

// The session said who it is, whole, and whatever was for the front-end to check is checked.
void FrontEnd::begin_login(SessionId id, std::uint8_t route, Host& host) {
  Session& s = session(id);
  if (s.link != no_link) close_link(s.link, host);  // logged in already: only a fault gets here
  s.authenticated = false;
  const Key key = key_of(s, route);
  const std::string user = canonical_user(s.claim.user());
  std::vector<LinkId> eligible;
  if (!s.retried) {
    add(s.protocol, eligible, [&](const Link& l) {
      if (!l.authenticated) return false;
      if (faulty(Fault::pool_key_omits_user)) return l.key.has_value();
      if (faulty(Fault::pool_key_omits_delegation) && s.claim.delegated) return l.owner == user;
      return l.route == route && l.key == key;
    });
    add_idle(s.protocol, route, eligible);
  }
  add_new(eligible, host);
  s.phase = Phase::busy;
  const auto chosen = lease(id, eligible, route, host);
  if (!chosen) return complete(id, Status::no, unavailable(s.protocol), host);
  Link& l = link(*chosen);
  if (l.authenticated) return finish_login(*chosen, true, "", host);
  l.key = key;
  l.owner = user;
  if (l.state == LinkState::idle) send_login(*chosen, host);
}

void FrontEnd::send_login(LinkId k, Host& host) {
  Link& l = link(k);
  const SessionId id = l.session;
  const Claim& claim = session(id).claim;
  const trace::MechanismSet offered =
      faulty(Fault::use_mechanisms_of_any_backend) ? shared().learned : l.mechanisms;
  const bool refuses = l.protocol == Protocol::imap
                           ? l.capabilities.has(trace::Capability::login_disabled)
                           : !l.capabilities.has(trace::Capability::user);
  const bool disabled = refuses && !faulty(Fault::ignore_logindisabled_of_backends);
  l.mechanism =
      mechanism_for(offered, disabled, claim.mechanism, claim.delegated || !claim.authzid.empty());
  const bool line_fits = l.protocol == Protocol::imap || l.mechanism != Mechanism::none ||
                         (fits_a_line(claim.authcid) && fits_a_line(claim.secret)) ||
                         faulty(Fault::write_login_raw);
  if (l.mechanism == Mechanism::other || !line_fits) {
    const Protocol protocol = l.protocol;
    close_link(k, host);  // another back-end may take what this one can't
    host.inside({.kind = trace::Kind::failure,
                 .point = trace::Point::inside,
                 .protocol = protocol,
                 .session = id,
                 .link = k});
    complete(id, Status::no, unavailable(protocol), host);
    return advance(id, host);
  }
  l.state = LinkState::login;
  if (l.mechanism == Mechanism::none) return send_password_login(k, host);
  std::string octets;
  if (l.protocol == Protocol::imap) {
    l.tag = next_tag(l);
    octets = l.tag + " AUTHENTICATE ";
    l.verb = Verb::authenticate;
  } else {
    octets = "AUTH ";
    l.verb = Verb::auth;
  }
  octets += trace::name(l.mechanism);
  octets += "\r\n";
  host.to_backend(k, std::move(octets));
}

/// LOGIN, or USER: the first credential goes out with it.
void FrontEnd::send_password_login(LinkId k, Host& host) {
  Link& l = link(k);
  const Claim& claim = session(l.session).claim;
  l.proven = true;
  if (l.protocol == Protocol::pop3) {
    l.verb = Verb::user;
    return host.to_backend(k, "USER " + claim.authcid + "\r\n");
  }
  l.verb = Verb::login;
  l.tag = next_tag(l);
  std::string octets = l.tag + " LOGIN ";
  const auto append = [&](std::string_view value) {
    faulty(Fault::write_login_raw) ? append_raw(octets, value)
                                   : wire::imap::append_astring(octets, value);
  };
  append(claim.authcid);
  octets += ' ';
  append(claim.secret);
  l.unsent = octets + "\r\n";
  l.unsent_literal = 0;
  send_segment(k, host);
}

/// The message of `mechanism` that logs in to a back-end. For whom the front-end has verified
/// itself it uses a credential of its own, which back-ends let act for others.
std::string FrontEnd::login_message(const Claim& claim, Mechanism mechanism) {
  if (mechanism == Mechanism::oauthbearer || mechanism == Mechanism::xoauth2) {
    const wire::oauth::Message message{
        .user = claim.authcid, .host = "", .port = "", .token = claim.secret};
    return mechanism == Mechanism::oauthbearer ? wire::oauth::build_oauthbearer(message)
                                               : wire::oauth::build_xoauth2(message);
  }
  if (claim.delegated) {
    return wire::sasl::build_plain({.authzid = claim.user(),
                                    .authcid = std::string(front_end_user),
                                    .password = configuration_->backend_password});
  }
  std::string user = claim.authcid;
  if (faulty(Fault::cut_user_at_space)) user.resize(std::min(user.find(' '), user.size()));
  return wire::sasl::build_plain(
      {.authzid = claim.authzid, .authcid = user, .password = claim.secret});
}

// The back-end asked for the second message of the login.
void FrontEnd::continue_login(LinkId k, Host& host) {
  const SessionId id = link(k).session;
  const Claim& claim = session(id).claim;
  std::string message;
  if (link(k).verb == Verb::user) {
    message = "PASS " + claim.secret;
    link(k).verb = Verb::pass;
  } else if (link(k).proven && !faulty(Fault::answer_any_continuation)) {
    return link_gone(k, "",
                     host);  // it has had its answer: whatever this asks for, it gets nothing
  } else {
    message = wire::base64_encode(login_message(claim, link(k).mechanism));
    link(k).proven = true;
  }
  if (faulty(Fault::log_beyond_the_name)) shared().scratch = claim.secret;
  message += "\r\n";
  LinkId target = k;
  if (faulty(Fault::move_login_between_messages)) {
    Link& left = link(k);
    std::vector<LinkId> eligible{k};
    add_idle(left.protocol, left.route, eligible);
    add_new(eligible, host);
    const Link behind = left;
    release(k, host);
    target = lease(id, eligible, behind.route, host).value_or(k);
    if (target != k) {
      link(k).unfinished = id;
      link(k).key.reset();
      Link& l = link(target);
      l.key = behind.key;
      l.owner = behind.owner;
      l.verb = behind.verb;
      l.mechanism = behind.mechanism;
      l.tag = next_tag(l);
      if (l.state == LinkState::greeting) {
        l.unsent = message;
        return;
      }
      l.state = LinkState::login;
    }
  }
  host.to_backend(target, std::move(message));
}

/// `words` are the back-end's, and stay here.
void FrontEnd::finish_login(LinkId k, bool accepted, std::string_view words, Host& host) {
  Link& l = link(k);
  const SessionId id = l.session;
  if (id == no_session) return close_link(k, host);  // the login went on elsewhere: only by a fault
  Session& s = session(id);
  l.state = LinkState::idle;
  l.tag.clear();
  l.verb = Verb::none;
  close_unfinished(id, host);
  if (accepted) {
    l.authenticated = true;
    if (faulty(Fault::relay_capability_codes)) s.reply = words;
    const bool scram = !s.proof.server_final.empty() && !s.proof.granted;
    if (!scram) return accept_login(id, host);
    s.proof.granted = true;
    s.phase = Phase::exchange;
    challenge(id, s.proof.server_final, host);
    return advance(id, host);
  }
  if (faulty(Fault::retry_refused_logins) && s.retries < retries_max) {
    ++s.retries;
    return send_login(k, host);
  }
  l.key.reset();
  release(k, host);
  std::string text(login_failed(s.protocol));
  if (faulty(Fault::forward_refusals_of_backends)) text = words;
  if (faulty(Fault::forward_referrals_of_backends) && words.starts_with("[REFERRAL")) text = words;
  if (faulty(Fault::refer_after_a_failed_login)) text = "[REFERRAL imap://be1.example/] try there";
  fail_login(id, Status::no, text, host);
}

void FrontEnd::accept_login(SessionId id, Host& host) {
  Session& s = session(id);
  s.authenticated = true;
  s.identity =
      faulty(Fault::keep_the_case_of_users) ? s.claim.user() : canonical_user(s.claim.user());
  s.framer = wire::imap::Framer({}, true);
  identify(id, host);
  host.log(id, "login: user=<" + s.identity + ">", s.identity);
  const std::string words = std::exchange(s.reply, {});  // only a fault has left some
  complete(id, Status::ok, words.empty() ? "logged in" : std::string_view(words), host);
  const std::string_view unread = std::string_view(s.input).substr(s.read);
  if (faulty(Fault::run_pipelined_commands_twice) && !unread.empty()) {
    host.to_backend(s.link, std::string(unread));
  }
  if (faulty(Fault::drop_pipelined_commands)) s.read = s.input.size();
  advance(id, host);
}

void FrontEnd::identify(SessionId id, Host& host) {
  host.inside({.kind = trace::Kind::identified,
               .point = trace::Point::inside,
               .protocol = session(id).protocol,
               .session = id,
               .user = session(id).identity});
}

/// A connection from the pool may have died there unseen. Once, and as long as no credential has
/// gone out, the login is begun anew on a fresh one.
bool FrontEnd::retry_login(SessionId id, const Link& failed, Host& host) {
  Session& s = session(id);
  if (s.exchange_link != no_link) return false;  // a relayed exchange is nobody's to begin anew
  const bool stale = !failed.fresh && !failed.proven && !s.retried;
  const bool anyway = faulty(Fault::retry_after_credentials_went_out) && s.retries < retries_max;
  if (!stale && !anyway) return false;
  if (!stale) ++s.retries;
  s.retried = true;
  begin_login(id, failed.route, host);
  return true;
}

}  // namespace sallyport::frontend
