#include "wire/scram.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "wire/base64.hpp"
#include "wire/sasl.hpp"

namespace sallyport::wire::scram {
namespace {

bool is_alpha(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes a message apart from its front. After a step that fails, bad() says where it began.
class Attributes {
 public:
  explicit Attributes(std::string_view octets) : all_(octets), rest_(octets) {}

  [[nodiscard]] std::unexpected<Error> bad() const {
    return std::unexpected(Error{ErrorKind::bad_argument, at_});
  }
  [[nodiscard]] bool at(char name) const {
    return rest_.size() >= 2 && rest_[0] == name && rest_[1] == '=';
  }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] std::size_t place() const { return all_.size() - rest_.size(); }

  // attr-val   = ALPHA "=" value
  // value      = 1*value-char       ; no NUL, no ","
  std::optional<std::string_view> take(char name) {
    at_ = place();
    if (!at(name)) return std::nullopt;
    const std::string_view value = rest_.substr(2, rest_.find(',', 2) - 2);
    if (value.empty() || value.find('\0') != std::string_view::npos) return std::nullopt;
    rest_.remove_prefix(2 + value.size());
    return value;
  }
  bool take_text(std::string_view text) {
    at_ = place();
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  /// saslname
  std::optional<std::string> take_name(char name) {
    const auto value = take(name);
    return value ? sasl::decode_name(*value) : std::nullopt;
  }
  /// nonce = printable     ; %x21-2B / %x2D-7E, that is no space and no ","
  std::optional<std::string> take_nonce() {
    const auto value = take('r');
    const auto printable = [](char c) { return c > ' ' && c < 0x7f; };
    if (!value || !std::ranges::all_of(*value, printable)) return std::nullopt;
    return std::string(*value);
  }
  Result<std::string> take_base64(char name) {
    const auto value = take(name);
    if (!value) return bad();
    auto octets = base64_decode(*value);
    if (octets) return octets;
    return std::unexpected(Error{octets.error().kind, at_ + 2 + octets.error().at});
  }
  /// *("," attr-val), up to `last` or the end.
  bool take_extensions(char last = '\0') {
    while (!rest_.empty()) {
      if (!take_text(",")) return false;
      if (last != '\0' && at(last)) return true;
      if (rest_.empty() || !is_alpha(rest_.front()) || !take(rest_.front())) return false;
    }
    return last == '\0';
  }

 private:
  std::string_view all_;
  std::string_view rest_;
  std::size_t at_ = 0;
};

/// cb-name = 1*(ALPHA / DIGIT / "." / "-")
bool is_binding_name(std::string_view name) {
  return std::ranges::all_of(
      name, [](char c) { return is_alpha(c) || is_digit(c) || c == '.' || c == '-'; });
}

}  // namespace

// client-first-message      = gs2-header client-first-message-bare
// gs2-header                = gs2-cbind-flag "," [ authzid ] ","
// gs2-cbind-flag            = ("p=" cb-name) / "n" / "y"
// authzid                   = "a=" saslname
// client-first-message-bare = [reserved-mext ","] username "," nonce ["," extensions]
Result<ClientFirst> parse_client_first(std::string_view octets) {
  Attributes in(octets);
  ClientFirst message;
  if (in.at('p')) {
    const auto name = in.take('p');
    if (!name || !is_binding_name(*name)) return in.bad();
    message.binding = Binding::used;
    message.binding_name = *name;
  } else if (in.take_text("y")) {
    message.binding = Binding::supported;
  } else if (!in.take_text("n")) {
    return in.bad();
  }
  if (!in.take_text(",")) return in.bad();
  if (in.at('a')) {
    auto name = in.take_name('a');
    if (!name) return in.bad();
    message.authzid = std::move(*name);
  }
  if (!in.take_text(",")) return in.bad();
  message.bare = in.rest();
  message.gs2_header = octets.substr(0, in.place());
  auto user = in.take_name('n');
  if (!user || !in.take_text(",")) return in.bad();
  message.user = std::move(*user);
  auto nonce = in.take_nonce();
  if (!nonce || !in.take_extensions()) return in.bad();
  message.nonce = std::move(*nonce);
  return message;
}

// server-first-message = [reserved-mext ","] nonce "," salt "," iteration-count ["," extensions]
// salt                 = "s=" base64
// iteration-count      = "i=" posit-number      ; %x31-39 *DIGIT
Result<ServerFirst> parse_server_first(std::string_view octets) {
  Attributes in(octets);
  ServerFirst message;
  auto nonce = in.take_nonce();
  if (!nonce || !in.take_text(",")) return in.bad();
  message.nonce = std::move(*nonce);
  auto salt = in.take_base64('s');
  if (!salt) return std::unexpected(salt.error());
  message.salt = std::move(*salt);
  if (!in.take_text(",")) return in.bad();
  const auto count = in.take('i');
  if (!count || !std::ranges::all_of(*count, is_digit) || count->front() == '0') return in.bad();
  const auto read =
      std::from_chars(count->data(), count->data() + count->size(), message.iterations);
  if (read.ec != std::errc{} || !in.take_extensions()) return in.bad();
  return message;
}

// client-final-message               = client-final-message-without-proof "," proof
// client-final-message-without-proof = channel-binding "," nonce ["," extensions]
// channel-binding                    = "c=" base64
// proof                              = "p=" base64
Result<ClientFinal> parse_client_final(std::string_view octets) {
  Attributes in(octets);
  ClientFinal message;
  auto binding = in.take_base64('c');
  if (!binding) return std::unexpected(binding.error());
  message.binding = std::move(*binding);
  if (!in.take_text(",")) return in.bad();
  auto nonce = in.take_nonce();
  if (!nonce || !in.take_extensions('p')) return in.bad();
  message.nonce = std::move(*nonce);
  message.without_proof = octets.substr(0, in.place() - 1);
  auto proof = in.take_base64('p');
  if (!proof) return std::unexpected(proof.error());
  message.proof = std::move(*proof);
  if (!in.at_end()) return std::unexpected(Error{ErrorKind::bad_argument, in.place()});
  return message;
}

// server-final-message = (server-error / verifier) ["," extensions]
// server-error         = "e=" server-error-value
// verifier             = "v=" base64
Result<ServerFinal> parse_server_final(std::string_view octets) {
  Attributes in(octets);
  ServerFinal message;
  if (in.at('e')) {
    const auto error = in.take('e');
    if (!error) return in.bad();
    message.error = *error;
  } else {
    auto signature = in.take_base64('v');
    if (!signature) return std::unexpected(signature.error());
    message.signature = std::move(*signature);
  }
  if (!in.take_extensions()) return in.bad();
  return message;
}

std::string gs2_header_of(const ClientFirst& message) {
  std::string out = message.binding == Binding::used        ? "p=" + message.binding_name
                    : message.binding == Binding::supported ? "y"
                                                            : "n";
  out += ',';
  if (!message.authzid.empty()) out += "a=" + sasl::encode_name(message.authzid);
  return out + ",";
}

std::string bare_of(const ClientFirst& message) {
  return "n=" + sasl::encode_name(message.user) + ",r=" + message.nonce;
}

std::string build(const ClientFirst& message) { return gs2_header_of(message) + bare_of(message); }

std::string build(const ServerFirst& message) {
  return "r=" + message.nonce + ",s=" + base64_encode(message.salt) +
         ",i=" + std::to_string(message.iterations);
}

std::string without_proof_of(const ClientFinal& message) {
  return "c=" + base64_encode(message.binding) + ",r=" + message.nonce;
}

std::string build(const ClientFinal& message) {
  return without_proof_of(message) + ",p=" + base64_encode(message.proof);
}

std::string build_server_final(std::string_view signature) {
  return "v=" + base64_encode(signature);
}

}  // namespace sallyport::wire::scram
