// IMAP4rev1 commands and responses (RFC 3501 §9, RFC 7888 for literals), both ways.
//
// Reading has two stages. `Framer` finds where a command or response ends: it knows lines and
// literals, nothing else, and copies nothing. `parse_command` and `parse_response` then read one
// whole frame into views of it. A server must answer a synchronising literal {n} before the client
// sends its octets, so the framer stops there and says so.
//
// Lines are strict: CRLF ends them, and neither octet stands alone in one, nor a NUL. A count in
// braces at the end of a line is a literal wherever it stands, in an unterminated quoted string or
// in a response's free text too, as in every framer that doesn't parse.
#pragma once

#include <array>
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
  std::size_t frame_octets = 131072;   // a whole command, literals and all
};

/// Finds the next frame in a growing buffer without scanning an octet twice. How the octets were
/// cut into segments changes nothing of what it finds.
///
/// After an error the framer looks for the place to resume, and answers `error` until the frame is
/// forgotten. That place is behind the LF of the offending line, and behind everything that the
/// line announces with {n+}: such octets are on their way whatever the server thinks of the line,
/// so they and the lines that follow them belong to the refused command (RFC 7888 §4, §8). A
/// refused {n} announces nothing: the client waits for a "+" that doesn't come.
class Framer {
 public:
  enum class State : std::uint8_t {
    incomplete,    // more octets are needed
    complete,      // `size()` octets from the start of the buffer are one frame
    continuation,  // a synchronising literal was announced: grant(), or drop size() and reset()
    error,         // error(); resume after `size()` octets, 0 while that place hasn't come
  };

  explicit Framer(Limits limits = {}, bool server_side = true)
      : limits_(limits), server_side_(server_side) {}

  /// `buffer` begins where the current frame begins and only grows between calls. A frame ends with
  /// `complete`, or with `error` and a size: the next call begins a new one at its buffer's start,
  /// with or without a reset() between.
  State scan(std::string_view buffer);

  /// `complete`, `error`: as above. `continuation`: up to and with the CRLF of the line that
  /// announces the literal. Else 0.
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Its place counts from where the frame began.
  [[nodiscard]] const Error& error() const { return error_; }
  /// `continuation`: how many octets are announced; within the limits, so worth granting.
  [[nodiscard]] std::uint32_t literal_octets() const { return literal_octets_; }

  /// The announced literal may come. Only in State::continuation.
  void grant();
  /// In State::error while size() is 0: the caller has dropped all that it gave to scan(); the next
  /// buffer begins with what comes after. So a line without end, or a refused literal of gigabytes,
  /// is thrown away in as little memory as the caller reads at once:
  ///
  ///   if (framer.scan(buffer) == State::error && framer.size() == 0) {
  ///     framer.discard();
  ///     buffer.clear();
  ///   }
  ///
  /// A tag for the BAD has to be salvaged before. Elsewhere it does nothing.
  void discard();
  /// In State::error: the line announces octets without a synchronisation and doesn't say how many,
  /// as {99999999999999999999+}. No place to resume exists, size() stays 0, nothing that follows is
  /// ever read as a command: close the connection.
  [[nodiscard]] bool lost() const { return lost_; }
  /// Forgets the frame in progress: the next call begins a new one.
  void reset();

 private:
  enum class Mode : std::uint8_t { reading, at_literal, skipping, ended };

  State end_of_line(std::string_view buffer, std::size_t line_feed);
  State fail(ErrorKind kind, std::size_t at, std::string_view buffer);
  State skip(std::string_view buffer);
  void remember(std::string_view piece);
  bool literal_follows();

  Limits limits_;
  bool server_side_;  // responses: every literal follows at once
  Mode mode_ = Mode::reading;
  bool lost_ = false;
  std::uint8_t tail_size_ = 0;
  std::array<char, 24> tail_{};       // skipping: the end of the line so far; room for any {n+}
  std::uint32_t literal_octets_ = 0;  // announced last
  std::uint32_t skip_octets_ = 0;     // skipping: of a literal, still to come
  std::size_t line_start_ = 0;  // of the line under the scan; past the buffer inside a literal
  std::size_t scanned_ = 0;     // nothing before here ends or breaks the line
  std::size_t size_ = 0;
  Error error_;
};

/// `{n}` or `{n+}` at the end of a line (without CRLF); nothing when the line doesn't end so.
/// bad_literal, at the '{', where what stands in the braces begins as a count does, with a digit or
/// a sign, or is nothing, but is no count of 32 bits: {4294967296}, {-1}, {}, {8-}. A quote between
/// the braces says that the first is inside a quoted string and the last is not, as in "{5" a}.
struct LiteralHeader {
  std::uint32_t octets = 0;
  bool synchronizing = true;
  std::size_t at = 0;  // of the '{'
};
[[nodiscard]] Result<std::optional<LiteralHeader>> literal_header(std::string_view line);

/// command = tag SP command-name [SP arguments] CRLF. Views of the frame. bad_tag; bad_command;
/// bad_argument where the space before the arguments is one too many or nothing follows it;
/// truncated without the CRLF. The arguments aren't looked at.
struct Command {
  std::string_view tag;
  std::string_view name;       // as the client wrote it; compare without case
  std::string_view arguments;  // what follows the name and its space, without the final CRLF
};
[[nodiscard]] Result<Command> parse_command(std::string_view frame);

/// The tag of a frame that the framer or parse_command refused, so that BAD can carry it; empty if
/// it has none, or if the octets end before the tag does.
[[nodiscard]] std::string_view salvage_tag(std::string_view frame);

/// Takes the next astring (atom, quoted, literal) off `arguments`, decoded, with the space before
/// it. bad_argument where nothing is left, or where an astring doesn't begin or end; the errors of
/// quoted strings and literals. After an error `arguments` is unchanged, and the error's place
/// counts from its start.
[[nodiscard]] Result<std::string> take_astring(std::string_view& arguments);

/// All of `arguments` as astrings: LOGIN's two, SELECT's one; none of an empty view.
[[nodiscard]] Result<std::vector<std::string>> astrings(std::string_view arguments);

/// Writes an astring: an atom where it can be one, else quoted, else a literal (RFC 3501 §9
/// astring). `non_synchronizing` writes {n+}. A value can't end its string or its line. One with a
/// NUL has no form that a peer must take: it goes as a literal.
void append_astring(std::string& out, std::string_view value, bool non_synchronizing = false);

/// `command` as it reads where every literal waits for its leave: {n} for {n+} (RFC 7888 §4). So
/// two peers of which one doesn't know LITERAL+ can be seen to have read the same.
[[nodiscard]] std::string with_synchronizing_literals(std::string_view command);

enum class ResponseKind : std::uint8_t { continuation, untagged, tagged };

/// response = "+" … | "*" … | tag …. Views of the frame. bad_response at the octet that breaks it;
/// bad_tag; truncated without the CRLF. Two liberties that servers take are granted: a bare "+"
/// (MS-OXIMAP4 §2.2.1), and no text behind a status or a code.
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
