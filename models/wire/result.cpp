#include "wire/result.hpp"

namespace sallyport::wire {

std::string_view describe(ErrorKind kind) {
  // A switch without a default: the compiler names the kind that was forgotten.
  switch (kind) {
    case ErrorKind::truncated:
      return "a message that ends early";
    case ErrorKind::line_too_long:
      return "a line that is too long";
    case ErrorKind::bare_line_feed:
      return "a bare line feed or carriage return";
    case ErrorKind::nul_octet:
      return "a NUL";
    case ErrorKind::bad_tag:
      return "a bad tag";
    case ErrorKind::bad_command:
      return "a bad command name";
    case ErrorKind::bad_argument:
      return "a bad argument";
    case ErrorKind::unterminated_quote:
      return "an unterminated quoted string";
    case ErrorKind::bad_escape:
      return "a bad escape in a quoted string";
    case ErrorKind::bad_literal:
      return "a bad literal count";
    case ErrorKind::literal_too_long:
      return "a literal that is too long";
    case ErrorKind::bad_base64:
      return "bad base64";
    case ErrorKind::bad_response:
      return "a bad response";
    case ErrorKind::bad_signature:
      return "no NTLMSSP signature";
    case ErrorKind::bad_message_type:
      return "an unexpected NTLM message";
    case ErrorKind::bad_field:
      return "a field outside its message";
    case ErrorKind::bad_utf16:
      return "bad UTF-16";
  }
  return "an unknown error";
}

}  // namespace sallyport::wire
