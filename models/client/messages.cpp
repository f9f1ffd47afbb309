// The messages of the mechanisms in client::spoken, in their order:
//
//   PLAIN     NUL user NUL password                      (RFC 4616)
//   LOGIN     user; password
//   CRAM-MD5  user SP HMAC-MD5(password, challenge)      (RFC 2195)
//   NTLM      message 1; message 3 with an NTLMv2 response to message 2's challenge (MS-NLMP
//   §3.1.5.1)
#include "client/messages.hpp"

#include "crypto/ntlmv2.hpp"
#include "wire/ntlm.hpp"
#include "wire/sasl.hpp"

namespace sallyport::client {
namespace {

using trace::Mechanism;
namespace ntlm = wire::ntlm;

constexpr crypto::Nonce client_challenge{0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa};
constexpr std::uint32_t ntlm_flags = ntlm::unicode | ntlm::oem | ntlm::request_target | ntlm::ntlm |
                                     ntlm::always_sign | ntlm::extended_session_security;

// AV_PAIR's identifiers (MS-NLMP §2.2.2.1).
constexpr std::uint16_t av_domain_name = 2;
constexpr std::uint16_t av_time = 7;

/// What message 3 takes from message 2's list.
struct Target {
  std::string domain;      // UTF-16LE
  std::uint64_t time = 0;  // FILETIME
  bool has_time = false;
};
std::optional<Target> read_target(const ntlm::Challenge& challenge) {
  Target target;
  if (challenge.target_info.empty()) return target;
  const auto pairs = ntlm::parse_target_info(challenge.target_info);
  if (!pairs) return std::nullopt;
  for (const ntlm::AvPair& pair : *pairs) {
    if (pair.id == av_domain_name) target.domain = pair.value;
    if (pair.id != av_time || pair.value.size() != 8) continue;
    target.has_time = true;
    target.time = 0;
    for (std::size_t i = 8; i-- > 0;) {
      target.time = target.time << 8 | static_cast<unsigned char>(pair.value[i]);
    }
  }
  return target;
}

/// Message 3. The user may name a domain, `DOMAIN\user`; else it is the server's. With the server's
/// time an LMv2 response must not be sent (MS-NLMP §3.1.5.1.2). No key exchange, no MIC.
std::optional<std::string> ntlm_authenticate(std::string_view user, std::string_view password,
                                             std::string_view octets) {
  const auto challenge = ntlm::parse_challenge(octets);
  if (!challenge) return std::nullopt;
  const auto target = read_target(*challenge);
  if (!target) return std::nullopt;
  std::string domain16 = target->domain;
  if (const std::size_t backslash = user.find('\\'); backslash != std::string_view::npos) {
    domain16 = ntlm::to_utf16le(user.substr(0, backslash));
    user = user.substr(backslash + 1);
  }
  const std::string user16 = ntlm::to_utf16le(user);
  const bool unicode = (challenge->flags & ntlm::unicode) != 0;
  const auto domain_oem = ntlm::from_utf16le(domain16);
  if (!domain_oem) return std::nullopt;

  const crypto::Digest128 key = crypto::ntowf_v2(user16, domain16, ntlm::to_utf16le(password));
  ntlm::Authenticate message;
  message.flags = challenge->flags & (ntlm_flags | ntlm::target_info);
  message.lm_response =
      target->has_time ? std::string(24, '\0')
                       : crypto::lmv2_response(key, challenge->server_challenge, client_challenge);
  message.nt_response = crypto::ntlmv2_response(key, challenge->server_challenge, client_challenge,
                                                target->time, challenge->target_info);
  message.domain = unicode ? domain16 : *domain_oem;
  message.user = unicode ? user16 : std::string(user);
  message.workstation = unicode ? ntlm::to_utf16le("CLIENT") : "CLIENT";
  return ntlm::build(message);
}

}  // namespace

std::optional<std::string> sasl_message(Mechanism mechanism, unsigned step, std::string_view user,
                                        std::string_view password, std::string_view challenge) {
  if (mechanism == Mechanism::plain && step == 0) {
    return wire::sasl::build_plain(
        {.authzid = "", .authcid = std::string(user), .password = std::string(password)});
  }
  if (mechanism == Mechanism::login && step < 2) return std::string(step == 0 ? user : password);
  if (mechanism == Mechanism::cram_md5 && step == 0) {
    if (challenge.empty()) return std::nullopt;
    return std::string(user) + " " + crypto::cram_md5(password, challenge);
  }
  if (mechanism == Mechanism::ntlm && step == 0) return build(ntlm::Negotiate{.flags = ntlm_flags});
  if (mechanism == Mechanism::ntlm && step == 1) {
    return ntlm_authenticate(user, password, challenge);
  }
  return std::nullopt;
}

bool needs_challenge(Mechanism mechanism, unsigned step) {
  return (mechanism == Mechanism::cram_md5 && step == 0) ||
         (mechanism == Mechanism::ntlm && step == 1);
}

}  // namespace sallyport::client
