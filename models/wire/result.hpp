// How every grammar in this folder fails: with a kind and a place, never an exception, never a
// crash.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string_view>

namespace sallyport::wire {

enum class ErrorKind : std::uint8_t {
  truncated,       // the input ends before the message does
  line_too_long,   // no CRLF within the limit
  bare_line_feed,  // LF without CR before it, or CR without LF after it
  nul_octet,
  bad_tag,
  bad_command,  // no command name where one must stand
  bad_argument,
  unterminated_quote,
  bad_escape,   // a backslash in a quoted string before anything but \ and "
  bad_literal,  // {n} that is no number, or more than 32 bits
  literal_too_long,
  bad_base64,
  bad_response,
  bad_signature,     // NTLM: not "NTLMSSP\0"
  bad_message_type,  // NTLM: another message than the one expected
  bad_field,         // NTLM: a field that points outside the message
  bad_utf16,
};

struct Error {
  ErrorKind kind{};
  std::size_t at = 0;  // octets from the start of the input
  friend bool operator==(const Error&, const Error&) = default;
};

/// One or two words for a person, as "a literal that is too long".
[[nodiscard]] std::string_view describe(ErrorKind kind);

template <class T>
using Result = std::expected<T, Error>;

}  // namespace sallyport::wire
