// POP3 commands and responses (RFC 1939 §3, RFC 2449 §4, RFC 5034 §4), both ways. Everything is a
// line; what makes a reply multi-line is the command it answers, so that is the reader's to know.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "wire/result.hpp"

namespace sallyport::wire::pop3 {

struct Limits {
  std::size_t command_octets = 255;    // RFC 2449 §4, with CRLF
  std::size_t response_octets = 512;   // RFC 1939 §3 as amended, with CRLF
  std::size_t exchange_octets = 12288;  // a line inside AUTH's exchange (RFC 4422 leaves it open)
};

/// Finds the next line in a growing buffer without scanning an octet twice.
class LineFramer {
 public:
  enum class State : std::uint8_t { incomplete, complete, error };
  /// `buffer` begins where the line begins. Complete: size() octets with CRLF. Error (too long,
  /// bare line feed, NUL): size() octets to drop; 0 while the end of a too long line hasn't come.
  State scan(std::string_view buffer, std::size_t limit_octets);
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] const Error& error() const { return error_; }
  void reset();

 private:
  std::size_t scanned_ = 0;
  std::size_t size_ = 0;
  Error error_;
};

/// command = keyword *(SP argument) CRLF. PASS takes the rest of the line as one argument, spaces
/// and all (RFC 1939 §7). Views of the line.
struct Command {
  std::string_view keyword;
  std::string_view arguments;  // behind the one space, without CRLF
};
[[nodiscard]] Result<Command> parse_command(std::string_view line);

enum class ReplyKind : std::uint8_t { ok, err, continuation };

/// "+OK text", "-ERR text" or "+ base64".
struct Reply {
  ReplyKind kind{};
  std::string_view text;
};
[[nodiscard]] Result<Reply> parse_reply(std::string_view line);

/// Takes the byte-stuffing off one line of a multi-line reply, CRLF removed (RFC 1939 §3).
[[nodiscard]] std::string_view unstuff(std::string_view line);
/// "." alone: the end of a multi-line reply.
[[nodiscard]] bool is_terminator(std::string_view line);
/// Appends `line` and CRLF, stuffed.
void append_stuffed(std::string& out, std::string_view line);

}  // namespace sallyport::wire::pop3
