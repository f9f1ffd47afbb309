// The text form of scripts and findings. See script.hpp for how it looks.
//
//   script  = "protocol" ("imap" / "pop3") *step *vary
//   step    = client verb [phrase] [mechanism] [account ["wrong"]] ["misbound"] [octets] *more
//           / client "wait" seconds
//   more    = "lease" choices / "split" n / "mishap" name
//   vary    = "vary" step-number change                  ; steps count from 0
//   change  = "lease" choices / "split" n / "plaintext" / "inject" / "secrets" / "unknown-user"
//   choices = n *("," n)
//   octets  = DQUOTE *(char / "\r" / "\n" / "\\" / "\" DQUOTE / "\x" 2HEXDIG) DQUOTE
//
// Blank lines and lines that begin with "#" don't count.
#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>

#include "client/phrases.hpp"
#include "trace/escape.hpp"
#include "world/script.hpp"

namespace sallyport::world {
namespace {

using client::Verb;
using Failure = std::unexpected<trace::TextError>;

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

std::expected<std::vector<Word>, std::string> split_words(std::string_view line) {
  constexpr std::string_view blanks = " \t\r";
  std::vector<Word> words;
  while (true) {
    line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
    if (line.empty()) return words;
    Word& word = words.emplace_back();
    if (line[0] != '"') {
      word.text = line.substr(0, line.find_first_of(blanks));
      line.remove_prefix(word.text.size());
      continue;
    }
    word.quoted = true;
    line.remove_prefix(1);
    while (!line.empty() && line[0] != '"') {
      if (line[0] != '\\') {
        word.text += line[0];
        line.remove_prefix(1);
      } else if (const auto octet = trace::take_escaped(line)) {
        word.text += *octet;
      } else {
        return std::unexpected("an escape other than \\r \\n \\\\ \\\" \\xNN");
      }
    }
    if (line.empty()) return std::unexpected("a quoted string without end");
    line.remove_prefix(1);
  }
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

struct ChangeName {
  std::string_view name;
  trace::Variation variation;
};
constexpr ChangeName changes[] = {{"lease", trace::Variation::schedule},
                                  {"split", trace::Variation::segmentation},
                                  {"plaintext", trace::Variation::plaintext_before_tls},
                                  {"inject", trace::Variation::backend_before_tls},
                                  {"secrets", trace::Variation::other_users_secrets},
                                  {"unknown-user", trace::Variation::unknown_user}};

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

  Problem read_split(std::uint8_t& split) {
    const auto size = peek() == nullptr ? std::nullopt : number<std::uint8_t>(peek()->text);
    if (!size || *size == 0) return given() + ", a number of octets (1 to 255) was expected";
    split = *size;
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
    const auto* const found =
        std::ranges::find_if(changes, [&](const ChangeName& each) { return take(each.name); });
    if (found == std::end(changes)) {
      return given() +
             ", \"lease\", \"split\", \"plaintext\", \"inject\", \"secrets\" or "
             "\"unknown-user\" was expected";
    }
    change.variation = found->variation;
    Problem problem;
    if (change.variation == trace::Variation::schedule) problem = read_leases(change.leases);
    if (change.variation == trace::Variation::segmentation) problem = read_split(change.split);
    if (problem) return problem;
    if (!finding_.script.vary.empty() &&
        finding_.script.vary.front().variation != change.variation) {
      return "the \"vary\" lines of a script are all of one kind";
    }
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
    if (take("wait")) {
      const auto seconds = peek() == nullptr ? std::nullopt : number<std::uint16_t>(peek()->text);
      if (!seconds || *seconds == 0 || *seconds > wait_seconds_max) {
        return given() + ", a number of seconds (1 to 7200) was expected";
      }
      step.wait = *seconds;
      ++next_;
    } else if (const auto problem = read_verb(step.action)) {
      return problem;
    }
    while (peek() != nullptr) {
      Problem problem;
      if (take("lease")) {
        problem = read_leases(step.leases);
      } else if (take("split")) {
        problem = read_split(step.split);
      } else if (take("mishap")) {
        problem = read_mishap(step.mishap);
      } else {
        return given() + ", \"lease\", \"split\", \"mishap\" or the end of the line was expected";
      }
      if (problem) return problem;
    }
    finding_.script.steps.push_back(std::move(step));
    return std::nullopt;
  }

  Problem read_mishap(Mishap& mishap) {
    std::size_t which = 1;
    while (which < mishap_count && !take(facts(static_cast<Mishap>(which)).name)) ++which;
    if (which == mishap_count) return given() + ", a mishap such as die-at-login was expected";
    mishap = static_cast<Mishap>(which);
    return std::nullopt;
  }

  Problem read_verb(client::Action& action) {
    std::size_t verb = 0;
    while (verb < client::verb_count && !take(client::facts(static_cast<Verb>(verb)).name)) ++verb;
    if (verb == client::verb_count) return given() + ", an action such as capability was expected";
    action.verb = static_cast<Verb>(verb);
    const client::VerbFacts& takes = client::facts(action.verb);
    if (takes.phrase) {
      const auto phrases = client::phrases();
      const auto found = std::ranges::find_if(
          phrases, [&](const client::Phrase& phrase) { return take(phrase.name); });
      if (found == phrases.end()) return given() + ", a phrase such as http was expected";
      action.phrase = static_cast<std::uint8_t>(found - phrases.begin());
    }
    if (takes.mechanism) {
      if (peek() != nullptr) action.mechanism = trace::mechanism(peek()->text);
      if (action.mechanism == trace::Mechanism::none ||
          action.mechanism == trace::Mechanism::other) {
        return given() + ", a mechanism such as NTLM or PLAIN was expected";
      }
      ++next_;
    }
    if (takes.account) {
      const auto* const account =
          std::ranges::find_if(accounts, [&](const AccountFacts& each) { return take(each.name); });
      if (account == std::end(accounts)) return given() + ", alice or bob was expected";
      action.account = static_cast<std::uint8_t>(account - std::begin(accounts));
      action.right = !take("wrong");
    }
    if (takes.bound) action.bound = !take("misbound");
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
  if (step.wait != 0) {
    out += "wait " + std::to_string(step.wait);
  } else {
    out += takes.name;
    if (takes.phrase) {
      out += ' ';
      out += client::phrases()[action.phrase % client::phrases().size()].name;
    }
    if (takes.mechanism) {
      out += ' ';
      out += trace::name(action.mechanism);
    }
    if (takes.account) {
      out += ' ';
      out += accounts[action.account % std::size(accounts)].name;
      if (!action.right) out += " wrong";
    }
    if (takes.bound && !action.bound) out += " misbound";
    if (takes.octets) {
      out += ' ';
      trace::append_quoted(out, action.octets, true);
    }
  }
  if (!step.leases.empty()) append_leases(out, step.leases);
  if (step.split != 0) out += " split " + std::to_string(step.split);
  if (step.mishap != Mishap::none) {
    out += " mishap ";
    out += facts(step.mishap).name;
  }
  return out;
}

std::string to_text(const Change& change) {
  const auto* const name = std::ranges::find(changes, change.variation, &ChangeName::variation);
  std::string out = "vary " + std::to_string(change.step);
  if (change.variation == trace::Variation::schedule) {
    append_leases(out, change.leases);
  } else if (name != std::end(changes)) {
    out += ' ';
    out += name->name;
  }
  if (change.variation == trace::Variation::segmentation) {
    out += ' ';
    out += std::to_string(change.split);
  }
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
    out += to_text(change);
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
