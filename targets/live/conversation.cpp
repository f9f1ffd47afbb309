#include "targets/live/conversation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "targets/engine/dialogue.hpp"
#include "targets/live/sasl.hpp"

namespace sallyport::live {

using client::Verb;
using trace::Kind;
using trace::Protocol;

namespace {

constexpr std::size_t quoted_octets = 120;
constexpr auto farewell_max = std::chrono::seconds(1);
constexpr auto between_packets = std::chrono::milliseconds(1);
constexpr auto before_line_feed = std::chrono::milliseconds(50);
constexpr std::size_t split_octets_max = 512;  // as in the simulated world
constexpr std::string_view waiting_line = "* OK Waiting for authentication process to respond";

std::string seconds(std::chrono::milliseconds time) {
  return fmt::format("{:g} s", static_cast<double>(time.count()) / 1000);
}

std::string_view greeting_of(Protocol protocol) {
  return protocol == Protocol::imap ? "an IMAP server's \"* OK\"" : "a POP3 server's \"+OK\"";
}

}  // namespace

Conversation::Conversation(const Destination& destination, Reactor& reactor,
                           trace::SessionId session, observe::Shared shared, trace::Trace& out)
    : to_(destination),
      session_(session),
      shared_(shared),
      out_(out),
      protocol_(destination.endpoint.protocol()),
      stream_(reactor),
      client_(protocol_, destination.credentials),
      observer_(protocol_, trace::Point::client, session) {}

void Conversation::end(bool by_server) {
  stream_.close();
  observer_.closed(by_server, out_);
  open_ = false;
  hung_up_ = by_server && !client_.ended();
}

void Conversation::leave() {
  if (open_) end(false);
}

/// A server's words inside a line of ours. Scrubbed before they are cut: no half of a password is
/// left.
std::string Conversation::quoted(std::string_view text) const {
  const std::string scrubbed = to_.secrets.scrubbed(text);
  std::string out = engine::escaped(std::string_view(scrubbed).substr(0, quoted_octets));
  if (scrubbed.size() > quoted_octets) out += "...";
  return '"' + out + '"';
}

Stream::Clock::time_point Conversation::within(std::chrono::milliseconds limit) const {
  return std::min(Stream::Clock::now() + limit, to_.deadline);
}

void Conversation::given(trace::Event event) {
  event.point = trace::Point::given;
  event.session = session_;
  event.protocol = protocol_;
  out_.events.push_back(std::move(event));
}

std::unexpected<std::string> Conversation::late(std::string_view what,
                                                std::string_view expected) const {
  if (Stream::Clock::now() >= to_.deadline) {
    return std::unexpected(fmt::format("the {} for one server were over at {}; expected {}",
                                       seconds(to_.limits.endpoint), what, expected));
  }
  if (!line_.empty()) {
    return std::unexpected(
        fmt::format("silence for {} at {}, in the middle of the line {}; expected the rest of it",
                    seconds(to_.limits.answer), what, quoted(line_)));
  }
  return std::unexpected(
      fmt::format("silence for {} at {}; expected {}", seconds(to_.limits.answer), what, expected));
}

// Connection, TLS, greeting

Conversation::Done Conversation::open(std::optional<std::uint8_t> certificate) {
  const Endpoint& endpoint = to_.endpoint;
  if (const auto stands = stream_.connect(endpoint.host, endpoint.port, within(to_.limits.connect));
      !stands) {
    return std::unexpected(fmt::format("cannot connect: {}; expected {} server", stands.error(),
                                       protocol_ == Protocol::imap ? "an IMAP" : "a POP3"));
  }
  open_ = reached_ = true;
  observer_.opened(out_);
  Done done;
  if (endpoint.implicit_tls()) {
    if (certificate) client_.show_certificate(*certificate);
    done = start_tls(certificate);
  }
  if (done) done = take_greeting();
  if (!done && open_) end(false);
  return done;
}

Conversation::Done Conversation::start_tls(std::optional<std::uint8_t> certificate) {
  Trust trust = to_.trust;
  // The certificate that was given is the first account's.
  const bool own = certificate == 0 && !trust.own_certificate.empty();
  const std::string user(own ? client_.user(*certificate) : std::string_view());
  if (user.empty()) trust.own_certificate.clear();
  const auto stands = stream_.start_tls(to_.endpoint.host, trust, within(to_.limits.answer));
  if (!stands) {
    return std::unexpected(fmt::format(
        "no TLS: {}; expected {}", stands.error(),
        to_.trust.insecure
            ? "a handshake"
            : fmt::format("a handshake and a trusted certificate for {}", to_.endpoint.host)));
  }
  const std::string binding = stream_.binding();
  observer_.tls(out_, user, trace::digest_of(binding), true);
  client_.tls_established(binding);
  line_.clear();
  offered_ = {};
  capabilities_ = {};
  return {};
}

/// Octets of the server; none where the tap had something to say first, so that what a back-end
/// said stands before what came of it.
std::expected<Stream::Read, std::string> Conversation::read(Stream::Clock::time_point until) {
  if (to_.tap == nullptr) return stream_.read(until);
  const Stream::Read none{.outcome = Stream::Outcome::octets, .text = {}};
  Stream* const both[] = {&to_.tap->stream(), &stream_};
  while (true) {
    Stream::wait(both, std::min(until, to_.tap->held_until().value_or(until)));
    auto served = to_.tap->serve(out_, shared_);
    if (!served) return std::unexpected(std::move(served.error()));
    if (*served) return none;
    const auto now = Stream::Clock::now();
    if (stream_.ready() || !stream_.is_open() || now >= until) return stream_.read(now);
  }
}

// While Dovecot's authentication starts, its clients are told so, once or more often, in what looks
// like a greeting.
Conversation::Done Conversation::take_greeting() {
  const std::string_view expected = greeting_of(protocol_);
  step_octets_ = 0;
  const auto deadline = within(to_.limits.answer);
  while (!greeting_) {
    const auto got = this->read(deadline);
    if (!got) return std::unexpected(got.error());
    const Stream::Read& read = *got;
    if (read.outcome == Stream::Outcome::late) {
      if (line_.empty()) return late("the greeting", expected);
      return std::unexpected(fmt::format("the greeting {} has no end within {}; expected {}",
                                         quoted(line_), seconds(to_.limits.answer), expected));
    }
    if (read.outcome != Stream::Outcome::octets) return closed(read, "the greeting", false);
    if (auto done = take(read.text, "the greeting"); !done) return done;
  }
  if (client_.greeted()) return rest("the greeting", false, Manner::proper);
  if (client_.ended()) {
    return std::unexpected(
        fmt::format("the server refuses: {}; expected {}", quoted(*greeting_), expected));
  }
  return std::unexpected(
      fmt::format("the greeting is {}; expected {}", quoted(*greeting_), expected));
}

// Steps

Conversation::Done Conversation::step(const world::Step& step, Manner manner) {
  split_ = step.split;
  Done done = act(step, manner);
  split_ = 0;
  if (!done && open_) end(false);
  return done;
}

Conversation::Done Conversation::act(const world::Step& step, Manner manner) {
  const client::Action& action = step.action;
  const std::string_view what = facts(action.verb).name;
  if (facts(action.verb).account && client_.user(action.account).empty()) return {};
  const bool foreign =
      action.verb == Verb::authenticate && SaslExchange::speaks().has(action.mechanism);
  if (foreign) return authenticate(action, manner);
  std::string octets;
  const client::Client::Acted acted = client_.act(action, octets);
  if (!acted.done) return {};  // as a response that isn't asked for
  if (acted.attempt) {
    given({.kind = Kind::attempt, .mechanism = acted.mechanism, .valid = acted.valid});
  }
  if (acted.closes) {
    end(false);
    return {};
  }
  step_octets_ = 0;
  if (step.plaintext_behind) octets += world::plaintext_behind_starttls(protocol_);
  if (auto done = say(octets); !done) return done;
  // The client keeps no account of raw octets in IMAP: there is to be a line for them.
  const bool raw = action.verb == Verb::send || action.verb == Verb::say;
  if (auto done = rest(what, raw, manner); !done) return done;
  const bool starts = action.verb == Verb::starttls || action.verb == Verb::starttls_certificate;
  if (starts && open_ && !silent_) {
    if (client_.wants_tls()) {
      // In pieces too: a server that takes CR for the end of the line finds LF in its handshake.
      const bool may_break = step.plaintext_behind || step.split > 0;
      if (auto done = start_tls(client_.certificate()); done || !may_break) {
        // Where the plaintext is answered under TLS, that comes unasked: before the next command,
        // or it would be a matter of time whose answer it is taken for.
        return done && step.plaintext_behind ? listen() : done;
      }
      end(true);  // octets that are none of TLS's break the handshake
      return {};
    }
    if (manner != Manner::proper) return {};
    return std::unexpected(
        fmt::format("STARTTLS is refused: {}; expected TLS", quoted(last_line_)));
  }
  note_lists(action.verb);
  return {};
}

/// An exchange from its beginning to its end, by GNU SASL; the client in it only says the octets. A
/// wrong one is begun and cancelled.
Conversation::Done Conversation::authenticate(const client::Action& action, Manner manner) {
  constexpr int messages_max = 4;
  const bool imap = protocol_ == Protocol::imap;
  if (client_.challenged() || client_.waiting()) return {};
  const bool valid = action.right && !client_.authenticated();
  given({.kind = Kind::attempt, .mechanism = action.mechanism, .valid = valid});
  SaslExchange exchange(protocol_, action.mechanism, to_.credentials[action.account],
                        to_.endpoint.host);
  std::string line = (imap ? "x1 AUTHENTICATE " : "AUTH ");
  line += trace::name(action.mechanism);
  for (int i = 0; i <= messages_max; ++i) {
    if (auto done = send(line + "\r\n", manner); !done) return done;
    if (!open_ || silent_ || !last_line_.starts_with('+') || last_line_.starts_with("+OK")) break;
    line = action.right && i < messages_max
               ? exchange.answer(last_line_.substr(std::min<std::size_t>(2, last_line_.size())))
               : "*";
  }
  return {};
}

Conversation::Done Conversation::send(std::string_view octets, Manner manner) {
  return step({.client = 0,
               .action = {.verb = Verb::send, .octets = std::string(octets)},
               .leases = {},
               .split = 0},
              manner);
}

Conversation::Done Conversation::listen() {
  if (!open_) return {};
  step_octets_ = 0;
  Done done;
  while (done && open_) {
    const auto got = this->read(within(to_.limits.settle));
    if (!got) return std::unexpected(got.error());
    const Stream::Read& read = *got;
    if (read.outcome == Stream::Outcome::late) return {};
    if (read.outcome == Stream::Outcome::octets) {
      done = take(read.text, "rest");
    } else {
      done = closed(read, "rest", true);
    }
  }
  if (!done && open_) end(false);
  return done;
}

void Conversation::note_lists(Verb verb) {
  if (client_.authenticated()) return;
  if (verb != Verb::capability && verb != Verb::mechanisms) return;
  const bool second_list = protocol_ == Protocol::pop3 && verb == Verb::mechanisms;
  offered_ = second_list ? offered_ | client_.offered() : client_.offered();
  if (!second_list) capabilities_ = client_.capabilities();
}

// Reads until the client waits for nothing and nothing comes any more.
Conversation::Done Conversation::rest(std::string_view what, bool answer_due, Manner manner) {
  auto limit = to_.limits.answer;
  if (manner == Manner::open_ended)
    limit = std::min<std::chrono::milliseconds>(limit, farewell_max);
  if (manner == Manner::bereft) limit = std::max(limit, to_.limits.patience);
  const auto deadline = within(limit);
  const std::size_t lines_before = lines_;
  // Behind a good-bye it is the server who hangs up: two runs are not to differ by when it does.
  const auto settle = [&]() -> std::chrono::milliseconds {
    const bool patient = client_.ended() || manner == Manner::lingering;
    return patient ? std::max<std::chrono::milliseconds>(to_.limits.settle, farewell_max)
                   : to_.limits.settle;
  };
  while (true) {
    if (client_.wants_tls()) return {};
    const bool said = lines_ > lines_before;
    // Leave to go on: it is the client's turn.
    const bool asked = said && protocol_ == Protocol::imap && last_line_.starts_with('+');
    const bool owed = !asked && (client_.waiting() || (answer_due && !said));
    const auto until = owed ? deadline : std::min(deadline, Stream::Clock::now() + settle());
    const auto got = this->read(until);
    if (!got) return std::unexpected(got.error());
    const Stream::Read& read = *got;
    switch (read.outcome) {
      case Stream::Outcome::octets:
        if (auto done = take(read.text, what); !done) return done;
        break;
      case Stream::Outcome::late:
        if (owed && manner != Manner::proper && Stream::Clock::now() < to_.deadline) {
          silent_ = true;
          return {};
        }
        if (owed) return late(what, "an answer");
        if (Stream::Clock::now() >= deadline) return late(what, "an end of the answer");
        if (!line_.empty()) break;  // the rest of the line is on its way
        return {};
      case Stream::Outcome::closed:
      case Stream::Outcome::broken:
        if (manner == Manner::bereft) line_.clear();
        return closed(read, what, manner != Manner::proper || said_bye_ || client_.ended());
    }
  }
}

Conversation::Done Conversation::closed(const Stream::Read& read, std::string_view what,
                                        bool tolerated) {
  end(true);
  if (!line_.empty()) {
    return std::unexpected(fmt::format(
        "the connection ended in the middle of the line {} at {}; expected the rest of it",
        quoted(line_), what));
  }
  if (tolerated) return {};
  const bool broken = read.outcome == Stream::Outcome::broken;
  return std::unexpected(fmt::format("the server hung up at {}{}; expected an answer", what,
                                     broken ? " (" + read.text + ")" : ""));
}

// Octets

// A server that has hung up while it was spoken to is seen to have done so when it is read.
Conversation::Done Conversation::say(std::string_view octets) {
  if (octets.empty()) return {};
  observer_.from_client(octets, out_, shared_);
  Done sent;
  std::size_t at = 0;
  for (; sent && split_ > 0 && at < std::min(octets.size(), split_octets_max); at += split_) {
    sent = stream_.write(octets.substr(at, split_), within(to_.limits.answer));
    // Whoever answers to CR is given the time to, or it would be chance whether LF is still heard.
    const bool at_line_end = split_ == 1 && octets[at] == '\r';
    std::this_thread::sleep_for(at_line_end ? before_line_feed : between_packets);
  }
  if (sent && at < octets.size()) {
    sent = stream_.write(octets.substr(at), within(to_.limits.answer));
  }
  if (sent || stream_.is_open()) return {};
  return std::unexpected(
      fmt::format("nothing can be sent: {}; expected a server that reads", sent.error()));
}

Conversation::Done Conversation::take(std::string_view octets, std::string_view what) {
  step_octets_ += octets.size();
  if (step_octets_ > to_.limits.step_octets) {
    return std::unexpected(fmt::format("more than {} octets at {}; expected less of an answer",
                                       to_.limits.step_octets, what));
  }
  if (auto done = note_lines(octets, what); !done) return done;
  std::string reply;
  observer_.from_server(octets, out_, shared_);
  client_.receive(octets, reply);
  return say(reply);
}

Conversation::Done Conversation::note_lines(std::string_view octets, std::string_view what) {
  while (!octets.empty()) {
    const std::size_t end = octets.find('\n');
    line_.append(octets.substr(0, end));
    if (line_.size() > to_.limits.line_octets) {
      return std::unexpected(
          fmt::format("a line of more than {} octets at {}, {}; expected its end",
                      to_.limits.line_octets, what, quoted(line_)));
    }
    if (end == octets.npos) return {};
    octets.remove_prefix(end + 1);
    if (line_.ends_with('\r')) line_.pop_back();
    last_line_ = std::move(line_);
    line_.clear();
    ++lines_;
    if (!greeting_ && !last_line_.starts_with(waiting_line)) greeting_ = last_line_;
    if (protocol_ == Protocol::imap) {
      said_bye_ = said_bye_ || trace::equal_fold(last_line_.substr(0, 5), "* BYE");
    }
  }
  return {};
}

}  // namespace sallyport::live
