// IMAP4rev1 commands and responses (RFC 3501 §9, RFC 7888 for literals), both ways.
//
// Reading has two stages. `Framer` finds where a command or response ends: it knows lines and
// literals, nothing else, and copies nothing. `parse_command` and `parse_response` then read one
// whole frame into views of it. A server must answer a synchronising literal {n} before the client
// sends its octets, so the framer stops there and says so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/result.hpp"

namespace sallyport::wire::imap {

struct Limits {
  std::size_t line_octets = 8192;      // one line, its CRLF included; literal octets don't count
  std::size_t literal_octets = 65536;  // one literal
  std::size_t frame_octets = 131072;   // a whole command
};

/// Finds the next frame in a growing buffer without scanning an octet twice.
class Framer {
 public:
  enum class State : std::uint8_t {
    incomplete,    // more octets are needed
    complete,      // `size()` octets from the start of the buffer are one frame
    continuation,  // a synchronising literal was announced: grant() or reject()
    error,         // error(); resume after `size()` octets, which end with the offending line
  };

  explicit Framer(Limits limits = {}, bool server_side = true)
      : limits_(limits), server_side_(server_side) {}

  /// `buffer` begins where the current frame begins and only grows between calls.
  State scan(std::string_view buffer);

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] const Error& error() const { return error_; }

  /// The announced literal may come. Only in State::continuation.
  void grant();
  /// Forgets the frame in progress: the next call begins a new one.
  void reset();

 private:
  State fail(ErrorKind kind, std::size_t at, std::size_t resume);

  Limits limits_;
  bool server_side_;             // responses: every literal follows at once
  bool awaiting_grant_ = false;  // stopped at {n}
  std::size_t line_start_ = 0;   // of the line under the scan
  std::size_t scanned_ = 0;      // no LF before here
  std::size_t literal_left_ = 0;
  std::size_t size_ = 0;
  Error error_;
};

/// `{n}` or `{n+}` at the end of a line (without CRLF); nothing when the line doesn't end so.
struct LiteralHeader {
  std::uint32_t octets = 0;
  bool synchronizing = true;
  std::size_t at = 0;  // of the '{'
};
[[nodiscard]] Result<std::optional<LiteralHeader>> literal_header(std::string_view line);

/// command = tag SP command-name [SP arguments] CRLF. Views of the frame.
struct Command {
  std::string_view tag;
  std::string_view name;       // as the client wrote it; compare with equal_fold
  std::string_view arguments;  // what follows the name and its space, without the final CRLF
};
[[nodiscard]] Result<Command> parse_command(std::string_view frame);

/// The tag of a frame that parse_command refused, so that BAD can carry it; empty if it has none.
[[nodiscard]] std::string_view salvage_tag(std::string_view frame);

/// Takes the next astring (atom, quoted, literal) off `arguments`, decoded, with the space before
/// it. bad_argument where nothing is left.
[[nodiscard]] Result<std::string> take_astring(std::string_view& arguments);

/// All of `arguments` as astrings: LOGIN's two, SELECT's one.
[[nodiscard]] Result<std::vector<std::string>> astrings(std::string_view arguments);

/// Writes an astring: an atom where it can be one, else quoted, else a literal (RFC 3501 §9
/// astring). `non_synchronizing` writes {n+}.
void append_astring(std::string& out, std::string_view value, bool non_synchronizing = false);

enum class ResponseKind : std::uint8_t { continuation, untagged, tagged };

/// response = "+" … | "*" … | tag …. Views of the frame.
struct Response {
  ResponseKind kind{};
  std::string_view tag;   // tagged only
  std::string_view name;  // OK, NO, BAD, PREAUTH, BYE, CAPABILITY, or after a number EXISTS, FETCH
  std::string_view number;  // "3" in "* 3 EXISTS"
  std::string_view code;    // "CAPABILITY IMAP4rev1" in "* OK [CAPABILITY IMAP4rev1] ready"
  std::string_view text;    // the rest; of a continuation, all behind "+ "
};
[[nodiscard]] Result<Response> parse_response(std::string_view frame);

/// Calls `each` with every word of a space-separated list, as in CAPABILITY's.
template <class Each>
void for_each_word(std::string_view list, Each&& each) {
  while (!list.empty()) {
    const std::size_t end = list.find(' ');
    const std::string_view word = list.substr(0, end);
    if (!word.empty()) each(word);
    list = end == std::string_view::npos ? std::string_view{} : list.substr(end + 1);
  }
}

}  // namespace sallyport::wire::imap
