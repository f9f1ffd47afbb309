// The computations of SCRAM-SHA-256 (RFC 5802 §3, RFC 7677). Octets in, octets out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/digests.hpp"

namespace sallyport::crypto {

[[nodiscard]] Digest256 hmac_sha256(std::string_view key, std::string_view octets);  // RFC 2104

/// Hi(password, salt, iterations), that is PBKDF2 with HMAC-SHA-256 (RFC 8018 §5.2). The last few
/// results are remembered: thousands of rounds are meant to be slow, and a fuzzer's clients log in
/// with the same few passwords all day. At least one iteration; 0 counts as one.
[[nodiscard]] Digest256 salted_password(std::string_view password, std::string_view salt,
                                        std::uint32_t iterations);

/// What a verifier keeps of a user instead of his password.
struct ScramKeys {
  Digest256 stored_key{};
  Digest256 server_key{};
};
[[nodiscard]] ScramKeys scram_keys(const Digest256& salted_password);

/// `transcript` is RFC 5802's AuthMessage: client-first-bare "," server-first ","
/// client-final-without-proof.
[[nodiscard]] Digest256 client_proof(const Digest256& salted_password, std::string_view transcript);
[[nodiscard]] bool verify_client_proof(const ScramKeys& keys, std::string_view transcript,
                                       std::string_view proof);
[[nodiscard]] Digest256 server_signature(const ScramKeys& keys, std::string_view transcript);

}  // namespace sallyport::crypto
