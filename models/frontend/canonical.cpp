// A front-end's canonical octets: see trace/canonical.hpp.
#include <algorithm>
#include <utility>

#include "frontend/frontend.hpp"

namespace sallyport::frontend {

void FrontEnd::canonical(trace::SessionId id, trace::Canonical& out) const {
  static const Session none;
  canonical(id < sessions_.size() ? sessions_[id] : none, out);
}

void FrontEnd::canonical_link(trace::LinkId id, trace::Canonical& out) const {
  static const Link none;
  canonical(id < links_.size() ? links_[id] : none, out);
}

void FrontEnd::canonical_rest(trace::Canonical& out) const {
  for (const Cached& entry : shared_.cache) {
    out.text(entry.key);
    out.text(entry.account.user);
    out.u32(entry.age_seconds / told_apart_seconds);
  }
  out.u32(shared_.learned.bits);
  out.name(shared_.scratch);
  out.name(shared_.accepted_proof);
  out.name(shared_.final_data);
  for (const std::string& reply : shared_.replies) out.text(reply);
}

void FrontEnd::canonical(const Session& s, trace::Canonical& out) const {
  out.enumerator(s.phase);
  if (s.phase == Phase::closed) return;
  out.enumerator(s.protocol);
  for (const bool flag : {s.tls, s.authenticated, s.retried, s.proof.granted}) out.flag(flag);
  out.u8(s.failures);
  out.u8(s.retries);
  out.u8(s.errors);
  out.enumerator(s.verb);
  out.enumerator(s.mechanism);
  out.enumerator(s.reply_status);
  out.link(s.link);
  out.link(s.exchange_link);
  out.u32(s.idle_seconds / told_apart_seconds);
  out.u32(s.wait_seconds);
  out.u32(s.leaked);
  out.u64(s.discarded);
  out.name(s.tag);
  for (const std::string* const text :
       {&s.user, &s.identity, &s.reply, &s.certificate_user, &s.claim.authcid, &s.claim.authzid,
        &s.claim.secret, &s.proof.gs2_header}) {
    out.text(*text);
  }
  // Whatever holds a nonce is a name; the transcript follows from those.
  for (const std::string* const name : {&s.binding, &s.last_challenge, &s.proof.challenge,
                                        &s.proof.message, &s.proof.nonce, &s.proof.server_final}) {
    out.name(*name);
  }
  out.enumerator(s.claim.mechanism);
  out.flag(s.claim.delegated);
  out.u8(s.proof.step);
  out.text(s.proof.account ? std::string_view(s.proof.account->user) : std::string_view{});
  out.lines(std::string_view(s.input).substr(s.read));
}

void FrontEnd::canonical(const Link& l, trace::Canonical& out) const {
  out.enumerator(l.state);
  if (l.state == LinkState::closed) return;
  out.enumerator(l.protocol);
  out.u8(l.route);
  for (const bool flag : {l.tls, l.authenticated, l.fresh, l.proven, l.selected, l.multi_line,
                          l.challenged, l.passed_on}) {
    out.flag(flag);
  }
  out.enumerator(l.verb);
  out.enumerator(l.mechanism);
  out.session(l.session);
  out.session(l.unfinished);
  out.u32(l.mechanisms.bits);
  out.u32(l.capabilities.bits);
  const auto& idle = configuration_->idle;
  out.u32(l.state == LinkState::idle && !idle ? 0 : l.wait_seconds);
  if (idle) out.u64(l.rested);
  out.flag(l.key.has_value());
  if (l.key) {
    for (const std::uint8_t octet : *l.key) out.u8(octet);
  }
  out.name(l.tag);
  out.text(l.owner);
  out.lines(l.unsent);
  out.u32(static_cast<std::uint32_t>(l.unsent_literal));
  out.lines(std::string_view(l.input).substr(l.read));
}

void FrontEnd::rename(const trace::Renaming& renaming,
                      std::string (*binding_of)(trace::SessionId)) {
  constexpr std::size_t sessions_max = trace::Renaming::sessions_max;
  constexpr std::size_t links_max = trace::Renaming::links_max;
  sessions_.resize(std::max(sessions_.size(), sessions_max));
  links_.resize(std::max(links_.size(), links_max));
  std::vector<Session> sessions = sessions_;
  for (std::size_t i = 0; i < sessions_max; ++i) {
    Session& s = sessions_[renaming.sessions[i]];
    s = std::move(sessions[i]);
    s.link = renaming.link(s.link);
    s.exchange_link = renaming.link(s.exchange_link);
    if (!s.binding.empty()) s.binding = binding_of(renaming.sessions[i]);
  }
  std::vector<Link> links = links_;
  for (std::size_t i = 0; i < links_max; ++i) {
    Link& l = links_[renaming.links[i]];
    l = std::move(links[i]);
    l.session = renaming.session(l.session);
    l.unfinished = renaming.session(l.unfinished);
  }
}

}  // namespace sallyport::frontend
