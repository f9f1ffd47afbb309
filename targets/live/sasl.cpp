#include "targets/live/sasl.hpp"

#include <gsasl.h>

#include "wire/base64.hpp"

namespace sallyport::live {

using trace::Mechanism;
using trace::MechanismSet;

namespace {

struct Library {
  Library() { usable = gsasl_init(&context) == GSASL_OK; }
  ~Library() {
    if (usable) gsasl_done(context);
  }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  Gsasl* context = nullptr;
  bool usable = false;
};

Library& library() {
  static Library one;
  return one;
}

}  // namespace

class SaslExchange::Implementation {
 public:
  Implementation(trace::Protocol protocol, Mechanism mechanism,
                 const client::Credential& credential, const std::string& host) {
    const std::string name(trace::name(mechanism));
    if (!library().usable ||
        gsasl_client_start(library().context, name.c_str(), &session_) != GSASL_OK) {
      session_ = nullptr;
      return;
    }
    set(GSASL_AUTHID, credential.user);
    set(GSASL_PASSWORD, credential.password);
    set(GSASL_SERVICE, protocol == trace::Protocol::imap ? "imap" : "pop");
    set(GSASL_HOSTNAME, host);
  }
  ~Implementation() {
    if (session_ != nullptr) gsasl_finish(session_);
  }
  Implementation(const Implementation&) = delete;
  Implementation& operator=(const Implementation&) = delete;

  [[nodiscard]] std::string answer(const std::string& challenge) {
    if (session_ == nullptr) return "*";
    // Its own base64 hands octets on without an end, behind which DIGEST-MD5 then looks for one.
    const auto message = wire::base64_decode(challenge);
    if (!message) return "*";
    const std::string octets(message->begin(), message->end());
    char* out = nullptr;
    std::size_t size = 0;
    const int result = gsasl_step(session_, octets.c_str(), octets.size(), &out, &size);
    const std::string said = out == nullptr ? "" : std::string(out, size);
    gsasl_free(out);
    const bool goes_on = result == GSASL_OK || result == GSASL_NEEDS_MORE;
    return goes_on ? wire::base64_encode(said) : "*";
  }

 private:
  void set(Gsasl_property property, const std::string& value) {
    gsasl_property_set(session_, property, value.c_str());
  }
  Gsasl_session* session_ = nullptr;
};

MechanismSet SaslExchange::speaks() {
  MechanismSet set;
  if (!library().usable) return set;
  for (const Mechanism mechanism :
       {Mechanism::scram_sha_1, Mechanism::digest_md5, Mechanism::scram_sha_256}) {
    const std::string name(trace::name(mechanism));
    const bool known = gsasl_client_support_p(library().context, name.c_str()) == 1;
    if (known && !client::spoken.has(mechanism)) set.add(mechanism);
  }
  return set;
}

SaslExchange::SaslExchange(trace::Protocol protocol, Mechanism mechanism,
                           const client::Credential& credential, const std::string& host)
    : implementation_(std::make_unique<Implementation>(protocol, mechanism, credential, host)) {}
SaslExchange::~SaslExchange() = default;
std::string SaslExchange::answer(const std::string& challenge) {
  return implementation_->answer(challenge);
}

}  // namespace sallyport::live
