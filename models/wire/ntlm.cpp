#include "wire/ntlm.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>

namespace sallyport::wire::ntlm {
namespace {

constexpr std::string_view signature{"NTLMSSP\0", 8};
constexpr std::size_t type_at = 8;
constexpr std::size_t type_end = 12;
constexpr std::size_t field_octets = 8;
/// Windows 7 and NTLMSSP_REVISION_W2K3 (MS-NLMP §2.2.2.10).
constexpr std::string_view version_octets{"\x06\x01\xb1\x1d\x00\x00\x00\x0f", 8};

std::unexpected<Error> fail(ErrorKind kind, std::size_t at) {
  return std::unexpected(Error{kind, at});
}

/// A little-endian number at `at`; the caller knows that it is there.
template <class Unsigned>
Unsigned read(std::string_view octets, std::size_t at) {
  Unsigned number = 0;
  for (std::size_t i = sizeof(Unsigned); i-- > 0;) {
    number = static_cast<Unsigned>(number << 8 | static_cast<unsigned char>(octets[at + i]));
  }
  return number;
}

template <class Unsigned>
void append(std::string& out, Unsigned number) {
  for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
    out += static_cast<char>(number >> (8 * i) & 0xff);
  }
}

std::string_view cut(std::string_view value) {
  return value.substr(0, std::numeric_limits<std::uint16_t>::max());
}

std::optional<Error> check_type(std::string_view octets, MessageType wanted) {
  const Result<MessageType> type = message_type(octets);
  if (!type) return type.error();
  if (*type != wanted) return Error{ErrorKind::bad_message_type, type_at};
  return std::nullopt;
}

// field = length(u16) allocated(u16) offset(u32)
//
/// Reads fields off one message and keeps the first error.
class Fields {
 public:
  /// No field lies before `header_octets`.
  Fields(std::string_view octets, std::size_t header_octets)
      : octets_(octets), header_octets_(header_octets), payload_at_(octets.size()) {}

  std::string take(std::size_t at) {
    const std::optional<std::string_view> value = find(at);
    if (!value && !error_) error_ = Error{ErrorKind::bad_field, at};
    return std::string(value.value_or(std::string_view{}));
  }
  /// For a field that the flags disown.
  std::string take_if_there(std::size_t at) {
    return std::string(find(at).value_or(std::string_view{}));
  }

  /// Where the first of the fields taken so far begins; the message's end if all are empty.
  [[nodiscard]] std::size_t payload_at() const { return payload_at_; }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  std::optional<std::string_view> find(std::size_t at) {
    const std::uint64_t length = read<std::uint16_t>(octets_, at);
    const std::uint64_t offset = read<std::uint32_t>(octets_, at + 4);
    if (length == 0) return std::string_view{};
    if (offset < header_octets_ || offset + length > octets_.size()) return std::nullopt;
    const auto start = static_cast<std::size_t>(offset);
    payload_at_ = std::min(payload_at_, start);
    return octets_.substr(start, static_cast<std::size_t>(length));
  }

  std::string_view octets_;
  std::size_t header_octets_;
  std::size_t payload_at_;
  std::optional<Error> error_;
};

/// Writes a message whose payload follows a fixed part of a known size.
class Builder {
 public:
  Builder(MessageType type, std::size_t header_octets) : payload_at_(header_octets) {
    out_ = signature;
    append(out_, static_cast<std::uint32_t>(type));
  }
  void field(std::string_view value) {
    value = cut(value);
    const auto length = static_cast<std::uint16_t>(value.size());
    append(out_, length);
    append(out_, length);
    append(out_, static_cast<std::uint32_t>(payload_at_ + payload_.size()));
    payload_ += value;
  }
  void number(std::uint32_t value) { append(out_, value); }
  void octets(std::string_view value) { out_ += value; }
  void version_if(std::uint32_t flags) {
    if ((flags & Flag::version) != 0) out_ += version_octets;
  }
  std::string finish() { return out_ + payload_; }

 private:
  std::size_t payload_at_;
  std::string out_;
  std::string payload_;
};

std::size_t version_size(std::uint32_t flags) {
  return (flags & Flag::version) != 0 ? version_octets.size() : 0;
}

}  // namespace

Result<MessageType> message_type(std::string_view octets) {
  const std::string_view begin = octets.substr(0, signature.size());
  if (!signature.starts_with(begin)) {
    const auto [wrong, right] = std::ranges::mismatch(begin, signature);
    return fail(ErrorKind::bad_signature, static_cast<std::size_t>(wrong - begin.begin()));
  }
  if (octets.size() < type_end) return fail(ErrorKind::truncated, octets.size());
  const auto type = read<std::uint32_t>(octets, type_at);
  if (type < 1 || type > 3) return fail(ErrorKind::bad_message_type, type_at);
  return static_cast<MessageType>(type);
}

// NEGOTIATE_MESSAGE = signature type flags [domain workstation [version]] payload
//                     0         8    12     16     24           32         (MS-NLMP §2.2.1.1)
//
// Which names are there is the flags' to say, and what they disown is to be ignored. A name that is
// within the message is taken all the same: it was meant.
Result<Negotiate> parse_negotiate(std::string_view octets) {
  constexpr std::size_t flags_at = 12;
  constexpr std::size_t domain_at = 16;
  constexpr std::size_t workstation_at = 24;
  constexpr std::size_t header_octets = 32;
  if (const auto error = check_type(octets, MessageType::negotiate)) return std::unexpected(*error);
  if (octets.size() < domain_at) return fail(ErrorKind::truncated, octets.size());

  Negotiate message;
  message.flags = read<std::uint32_t>(octets, flags_at);
  Fields fields(octets, header_octets);
  const auto take = [&](std::size_t at, Flag supplied) {
    if (octets.size() < at + field_octets) return std::string();
    return (message.flags & supplied) != 0 ? fields.take(at) : fields.take_if_there(at);
  };
  message.domain = take(domain_at, Flag::oem_domain_supplied);
  message.workstation = take(workstation_at, Flag::oem_workstation_supplied);
  if (fields.error()) return std::unexpected(*fields.error());
  return message;
}

// CHALLENGE_MESSAGE = signature type target flags challenge [reserved target-info [version]]
// payload
//                     0         8    12     20    24         32       40           48
//                                                                          (MS-NLMP §2.2.1.2)
// The oldest servers begin their payload where reserved stands.
Result<Challenge> parse_challenge(std::string_view octets) {
  constexpr std::size_t target_at = 12;
  constexpr std::size_t flags_at = 20;
  constexpr std::size_t challenge_at = 24;
  constexpr std::size_t header_octets = 32;
  constexpr std::size_t target_info_at = 40;
  if (const auto error = check_type(octets, MessageType::challenge)) return std::unexpected(*error);
  if (octets.size() < header_octets) return fail(ErrorKind::truncated, octets.size());

  Challenge message;
  message.flags = read<std::uint32_t>(octets, flags_at);
  for (std::size_t i = 0; i < message.server_challenge.size(); ++i) {
    message.server_challenge[i] = static_cast<std::uint8_t>(octets[challenge_at + i]);
  }
  Fields fields(octets, header_octets);
  message.target_name = fields.take(target_at);
  if (fields.payload_at() >= target_info_at + field_octets) {
    message.target_info = (message.flags & Flag::target_info) != 0
                              ? fields.take(target_info_at)
                              : fields.take_if_there(target_info_at);
  }
  if (fields.error()) return std::unexpected(*fields.error());
  return message;
}

// AUTHENTICATE_MESSAGE = signature type lm nt domain user workstation [session-key [flags
//                        0         8    12 20 28     36   44           52           60
//                        [version [MIC]]]] payload
//                         64       72                                      (MS-NLMP §2.2.1.3)
// The oldest clients begin their payload where the session key or the flags stand.
Result<Authenticate> parse_authenticate(std::string_view octets) {
  constexpr std::size_t header_octets = 52;
  constexpr std::size_t session_key_at = 52;
  constexpr std::size_t flags_at = 60;
  constexpr std::size_t flags_end = 64;
  if (const auto error = check_type(octets, MessageType::authenticate)) {
    return std::unexpected(*error);
  }
  if (octets.size() < header_octets) return fail(ErrorKind::truncated, octets.size());

  Fields fields(octets, header_octets);
  Authenticate message;
  message.lm_response = fields.take(12);
  message.nt_response = fields.take(20);
  message.domain = fields.take(28);
  message.user = fields.take(36);
  message.workstation = fields.take(44);
  if (fields.payload_at() >= session_key_at + field_octets) {
    message.session_key = fields.take(session_key_at);
  }
  if (fields.payload_at() >= flags_end) message.flags = read<std::uint32_t>(octets, flags_at);
  if (fields.error()) return std::unexpected(*fields.error());
  return message;
}

std::string build(const Negotiate& message) {
  Builder builder(MessageType::negotiate, 32 + version_size(message.flags));
  builder.number(message.flags);
  builder.field(message.domain);
  builder.field(message.workstation);
  builder.version_if(message.flags);
  return builder.finish();
}

std::string build(const Challenge& message) {
  Builder builder(MessageType::challenge, 48 + version_size(message.flags));
  builder.field(message.target_name);
  builder.number(message.flags);
  for (const std::uint8_t octet : message.server_challenge) {
    const char c = static_cast<char>(octet);
    builder.octets({&c, 1});
  }
  builder.octets(std::string_view("\0\0\0\0\0\0\0\0", 8));
  builder.field(message.target_info);
  builder.version_if(message.flags);
  return builder.finish();
}

std::string build(const Authenticate& message) {
  Builder builder(MessageType::authenticate, 64 + version_size(message.flags));
  for (const std::string* value : {&message.lm_response, &message.nt_response, &message.domain,
                                   &message.user, &message.workstation, &message.session_key}) {
    builder.field(*value);
  }
  builder.number(message.flags);
  builder.version_if(message.flags);
  return builder.finish();
}

// AV_PAIR = id(u16) length(u16) value        MsvAvEOL = 0(u16) 0(u16)      (MS-NLMP §2.2.2.1)
Result<std::vector<AvPair>> parse_target_info(std::string_view octets) {
  constexpr std::size_t pair_header_octets = 4;
  std::vector<AvPair> pairs;
  std::size_t at = 0;
  while (octets.size() - at >= pair_header_octets) {
    const auto id = read<std::uint16_t>(octets, at);
    const std::size_t length = read<std::uint16_t>(octets, at + 2);
    if (id == 0) {
      if (length != 0) return fail(ErrorKind::bad_field, at);
      return pairs;
    }
    const std::size_t value_at = at + pair_header_octets;
    if (length > octets.size() - value_at) return fail(ErrorKind::bad_field, at);
    pairs.push_back({.id = id, .value = std::string(octets.substr(value_at, length))});
    at = value_at + length;
  }
  return fail(ErrorKind::truncated, octets.size());
}

std::string build_target_info(const std::vector<AvPair>& pairs) {
  std::string out;
  for (const AvPair& pair : pairs) {
    if (pair.id == 0) continue;
    const std::string_view value = cut(pair.value);
    append(out, pair.id);
    append(out, static_cast<std::uint16_t>(value.size()));
    out += value;
  }
  out.append(4, '\0');
  return out;
}

}  // namespace sallyport::wire::ntlm
