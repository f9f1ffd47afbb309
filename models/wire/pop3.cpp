#include "wire/pop3.hpp"

#include <algorithm>

#include "wire/line_scan.hpp"

namespace sallyport::wire::pop3 {
namespace {

std::unexpected<Error> fail_at(ErrorKind kind, std::size_t at) {
  return std::unexpected(Error{kind, at});
}

std::string_view without_crlf(std::string_view line) {
  if (line.ends_with("\r\n")) line.remove_suffix(2);
  return line;
}

}  // namespace

LineFramer::State LineFramer::scan(std::string_view buffer, std::size_t limit_octets) {
  if (mode_ == Mode::skipping) return skip(buffer);
  if (mode_ == Mode::ended) reset();
  const std::string_view window = buffer.substr(0, limit_octets);
  const std::size_t stop = find_line_stop(window, std::min(scanned_, window.size()));
  if (stop + 1 >= window.size() && (stop == window.size() || window[stop] == '\r')) {
    if (buffer.size() >= limit_octets) {
      return fail(ErrorKind::line_too_long, limit_octets, buffer);
    }
    scanned_ = stop;  // a CR is looked at again with what follows
    return State::incomplete;
  }
  if (window[stop] == '\0') return fail(ErrorKind::nul_octet, stop, buffer);
  if (window[stop] != '\r' || window[stop + 1] != '\n') {
    return fail(ErrorKind::bare_line_feed, stop, buffer);
  }
  size_ = stop + 2;
  mode_ = Mode::ended;
  return State::complete;
}

void LineFramer::discard() {
  if (mode_ == Mode::skipping) scanned_ = 0;
}

void LineFramer::reset() { *this = LineFramer(); }

LineFramer::State LineFramer::fail(ErrorKind kind, std::size_t at, std::string_view buffer) {
  error_ = {kind, at};
  mode_ = Mode::skipping;
  scanned_ = 0;
  return skip(buffer);
}

LineFramer::State LineFramer::skip(std::string_view buffer) {
  const std::size_t line_feed = buffer.find('\n', scanned_);
  if (line_feed == std::string_view::npos) {
    scanned_ = buffer.size();
  } else {
    size_ = line_feed + 1;
    mode_ = Mode::ended;
  }
  return State::error;
}

// command = keyword *(SP param) CRLF
// keyword = 3*4VCHAR                                          (RFC 1939 §3, RFC 2449 §4)
//
// Longer keywords exist (XCLIENT); what no server knows it refuses anyway, so length is no error.
Result<Command> parse_command(std::string_view line) {
  if (!line.ends_with("\r\n")) return fail_at(ErrorKind::truncated, line.size());
  line = without_crlf(line);
  std::size_t end = 0;
  while (end < line.size() && line[end] > 0x20 && line[end] < 0x7f) ++end;
  if (end == 0) return fail_at(ErrorKind::bad_command, 0);
  if (end == line.size()) return Command{.keyword = line, .arguments = {}};
  if (line[end] != ' ') return fail_at(ErrorKind::bad_command, end);
  return Command{.keyword = line.substr(0, end), .arguments = line.substr(end + 1)};
}

// single-line = status [SP text] CRLF        status = "+OK" / "-ERR"       (RFC 2449 §4)
// challenge   = "+" SP [base64] CRLF                                       (RFC 5034 §7)
Result<Reply> parse_reply(std::string_view line) {
  if (!line.ends_with("\r\n")) return fail_at(ErrorKind::truncated, line.size());
  line = without_crlf(line);
  struct Status {
    std::string_view word;
    ReplyKind kind;
  };
  for (const Status& status : {Status{.word = "+OK", .kind = ReplyKind::ok},
                               Status{.word = "-ERR", .kind = ReplyKind::err},
                               Status{.word = "+", .kind = ReplyKind::continuation}}) {
    if (!line.starts_with(status.word)) continue;
    const std::string_view rest = line.substr(status.word.size());
    if (rest.empty()) return Reply{.kind = status.kind, .text = {}};
    if (rest.front() != ' ') return fail_at(ErrorKind::bad_response, status.word.size());
    return Reply{.kind = status.kind, .text = rest.substr(1)};
  }
  return fail_at(ErrorKind::bad_response, 0);
}

std::string_view unstuff(std::string_view line) {
  line = without_crlf(line);
  if (line.starts_with('.')) line.remove_prefix(1);
  return line;
}

bool is_terminator(std::string_view line) { return without_crlf(line) == "."; }

void append_stuffed(std::string& out, std::string_view line) {
  while (true) {
    if (line.starts_with('.')) out += '.';
    const std::size_t line_feed = line.find('\n');
    out += line.substr(0, line_feed);
    if (line_feed == std::string_view::npos) break;
    out += '\n';
    line.remove_prefix(line_feed + 1);
  }
  out += "\r\n";
}

}  // namespace sallyport::wire::pop3
