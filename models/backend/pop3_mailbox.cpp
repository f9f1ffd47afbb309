// POP3 commands that read and delete mail (RFC 1939 §5, §7). Numbers are those of the messages that
// stood there at log-in; a deleted one keeps its number and can't be named any more.
#include <charconv>
#include <limits>

#include "backend/pop3.hpp"

namespace sallyport::backend {
namespace {

std::optional<std::uint32_t> to_number(std::string_view text) {
  std::uint32_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc{} || stop != end) return std::nullopt;
  return value;
}

}  // namespace

std::vector<Connection::Pop3::Message> Connection::Pop3::messages() const {
  std::vector<Message> found;
  std::uint32_t number = 0;
  for (const std::uint32_t index : connection.visible(connection.hidden_)) {
    ++number;
    if (has_bit(connection.marked_, index)) continue;
    found.push_back({number, index, connection.account().messages[index]});
  }
  return found;
}

std::optional<Connection::Pop3::Message> Connection::Pop3::message(std::string_view number) const {
  const auto wanted = to_number(number);
  for (const Message& each : messages()) {
    if (wanted == each.number) return each;
  }
  return std::nullopt;
}

void Connection::Pop3::stat() {
  if (!arguments.empty()) return err("no arguments here");
  std::size_t octets = 0;
  const std::vector<Message> all = messages();
  for (const Message& each : all) octets += each.text.size();
  append_line(out, {"+OK ", std::to_string(all.size()), " ", std::to_string(octets)});
}

template <class Line>
void Connection::Pop3::listing(Line&& line) {
  if (!arguments.empty()) {
    const auto one = message(arguments);
    if (!one) return err("no such message");
    append_line(out, {"+OK ", std::to_string(one->number), " ", line(*one)});
    return;
  }
  ok("listing follows");
  for (const Message& each : messages()) {
    append_line(out, {std::to_string(each.number), " ", line(each)});
  }
  append_line(out, {"."});
}

void Connection::Pop3::list() {
  listing([](const Message& each) { return std::to_string(each.text.size()); });
}

/// A unique-id names account and place: neither ever changes.
void Connection::Pop3::uidl() {
  listing([this](const Message& each) {
    return std::to_string(connection.account_) + "." + std::to_string(each.index + 1);
  });
}

void Connection::Pop3::retr() {
  const auto wanted = message(arguments);
  if (!wanted) return err("no such message");
  send(*wanted, std::numeric_limits<std::size_t>::max());
}

// TOP = "TOP" SP msg SP n: the header, the blank line and n lines of the body
void Connection::Pop3::top() {
  const std::size_t space = arguments.find(' ');
  if (space == std::string_view::npos) return err("a message and a number of lines");
  const auto lines = to_number(arguments.substr(space + 1));
  if (!lines) return err("a message and a number of lines");
  const auto wanted = message(arguments.substr(0, space));
  if (!wanted) return err("no such message");
  send(*wanted, *lines);
}

void Connection::Pop3::send(const Message& message, std::size_t body_lines_max) {
  append_line(out, {"+OK ", std::to_string(message.text.size()), " octets"});
  std::string_view rest = message.text;
  bool in_body = false;
  std::size_t body_lines = 0;
  while (!rest.empty() && !(in_body && body_lines == body_lines_max)) {
    const std::size_t end = rest.find("\r\n");
    const std::string_view line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 2);
    wire::pop3::append_stuffed(out, line);
    if (in_body) ++body_lines;
    if (line.empty()) in_body = true;
  }
  append_line(out, {"."});
}

void Connection::Pop3::dele() {
  const auto wanted = message(arguments);
  if (!wanted) return err("no such message");
  if (wanted->index >= Store::removable_max) return err("only the first 32 can be deleted");
  connection.marked_ |= std::uint32_t{1} << wanted->index;
  ok("deleted");
}

void Connection::Pop3::rset() {
  if (!arguments.empty()) return err("no arguments here");
  connection.marked_ = 0;
  ok("nothing is deleted");
}

void Connection::Pop3::noop() { arguments.empty() ? ok("nothing") : err("no arguments here"); }

}  // namespace sallyport::backend
