// The life of a connection, and how octets become frames: a line of the client's while an exchange
// is in progress, a command otherwise. What a frame does is for imap_*.cpp and pop3_*.cpp.
//
// The octets of the frame in progress are all that is kept unread. A frame that breaks its grammar
// is answered when its end has come; one that is larger than any limit allows ends the connection.
// So the answers don't depend on how the octets were cut into segments.
#include <algorithm>

#include "backend/backend.hpp"
#include "backend/imap.hpp"
#include "backend/pop3.hpp"

namespace sallyport::backend {
namespace {

constexpr wire::pop3::Limits line_limits;

/// What a framer found at the start of the unread octets.
enum class Found : std::uint8_t { nothing, frame, broken, unbearable };

/// Reads either framer's state; `octets_max` is where patience with a broken frame ends.
template <class Framer>
Found found(const Framer& framer, bool complete, std::size_t unread, std::size_t octets_max) {
  if (complete) return Found::frame;
  if (framer.size() > octets_max) return Found::unbearable;
  if (framer.size() > 0) return Found::broken;
  return unread > octets_max ? Found::unbearable : Found::nothing;
}

}  // namespace

/// A line that is broken only by a bare LF at its end, with the CR that it lacks; empty where it is
/// broken otherwise, or where that isn't forgiven.
std::string Connection::mended(std::string_view line, const wire::Error& error) const {
  const bool bare = error.kind == wire::ErrorKind::bare_line_feed && line.ends_with('\n') &&
                    line.find('\r') == std::string_view::npos &&
                    line.find('\0') == std::string_view::npos;
  if (!bare || !directory_->bare_line_feeds || line.find('\n') + 1 != line.size()) return {};
  return std::string(line.substr(0, line.size() - 1)) + "\r\n";
}

Connection::Connection(const Directory& directory, trace::Protocol protocol, std::uint16_t id)
    : directory_(&directory), id_(id), protocol_(protocol) {}

void Connection::open(std::string& out) {
  protocol_ == trace::Protocol::imap ? Imap::greet(*this, out) : Pop3::greet(*this, out);
}

bool Connection::closing() const { return state_ == State::logout; }

void Connection::hang_up() {
  state_ = State::logout;
  exchange_ = {};
  user_.clear();
}

void Connection::tls_established() {
  wants_tls_ = false;
  tls_ = true;
}

/// `command` is what a client said, without its tag and the line end.
void Connection::tell_parsed(trace::Verb verb, std::string_view command) {
  if (told_ == nullptr) return;
  told_->push_back({.kind = trace::Kind::parsed,
                    .point = trace::Point::inside,
                    .protocol = protocol_,
                    .verb = verb,
                    .digest = trace::digest_of(wire::imap::with_synchronizing_literals(command))});
}

void Connection::receive(std::string_view octets, Store& store, std::string& out,
                         trace::Events* told) {
  if (closing() || wants_tls_) return;
  told_ = told;
  unread_.append(octets);
  std::size_t used = 0;
  while (!closing()) {
    const std::string_view rest = std::string_view(unread_).substr(std::min(used, unread_.size()));
    if (rest.empty()) break;
    const std::size_t size = protocol_ == trace::Protocol::imap ? next_imap(rest, store, out)
                                                                : next_pop3(rest, store, out);
    if (size == 0) break;
    used += size;
    if (wants_tls_) used = unread_.size();  // CVE-2011-0411: plaintext has no effect behind TLS
  }
  if (closing()) used = unread_.size();
  unread_.erase(0, used);
  told_ = nullptr;
}

/// Takes one frame off `rest` and answers it; its size, 0 where more octets are needed.
std::size_t Connection::next_imap(std::string_view rest, Store& store, std::string& out) {
  Imap session{*this, store, out};
  if (exchange_.mechanism != trace::Mechanism::none) {
    const std::size_t limit = line_limits.exchange_octets;
    const auto state = line_framer_.scan(rest, limit);
    const bool complete = state == wire::pop3::LineFramer::State::complete;
    switch (found(line_framer_, complete, rest.size(), limit)) {
      case Found::nothing:
        return 0;
      case Found::frame:
        session.response(rest.substr(0, line_framer_.size() - 2));
        break;
      case Found::broken:
        session.finish({.kind = Outcome::Kind::malformed});
        break;
      case Found::unbearable:
        session.bye("line too long");
        break;
    }
    return line_framer_.size();
  }
  using State = wire::imap::Framer::State;
  if (!directory_->literal_plus) {
    // {n+} announces nothing to a server that doesn't know it.
    const std::size_t end = rest.find("\r\n");
    if (end != std::string_view::npos && rest.substr(0, end).ends_with("+}")) {
      session.refuse(rest.substr(0, end + 2), {.kind = wire::ErrorKind::bad_argument});
      return end + 2;
    }
  }
  auto state = framer_.scan(rest);
  while (state == State::continuation) {
    framer_.grant();
    out.append("+ go ahead\r\n");
    state = framer_.scan(rest);
  }
  const std::size_t octets_max = wire::imap::Limits{}.frame_octets;
  switch (found(framer_, state == State::complete, rest.size(), octets_max)) {
    case Found::nothing:
      if (framer_.lost()) session.bye("literal too long");
      return 0;
    case Found::frame:
      session.command(rest.substr(0, framer_.size()));
      break;
    case Found::broken:
      if (const std::string line = mended(rest.substr(0, framer_.size()), framer_.error());
          !line.empty()) {
        session.command(line);
      } else {
        session.refuse(rest.substr(0, framer_.size()), framer_.error());
      }
      break;
    case Found::unbearable:
      session.bye("command too long");
      break;
  }
  return framer_.size();
}

std::size_t Connection::next_pop3(std::string_view rest, Store& store, std::string& out) {
  Pop3 session{*this, store, out};
  const bool in_exchange = exchange_.mechanism != trace::Mechanism::none;
  const std::size_t limit = in_exchange ? line_limits.exchange_octets : line_limits.command_octets;
  const auto state = line_framer_.scan(rest, limit);
  const bool complete = state == wire::pop3::LineFramer::State::complete;
  switch (found(line_framer_, complete, rest.size(), line_limits.exchange_octets)) {
    case Found::nothing:
      return 0;
    case Found::frame:
      if (in_exchange) {
        session.response(rest.substr(0, line_framer_.size() - 2));
      } else {
        session.command(rest.substr(0, line_framer_.size()));
      }
      break;
    case Found::broken:
      if (in_exchange) {
        session.finish({.kind = Outcome::Kind::malformed});
      } else if (const std::string line =
                     mended(rest.substr(0, line_framer_.size()), line_framer_.error());
                 !line.empty()) {
        session.command(line);
      } else {
        session.refuse(line_framer_.error());
      }
      break;
    case Found::unbearable:
      session.bye("line too long");
      break;
  }
  return line_framer_.size();
}

// The framers' state follows from the unread octets, so it isn't written.
void Connection::canonical(trace::Canonical& out) const {
  out.enumerator(state_);
  out.u16(account_);
  out.u32(hidden_);
  out.u32(marked_);
  out.u8(failures_);
  out.flag(tls_);
  out.flag(wants_tls_);
  out.flag(directory_->literal_plus);  // what tells the directories of a world apart
  out.flag(directory_->tells_what_is_wrong);
  out.text(user_);
  out.lines(unread_);
  out.enumerator(exchange_.mechanism);
  out.u8(exchange_.step);
  if (exchange_.mechanism == trace::Mechanism::none) return;
  out.name(exchange_.tag);
  // A challenge goes by the name of the octets that whoever answers it computes with.
  if (exchange_.mechanism == trace::Mechanism::ntlm && exchange_.step == 1) {
    const crypto::Nonce challenge = nonce();
    out.name(crypto::view(challenge));
  }
  if (exchange_.mechanism == trace::Mechanism::cram_md5) out.name(cram_md5_challenge());
}

}  // namespace sallyport::backend
