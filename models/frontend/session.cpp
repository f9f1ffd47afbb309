// The life of a session in both protocols: octets in, completions out, STARTTLS, time, its end.
#include <algorithm>
#include <utility>

#include "frontend/frontend.hpp"

namespace sallyport::frontend {

using trace::Kind;
using trace::Protocol;
using trace::Status;
using trace::Verb;

namespace {

// Behind this many octets that are done with, the buffer is moved up.
constexpr std::size_t compact_octets = 16384;
// A client may pipeline this much while a back-end is slow, or send as much of a malformed line;
// then it is too much.
constexpr std::size_t input_octets_max = 262144;
// What the database said is kept for so long.
constexpr std::uint32_t cache_seconds = 3600;
// Of a reply: its status, brackets and line end, so that it is allocated once.
constexpr std::size_t status_octets = 32;

wire::imap::Limits before_login(const Limits& limits) {
  return {.line_octets = limits.line_octets,
          .literal_octets = limits.literal_octets,
          .frame_octets = limits.frame_octets};
}

}  // namespace

FrontEnd::FrontEnd(const Configuration& configuration) : configuration_(&configuration) {}

trace::Event FrontEnd::policy(Protocol protocol) const {
  Session before;
  before.protocol = protocol;
  return policy_of(before);
}

trace::Event FrontEnd::policy_under_tls(trace::SessionId id, Protocol protocol,
                                        std::string_view certificate_user) const {
  Session under;
  under.protocol = protocol;
  under.tls = true;
  under.certificate_user = certificate_user;
  trace::Event event = policy_of(under);
  event.session = id;
  return event;
}

trace::Event FrontEnd::policy_of(const Session& s) const {
  trace::Event event{.kind = Kind::policy, .point = trace::Point::given, .protocol = s.protocol};
  // The policy as it was written, without what a fault makes of it, except for those faults that
  // are mistakes in the policy.
  event.mechanisms = shown(s) - (shared().learned - accepted(s));
  event.capabilities = shown_capabilities(s);
  event.terminated = terminated();
  event.to_backends = trace::MechanismSet{trace::Mechanism::plain, trace::Mechanism::oauthbearer,
                                          trace::Mechanism::xoauth2};
  event.to_backends = event.to_backends | configuration_->profile.stepwise;
  if (configuration_->certificate && configuration_->profile.tls_before_clear_text) {
    event.rules.add(trace::Rule::tls_before_clear_text);
  }
  if (configuration_->tls_to_backends) event.rules.add(trace::Rule::tls_to_backends);
  return event;
}

trace::Events FrontEnd::limits() const {
  const Limits& limits = configuration_->profile.limits;
  trace::Events events;
  const auto state = [&](trace::Limit limit, std::size_t amount) {
    if (amount == 0) return;
    events.push_back({.kind = Kind::limit,
                      .point = trace::Point::given,
                      .limit = limit,
                      .amount = static_cast<std::uint32_t>(amount)});
  };
  state(trace::Limit::held_octets, limits.held_octets);
  state(trace::Limit::failures, limits.failures);
  state(trace::Limit::errors, limits.errors);
  state(trace::Limit::failure_seconds, limits.failure_seconds);
  state(trace::Limit::exchange_octets, wire::pop3::Limits{}.exchange_octets);
  state(trace::Limit::backend_seconds, limits.backend_seconds);
  return events;
}

// Leaves no footprint: what is held for a session changes with the session only.
std::uint32_t FrontEnd::held(trace::SessionId id) const {
  if (id >= sessions_.size() || sessions_[id].phase == Phase::closed) return 0;
  const Session& s = sessions_[id];
  std::size_t octets = s.input.size() - s.read + s.user.size() + s.claim.authcid.size() +
                       s.claim.authzid.size() + s.claim.secret.size() + s.proof.message.size() +
                       s.proof.transcript.size() + s.proof.challenge.size() + s.leaked;
  if (s.phase == Phase::ready && faulty(Fault::keep_a_node_for_each_parenthesis)) {
    constexpr std::size_t node_octets = 64;
    octets += node_octets * static_cast<std::size_t>(std::ranges::count(s.input, '('));
  }
  return static_cast<std::uint32_t>(octets);
}

void FrontEnd::client_opened(trace::SessionId id, Protocol protocol, std::optional<ClientTls> tls,
                             Host& host) {
  if (id >= sessions_.size()) sessions_.resize(id + std::size_t{1});
  Session& s = session(id);
  s = Session{};
  s.protocol = protocol;
  wire::imap::Limits limits = before_login(configuration_->profile.limits);
  if (faulty(Fault::put_no_limit_on_commands)) limits.frame_octets = input_octets_max;
  s.framer = wire::imap::Framer(limits, true);
  s.tls = tls.has_value();
  if (tls) {
    s.certificate_user = tls->user;
    s.binding = tls->binding;
  }
  s.phase = Phase::ready;
  const bool listed = protocol == Protocol::imap && configuration_->profile.initial_response;
  const std::string list = listed ? imap_capabilities(s, true) : std::string{};
  const std::string_view product = configuration_->profile.product;
  std::string greeting;
  greeting.reserve(list.size() + product.size() + status_octets);
  greeting = protocol == Protocol::imap ? "* OK " : "+OK ";
  if (listed) greeting.append("[CAPABILITY ").append(list).append("] ");
  greeting.append(product).append(" ready\r\n");
  host.to_client(id, std::move(greeting));
}

void FrontEnd::client_octets(trace::SessionId id, std::string_view octets, Host& host) {
  Session& s = session(id);
  if (s.phase == Phase::closed || s.phase == Phase::tls) return;
  s.idle_seconds = 0;
  if (faulty(Fault::parse_each_packet_by_itself) && s.phase == Phase::ready) {
    s.input.clear();
    s.read = 0;
    s.framer.reset();
    s.lines.reset();
  }
  s.input.append(octets);
  advance(id, host);
  Session& after = session(id);
  if (after.phase == Phase::closed) return;
  if (after.read == after.input.size()) {
    after.input.clear();
    after.read = 0;
  } else if (after.read > compact_octets) {
    after.input.erase(0, after.read);
    after.read = 0;
  }
  const std::size_t stated = configuration_->profile.limits.held_octets;
  const bool early = !after.authenticated && stated != 0 && held(id) > stated &&
                     !faulty(Fault::put_no_limit_on_commands) &&
                     !faulty(Fault::keep_a_node_for_each_parenthesis) &&
                     !faulty(Fault::allocate_literals_at_once);
  if (early || after.input.size() - after.read > input_octets_max) {
    abandon(id, "too much input", host);
  }
}

void FrontEnd::client_closed(trace::SessionId id, Host& host) {
  if (session(id).phase != Phase::closed) end_session(id, host);
}

// Nothing that the client sent before the handshake may have effect behind it (CVE-2011-0411), so
// what is unread is forgotten.
void FrontEnd::start_tls(trace::SessionId id, Host& host) {
  Session& s = session(id);
  complete(id, Status::ok, "begin TLS negotiation now", host);
  const bool keep = faulty(Fault::keep_input_over_starttls) ||
                    (faulty(Fault::keep_input_over_stls) && s.protocol == Protocol::pop3);
  if (!keep) {
    s.input.clear();
    s.read = 0;
    s.framer.reset();
    s.lines.reset();
  }
  if (!faulty(Fault::keep_user_over_stls)) s.user.clear();
  s.phase = Phase::tls;
  host.start_tls(id);
}

void FrontEnd::tls_established(trace::SessionId id, const ClientTls& tls, Host& host) {
  Session& s = session(id);
  if (s.phase != Phase::tls) return;
  s.tls = true;
  s.certificate_user = tls.user;
  s.binding = tls.binding;
  s.phase = Phase::ready;
  advance(id, host);
}

// Reads commands and SASL messages while the session waits for nothing else.
void FrontEnd::advance(trace::SessionId id, Host& host) {
  while (true) {
    const Session& s = session(id);
    bool more = false;
    switch (s.phase) {
      case Phase::ready:
        more = s.protocol == Protocol::imap ? read_imap(id, host) : read_pop3(id, host);
        break;
      case Phase::exchange:
      case Phase::stepwise:
        more = read_exchange_line(id, host);
        break;
      default:
        break;
    }
    if (!more) return;
  }
}

/// What is unread belongs to a line that is refused whatever else it holds: it needn't be kept. A
/// line without end is borne only so long. False: there is nothing more to read.
bool FrontEnd::discard_input(trace::SessionId id, Host& host) {
  Session& s = session(id);
  s.discarded += s.input.size() - s.read;
  s.read = s.input.size();
  if (s.discarded > input_octets_max) abandon(id, "too much input", host);
  return false;
}

// Answers the command in progress, forgets its secrets, and returns to reading commands.
void FrontEnd::complete(trace::SessionId id, Status status, std::string_view text, Host& host) {
  Session& s = session(id);
  std::string reply;
  reply.reserve(s.tag.size() + text.size() + status_octets);
  if (s.protocol == Protocol::imap) {
    reply = s.tag.empty() ? "*" : s.tag;
    reply += status == Status::ok ? " OK " : status == Status::no ? " NO " : " BAD ";
  } else {
    reply = status == Status::ok ? "+OK " : "-ERR ";
  }
  reply += text;
  reply += "\r\n";
  const bool failed_exchange = s.mechanism != trace::Mechanism::none && status != Status::ok;
  // PASS comes right behind USER, or not at all (RFC 1939 §7).
  if (s.verb != Verb::user && s.verb != Verb::stls) s.user.clear();
  s.phase = Phase::ready;
  s.verb = Verb::none;
  if (failed_exchange && faulty(Fault::keep_exchange_after_failure)) s.phase = Phase::exchange;
  s.mechanism = trace::Mechanism::none;
  s.exchange_link = trace::no_link;
  s.retried = false;
  s.discarded = 0;
  s.tag.clear();
  if (faulty(Fault::leak_cancelled_exchange) && status == Status::bad) {
    s.leaked += static_cast<std::uint32_t>(sizeof(Proof));
  }
  s.claim = {};
  s.proof = {};
  host.to_client(id, std::move(reply));
}

bool FrontEnd::may_start_tls(const Session& s) const {
  const bool logged_in = s.authenticated && !faulty(Fault::start_tls_when_logged_in);
  return configuration_->certificate && !s.tls && !logged_in;
}

/// Once only (RFC 3501 §6.2). What is refused changes nothing.
bool FrontEnd::may_log_in_now(trace::SessionId id) {
  Session& s = session(id);
  if (!s.authenticated || faulty(Fault::log_in_when_logged_in)) return true;
  if (faulty(Fault::log_out_on_a_refused_login)) s.authenticated = false;
  return false;
}

// What was sent is no command that may be given here. Before login that is borne a few times only.
void FrontEnd::refuse_line(trace::SessionId id, std::string_view text, Host& host) {
  const Limits& limits = configuration_->profile.limits;
  Session& s = session(id);
  complete(id, s.protocol == Protocol::imap ? Status::bad : Status::no, text, host);
  if (s.authenticated || limits.errors == 0 || faulty(Fault::bear_any_number_of_errors)) return;
  if (++s.errors >= limits.errors) abandon(id, "too many errors", host);
}

// A login has failed. The answer waits, and after a few there is none more.
void FrontEnd::fail_login(trace::SessionId id, Status status, std::string_view text, Host& host) {
  Session& s = session(id);
  if (s.failures < configuration_->profile.limits.failures) ++s.failures;
  s.user.clear();
  // What EXTERNAL's message asks for may be anything, and was a password where the client took the
  // exchange for PLAIN's; it is the certificate that says who fails.
  const bool external = s.claim.mechanism == trace::Mechanism::external;
  const std::string said = external ? s.claim.authcid : s.claim.user();
  std::string line = "login failed: user=<" + quoted(said, Fault::take_user_for_a_template) + ">";
  if (faulty(Fault::log_beyond_the_name)) line += shared().scratch;
  host.log(id, line, said);
  s.reply = text;
  s.reply_status = status;
  s.phase = Phase::delayed;
  s.wait_seconds = configuration_->profile.limits.failure_seconds;
  if (s.wait_seconds == 0 || faulty(Fault::answer_failures_at_once)) answer_failure(id, host);
}

void FrontEnd::answer_failure(trace::SessionId id, Host& host) {
  Session& s = session(id);
  const Limits& limits = configuration_->profile.limits;
  const std::string text = std::move(s.reply);
  s.reply.clear();
  complete(id, s.reply_status, text, host);
  const bool last = limits.failures != 0 && s.failures >= limits.failures &&
                    !faulty(Fault::allow_any_number_of_failures);
  if (last) return abandon(id, "too many failed logins", host);
  advance(id, host);
}

void FrontEnd::elapse(std::uint32_t seconds, Host& host) {
  const Limits& limits = configuration_->profile.limits;
  // Whoever only grows old by less than is told apart isn't under the footprint.
  if (seconds >= told_apart_seconds) {
    footprint_.sessions = ~std::uint32_t{0};
    footprint_.rest = true;
  }
  for (Cached& entry : shared_.cache) entry.age_seconds += seconds;
  std::erase_if(shared_.cache,
                [](const Cached& entry) { return entry.age_seconds >= cache_seconds; });
  for (std::size_t i = 0; i < sessions_.size(); ++i) {
    const auto id = static_cast<trace::SessionId>(i);
    Session& s = sessions_[i];
    if (s.phase == Phase::closed) continue;
    if (s.phase == Phase::delayed || s.phase == Phase::lookup) footprint_.sessions |= bit(id);
    if (s.phase == Phase::delayed) {
      s.wait_seconds -= std::min(seconds, s.wait_seconds);
      if (s.wait_seconds == 0) answer_failure(id, host);
      continue;
    }
    if (s.phase == Phase::lookup) {
      s.wait_seconds += seconds;
      if (s.wait_seconds >= limits.backend_seconds && !faulty(Fault::wait_for_a_dead_verifier)) {
        look_up_failed(id, host);
      }
      continue;
    }
    if (s.phase == Phase::busy) continue;
    s.idle_seconds += seconds;  // only now is it the client's turn to say something
    std::uint32_t allowed = limits.login_seconds;
    if (s.authenticated) {
      allowed = s.protocol == Protocol::imap ? limits.imap_idle_seconds : limits.pop3_idle_seconds;
      if (faulty(Fault::log_out_after_five_minutes)) allowed = 300;
    }
    if (allowed == 0 || s.idle_seconds < allowed) continue;
    if (!s.authenticated) {
      host.inside({.kind = Kind::failure,
                   .point = trace::Point::inside,
                   .protocol = s.protocol,
                   .session = id});
    }
    abandon(id, "idle for too long", host);
  }
  for (std::size_t i = 0; i < links_.size(); ++i) {
    if (configuration_->idle && rests(links_[i])) {
      Link& l = link(static_cast<trace::LinkId>(i));
      l.wait_seconds += seconds;
      if (l.wait_seconds >= configuration_->idle->seconds) {
        dismiss(static_cast<trace::LinkId>(i), host);
      }
      continue;
    }
    if (links_[i].state == LinkState::closed || links_[i].state == LinkState::idle) continue;
    Link& l = link(static_cast<trace::LinkId>(i));
    l.wait_seconds += seconds;
    if (l.wait_seconds < limits.backend_seconds || limits.backend_seconds == 0) continue;
    if (!faulty(Fault::wait_for_a_dead_backend))
      backend_closed(static_cast<trace::LinkId>(i), host);
  }
}

// Looks at all and leaves no footprint: whoever asks is to ask before each step as well, and to
// look for a footprint of steps only where nobody waited then.
std::optional<std::uint32_t> FrontEnd::due() const {
  const std::uint32_t patience = configuration_->profile.limits.backend_seconds;
  std::optional<std::uint32_t> soonest;
  const auto note = [&](std::uint32_t seconds) {
    soonest = std::min(seconds, soonest.value_or(seconds));
  };
  for (const Session& s : sessions_) {
    if (s.phase == Phase::delayed) note(s.wait_seconds);
    if (s.phase == Phase::lookup && !faulty(Fault::wait_for_a_dead_verifier)) {
      note(patience - std::min(patience, s.wait_seconds));
    }
  }
  for (const Link& l : links_) {
    const bool waits = l.state != LinkState::closed && l.state != LinkState::idle;
    if (waits && l.session != trace::no_session && sessions_[l.session].phase == Phase::busy &&
        !faulty(Fault::wait_for_a_dead_backend)) {
      note(patience - std::min(patience, l.wait_seconds));
    }
  }
  return soonest;
}

// The session is over; its connection goes back to the pool if it is as good as new for its user.
void FrontEnd::end_session(trace::SessionId id, Host& host) {
  close_unfinished(id, host);
  const trace::LinkId held = session(id).link;
  if (held != trace::no_link) {
    give_back(held, host);
  }
  session(id) = Session{};
}

// Something went wrong that no completion can mend: say so and hang up.
void FrontEnd::abandon(trace::SessionId id, std::string_view why, Host& host) {
  if (session(id).phase == Phase::tls) {  // words in the clear would break the handshake
    end_session(id, host);
    return host.close_client(id);
  }
  std::string farewell = session(id).protocol == Protocol::imap ? "* BYE " : "-ERR ";
  farewell += why;
  farewell += "\r\n";
  host.to_client(id, std::move(farewell));
  end_session(id, host);
  host.close_client(id);
}

}  // namespace sallyport::frontend
