#include "observe/transcript.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include "observe/observer.hpp"
#include "observe/text.hpp"
#include "trace/escape.hpp"

namespace sallyport::observe {
namespace {

using trace::Point;

std::optional<std::uint16_t> number(std::string_view text) {
  if (text.empty()) return 0;
  std::uint16_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The octets that a line of text stands for.
std::optional<std::string> octets_of(std::string_view text) {
  std::string octets;
  while (!text.empty()) {
    if (text == "\\") return octets;  // no line end
    if (text[0] != '\\') {
      octets += text[0];
      text.remove_prefix(1);
    } else if (const auto octet = trace::take_escaped(text)) {
      octets += *octet;
    } else {
      return std::nullopt;
    }
  }
  return octets + "\r\n";
}

class Reader {
 public:
  std::expected<trace::Trace, trace::TextError> read(std::string_view text) {
    trace_.keep_dialogue = true;
    std::optional<std::string> problem;
    while (!text.empty() && !problem) {
      ++line_;
      const std::size_t end = std::min(text.find('\n'), text.size());
      const std::string_view line = without_cr(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
      if (line.empty() || line[0] == '#') continue;
      problem = read_line(line);
    }
    if (!problem && !protocol_) problem = "imap or pop3 was expected";
    if (problem) {
      return std::unexpected(trace::TextError{.line = line_, .message = std::move(*problem)});
    }
    return std::move(trace_);
  }

 private:
  using Problem = std::optional<std::string>;

  Problem read_line(std::string_view line) {
    if (!protocol_) {
      if (line != "imap" && line != "pop3") return "imap or pop3 was expected first";
      protocol_ = line == "imap" ? trace::Protocol::imap : trace::Protocol::pop3;
      return std::nullopt;
    }
    if (line[0] == '!') return read_fact(line.substr(1));
    const std::size_t colon = line.find(':');
    const auto id =
        colon == std::string_view::npos ? std::nullopt : number(line.substr(1, colon - 1));
    if (!id || std::string_view("CSFB").find(line[0]) == std::string_view::npos) {
      return "C, S, F or B, perhaps a number, and a colon were expected";
    }
    std::string_view text = line.substr(colon + 1);
    if (text.starts_with(' ')) text.remove_prefix(1);
    const auto octets = octets_of(text);
    if (!octets) return "an escape other than \\r \\n \\\\ \\\" \\xNN";
    const bool client_wire = line[0] == 'C' || line[0] == 'S';
    Observer& observer = find(client_wire ? Point::client : Point::backend, *id);
    if (line[0] == 'C' || line[0] == 'F') {
      observer.from_client(*octets, trace_, {.nonces = &nonces_});
    } else {
      observer.from_server(*octets, trace_, {.nonces = &nonces_});
    }
    return std::nullopt;
  }

  Problem read_fact(std::string_view rest) {
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    std::string_view words = rest;
    const std::string_view kind = take_word(words);
    if (kind == "close" || kind == "tls") return read_end(kind, words);
    // Event text has the connection's number before the kind.
    static constexpr std::string_view told_inside[] = {"lease",  "release", "parsed", "identified",
                                                       "cached", "log",     "held",   "disclosed"};
    std::string text(std::ranges::find(told_inside, kind) != std::end(told_inside) ? "inside"
                                                                                   : "given");
    std::string ids;
    while (words.size() > 1 && (words[0] == 's' || words[0] == 'k') && words[1] >= '0' &&
           words[1] <= '9') {
      ids += ' ';
      ids += take_word(words);
    }
    text += ids;
    text += *protocol_ == trace::Protocol::imap ? " imap " : " pop3 ";
    text += kind;
    text += ' ';
    text += words;
    auto events = trace::from_text(text);
    if (!events) return std::move(events).error().message;
    trace_.events.insert(trace_.events.end(), events->begin(), events->end());
    return std::nullopt;
  }

  Problem read_end(std::string_view kind, std::string_view words) {
    const std::string_view connection = take_word(words);
    const auto id = connection.empty() ? std::nullopt : number(connection.substr(1));
    if (!id || (connection[0] != 's' && connection[0] != 'k')) {
      return "s or k and a number were expected";
    }
    const Point point = connection[0] == 's' ? Point::client : Point::backend;
    Observer& observer = find(point, *id);
    if (kind == "tls") return read_tls(words, observer);
    const bool by_server = words == "server" || words == "back-end";
    if (!by_server && words != "client" && words != "front-end") {
      return "client, server, front-end or back-end was expected";
    }
    observer.closed(by_server, trace_);
    observers_.erase({point, *id});
    return std::nullopt;
  }

  // A channel is bound by octets, which stand here as they stand in a client's message.
  Problem read_tls(std::string_view words, Observer& observer) {
    std::string user;
    std::uint64_t binding = 0;
    bool valid = false;
    while (!words.empty()) {
      const std::string_view word = take_word(words);
      if (word.starts_with("user=")) {
        user = word.substr(5);
      } else if (word.starts_with("binding=")) {
        binding = trace::digest_of(word.substr(8));
      } else if (word == "valid") {
        valid = true;
      } else if (!word.empty()) {
        return "user=…, binding=… or valid was expected";
      }
    }
    observer.tls(trace_, user, binding, valid);
    return std::nullopt;
  }

  Observer& find(Point point, std::uint16_t id) {
    const auto [found, is_new] = observers_.try_emplace({point, id}, *protocol_, point, id);
    if (is_new) found->second.opened(trace_);
    return found->second;
  }

  trace::Trace trace_;
  std::optional<trace::Protocol> protocol_;
  std::map<std::pair<Point, std::uint16_t>, Observer> observers_;
  Nonces nonces_;
  std::size_t line_ = 0;
};

}  // namespace

std::expected<trace::Trace, trace::TextError> read_transcript(std::string_view text) {
  return Reader().read(text);
}

}  // namespace sallyport::observe
