#include "wire/sasl.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "wire/base64.hpp"

namespace sallyport::wire::sasl {
namespace {

constexpr std::size_t mechanism_name_octets_max = 20;

bool is_mechanism_char(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

std::unexpected<Error> bad_argument(std::size_t at) {
  return std::unexpected(Error{ErrorKind::bad_argument, at});
}

}  // namespace

// sasl-mech    = 1*20mech-char                                                (RFC 4422 §3.1)
// mech-char    = UPPER-ALPHA / DIGIT / HYPHEN / UNDERSCORE
bool is_mechanism_name(std::string_view name) {
  return !name.empty() && name.size() <= mechanism_name_octets_max &&
         std::ranges::all_of(name, is_mechanism_char);
}

// authenticate     = "AUTHENTICATE" SP auth-type [SP (base64 / "=")] *(CRLF [base64])
//                                                                              (RFC 4959 §7)
// auth-command     = "AUTH" [SP sasl-mech [SP initial-response] *(CRLF [base64])]
// initial-response = base64 / "="                                              (RFC 5034 §7)
//
// An initial response of no octets is "="; nothing behind the space is neither form.
Result<Start> parse_start(std::string_view arguments) {
  const std::size_t space = arguments.find(' ');
  Start start{.mechanism = arguments.substr(0, space), .initial = std::nullopt};
  if (!is_mechanism_name(start.mechanism)) {
    const auto bad = std::ranges::find_if_not(start.mechanism, is_mechanism_char);
    const auto at = static_cast<std::size_t>(bad - start.mechanism.begin());
    return bad_argument(std::min(at, mechanism_name_octets_max));
  }
  if (space == std::string_view::npos) return start;
  const std::string_view initial = arguments.substr(space + 1);
  if (initial.empty()) return bad_argument(arguments.size());
  if (initial == "=") {
    start.initial.emplace();
    return start;
  }
  Result<std::string> octets = base64_decode(initial);
  if (!octets) {
    return std::unexpected(Error{octets.error().kind, space + 1 + octets.error().at});
  }
  start.initial = std::move(*octets);
  return start;
}

// client-response = [base64 / "*"]. MS-OXIMAP4 clients cancel with "* ", a space behind the star.
Result<Line> parse_line(std::string_view line) {
  if (line == "*" || line == "* ") return Line{.cancel = true, .octets = {}};
  Result<std::string> octets = base64_decode(line);
  if (!octets) return std::unexpected(octets.error());
  return Line{.cancel = false, .octets = std::move(*octets)};
}

// server-challenge = "+" SP [base64]
std::string challenge(std::string_view octets, bool bare_plus) {
  if (octets.empty() && bare_plus) return "+";
  return "+ " + base64_encode(octets);
}

// message = [authzid] UTF8NUL authcid UTF8NUL passwd                          (RFC 4616 §2)
// authzid = 1*SAFE, authcid = 1*SAFE, passwd = 1*SAFE
//
// SAFE is any UTF-8 but NUL. That it is UTF-8 isn't checked here: clients send what their user
// typed, and it is the verifier that prepares the strings.
Result<Plain> parse_plain(std::string_view octets) {
  const std::size_t first = octets.find('\0');
  if (first == std::string_view::npos) return bad_argument(octets.size());
  const std::size_t second = octets.find('\0', first + 1);
  if (second == std::string_view::npos) return bad_argument(octets.size());
  if (second == first + 1) return bad_argument(second);
  if (second + 1 == octets.size()) return bad_argument(octets.size());
  if (const std::size_t third = octets.find('\0', second + 1); third != std::string_view::npos) {
    return bad_argument(third);
  }
  return Plain{.authzid = std::string(octets.substr(0, first)),
               .authcid = std::string(octets.substr(first + 1, second - first - 1)),
               .password = std::string(octets.substr(second + 1))};
}

std::string build_plain(const Plain& message) {
  std::string octets = message.authzid;
  octets += '\0';
  octets += message.authcid;
  octets += '\0';
  octets += message.password;
  return octets;
}

// saslname = 1*(UTF8-char-safe / "=2C" / "=3D")         ; safe: all but NUL, "=" and ","
std::optional<std::string> decode_name(std::string_view name) {
  std::string out;
  for (std::size_t at = 0; at < name.size(); ++at) {
    const bool escape = name[at] == '=';
    if (name[at] == '\0' || name[at] == ',') return std::nullopt;
    if (escape && name.substr(at, 3) != "=2C" && name.substr(at, 3) != "=3D") return std::nullopt;
    out += !escape ? name[at] : name[at + 2] == 'C' ? ',' : '=';
    if (escape) at += 2;
  }
  if (out.empty()) return std::nullopt;
  return out;
}

std::string encode_name(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == ',') {
      out += "=2C";
    } else if (c == '=') {
      out += "=3D";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace sallyport::wire::sasl
