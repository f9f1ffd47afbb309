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
  std::size_t command_octets = 255;     // RFC 2449 §4, with CRLF
  std::size_t response_octets = 512;    // RFC 1939 §3 as amended, with CRLF
  std::size_t exchange_octets = 12288;  // a line inside AUTH's exchange (RFC 4422 leaves it open)
};

/// Finds the next line in a growing buffer without scanning an octet twice. How the octets were cut
/// into segments changes nothing of what it finds.
class LineFramer {
 public:
  enum class State : std::uint8_t { incomplete, complete, error };
  /// `buffer` begins where the line begins and only grows between calls; `limit_octets` counts the
  /// CRLF. Complete: size() octets with CRLF. Error (too long, a bare line feed or carriage return,
  /// NUL): size() octets to drop, up to and with the next LF; 0 while that hasn't come. With a size
  /// a line has ended: the next call begins a new one, with or without a reset() between.
  State scan(std::string_view buffer, std::size_t limit_octets);
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] const Error& error() const { return error_; }
  /// In State::error while size() is 0: the caller has dropped all that it gave to scan(); the next
  /// buffer begins with what comes after. So a line without end takes no memory. Elsewhere it does
  /// nothing.
  void discard();
  /// Forgets the line in progress: the next call begins a new one.
  void reset();

 private:
  enum class Mode : std::uint8_t { reading, skipping, ended };

  State fail(ErrorKind kind, std::size_t at, std::string_view buffer);
  State skip(std::string_view buffer);

  Mode mode_ = Mode::reading;
  std::size_t scanned_ = 0;
  std::size_t size_ = 0;
  Error error_;
};

/// command = keyword *(SP argument) CRLF. PASS takes the rest of the line as one argument, spaces
/// and all (RFC 1939 §7), so spaces are left as they are, and "AUTH " asks for the list as "AUTH"
/// does (MS-POP3 §2.2). Views of the line. bad_command; truncated without the CRLF.
struct Command {
  std::string_view keyword;
  std::string_view arguments;  // behind the one space, without CRLF
};
[[nodiscard]] Result<Command> parse_command(std::string_view line);

enum class ReplyKind : std::uint8_t { ok, err, continuation };

/// "+OK text", "-ERR text" or "+ base64", where a bare "+" is an empty one. bad_response; truncated
/// without the CRLF.
struct Reply {
  ReplyKind kind{};
  std::string_view text;
};
[[nodiscard]] Result<Reply> parse_reply(std::string_view line);

/// Takes the byte-stuffing off one line of a multi-line reply, and its CRLF where it has one
/// (RFC 1939 §3). Not meant for the terminator.
[[nodiscard]] std::string_view unstuff(std::string_view line);
/// "." alone, with or without CRLF: the end of a multi-line reply.
[[nodiscard]] bool is_terminator(std::string_view line);
/// Appends `line` and CRLF, stuffed. Where `line` holds line feeds, what follows each is stuffed
/// too: no text can end the reply it stands in.
void append_stuffed(std::string& out, std::string_view line);

}  // namespace sallyport::wire::pop3
