// What a client makes of the server's octets.
//
// IMAP: completions carry the tag of their command, and "+" belongs to the oldest command that can
// take one. POP3: replies come in the order of the lines that they answer, one each; what the
// command was tells whether lines follow.
#include <algorithm>

#include "client/client.hpp"
#include "client/messages.hpp"
#include "wire/base64.hpp"

namespace sallyport::client {
namespace {

using trace::Protocol;
using trace::Status;

constexpr std::size_t text_kept_octets = 512;
constexpr std::size_t imap_octets_max = 1U << 21;
constexpr std::size_t line_octets_max = wire::pop3::Limits{}.exchange_octets;

Status status(std::string_view name) {
  struct Row {
    std::string_view name;
    Status status;
  };
  static constexpr Row rows[] = {{"OK", Status::ok},
                                 {"NO", Status::no},
                                 {"BAD", Status::bad},
                                 {"PREAUTH", Status::preauth},
                                 {"BYE", Status::bye}};
  for (const Row& row : rows) {
    if (trace::equal_fold(row.name, name)) return row.status;
  }
  return Status::none;
}

}  // namespace

void Client::receive(std::string_view octets, std::string& out) {
  // Behind the OK to STARTTLS nothing counts until TLS stands.
  if (ended_ || lost_ || wants_tls_) return;
  unread_.append(octets);
  std::size_t used = 0;
  while (used < unread_.size()) {
    const std::string_view rest = std::string_view(unread_).substr(used);
    const bool imap = protocol_ == Protocol::imap;
    bool complete = false;
    std::size_t size = 0;
    if (imap) {
      complete = framer_.scan(rest) == wire::imap::Framer::State::complete;
      size = framer_.size();
    } else {
      using State = wire::pop3::LineFramer::State;
      complete = line_framer_.scan(rest, line_octets_max) == State::complete;
      size = line_framer_.size();
    }
    lost_ = (imap && framer_.lost()) ||
            (size > 0 ? size : rest.size()) > (imap ? imap_octets_max : line_octets_max);
    if (lost_ || size == 0) break;
    if (complete)
      imap ? read_imap(rest.substr(0, size), out) : read_pop3(rest.substr(0, size), out);
    used += size;
    if (ended_ || wants_tls_) used = unread_.size();
  }
  if (lost_) used = unread_.size();
  unread_.erase(0, used);
}

void Client::note_text(std::string_view text) { last_text_ = text.substr(0, text_kept_octets); }

void Client::read_greeting(Status status) {
  if (status == Status::ok || status == Status::preauth) greeted_ = true;
  if (status == Status::preauth) authenticated_ = true;
  if (status == Status::bye) ended_ = true;
}

void Client::offer_words(std::string_view words) {
  static constexpr std::string_view prefix = "AUTH=";
  offered_ = {};
  capabilities_ = {};
  wire::imap::for_each_word(words, [this](std::string_view word) {
    if (trace::equal_fold(word.substr(0, prefix.size()), prefix)) {
      offered_.add(trace::mechanism(word.substr(prefix.size())));
    } else {
      capabilities_.add(trace::capability(word));
    }
  });
}

void Client::read_imap(std::string_view frame, std::string& out) {
  const auto response = wire::imap::parse_response(frame);
  if (!response) return;
  note_text(response->text);
  if (response->kind == wire::imap::ResponseKind::continuation) {
    for (Pending& pending : in_flight_) {
      const bool takes =
          pending.verb == Verb::authenticate ||
          (pending.verb == Verb::login && pending.step < login_parts(pending).size());
      if (takes) return proceed(pending, response->text, out);
    }
    return;
  }
  static constexpr std::string_view word = "CAPABILITY";
  if (trace::equal_fold(response->name, word)) offer_words(response->text);
  if (trace::equal_fold(response->code.substr(0, response->code.find(' ')), word)) {
    offer_words(response->code.substr(word.size()));
  }
  const Status how = status(response->name);
  if (response->kind == wire::imap::ResponseKind::untagged) {
    if (!greeted_) read_greeting(how);
    return;
  }
  last_status_ = how;
  for (std::size_t i = 0; i < in_flight_.size(); ++i) {
    if (response->tag == "a" + std::to_string(in_flight_[i].number)) return complete(i, how);
  }
}

void Client::read_pop3(std::string_view line, std::string& out) {
  if (listing_) return read_listed(line);
  const auto reply = wire::pop3::parse_reply(line);
  if (!reply) return;
  note_text(reply->text);
  const bool ok = reply->kind == wire::pop3::ReplyKind::ok;
  const bool err = reply->kind == wire::pop3::ReplyKind::err;
  if (!greeted_) {
    if (ok || err) read_greeting(ok ? Status::ok : Status::bye);
    return;
  }
  if (in_flight_.empty()) return;
  Pending& pending = in_flight_.front();
  if (ok && pending.verb == Verb::login && pending.step == 1) {
    return proceed(pending, reply->text, out);
  }
  if (!ok && !err && pending.verb == Verb::authenticate) {
    return proceed(pending, reply->text, out);
  }
  // "+" where none can be completes the command as well: it was the one reply to that line.
  last_status_ = ok ? Status::ok : err ? Status::no : Status::bad;
  if (ok && pending.listing) {
    listing_ = true;
    if (pending.verb == Verb::capability || pending.verb == Verb::mechanisms) offered_ = {};
    if (pending.verb == Verb::capability) capabilities_ = {};
    return;
  }
  complete(0, last_status_);
}

/// A line of a multi-line reply.
void Client::read_listed(std::string_view line) {
  note_text(line.substr(0, line.size() - 2));
  const Pending& pending = in_flight_.front();
  if (wire::pop3::is_terminator(line)) {
    listing_ = false;
    return complete(0, Status::ok);
  }
  const std::string_view text = wire::pop3::unstuff(line);
  if (pending.verb == Verb::mechanisms) {
    offered_.add(trace::mechanism(text));
  } else if (pending.verb == Verb::capability) {
    const std::size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    if (!trace::equal_fold(word, "SASL")) {
      capabilities_.add(trace::capability(word));
    } else if (space != std::string_view::npos) {
      wire::imap::for_each_word(text.substr(space), [this](std::string_view mechanism) {
        offered_.add(trace::mechanism(mechanism));
      });
    }
  }
}

/// The server said go ahead.
void Client::proceed(Pending& pending, std::string_view text, std::string& out) {
  if (pending.verb == Verb::authenticate) return take_challenge(pending, text);
  out.append(login_parts(pending)[pending.step]);
  ++pending.step;
  if (protocol_ == Protocol::pop3) {
    // PASS is a line of its own, behind whatever was sent since USER.
    std::ranges::rotate(in_flight_, in_flight_.begin() + 1);
  }
}

void Client::take_challenge(const Pending& pending, std::string_view text) {
  auto octets = wire::base64_decode(text);
  challenged_ = true;
  unreadable_ = !octets;
  challenge_.clear();
  if (octets && needs_challenge(pending.mechanism, pending.step)) challenge_ = *octets;
}

/// The command at `place` in flight has ended.
void Client::complete(std::size_t place, Status status) {
  const Pending pending = in_flight_[place];
  if (&in_flight_[place] == exchange()) forget_challenge();
  in_flight_.erase(in_flight_.begin() + static_cast<std::ptrdiff_t>(place));
  if (in_flight_.empty()) attempt_valid_ = false;
  // POP3's QUIT ends the session whatever is said to it.
  const bool quits = protocol_ == Protocol::pop3 &&
                     (pending.verb == Verb::logout || pending.said == trace::Verb::quit);
  if (status == Status::ok || quits) take_effect(pending);
}

/// What was asked for has come about.
void Client::take_effect(const Pending& pending) {
  switch (pending.verb) {
    case Verb::login:
    case Verb::authenticate:
      return logged_in();
    case Verb::starttls:
    case Verb::starttls_certificate:
      wants_tls_ = true;
      certificate_.reset();
      if (pending.verb == Verb::starttls_certificate && pending.right) {
        certificate_ = pending.account;
      }
      return;
    case Verb::logout:
      ended_ = true;
      return;
    case Verb::say:
      break;
    default:
      return;
  }
  switch (pending.said) {
    case trace::Verb::login:
    case trace::Verb::authenticate:
    case trace::Verb::pass:
    case trace::Verb::auth:
      return logged_in();
    case trace::Verb::starttls:
    case trace::Verb::stls:
      wants_tls_ = true;
      certificate_.reset();
      return;
    case trace::Verb::logout:
    case trace::Verb::quit:
      ended_ = true;
      return;
    default:
      return;
  }
}

/// A session has no exchange behind the one that logged it in: nothing is left to be repeated.
void Client::logged_in() {
  authenticated_ = true;
  proof_.clear();
  proved_ = {};
}

}  // namespace sallyport::client
