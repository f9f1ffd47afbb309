#include "crypto/ntlmv2.hpp"

#include <cstddef>

namespace sallyport::crypto {
namespace {

constexpr std::size_t proof_octets = 16;
/// 01 01 0⁶ time client-challenge 0⁴: what stands before the target info.
constexpr std::size_t temp_header_octets = 28;
constexpr std::string_view response_version{"\x01\x01", 2};

/// The capital of one UTF-16 unit: of ASCII and Latin-1. ÿ has its own outside Latin-1; ß has none,
/// and µ keeps its form, as in Windows.
unsigned upper(unsigned unit) {
  const bool ascii = unit >= 'a' && unit <= 'z';
  const bool latin1 = unit >= 0xe0 && unit <= 0xfe && unit != 0xf7;
  if (ascii || latin1) return unit - 0x20;
  return unit == 0xff ? 0x178 : unit;
}

std::string upper_utf16le(std::string_view text) {
  std::string result(text);
  for (std::size_t i = 0; i + 1 < result.size(); i += 2) {
    const unsigned unit = static_cast<unsigned char>(result[i]) |
                          static_cast<unsigned>(static_cast<unsigned char>(result[i + 1])) << 8;
    const unsigned capital = upper(unit);
    result[i] = static_cast<char>(capital & 0xff);
    result[i + 1] = static_cast<char>(capital >> 8);
  }
  return result;
}

}  // namespace

Digest128 ntowf_v2(std::string_view user, std::string_view domain, std::string_view password) {
  std::string identity = upper_utf16le(user);
  identity += domain;
  return hmac_md5(view(md4(password)), identity);
}

std::string ntlmv2_temp(const Nonce& client_challenge, std::uint64_t time,
                        std::string_view target_info) {
  std::string temp(response_version);
  temp.append(6, '\0');
  for (unsigned i = 0; i < 8; ++i) temp += static_cast<char>(time >> (8 * i) & 0xff);
  temp += view(client_challenge);
  temp.append(4, '\0');
  temp += target_info;
  temp.append(4, '\0');
  return temp;
}

Digest128 ntlmv2_proof(const Digest128& key, const Nonce& server_challenge, std::string_view temp) {
  std::string proven(view(server_challenge));
  proven += temp;
  return hmac_md5(view(key), proven);
}

Digest128 ntlmv2_session_base_key(const Digest128& key, const Digest128& proof) {
  return hmac_md5(view(key), view(proof));
}

std::string lmv2_response(const Digest128& key, const Nonce& server_challenge,
                          const Nonce& client_challenge) {
  std::string response(view(ntlmv2_proof(key, server_challenge, view(client_challenge))));
  response += view(client_challenge);
  return response;
}

std::string ntlmv2_response(const Digest128& key, const Nonce& server_challenge,
                            const Nonce& client_challenge, std::uint64_t time,
                            std::string_view target_info) {
  const std::string temp = ntlmv2_temp(client_challenge, time, target_info);
  std::string response(view(ntlmv2_proof(key, server_challenge, temp)));
  response += temp;
  return response;
}

bool verify_ntlmv2(const Digest128& key, const Nonce& server_challenge,
                   std::string_view nt_response) {
  if (nt_response.size() < proof_octets + temp_header_octets) return false;
  const std::string_view temp = nt_response.substr(proof_octets);
  if (!temp.starts_with(response_version)) return false;
  return equal_constant_time(view(ntlmv2_proof(key, server_challenge, temp)),
                             nt_response.substr(0, proof_octets));
}

std::string cram_md5(std::string_view secret, std::string_view challenge) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (const std::uint8_t octet : hmac_md5(secret, challenge)) {
    hex += digits[octet >> 4];
    hex += digits[octet & 0xf];
  }
  return hex;
}

}  // namespace sallyport::crypto
