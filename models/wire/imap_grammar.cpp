// What a whole frame says. Commands are read by views up to the arguments; arguments are decoded
// one astring at a time, since only the command's name tells how many there must be.
#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>
#include <utility>

#include "wire/imap.hpp"

namespace sallyport::wire::imap {
namespace {

// ATOM-CHAR       = <any CHAR except atom-specials>                          (RFC 3501 §9)
// atom-specials   = "(" / ")" / "{" / SP / CTL / list-wildcards / quoted-specials / resp-specials
// list-wildcards  = "%" / "*"
// quoted-specials = DQUOTE / "\"
// resp-specials   = "]"
// ASTRING-CHAR    = ATOM-CHAR / resp-specials
// tag             = 1*<any ASTRING-CHAR except "+">
enum CharClass : std::uint8_t { atom_char = 1, astring_char = 2, tag_char = 4 };

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  constexpr std::string_view specials = "(){%*\"\\]";
  for (unsigned c = 0x21; c < 0x7f; ++c) {
    if (specials.find(static_cast<char>(c)) == std::string_view::npos) {
      classes[c] = atom_char | astring_char | tag_char;
    }
  }
  classes[static_cast<unsigned char>(']')] = astring_char | tag_char;
  classes[static_cast<unsigned char>('+')] = atom_char | astring_char;
  return classes;
}
constexpr std::array<std::uint8_t, 256> classes = make_classes();

/// Where the run of characters of `wanted` that starts at `from` ends.
std::size_t run_end(std::string_view text, std::size_t from, CharClass wanted) {
  while (from < text.size() && (classes[static_cast<unsigned char>(text[from])] & wanted) != 0) {
    ++from;
  }
  return from;
}

std::unexpected<Error> fail(ErrorKind kind, std::size_t at) {
  return std::unexpected(Error{kind, at});
}

bool equal_fold(std::string_view text, std::string_view upper) {
  if (text.size() != upper.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool lower = text[i] >= 'a' && text[i] <= 'z';
    if ((lower ? static_cast<char>(text[i] - 'a' + 'A') : text[i]) != upper[i]) return false;
  }
  return true;
}

}  // namespace

// command = tag SP (command-any / command-auth / command-nonauth / command-select) CRLF
//                                                                             (RFC 3501 §9)
// All commands begin with an atom, and arguments follow one space.
Result<Command> parse_command(std::string_view frame) {
  if (!frame.ends_with("\r\n")) return fail(ErrorKind::truncated, frame.size());
  const std::string_view line = frame.substr(0, frame.size() - 2);

  const std::size_t tag_end = run_end(line, 0, tag_char);
  if (tag_end == 0) return fail(ErrorKind::bad_tag, 0);
  if (tag_end == line.size()) return fail(ErrorKind::bad_command, tag_end);
  if (line[tag_end] != ' ') return fail(ErrorKind::bad_tag, tag_end);

  const std::size_t name_start = tag_end + 1;
  const std::size_t name_end = run_end(line, name_start, atom_char);
  if (name_end == name_start) return fail(ErrorKind::bad_command, name_start);
  Command command{.tag = line.substr(0, tag_end),
                  .name = line.substr(name_start, name_end - name_start),
                  .arguments = {}};
  if (name_end == line.size()) return command;
  if (line[name_end] != ' ') return fail(ErrorKind::bad_command, name_end);

  command.arguments = line.substr(name_end + 1);
  if (command.arguments.empty() || command.arguments.front() == ' ') {
    return fail(ErrorKind::bad_argument, name_end + 1);
  }
  return command;
}

std::string_view salvage_tag(std::string_view frame) {
  const std::size_t end = run_end(frame, 0, tag_char);
  const std::string_view behind = frame.substr(end);
  const bool whole =
      behind.starts_with(' ') || behind.starts_with('\n') || behind.starts_with("\r\n");
  return whole ? frame.substr(0, end) : std::string_view{};
}

namespace {

/// A string at the start of `text`, with how many octets of it were read.
struct Taken {
  std::string value;
  std::size_t octets = 0;
};

// quoted      = DQUOTE *QUOTED-CHAR DQUOTE                                    (RFC 3501 §9)
// QUOTED-CHAR = <any TEXT-CHAR except quoted-specials> / "\" quoted-specials
// TEXT-CHAR   = <any CHAR except CR and LF>        ; CHAR = %x01-7F
//
// Octets from 0x80 are taken too: real clients quote names and passwords in UTF-8 or Latin-1
// (RFC 6855 and RFC 9051 allow the former), and no server of theirs minds.
Result<Taken> take_quoted(std::string_view text) {
  Taken taken;
  std::size_t at = 1;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      taken.octets = at + 1;
      return taken;
    }
    if (c == '\0') return fail(ErrorKind::nul_octet, at);
    if (c == '\r' || c == '\n') return fail(ErrorKind::unterminated_quote, at);
    if (c == '\\') {
      ++at;
      if (at == text.size()) break;
      if (text[at] != '"' && text[at] != '\\') return fail(ErrorKind::bad_escape, at);
    }
    taken.value += text[at];
    ++at;
  }
  return fail(ErrorKind::unterminated_quote, text.size());
}

// literal = "{" number ["+"] "}" CRLF *CHAR8       ; CHAR8 = %x01-FF
//                                                                 (RFC 3501 §9, RFC 7888 §8)
Result<Taken> take_literal(std::string_view text) {
  const std::size_t line_end = text.find("\r\n");
  if (line_end == std::string_view::npos) return fail(ErrorKind::bad_literal, 0);
  const auto header = literal_header(text.substr(0, line_end));
  if (!header || !header->has_value() || (*header)->at != 0) return fail(ErrorKind::bad_literal, 0);
  const std::size_t start = line_end + 2;
  const std::size_t octets = (*header)->octets;
  if (text.size() - start < octets) return fail(ErrorKind::truncated, text.size());
  const std::string_view value = text.substr(start, octets);
  if (const std::size_t nul = value.find('\0'); nul != std::string_view::npos) {
    return fail(ErrorKind::nul_octet, start + nul);
  }
  return Taken{.value = std::string(value), .octets = start + octets};
}

}  // namespace

// astring = 1*ASTRING-CHAR / string         string = quoted / literal          (RFC 3501 §9)
Result<std::string> take_astring(std::string_view& arguments) {
  const std::size_t start = arguments.starts_with(' ') ? 1 : 0;
  const std::string_view text = arguments.substr(start);
  if (text.empty()) return fail(ErrorKind::bad_argument, start);

  Result<Taken> taken;
  if (text.front() == '"') {
    taken = take_quoted(text);
  } else if (text.front() == '{') {
    taken = take_literal(text);
  } else {
    const std::size_t end = run_end(text, 0, astring_char);
    if (end == 0) return fail(ErrorKind::bad_argument, start);
    taken = Taken{.value = std::string(text.substr(0, end)), .octets = end};
  }
  if (!taken) return fail(taken.error().kind, start + taken.error().at);
  if (taken->octets < text.size() && text[taken->octets] != ' ') {
    return fail(ErrorKind::bad_argument, start + taken->octets);
  }
  arguments = text.substr(taken->octets);
  return std::move(taken->value);
}

Result<std::vector<std::string>> astrings(std::string_view arguments) {
  std::vector<std::string> values;
  std::string_view rest = arguments;
  while (!rest.empty()) {
    Result<std::string> value = take_astring(rest);
    if (!value) {
      return fail(value.error().kind, arguments.size() - rest.size() + value.error().at);
    }
    values.push_back(std::move(*value));
  }
  return values;
}

void append_astring(std::string& out, std::string_view value, bool non_synchronizing) {
  // "NIL" would do as an astring, but not where a reader takes an nstring.
  const bool atom = !value.empty() && run_end(value, 0, astring_char) == value.size() &&
                    !equal_fold(value, "NIL");
  if (atom) {
    out += value;
    return;
  }
  bool quotable = true;
  for (const char c : value) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet == 0 || octet >= 0x80 || c == '\r' || c == '\n') quotable = false;
  }
  if (!quotable) {
    out += '{';
    out += std::to_string(value.size());
    out += non_synchronizing ? "+}\r\n" : "}\r\n";
    out += value;
    return;
  }
  out += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

namespace {

bool is_completion(std::string_view name) {
  return equal_fold(name, "OK") || equal_fold(name, "NO") || equal_fold(name, "BAD");
}
bool is_status(std::string_view name) {
  return is_completion(name) || equal_fold(name, "BYE") || equal_fold(name, "PREAUTH");
}

// resp-text      = ["[" resp-text-code "]" SP] text                           (RFC 3501 §9)
// resp-text-code = … / atom [SP 1*<any TEXT-CHAR except "]">]
/// `at` is where the text begins in `line`.
Result<Response> read_status_text(std::string_view line, std::size_t at, Response response) {
  response.text = line.substr(at);
  if (!response.text.starts_with('[')) return response;
  const std::size_t close = line.find(']', at);
  if (close == std::string_view::npos) return fail(ErrorKind::bad_response, line.size());
  response.code = line.substr(at + 1, close - at - 1);
  if (response.code.empty()) return fail(ErrorKind::bad_response, close);
  const std::size_t behind = close + 1;
  if (behind < line.size() && line[behind] != ' ') return fail(ErrorKind::bad_response, behind);
  response.text = behind < line.size() ? line.substr(behind + 1) : std::string_view{};
  return response;
}

// response-data   = "*" SP (resp-cond-state / resp-cond-bye / mailbox-data / message-data /
//                   capability-data) CRLF                                     (RFC 3501 §9)
// message-data    = nz-number SP ("EXPUNGE" / ("FETCH" SP msg-att))
// response-tagged = tag SP resp-cond-state CRLF
/// What follows the "*" or the tag and its space, at `at` in `line`.
Result<Response> read_named(std::string_view line, std::size_t at, Response response) {
  std::size_t end = run_end(line, at, atom_char);
  std::string_view word = line.substr(at, end - at);
  const char* const word_end = word.data() + word.size();
  std::uint32_t number = 0;
  const auto [stop, failure] = std::from_chars(word.data(), word_end, number);
  if (response.kind == ResponseKind::untagged && !word.empty() && stop == word_end) {
    if (failure != std::errc{}) return fail(ErrorKind::bad_response, at);
    if (end == line.size() || line[end] != ' ') return fail(ErrorKind::bad_response, end);
    response.number = word;
    at = end + 1;
    end = run_end(line, at, atom_char);
    word = line.substr(at, end - at);
  }
  if (word.empty()) return fail(ErrorKind::bad_response, at);
  if (end < line.size() && line[end] != ' ') return fail(ErrorKind::bad_response, end);
  if (response.kind == ResponseKind::tagged && !is_completion(word)) {
    return fail(ErrorKind::bad_response, at);
  }
  response.name = word;
  if (end == line.size()) return response;
  if (response.number.empty() && is_status(word)) return read_status_text(line, end + 1, response);
  response.text = line.substr(end + 1);
  return response;
}

}  // namespace

// response = continue-req / response-data / response-done                     (RFC 3501 §9)
// continue-req = "+" SP (resp-text / base64) CRLF
Result<Response> parse_response(std::string_view frame) {
  if (!frame.ends_with("\r\n")) return fail(ErrorKind::truncated, frame.size());
  const std::string_view line = frame.substr(0, frame.size() - 2);
  if (line.starts_with('+')) {
    if (line.size() > 1 && line[1] != ' ') return fail(ErrorKind::bad_response, 1);
    return Response{.kind = ResponseKind::continuation,
                    .tag = {},
                    .name = {},
                    .number = {},
                    .code = {},
                    .text = line.substr(line.size() > 1 ? 2 : 1)};
  }
  Response response;
  std::size_t at = 1;
  if (line.starts_with('*')) {
    response.kind = ResponseKind::untagged;
  } else {
    response.kind = ResponseKind::tagged;
    at = run_end(line, 0, tag_char);
    if (at == 0) return fail(ErrorKind::bad_tag, 0);
    if (at < line.size() && line[at] != ' ') return fail(ErrorKind::bad_tag, at);
    response.tag = line.substr(0, at);
  }
  if (at == line.size() || line[at] != ' ') return fail(ErrorKind::bad_response, at);
  return read_named(line, at + 1, response);
}

std::string with_synchronizing_literals(std::string_view command) {
  constexpr std::string_view mark = "+}\r\n";
  std::string out;
  while (!command.empty()) {
    const std::size_t line_octets = std::min(command.find("\r\n"), command.size());
    const std::string_view line = command.substr(0, line_octets);
    const auto literal = literal_header(line);
    const bool announced = line_octets < command.size() && literal && *literal;
    if (!announced || (*literal)->synchronizing) {
      out.append(command.substr(0, line_octets + 2));
    } else {
      out.append(line.substr(0, line_octets - 2)).append(mark.substr(1));
    }
    command.remove_prefix(std::min(line_octets + 2, command.size()));
    if (!announced) continue;
    const std::string_view octets = command.substr(0, (*literal)->octets);  // whatever they read as
    out.append(octets);
    command.remove_prefix(octets.size());
  }
  return out;
}

}  // namespace sallyport::wire::imap
