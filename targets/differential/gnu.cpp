#include "targets/differential/gnu.hpp"

#include <gsasl.h>
#include <ntlm.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace sallyport::differential {

namespace {

struct Finish {
  void operator()(Gsasl_session* session) const { gsasl_finish(session); }
};
using Session = std::unique_ptr<Gsasl_session, Finish>;

std::string property(Gsasl_session* session, Gsasl_property which) {
  const char* const value = gsasl_property_fast(session, which);
  return value == nullptr ? std::string{} : std::string(value);
}

int judge(Gsasl* /*context*/, Gsasl_session* session, Gsasl_property asked) {
  if (asked != GSASL_VALIDATE_SIMPLE) return GSASL_NO_CALLBACK;
  auto* const seen =
      static_cast<std::optional<wire::sasl::Plain>*>(gsasl_session_hook_get(session));
  *seen = {.authzid = property(session, GSASL_AUTHZID),
           .authcid = property(session, GSASL_AUTHID),
           .password = property(session, GSASL_PASSWORD)};
  return GSASL_OK;
}

Gsasl* library() {
  static Gsasl* const context = [] {
    Gsasl* made = nullptr;
    if (gsasl_init(&made) != GSASL_OK) std::abort();
    gsasl_callback_set(made, judge);
    return made;
  }();
  return context;
}

/// What a session says at its step; nothing where it refuses.
std::optional<std::string> step(Gsasl_session* session, std::string_view input) {
  char* out = nullptr;
  std::size_t size = 0;
  const int done = gsasl_step(session, input.data(), input.size(), &out, &size);
  std::string said(out == nullptr ? "" : out, out == nullptr ? 0 : size);
  gsasl_free(out);
  if (done != GSASL_OK && done != GSASL_NEEDS_MORE) return std::nullopt;
  return said;
}

}  // namespace

std::optional<std::string> gnu_base64_decode(std::string_view text) {
  char* out = nullptr;
  std::size_t size = 0;
  if (gsasl_base64_from(text.data(), text.size(), &out, &size) != GSASL_OK) return std::nullopt;
  std::string octets(out, size);
  gsasl_free(out);
  return octets;
}

std::optional<wire::sasl::Plain> gnu_plain(std::string_view octets) {
  std::optional<wire::sasl::Plain> seen;
  Gsasl_session* started = nullptr;
  if (gsasl_server_start(library(), "PLAIN", &started) != GSASL_OK) std::abort();
  const Session session(started);
  gsasl_session_hook_set(session.get(), &seen);
  return step(session.get(), octets) ? seen : std::nullopt;
}

std::optional<std::string> gnu_scram_first(const std::string& user, const std::string& authzid) {
  Gsasl_session* started = nullptr;
  if (gsasl_client_start(library(), "SCRAM-SHA-256", &started) != GSASL_OK) std::abort();
  const Session session(started);
  gsasl_property_set(started, GSASL_AUTHID, user.c_str());
  if (!authzid.empty()) gsasl_property_set(started, GSASL_AUTHZID, authzid.c_str());
  return step(session.get(), {});
}

NtlmClient gnu_ntlm_client(const std::string& user, const std::string& domain,
                           std::string_view challenge) {
  NtlmClient said;
  tSmbNtlmAuthRequest request{};
  buildSmbNtlmAuthRequest_noatsplit(&request, user.c_str(), domain.c_str());
  said.negotiate.assign(reinterpret_cast<const char*>(&request), SmbLength(&request));
  tSmbNtlmAuthChallenge asked{};
  std::memcpy(&asked, challenge.data(), std::min(challenge.size(), sizeof(asked)));
  tSmbNtlmAuthResponse response{};
  buildSmbNtlmAuthResponse_noatsplit(&asked, &response, user.c_str(), "password");
  said.authenticate.assign(reinterpret_cast<const char*>(&response), SmbLength(&response));
  return said;
}

}  // namespace sallyport::differential
