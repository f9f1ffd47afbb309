// The three NTLM messages (MS-NLMP §2.2.1), both ways. Little-endian, a fixed header, and fields
// that point into the payload by length and offset; every pointer is checked before it is followed.
// What the messages prove is crypto/ntlmv2.hpp's business.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wire/result.hpp"

namespace sallyport::wire::ntlm {

/// MS-NLMP §2.2.2.5.
enum Flag : std::uint32_t {
  unicode = 0x1,
  oem = 0x2,
  request_target = 0x4,
  sign = 0x10,
  seal = 0x20,
  ntlm = 0x200,
  oem_domain_supplied = 0x1000,
  oem_workstation_supplied = 0x2000,
  always_sign = 0x8000,
  target_type_domain = 0x10000,
  target_type_server = 0x20000,
  extended_session_security = 0x80000,
  target_info = 0x800000,
  version = 0x2000000,
  key_128 = 0x20000000,
  key_exchange = 0x40000000,
  key_56 = 0x80000000,
};

enum class MessageType : std::uint32_t { negotiate = 1, challenge = 2, authenticate = 3 };

/// Signature and type alone; what a detector needs.
[[nodiscard]] Result<MessageType> message_type(std::string_view octets);

struct Negotiate {
  std::uint32_t flags = 0;
  std::string domain;       // OEM characters
  std::string workstation;  // OEM characters
  friend bool operator==(const Negotiate&, const Negotiate&) = default;
};

/// One AV_PAIR of TargetInfo (MS-NLMP §2.2.2.1); the terminator isn't kept.
struct AvPair {
  std::uint16_t id = 0;  // 1 server name, 2 domain name, 7 time
  std::string value;     // octets: UTF-16LE for names
  friend bool operator==(const AvPair&, const AvPair&) = default;
};

struct Challenge {
  std::uint32_t flags = 0;
  std::string target_name;  // octets, UTF-16LE where Flag::unicode
  std::array<std::uint8_t, 8> server_challenge{};
  std::string target_info;  // octets: AV_PAIRs with their terminator
  friend bool operator==(const Challenge&, const Challenge&) = default;
};

struct Authenticate {
  std::uint32_t flags = 0;
  std::string lm_response;
  std::string nt_response;
  std::string domain;  // octets, UTF-16LE where Flag::unicode
  std::string user;
  std::string workstation;
  std::string session_key;
  friend bool operator==(const Authenticate&, const Authenticate&) = default;
};

/// truncated where the fixed part is not all there, bad_field where a field lies outside the
/// message or in its fixed part; a field of no octets may point anywhere. What the oldest clients
/// and servers leave out is empty: message 1 may end behind its flags, message 2 before TargetInfo,
/// message 3 before the session key. A field that the flags disown (Negotiate's names, TargetInfo)
/// is empty where it points nowhere, instead of an error. Version and MIC are stepped over.
[[nodiscard]] Result<Negotiate> parse_negotiate(std::string_view octets);
[[nodiscard]] Result<Challenge> parse_challenge(std::string_view octets);
[[nodiscard]] Result<Authenticate> parse_authenticate(std::string_view octets);
/// The flags are written as they are; a version (8 octets) is written where Flag::version is set.
/// parse(build(x)) == x, as long as no field has more than 65535 octets: the rest is cut off.
[[nodiscard]] std::string build(const Negotiate& message);
[[nodiscard]] std::string build(const Challenge& message);
[[nodiscard]] std::string build(const Authenticate& message);

/// AV_PAIRs up to MsvAvEOL; what stands behind that is not looked at, so the pairs inside an NTLMv2
/// response can be read too. truncated without MsvAvEOL, bad_field where a value ends outside or
/// MsvAvEOL has one.
[[nodiscard]] Result<std::vector<AvPair>> parse_target_info(std::string_view octets);
/// Writes MsvAvEOL itself and leaves out pairs of that id (0); cuts values at 65535 octets.
[[nodiscard]] std::string build_target_info(const std::vector<AvPair>& pairs);

/// UTF-16LE octets ↔ UTF-8. bad_utf16 for an odd length or a lone surrogate; to_utf16le replaces
/// what is not UTF-8 with U+FFFD.
[[nodiscard]] Result<std::string> from_utf16le(std::string_view octets);
[[nodiscard]] std::string to_utf16le(std::string_view utf8);

}  // namespace sallyport::wire::ntlm
