#include "targets/live/redact.hpp"

#include <algorithm>
#include <cctype>
#include <functional>
#include <map>
#include <utility>

#include "wire/base64.hpp"
#include "wire/imap.hpp"
#include "wire/ntlm.hpp"

namespace sallyport::live {

namespace {

constexpr std::size_t inside_words_octets = 4;

bool in_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

/// The characters that `octets` give inside a longer base64 text, where `before` octets (0 to 2)
/// stand in front of them in their group of three. Those that depend on the neighbours are left
/// out.
std::string base64_core(std::string_view octets, std::size_t before) {
  const std::string text = wire::base64_encode(std::string(before, '\0') + std::string(octets));
  const std::size_t first = before == 0 ? 0 : before + 1;
  const std::size_t last = (before + octets.size()) * 8 / 6;
  return first < last ? text.substr(first, last - first) : std::string();
}

/// As it stands in a quoted string of IMAP (RFC 3501 §9, quoted).
std::string quoted_form(std::string_view octets) {
  std::string out;
  for (const char c : octets) {
    if (c == '\\' || c == '"') out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

bool tells_nothing(std::string_view response) {
  if (response.empty() || response == "=" || response == "*" || response == "* ") return true;
  const auto octets = wire::base64_decode(response);
  if (!octets) return false;
  const auto type = wire::ntlm::message_type(*octets);
  return type && *type == wire::ntlm::MessageType::negotiate;
}

/// A line that is nothing but base64, and longer than any command of one word: a message of an
/// exchange that this connection knows nothing of.
bool is_message(std::string_view line) {
  constexpr std::size_t longer_than_a_command = 16;
  return line.size() >= longer_than_a_command && wire::base64_decode(line).has_value();
}

std::string_view take_word(std::string_view& rest) {
  const std::string_view word = rest.substr(0, rest.find(' '));
  rest.remove_prefix(word.size());
  return word;
}

/// `kept` up to its last word, and no more; nothing is added where nothing follows.
std::string without(std::string_view line, std::string_view rest) {
  std::string kept(line.substr(0, line.size() - rest.size()));
  return rest.empty() ? kept : kept + ' ' + std::string(redacted);
}

}  // namespace

Secrets::Secrets(const std::vector<client::Credential>& credentials) {
  for (const client::Credential& each : credentials) {
    if (each.password.empty()) continue;
    const bool short_one = each.password.size() < inside_words_octets;
    needles_.push_back({each.password, short_one});
    needles_.push_back({quoted_form(each.password), short_one});
    needles_.push_back({wire::base64_encode(each.password), short_one});
    for (std::size_t before = 0; before < 3; ++before) {
      std::string core = base64_core(each.password, before);
      if (core.size() >= inside_words_octets) needles_.push_back({std::move(core), false});
    }
  }
  std::ranges::sort(needles_, std::greater{},
                    [](const Needle& each) { return each.octets.size(); });
}

std::string Secrets::scrubbed(std::string_view text) const {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto stands_here = [&](const Needle& needle) {
      if (!text.substr(at).starts_with(needle.octets)) return false;
      if (!needle.word_only) return true;
      const std::size_t end = at + needle.octets.size();
      return (at == 0 || !in_word(text[at - 1])) && (end == text.size() || !in_word(text[end]));
    };
    const auto found = std::ranges::find_if(needles_, stands_here);
    if (found == needles_.end()) {
      out.push_back(text[at++]);
    } else {
      out.append(redacted);
      at += found->octets.size();
    }
  }
  return out;
}

std::string Redactor::from_client(std::string_view line) {
  if (expect_ == Expect::command) return command(line);
  if (expect_ == Expect::response && tells_nothing(line)) return std::string(line);
  return std::string(line.empty() ? line : redacted);
}

// Rather one command too many is taken for a secret than one too few: a line that a server would
// refuse for its form has a password in it all the same.
std::string Redactor::command(std::string_view line) {
  if (is_message(line)) return tells_nothing(line) ? std::string(line) : std::string(redacted);
  std::string_view rest = line;
  std::string_view first = take_word(rest);
  tag_ = first;
  const auto is_login = [](std::string_view word) {
    return trace::equal_fold(word, "LOGIN") || trace::equal_fold(word, "PASS") ||
           trace::equal_fold(word, "APOP");
  };
  const auto is_exchange = [](std::string_view word) {
    return trace::equal_fold(word, "AUTHENTICATE") || trace::equal_fold(word, "AUTH");
  };
  if (!is_login(first) && !is_exchange(first) && !rest.empty()) {
    std::string_view behind = rest.substr(1);
    const std::string_view second = take_word(behind);
    if (!is_login(second) && !is_exchange(second)) return std::string(line);
    first = second;
    rest = behind;
  }
  if (is_login(first)) {
    const auto literal = wire::imap::literal_header(line);
    const bool more = protocol_ == trace::Protocol::imap && literal && literal->has_value();
    expect_ = more ? Expect::literal : Expect::command;
    return without(line, rest);
  }
  if (!is_exchange(first) || rest.empty()) return std::string(line);
  std::string_view initial = rest.substr(1);
  take_word(initial);  // the mechanism
  expect_ = Expect::response;
  const bool kept = initial.empty() || tells_nothing(initial.substr(1));
  return kept ? std::string(line) : without(line, initial);
}

void Redactor::from_server(std::string_view line) {
  if (expect_ == Expect::command) return;
  const bool ends =
      protocol_ == trace::Protocol::pop3
          ? line.starts_with("+OK") || line.starts_with("-ERR")
          : line.size() > tag_.size() && line.starts_with(tag_) && line[tag_.size()] == ' ';
  if (ends) expect_ = Expect::command;
}

void redact(trace::Dialogue& dialogue, std::size_t first, trace::Protocol protocol,
            const Secrets& secrets) {
  std::map<std::pair<trace::Point, std::uint16_t>, Redactor> redactors;
  for (std::size_t i = first; i < dialogue.size(); ++i) {
    trace::DialogueLine& line = dialogue[i];
    Redactor& redactor =
        redactors.try_emplace({line.point, line.id}, Redactor(protocol)).first->second;
    if (line.from_server) {
      redactor.from_server(line.octets);
      line.octets = secrets.scrubbed(line.octets);
    } else {
      line.octets = secrets.scrubbed(redactor.from_client(line.octets));
    }
  }
}

}  // namespace sallyport::live
