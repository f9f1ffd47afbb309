// A front-end's canonical octets: see trace/canonical.hpp.
#include "frontend/frontend.hpp"

namespace sallyport::frontend {

namespace {

/// How long somebody has been silent is told apart by minutes only: the delay of a failed login,
/// which every other session sits through, makes no state of its own. So a search may take for one
/// two states of which the first is logged out some seconds sooner.
constexpr std::uint32_t told_apart_seconds = 60;

}  // namespace

void FrontEnd::canonical(trace::Canonical& out) const {
  for (const Session& s : sessions_) canonical(s, out);
  for (const Link& l : links_) canonical(l, out);
  for (const Cached& entry : cache_) {
    out.text(entry.key);
    out.text(entry.account.user);
    out.u32(entry.age_seconds / told_apart_seconds);
  }
  out.u32(learned_.bits);
  out.name(scratch_);
  out.name(accepted_proof_);
  out.name(final_data_);
  for (const std::string& reply : replies_) out.text(reply);
}

void FrontEnd::canonical(const Session& s, trace::Canonical& out) const {
  out.enumerator(s.phase);
  if (s.phase == Phase::closed) return;
  out.enumerator(s.protocol);
  for (const bool flag : {s.tls, s.authenticated, s.retried, s.proof.granted}) out.flag(flag);
  out.u8(s.failures);
  out.u8(s.errors);
  out.enumerator(s.verb);
  out.enumerator(s.mechanism);
  out.enumerator(s.reply_status);
  out.u16(s.link);
  out.u16(s.exchange_link);
  out.u32(s.idle_seconds / told_apart_seconds);
  out.u32(s.wait_seconds);
  out.u32(s.leaked);
  out.u64(s.discarded);
  out.name(s.tag);
  for (const std::string* const text :
       {&s.user, &s.identity, &s.reply, &s.certificate_user, &s.binding, &s.claim.authcid,
        &s.claim.authzid, &s.claim.secret, &s.proof.gs2_header}) {
    out.text(*text);
  }
  // Whatever holds a nonce is a name; the transcript follows from those.
  for (const std::string* const name : {&s.last_challenge, &s.proof.challenge, &s.proof.message,
                                        &s.proof.nonce, &s.proof.server_final}) {
    out.name(*name);
  }
  out.enumerator(s.claim.mechanism);
  out.flag(s.claim.delegated);
  out.u8(s.proof.step);
  out.text(s.proof.account ? std::string_view(s.proof.account->user) : std::string_view{});
  out.text(std::string_view(s.input).substr(s.read));
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
  out.u16(l.session);
  out.u16(l.unfinished);
  out.u32(l.mechanisms.bits);
  out.u32(l.capabilities.bits);
  out.u32(l.state == LinkState::idle ? 0 : l.wait_seconds);
  out.flag(l.key.has_value());
  if (l.key) {
    for (const std::uint8_t octet : *l.key) out.u8(octet);
  }
  out.name(l.tag);
  out.text(l.owner);
  out.text(l.unsent);
  out.u32(static_cast<std::uint32_t>(l.unsent_literal));
  out.text(std::string_view(l.input).substr(l.read));
}

}  // namespace sallyport::frontend
