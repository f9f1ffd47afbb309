// What a session is offered: one answer for every list.
#include "frontend/frontend.hpp"
#include "trace/persistence.hpp"

namespace sallyport::frontend {

using trace::Capability;
using trace::Mechanism;
using trace::MechanismSet;
using trace::Protocol;

namespace {
// More than the longest list, so that it is allocated once.
constexpr std::size_t list_octets = 256;
}  // namespace

bool FrontEnd::clear_text_allowed(const Session& session) const {
  return session.tls || !configuration_->certificate ||
         !configuration_->profile.tls_before_clear_text;
}

/// A front-end judges proofs itself: whatever is bound to a nonce or to the client's channel.
MechanismSet FrontEnd::terminated() const {
  const MechanismSet bound = trace::of_class(trace::PersistenceClass::nonce_bound) |
                             trace::of_class(trace::PersistenceClass::channel_bound);
  return (configuration_->profile.offers & bound) - configuration_->profile.stepwise;
}

// What AUTHENTICATE and AUTH take. What reveals the password waits for TLS, and so does what is
// bound to it; EXTERNAL needs a certificate to speak of.
MechanismSet FrontEnd::accepted(const Session& session) const {
  MechanismSet set = configuration_->profile.offers;
  if (faulty(Fault::relay_ntlm_over_free_connections)) set.add(Mechanism::ntlm);
  MechanismSet withheld;
  set.each([&](Mechanism mechanism) {
    const trace::MechanismFacts* const facts = trace::facts(mechanism);
    const bool reveals = facts != nullptr && facts->reveals_password;
    if (reveals && !clear_text_allowed(session)) withheld.add(mechanism);
  });
  if (!session.tls && !faulty(Fault::offer_plus_before_tls)) {
    withheld.add(Mechanism::scram_sha_256_plus);
  }
  if (session.certificate_user.empty() && !faulty(Fault::take_external_from_anybody)) {
    withheld.add(Mechanism::external);
  }
  return set - withheld;
}

MechanismSet FrontEnd::shown(const Session& session) const {
  MechanismSet set = accepted(session);
  if (faulty(Fault::advertise_ntlm)) set.add(Mechanism::ntlm);
  if (faulty(Fault::advertise_gss_spnego)) set.add(Mechanism::gss_spnego);
  if (faulty(Fault::offer_digest_md5_without_verifier)) set.add(Mechanism::digest_md5);
  if (faulty(Fault::copy_backend_lists)) set = set | shared().learned;
  return set;
}

trace::CapabilitySet FrontEnd::shown_capabilities(const Session& session) const {
  trace::CapabilitySet set;
  const bool before_login = !session.authenticated;
  const bool under_tls = session.tls && !faulty(Fault::offer_starttls_under_tls);
  if (configuration_->certificate && !under_tls && before_login) set.add(Capability::starttls);
  if (session.protocol == Protocol::imap) {
    set.add(Capability::literal_plus);
    if (faulty(Fault::show_both_literals)) set.add(Capability::literal_minus);
    if (configuration_->profile.initial_response) set.add(Capability::sasl_ir);
    if (configuration_->profile.id) set.add(Capability::id);
    if (!clear_text_allowed(session) && before_login) set.add(Capability::login_disabled);
  } else if (clear_text_allowed(session)) {
    set.add(Capability::user);
  }
  return set;
}

std::string FrontEnd::imap_capabilities(const Session& session, bool greeting) const {
  if (greeting && faulty(Fault::greet_with_another_list)) {
    return "IMAP4rev1 SASL-IR LITERAL+ AUTH=PLAIN";
  }
  if (session.tls && faulty(Fault::keep_list_over_starttls)) {
    Session before;
    before.protocol = session.protocol;
    before.authenticated = session.authenticated;
    return imap_capabilities(before, greeting);
  }
  std::string list;
  list.reserve(list_octets);
  list = "IMAP4rev1";
  shown_capabilities(session).each([&](Capability capability) {
    list += ' ';
    list += trace::name(capability);
  });
  shown(session).each([&](Mechanism mechanism) {
    list += " AUTH=";
    list += trace::name(mechanism);
  });
  return list;
}

}  // namespace sallyport::frontend
