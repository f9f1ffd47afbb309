// Lines and literals. A line is read up to the first octet that ends or breaks it, in the order of
// the octets, so every error and its place are the same however the input arrives. After an error
// the framer is in `skipping`, which looks at nothing but the ends of lines and the counts there.
#include <algorithm>
#include <charconv>
#include <cstring>
#include <system_error>

#include "wire/imap.hpp"
#include "wire/line_scan.hpp"

namespace sallyport::wire::imap {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

// literal     = "{" number ["+"] "}" CRLF *CHAR8                    (RFC 3501 §9, RFC 7888 §8)
// number      = 1*DIGIT    ; 0 <= n < 4,294,967,296
Result<std::optional<LiteralHeader>> literal_header(std::string_view line) {
  if (!line.ends_with('}')) return std::nullopt;
  const std::size_t at = line.rfind('{');
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view count = line.substr(at + 1, line.size() - at - 2);
  const std::unexpected bad(Error{ErrorKind::bad_literal, at});
  if (count.contains('"')) return std::nullopt;
  if (count.empty() || count.front() == '-' || count.front() == '+') return bad;
  if (!is_digit(count.front())) return std::nullopt;

  LiteralHeader header{.octets = 0, .synchronizing = !count.ends_with('+'), .at = at};
  if (!header.synchronizing) count.remove_suffix(1);
  const char* const end = count.data() + count.size();
  const auto [stop, failure] = std::from_chars(count.data(), end, header.octets);
  if (failure != std::errc{} || stop != end) return bad;
  return header;
}

Framer::State Framer::scan(std::string_view buffer) {
  switch (mode_) {
    case Mode::reading:
      break;
    case Mode::at_literal:
      return State::continuation;
    case Mode::skipping:
      return skip(buffer);
    case Mode::ended:
      reset();
      break;
  }
  while (line_start_ < buffer.size()) {
    // The frame's limit is kept with room for a last CRLF whenever a literal is let in.
    const std::size_t limit =
        line_start_ + std::min(limits_.line_octets, limits_.frame_octets - line_start_);
    const std::string_view window = buffer.substr(0, limit);
    const std::size_t from = std::min(std::max(scanned_, line_start_), window.size());
    const std::size_t stop = find_line_stop(window, from);
    if (stop + 1 >= window.size() && (stop == window.size() || window[stop] == '\r')) {
      if (buffer.size() >= limit) return fail(ErrorKind::line_too_long, limit, buffer);
      scanned_ = stop;  // a CR is looked at again with what follows
      return State::incomplete;
    }
    if (window[stop] == '\0') return fail(ErrorKind::nul_octet, stop, buffer);
    if (window[stop] != '\r' || window[stop + 1] != '\n') {
      return fail(ErrorKind::bare_line_feed, stop, buffer);
    }
    const State state = end_of_line(buffer, stop + 1);
    if (state != State::incomplete) return state;
  }
  return State::incomplete;
}

/// A good line ends at `line_feed`: it ends the frame or announces a literal. Incomplete: the
/// literal follows at once.
Framer::State Framer::end_of_line(std::string_view buffer, std::size_t line_feed) {
  const std::size_t next = line_feed + 1;
  const std::string_view line = buffer.substr(line_start_, line_feed - 1 - line_start_);
  const auto header = literal_header(line);
  if (!header) return fail(header.error().kind, line_start_ + header.error().at, buffer);
  if (!header->has_value()) {
    size_ = next;
    mode_ = Mode::ended;
    return State::complete;
  }
  const LiteralHeader& literal = **header;
  const std::size_t room = limits_.frame_octets - next;
  if (literal.octets > limits_.literal_octets || room < 2 || literal.octets > room - 2) {
    return fail(ErrorKind::literal_too_long, line_start_ + literal.at, buffer);
  }
  literal_octets_ = literal.octets;
  if (literal.synchronizing && server_side_) {
    size_ = next;
    mode_ = Mode::at_literal;
    return State::continuation;
  }
  line_start_ = next + literal.octets;
  return State::incomplete;
}

void Framer::grant() {
  if (mode_ != Mode::at_literal) return;
  line_start_ = size_ + literal_octets_;
  size_ = 0;
  mode_ = Mode::reading;
}

void Framer::discard() {
  if (mode_ == Mode::skipping) scanned_ = 0;
}

void Framer::reset() {
  mode_ = Mode::reading;
  lost_ = false;
  tail_size_ = 0;
  literal_octets_ = 0;
  skip_octets_ = 0;
  line_start_ = 0;
  scanned_ = 0;
  size_ = 0;
  error_ = {};
}

Framer::State Framer::fail(ErrorKind kind, std::size_t at, std::string_view buffer) {
  error_ = {kind, at};
  mode_ = Mode::skipping;
  scanned_ = line_start_;  // the offending line is read once more, for what it announces
  return skip(buffer);
}

Framer::State Framer::skip(std::string_view buffer) {
  while (!lost_) {
    std::string_view rest = buffer.substr(std::min(scanned_, buffer.size()));
    const std::size_t literal = std::min<std::size_t>(skip_octets_, rest.size());
    skip_octets_ -= static_cast<std::uint32_t>(literal);
    scanned_ += literal;
    rest.remove_prefix(literal);
    const std::size_t line_feed = rest.find('\n');
    remember(rest.substr(0, line_feed));
    if (line_feed == std::string_view::npos) break;
    scanned_ += line_feed + 1;
    const bool goes_on = literal_follows();
    tail_size_ = 0;
    if (!goes_on) {
      size_ = scanned_;
      mode_ = Mode::ended;
      return State::error;
    }
  }
  scanned_ = buffer.size();
  return State::error;
}

/// Keeps the last octets of the line that is skipped, of which `piece` is more.
void Framer::remember(std::string_view piece) {
  if (piece.size() > tail_.size()) piece.remove_prefix(piece.size() - tail_.size());
  const std::size_t kept = std::min<std::size_t>(tail_size_, tail_.size() - piece.size());
  std::memmove(tail_.data(), tail_.data() + (tail_size_ - kept), kept);
  std::ranges::copy(piece, tail_.data() + kept);
  tail_size_ = static_cast<std::uint8_t>(kept + piece.size());
}

/// Whether the skipped line, of which `tail_` is the end, announces octets that come unasked.
bool Framer::literal_follows() {
  std::string_view line(tail_.data(), tail_size_);
  if (line.ends_with('\r')) line.remove_suffix(1);
  const bool unasked = !server_side_ || line.ends_with("+}");
  if (!unasked) return false;
  const auto header = literal_header(line);
  if (header && header->has_value()) {
    skip_octets_ = (*header)->octets;
    return true;
  }
  // A count longer than the tail has lost its brace, but is one to whoever sent it.
  const bool count_is_cut = tail_size_ == tail_.size() && line.ends_with('}') &&
                            line.find_first_not_of("0123456789+}") == std::string_view::npos;
  lost_ = !header || count_is_cut;
  return lost_;
}

}  // namespace sallyport::wire::imap
