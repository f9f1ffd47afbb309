#include "wire/oauth.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "wire/sasl.hpp"

namespace sallyport::wire::oauth {
namespace {

constexpr char separator = '\x01';
constexpr std::string_view bearer = "Bearer ";

std::unexpected<Error> bad(std::size_t at) {
  return std::unexpected(Error{ErrorKind::bad_argument, at});
}

bool is_alpha(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

// value = *(VCHAR / SP / HTAB / CR / LF)
bool is_value_char(char c) { return (c >= ' ' && c < 0x7f) || c == '\t' || c == '\r' || c == '\n'; }

// b64token = 1*(ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/") *"="        (RFC 6750 §2.1)
bool is_token(std::string_view token) {
  const std::size_t padding = std::min(token.find('='), token.size());
  return padding > 0 &&
         std::ranges::all_of(token.substr(0, padding),
                             [](char c) {
                               return is_alpha(c) || (c >= '0' && c <= '9') ||
                                      std::string_view("-._~+/").find(c) != std::string_view::npos;
                             }) &&
         token.find_first_not_of('=', padding) == std::string_view::npos;
}

/// Takes "key=value^A" off `rest`; nothing where it is none.
struct Pair {
  std::string_view key;
  std::string_view value;
};
std::optional<Pair> take_pair(std::string_view& rest) {
  const std::size_t end = rest.find(separator);
  const std::size_t equals = rest.find('=');
  if (end == std::string_view::npos || equals >= end || equals == 0) return std::nullopt;
  const Pair pair{.key = rest.substr(0, equals),
                  .value = rest.substr(equals + 1, end - equals - 1)};
  if (!std::ranges::all_of(pair.key, is_alpha)) return std::nullopt;
  rest.remove_prefix(end + 1);
  return pair;
}

/// The pairs up to the closing separator; false, with `rest` at the pair that is wrong, where they
/// don't end so. XOAUTH2's user may have any character.
bool take_pairs(std::string_view& rest, Message& message) {
  while (!rest.empty() && rest.front() != separator) {
    std::string_view behind = rest;
    const auto pair = take_pair(behind);
    if (!pair) return false;
    const bool text = std::ranges::all_of(pair->value, is_value_char);
    if (!text && (pair->key != "user" || pair->value.find('\0') != std::string_view::npos)) {
      return false;
    }
    if (pair->key == "user") message.user = pair->value;
    if (pair->key == "host") message.host = pair->value;
    if (pair->key == "port") message.port = pair->value;
    if (pair->key == "auth") {
      if (!pair->value.starts_with(bearer)) return false;
      message.token = pair->value.substr(bearer.size());
      if (!is_token(message.token)) return false;
    }
    rest = behind;
  }
  return rest.size() == 1 && !message.token.empty();
}

}  // namespace

// client-resp = (gs2-header kvsep *kvpair kvsep) / kvsep
// gs2-header  = ("n" / "y") "," ["a=" saslname] ","
// kvpair      = key "=" value kvsep         ; key = 1*ALPHA, kvsep = %x01
Result<Message> parse_oauthbearer(std::string_view octets) {
  std::string_view rest = octets;
  const auto here = [&] { return octets.size() - rest.size(); };
  Message message;
  if (!rest.starts_with("n,") && !rest.starts_with("y,")) return bad(0);
  rest.remove_prefix(2);
  const std::size_t comma = rest.find(',');
  if (comma == std::string_view::npos) return bad(here());
  std::string user;
  if (comma > 0) {
    auto name = rest.starts_with("a=") ? sasl::decode_name(rest.substr(2, comma - 2))
                                       : std::optional<std::string>{};
    if (!name) return bad(here());
    user = std::move(*name);
  }
  rest.remove_prefix(comma + 1);
  if (rest.empty() || rest.front() != separator) return bad(here());
  rest.remove_prefix(1);
  if (!take_pairs(rest, message)) return bad(here());
  message.user = std::move(user);  // a key of that name is none of this mechanism's
  return message;
}

// "user=" user ^A "auth=Bearer " token ^A ^A
Result<Message> parse_xoauth2(std::string_view octets) {
  std::string_view rest = octets;
  Message message;
  if (!take_pairs(rest, message)) return bad(octets.size() - rest.size());
  return message;
}

std::string build_oauthbearer(const Message& message, std::size_t padding) {
  std::string out = "n,";
  if (!message.user.empty()) out += "a=" + sasl::encode_name(message.user);
  out += ',';
  out += separator;
  const auto pair = [&out](std::string_view key, std::string_view value) {
    if (value.empty()) return;
    out.append(key).append("=").append(value).append(1, separator);
  };
  pair("host", message.host);
  pair("port", message.port);
  pair("pad", std::string(padding, 'x'));
  pair("auth", std::string(bearer) + message.token);
  return out + separator;
}

std::string build_xoauth2(const Message& message) {
  std::string out = "user=" + message.user;
  out += separator;
  out += "auth=";
  out += bearer;
  out += message.token;
  out += separator;
  return out + separator;
}

}  // namespace sallyport::wire::oauth
