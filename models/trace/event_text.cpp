// Events as text, one a line:
//
//   client s0 imap completion verb=CAPABILITY status=OK command=0
//   inside s0 k1 imap lease
//   given imap policy mechanisms=PLAIN,NTLM capabilities=STARTTLS
//   client s0 imap command verb=LOGIN command=0 tag=a1 user="al ice" secret=1 digest=~1
//
//   event = point ["s" n] ["k" n] protocol kind *(key "=" value / flag)
//
// Fields at their defaults are left out. A value with spaces, quotes or octets outside ASCII stands
// in double quotes with \\ \" \xNN. Nothing derived from a password is written: secrets are
// numbered, and so are, behind "~", digests of what a client said. Other digests are hexadecimal.
#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <optional>
#include <unordered_map>
#include <utility>

#include "trace/escape.hpp"
#include "trace/event.hpp"

namespace sallyport::trace {
namespace {

constexpr std::array<std::string_view, 4> points{"client", "backend", "inside", "given"};
constexpr std::array<std::string_view, static_cast<std::size_t>(Kind::quiescent) + 1> kinds{
    "opened",   "greeting",   "command", "literal",    "continuation", "response", "offer",
    "untagged", "completion", "bye",     "malformed",  "tls",          "closed",   "disclosed",
    "lease",    "release",    "parsed",  "identified", "cached",       "log",      "held",
    "policy",   "limit",      "account", "attempt",    "failure",      "elapsed",  "quiescent"};
constexpr std::array<std::string_view, 6> statuses{"none", "OK", "NO", "BAD", "PREAUTH", "BYE"};
constexpr std::array<std::string_view, static_cast<std::size_t>(Blob::other) + 1> blobs{
    "none",         "empty",        "cancel",       "invalid",      "negotiate",
    "challenge",    "authenticate", "client-first", "server-first", "client-final",
    "server-final", "malformed",    "other"};
constexpr std::array<std::string_view, static_cast<std::size_t>(Code::other) + 1> codes{
    "none", "CAPABILITY", "REFERRAL", "UNAVAILABLE", "AUTHENTICATIONFAILED", "other"};
constexpr std::array<std::string_view, static_cast<std::size_t>(Limit::backend_seconds) + 1> limits{
    "none",         "held-octets",     "failures",       "errors", "failure-seconds",
    "idle-seconds", "exchange-octets", "backend-seconds"};
constexpr std::array<std::string_view, static_cast<std::size_t>(Rule::pinned) + 1> rules{
    "tls-before-clear-text", "tls-to-backends", "pinned"};
std::string_view name(Rule rule) { return rules[static_cast<std::size_t>(rule)]; }
constexpr std::array<std::string_view, 6> sources{"none", "greeting", "capability",
                                                  "code", "capa",     "auth"};

/// A password may stand in what a client sends, so a digest of it is as good as a guess checked.
bool said_by_client(const Event& e) {
  return e.kind == Kind::command || e.kind == Kind::literal || e.kind == Kind::response ||
         (e.kind == Kind::malformed && !e.from_server);
}

bool is_plain(std::string_view value) {
  return !value.empty() && std::ranges::all_of(value, [](char c) {
    return c > ' ' && c < 0x7f && c != '"' && c != '\\';
  });
}

void append_value(std::string& out, std::string_view value) {
  if (is_plain(value)) {
    out += value;
    return;
  }
  append_quoted(out, value, false);
}

void append_field(std::string& out, std::string_view key, std::string_view value) {
  out += ' ';
  out += key;
  out += '=';
  append_value(out, value);
}

template <class E>
void append_set(std::string& out, std::string_view key, EnumSet<E> set) {
  if (set.empty()) return;
  out += ' ';
  out += key;
  char separator = '=';
  set.each([&](E member) {
    out += separator;
    out += name(member);
    separator = ',';
  });
}

void append_hex(std::string& out, std::uint64_t value) {
  std::array<char, 16> digits{};
  const auto [end, error] = std::to_chars(digits.begin(), digits.end(), value, 16);
  out.append(digits.begin(), end);
}

/// Writes events; secrets, and digests of what clients said, are numbered in order of appearance.
class Writer {
 public:
  void write(const Event& e) {
    out_ += points[static_cast<std::size_t>(e.point)];
    if (e.session != no_session) out_ += " s" + std::to_string(e.session);
    if (e.link != no_link) out_ += " k" + std::to_string(e.link);
    out_ += ' ';
    out_ += name(e.protocol);
    out_ += ' ';
    out_ += kinds[static_cast<std::size_t>(e.kind)];
    if (e.verb != Verb::none) append_field(out_, "verb", name(e.verb));
    if (e.status != Status::none) {
      append_field(out_, "status", statuses[static_cast<std::size_t>(e.status)]);
    }
    if (e.command != no_command) append_field(out_, "command", std::to_string(e.command));
    if (e.mechanism != Mechanism::none) append_field(out_, "mechanism", name(e.mechanism));
    if (e.blob != Blob::none) {
      append_field(out_, "blob", blobs[static_cast<std::size_t>(e.blob)]);
    }
    if (e.source != OfferSource::none) {
      append_field(out_, "source", sources[static_cast<std::size_t>(e.source)]);
    }
    if (e.code != Code::none) {
      append_field(out_, "code", codes[static_cast<std::size_t>(e.code)]);
    }
    if (e.limit != Limit::none) {
      append_field(out_, "limit", limits[static_cast<std::size_t>(e.limit)]);
    }
    append_set(out_, "mechanisms", e.mechanisms);
    append_set(out_, "terminated", e.terminated);
    append_set(out_, "to-backends", e.to_backends);
    append_set(out_, "capabilities", e.capabilities);
    append_set(out_, "rules", e.rules);
    if (e.amount != 0) append_field(out_, "amount", std::to_string(e.amount));
    if (!e.tag.empty()) append_field(out_, "tag", e.tag);
    if (!e.authcid.empty()) append_field(out_, "authcid", e.authcid);
    if (!e.user.empty()) append_field(out_, "user", e.user);
    if (e.secret != 0) append_field(out_, "secret", std::to_string(number(secrets_, e.secret)));
    if (e.binding != 0) append_field(out_, "binding", std::to_string(number(bindings_, e.binding)));
    if (e.digest != 0) {
      out_ += " digest=";
      if (said_by_client(e)) {
        out_ += '~';
        append_hex(out_, number(digests_, e.digest));
      } else {
        append_hex(out_, e.digest);
      }
    }
    if (e.from_server) out_ += " from-server";
    if (e.valid) out_ += " valid";
    if (e.repeated) out_ += " repeated";
    if (e.from_literal) out_ += " from-literal";
    out_ += '\n';
  }
  std::string take() { return std::move(out_); }

 private:
  using Numbers = std::unordered_map<std::uint64_t, std::uint64_t>;
  static std::uint64_t number(Numbers& numbers, std::uint64_t value) {
    return numbers.try_emplace(value, numbers.size() + 1).first->second;
  }
  std::string out_;
  Numbers secrets_;
  Numbers bindings_;
  Numbers digests_;
};

template <class Number>
std::optional<Number> number(std::string_view text, int base = 10) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

template <class E, std::size_t N>
std::optional<E> enumerator(const std::array<std::string_view, N>& names, std::string_view text) {
  const auto* const found = std::ranges::find(names, text);
  if (found == names.end()) return std::nullopt;
  return static_cast<E>(found - names.begin());
}

/// Reads one line.
class Line {
 public:
  explicit Line(std::string_view line) : rest_(line) {}

  /// What is wrong with it, or nothing.
  std::optional<std::string> read(Event& e) {
    auto word = take_word();
    const auto point = enumerator<Point>(points, word);
    if (!point) return unexpected(word, "client, backend, inside or given");
    e.point = *point;
    for (word = take_word(); !word.empty() && (word[0] == 's' || word[0] == 'k');
         word = take_word()) {
      const auto id = number<std::uint16_t>(std::string_view(word).substr(1));
      if (!id) return unexpected(word, "s or k and a number");
      (word[0] == 's' ? e.session : e.link) = *id;
    }
    if (word == "imap" || word == "pop3") {
      e.protocol = word == "imap" ? Protocol::imap : Protocol::pop3;
      word = take_word();
    } else {
      return unexpected(word, "imap or pop3");
    }
    const auto kind = enumerator<Kind>(kinds, word);
    if (!kind) return unexpected(word, "a kind of event");
    e.kind = *kind;
    while (!at_end()) {
      if (auto problem = read_field(e)) return problem;
    }
    return std::nullopt;
  }

 private:
  static std::string unexpected(std::string_view found, std::string_view wanted) {
    return "\"" + std::string(found) + "\" stands where " + std::string(wanted) + " was expected";
  }

  bool at_end() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\r')) rest_.remove_prefix(1);
    return rest_.empty();
  }

  /// Up to a space or "=".
  std::string take_word() {
    at_end();
    const std::size_t end = std::min(rest_.find_first_of(" =\r"), rest_.size());
    std::string word(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return word;
  }

  std::optional<std::string> take_value() {
    if (rest_.empty() || rest_[0] != '"') {
      const std::size_t end = std::min(rest_.find_first_of(" \r"), rest_.size());
      std::string value(rest_.substr(0, end));
      rest_.remove_prefix(end);
      return value;
    }
    std::string value;
    rest_.remove_prefix(1);
    while (!rest_.empty() && rest_[0] != '"') {
      if (rest_[0] != '\\') {
        value += rest_[0];
        rest_.remove_prefix(1);
      } else if (const auto octet = take_escaped(rest_)) {
        value += *octet;
      } else {
        return std::nullopt;
      }
    }
    if (rest_.empty()) return std::nullopt;
    rest_.remove_prefix(1);
    return value;
  }

  static Verb verb_or_request(std::string_view text) {
    return text == name(Verb::http) ? Verb::http : verb(text);
  }

  /// A name that isn't in the table is no value; what stands for all such names is.
  template <class E>
  static bool put_name(E& field, std::string_view text, E (*lookup)(std::string_view), E unlisted) {
    field = lookup(text);
    return field != unlisted || text == name(unlisted);
  }

  template <class E>
  static bool put_set(EnumSet<E>& set, std::string_view text, E (*lookup)(std::string_view),
                      E unlisted) {
    while (!text.empty()) {
      const std::size_t comma = std::min(text.find(','), text.size());
      E member{};
      if (!put_name(member, text.substr(0, comma), lookup, unlisted)) return false;
      set.add(member);
      text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return true;
  }

  static bool put_rules(RuleSet& set, std::string_view text) {
    while (!text.empty()) {
      const std::size_t comma = std::min(text.find(','), text.size());
      const auto rule = enumerator<Rule>(rules, text.substr(0, comma));
      if (!rule) return false;
      set.add(*rule);
      text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return true;
  }

  template <class T>
  static bool put(T& field, std::optional<T> value) {
    if (value) field = *value;
    return value.has_value();
  }

  std::optional<std::string> read_field(Event& e) {
    const std::string key = take_word();
    if (rest_.empty() || rest_[0] != '=') {
      if (key == "valid") {
        e.valid = true;
      } else if (key == "from-server") {
        e.from_server = true;
      } else if (key == "repeated") {
        e.repeated = true;
      } else if (key == "from-literal") {
        e.from_literal = true;
      } else {
        return unexpected(key, "key=value");
      }
      return std::nullopt;
    }
    rest_.remove_prefix(1);
    auto value = take_value();
    if (!value) {
      return "a quoted value without end, or with an escape other than \\r \\n \\\\ \\\" \\xNN";
    }
    if (!put_field(e, key, std::move(*value)))
      return "\"" + key + "\" has no such value, or is no field";
    return std::nullopt;
  }

  static bool put_field(Event& e, std::string_view key, std::string value) {
    if (key == "verb") return put_name(e.verb, value, verb_or_request, Verb::unknown);
    if (key == "mechanism") return put_name(e.mechanism, value, mechanism, Mechanism::other);
    if (key == "tag" || key == "user" || key == "authcid") {
      (key == "tag" ? e.tag : key == "user" ? e.user : e.authcid) = std::move(value);
      return true;
    }
    if (key == "terminated") return put_set(e.terminated, value, mechanism, Mechanism::other);
    if (key == "to-backends") return put_set(e.to_backends, value, mechanism, Mechanism::other);
    if (key == "rules") return put_rules(e.rules, value);
    if (key == "code") return put(e.code, enumerator<Code>(codes, value));
    if (key == "limit") return put(e.limit, enumerator<Limit>(limits, value));
    if (key == "amount") return put(e.amount, number<std::uint32_t>(value));
    if (key == "binding") return put(e.binding, number<std::uint64_t>(value));
    if (key == "mechanisms") return put_set(e.mechanisms, value, mechanism, Mechanism::other);
    if (key == "capabilities") return put_set(e.capabilities, value, capability, Capability::other);
    if (key == "status") return put(e.status, enumerator<Status>(statuses, value));
    if (key == "blob") return put(e.blob, enumerator<Blob>(blobs, value));
    if (key == "source") return put(e.source, enumerator<OfferSource>(sources, value));
    if (key == "command") return put(e.command, number<CommandSlot>(value));
    if (key == "secret") return put(e.secret, number<std::uint64_t>(value));
    if (key == "digest") {
      const std::size_t mark = value.starts_with('~') ? 1 : 0;
      return put(e.digest, number<std::uint64_t>(std::string_view(value).substr(mark), 16));
    }
    return false;
  }

  std::string_view rest_;
};

}  // namespace

std::string to_text(const Events& events) {
  Writer writer;
  for (const Event& event : events) writer.write(event);
  return writer.take();
}

std::expected<Events, TextError> from_text(std::string_view text) {
  Events events;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t first = line.find_first_not_of(" \r");
    if (first == std::string_view::npos || line[first] == '#') continue;
    Event event;
    if (auto problem = Line(line).read(event)) {
      return std::unexpected(TextError{.line = number, .message = std::move(*problem)});
    }
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace sallyport::trace
