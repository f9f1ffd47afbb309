// The text form of scripts and findings. See script.hpp for how it looks.
//
//   script  = "protocol" ("imap" / "pop3") *step *vary
//   step    = client verb [mechanism] [account ["wrong"]] [octets] ["lease" choices] ["split" n]
//   vary    = "vary" step-number "lease" choices        ; steps count from 0
//   choices = n *("," n)
//   octets  = DQUOTE *(char / "\r" / "\n" / "\\" / "\" DQUOTE / "\x" 2HEXDIG) DQUOTE
//
// Blank lines and lines that begin with "#" don't count.
#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>

#include "world/script.hpp"

namespace sallyport::world {
namespace {

using client::Verb;
using Failure = std::unexpected<trace::TextError>;

constexpr std::string_view hex_digits = "0123456789abcdef";

void append_quoted(std::string& out, std::string_view octets) {
  out += '"';
  for (const char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '\r') {
      out += "\\r";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (octet < 0x20 || octet >= 0x7f) {
      out += "\\x";
      out += hex_digits[octet >> 4U];
      out += hex_digits[octet & 0xfU];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_leases(std::string& out, const Leases& leases) {
  out += " lease ";
  for (std::size_t i = 0; i < leases.size(); ++i) {
    if (i > 0) out += ',';
    out += std::to_string(leases[i]);
  }
}

/// The words of one line. A quoted string is one word, decoded, with its quotes' fact kept.
struct Word {
  std::string text;
  bool quoted = false;
};

std::optional<char> unescape(std::string_view line, std::size_t& at) {
  switch (line[at]) {
    case 'r':
      return '\r';
    case 'n':
      return '\n';
    case '\\':
    case '"':
      return line[at];
    case 'x': {
      if (at + 2 >= line.size()) return std::nullopt;
      unsigned value = 0;
      const char* const end = line.data() + at + 3;
      const auto [stop, error] = std::from_chars(line.data() + at + 1, end, value, 16);
      if (error != std::errc{} || stop != end) return std::nullopt;
      at += 2;
      return static_cast<char>(value);
    }
    default:
      return std::nullopt;
  }
}

std::expected<std::vector<Word>, std::string> split_words(std::string_view line) {
  std::vector<Word> words;
  std::size_t at = 0;
  while (at < line.size()) {
    if (line[at] == ' ' || line[at] == '\t' || line[at] == '\r') {
      ++at;
      continue;
    }
    Word word;
    if (line[at] != '"') {
      const std::size_t end = std::min(line.find_first_of(" \t\r", at), line.size());
      word.text = line.substr(at, end - at);
      at = end;
    } else {
      word.quoted = true;
      for (++at; at < line.size() && line[at] != '"'; ++at) {
        if (line[at] != '\\') {
          word.text += line[at];
          continue;
        }
        if (++at >= line.size()) break;
        const auto octet = unescape(line, at);
        if (!octet) return std::unexpected("an escape other than \\r \\n \\\\ \\\" \\xNN");
        word.text += *octet;
      }
      if (at >= line.size()) return std::unexpected("a quoted string without end");
      ++at;
    }
    words.push_back(std::move(word));
  }
  return words;
}

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Leases> choices(std::string_view text) {
  Leases leases;
  while (true) {
    const std::size_t comma = text.find(',');
    const auto choice = number<std::uint8_t>(text.substr(0, comma));
    if (!choice || leases.size() == leases_max) return std::nullopt;
    leases.push_back(*choice);
    if (comma == std::string_view::npos) return leases;
    text.remove_prefix(comma + 1);
  }
}

/// Reads one script line by line.
class Reader {
 public:
  std::expected<Finding, trace::TextError> read(std::string_view text) {
    while (!text.empty()) {
      const std::size_t newline = text.find('\n');
      const std::string_view line = text.substr(0, newline);
      text = newline == std::string_view::npos ? std::string_view{} : text.substr(newline + 1);
      ++line_;
      if (line.starts_with('#')) continue;
      auto words = split_words(line);
      if (!words) return fail(words.error());
      if (words->empty()) continue;
      words_ = std::move(*words);
      next_ = 0;
      if (const auto error = read_line()) return fail(*error);
    }
    if (!protocol_seen_) return fail("\"protocol imap\" or \"protocol pop3\" expected");
    return std::move(finding_);
  }

 private:
  using Problem = std::optional<std::string>;

  Failure fail(std::string message) const {
    return Failure(trace::TextError{.line = line_, .message = std::move(message)});
  }

  [[nodiscard]] const Word* peek() const {
    return next_ < words_.size() ? &words_[next_] : nullptr;
  }
  bool take(std::string_view keyword) {
    if (peek() == nullptr || peek()->quoted || peek()->text != keyword) return false;
    ++next_;
    return true;
  }
  [[nodiscard]] std::string given() const {
    return peek() == nullptr ? "the line ends" : "\"" + peek()->text + "\" stands here";
  }
  [[nodiscard]] Problem nothing_more() const {
    if (peek() == nullptr) return std::nullopt;
    return given() + ", the end of the line was expected";
  }

  Problem read_line() {
    if (take("property")) return read_name(finding_.property);
    if (take("subject")) return read_name(finding_.subject);
    if (take("protocol")) {
      protocol_seen_ = true;
      if (take("imap")) {
        finding_.script.protocol = trace::Protocol::imap;
      } else if (take("pop3")) {
        finding_.script.protocol = trace::Protocol::pop3;
      } else {
        return given() + ", imap or pop3 was expected";
      }
      return nothing_more();
    }
    if (!protocol_seen_) return "\"protocol imap\" or \"protocol pop3\" must come first";
    if (take("vary")) return read_vary();
    return read_step();
  }

  Problem read_name(std::string& name) {
    if (peek() == nullptr) return "a name was expected";
    name = words_[next_++].text;
    return nothing_more();
  }

  Problem read_leases(Leases& leases) {
    const auto found = peek() == nullptr ? std::nullopt : choices(peek()->text);
    if (!found) return given() + ", at most 8 numbers up to 255 with commas were expected";
    leases = *found;
    ++next_;
    return std::nullopt;
  }

  Problem read_vary() {
    const auto step = peek() == nullptr ? std::nullopt : number<std::uint8_t>(peek()->text);
    if (!step || *step >= finding_.script.steps.size()) {
      return given() + ", the number of a step above was expected (they count from 0)";
    }
    ++next_;
    Change change{.step = *step};
    if (!take("lease")) return given() + ", \"lease\" was expected";
    if (const auto problem = read_leases(change.leases)) return problem;
    finding_.script.vary.push_back(std::move(change));
    return nothing_more();
  }

  Problem read_step() {
    Step step;
    const auto client = number<std::uint8_t>(peek()->text);
    if (!client || *client >= clients_max) {
      return given() + ", a client (0 or 1), \"vary\", \"property\" or \"subject\" was expected";
    }
    step.client = *client;
    ++next_;
    if (const auto problem = read_verb(step.action)) return problem;
    while (peek() != nullptr) {
      if (take("lease")) {
        if (const auto problem = read_leases(step.leases)) return problem;
      } else if (take("split")) {
        const auto size = peek() == nullptr ? std::nullopt : number<std::uint8_t>(peek()->text);
        if (!size || *size == 0) return given() + ", a number of octets (1 to 255) was expected";
        step.split = *size;
        ++next_;
      } else {
        return given() + ", \"lease\", \"split\" or the end of the line was expected";
      }
    }
    finding_.script.steps.push_back(std::move(step));
    return std::nullopt;
  }

  Problem read_verb(client::Action& action) {
    std::size_t verb = 0;
    while (verb < client::verb_count && !take(client::facts(static_cast<Verb>(verb)).name)) ++verb;
    if (verb == client::verb_count) return given() + ", an action such as capability was expected";
    action.verb = static_cast<Verb>(verb);
    const client::VerbFacts& takes = client::facts(action.verb);
    if (takes.mechanism) {
      if (peek() != nullptr) action.mechanism = trace::mechanism(peek()->text);
      if (action.mechanism == trace::Mechanism::none ||
          action.mechanism == trace::Mechanism::other) {
        return given() + ", a mechanism such as NTLM or PLAIN was expected";
      }
      ++next_;
    }
    if (takes.account) {
      const auto* const name =
          peek() == nullptr ? std::end(account_names)
                            : std::ranges::find(account_names, std::string_view(peek()->text));
      if (name == std::end(account_names)) return given() + ", alice or bob was expected";
      action.account = static_cast<std::uint8_t>(name - std::begin(account_names));
      ++next_;
      action.right = !take("wrong");
    }
    if (takes.octets) {
      if (peek() == nullptr || !peek()->quoted) return given() + ", \"octets\" were expected";
      action.octets = peek()->text;
      if (action.octets.size() > octets_max) return "more than 4096 octets in one send";
      ++next_;
    }
    return std::nullopt;
  }

  Finding finding_;
  std::vector<Word> words_;
  std::size_t next_ = 0;
  std::size_t line_ = 0;
  bool protocol_seen_ = false;
};

}  // namespace

std::string to_text(const Step& step) {
  std::string out = std::to_string(step.client);
  const client::Action& action = step.action;
  const client::VerbFacts& takes = client::facts(action.verb);
  out += ' ';
  out += takes.name;
  if (takes.mechanism) {
    out += ' ';
    out += trace::name(action.mechanism);
  }
  if (takes.account) {
    out += ' ';
    out += account_names[action.account % std::size(account_names)];
    if (!action.right) out += " wrong";
  }
  if (takes.octets) {
    out += ' ';
    append_quoted(out, action.octets);
  }
  if (!step.leases.empty()) append_leases(out, step.leases);
  if (step.split != 0) out += " split " + std::to_string(step.split);
  return out;
}

std::string to_text(const Script& script) {
  std::string out = "protocol ";
  out += trace::name(script.protocol);
  out += '\n';
  for (const Step& step : script.steps) {
    out += to_text(step);
    out += '\n';
  }
  for (const Change& change : script.vary) {
    out += "vary " + std::to_string(change.step);
    append_leases(out, change.leases);
    out += '\n';
  }
  return out;
}

std::string to_text(const Finding& finding) {
  std::string out;
  if (!finding.property.empty()) out += "property " + finding.property + '\n';
  if (!finding.subject.empty()) out += "subject " + finding.subject + '\n';
  return out + to_text(finding.script);
}

std::expected<Finding, trace::TextError> finding_from_text(std::string_view text) {
  return Reader().read(text);
}

std::expected<Script, trace::TextError> script_from_text(std::string_view text) {
  auto finding = finding_from_text(text);
  if (!finding) return Failure(std::move(finding).error());
  return std::move(finding->script);
}

}  // namespace sallyport::world
