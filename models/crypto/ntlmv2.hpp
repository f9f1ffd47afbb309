// NTLMv2 for real (MS-NLMP §3.3.2): what the client computes and what the server checks.
//
//   NTOWFv2    = HMAC-MD5(MD4(UTF-16LE(password)), UTF-16LE(upper(user) domain))
//   temp       = 01 01 0⁶ time client-challenge 0⁴ target-info 0⁴
//   NTProofStr = HMAC-MD5(NTOWFv2, server-challenge temp)
//   NT response = NTProofStr temp
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/digests.hpp"

namespace sallyport::crypto {

using Nonce = std::array<std::uint8_t, 8>;

/// All names and the password are UTF-16LE octets. Upper-casing covers ASCII and Latin-1; other
/// letters are left as they are (a limit: Windows folds more).
[[nodiscard]] Digest128 ntowf_v2(std::string_view user, std::string_view domain,
                                 std::string_view password);

/// `time` counts 100 ns since 1601-01-01 (MS-DTYP FILETIME).
[[nodiscard]] std::string ntlmv2_temp(const Nonce& client_challenge, std::uint64_t time,
                                      std::string_view target_info);
[[nodiscard]] Digest128 ntlmv2_proof(const Digest128& key, const Nonce& server_challenge,
                                     std::string_view temp);
[[nodiscard]] Digest128 ntlmv2_session_base_key(const Digest128& key, const Digest128& proof);
/// LMv2: proof over both challenges, then the client's challenge; 24 octets.
[[nodiscard]] std::string lmv2_response(const Digest128& key, const Nonce& server_challenge,
                                        const Nonce& client_challenge);

/// NTProofStr ‖ temp: what goes into message 3.
[[nodiscard]] std::string ntlmv2_response(const Digest128& key, const Nonce& server_challenge,
                                          const Nonce& client_challenge, std::uint64_t time,
                                          std::string_view target_info);

/// True where `nt_response` is a well-formed NTLMv2 response to `server_challenge` under `key`.
/// NTLMv1's 24 octets are never accepted.
[[nodiscard]] bool verify_ntlmv2(const Digest128& key, const Nonce& server_challenge,
                                 std::string_view nt_response);

/// CRAM-MD5's digest in lower-case hex (RFC 2195 §2).
[[nodiscard]] std::string cram_md5(std::string_view secret, std::string_view challenge);

}  // namespace sallyport::crypto
