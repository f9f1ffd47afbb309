#include "targets/abstract/recorded.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <limits>
#include <optional>
#include <utility>

#include "targets/abstract/abstract_model.hpp"

namespace sallyport::abstract {
namespace {

using trace::Blob;
using trace::Event;
using trace::Mechanism;
using trace::Point;
using trace::Status;
using trace::Verb;

constexpr std::size_t numbers_max = 16;  // of sessions, and of links: more than a world has
constexpr std::uint8_t users_max = 15;   // whom the model tells apart

bool authenticates(const Event& e) {
  return e.verb == Verb::login || e.verb == Verb::authenticate || e.verb == Verb::pass ||
         (e.verb == Verb::auth && e.mechanism != Mechanism::none);
}

std::uint8_t number(Said said) { return static_cast<std::uint8_t>(said); }

class Recorder {
 public:
  void take(const Event& e) {
    switch (e.point) {
      case Point::client:
        if (e.session < numbers_max) client(e, sessions_[e.session]);
        break;
      case Point::backend:
        if (e.link < numbers_max) backend(e, links_[e.link]);
        break;
      case Point::inside:
        if (e.session < numbers_max) inside(e, sessions_[e.session]);
        break;
      case Point::given:
        given(e);
        break;
    }
  }
  [[nodiscard]] std::vector<Recorded> finished() {
    out_.push_back({.kind = Kind::end});
    return std::move(out_);
  }

 private:
  using Kind = Recorded::Kind;

  /// What a client says, with the command that it belongs to.
  struct Line {
    Said said{};
    std::uint8_t user = 0;
    bool valid = false;
    trace::CommandSlot command = trace::no_command;
  };
  struct Session {
    bool announced = false;  // the driver vouches for the next login
    bool valid = false;      // and for the one under way
    bool holds = false;      // a challenge with octets
    std::string user;        // of the last USER
    std::uint8_t accepted_as = 0;
    std::optional<Line> current;
    std::deque<Line> behind;  // logins that it pipelined
  };
  struct Link {
    bool opened = false;  // since the last lease
    bool listed = false;  // it was asked for its list
    bool logged_in = false;
    bool spoilt = false;     // a failure struck it: it may be out of step for good
    bool forwarded = false;  // what is asked of it has been sent
    Said asked = Said::nothing;
  };

  void add(Kind kind, std::size_t n1, std::size_t n2 = 0, std::size_t n3 = 0, std::size_t n4 = 0) {
    const auto octet = [](std::size_t n) { return static_cast<std::uint8_t>(n); };
    out_.push_back(
        {.kind = kind, .n1 = octet(n1), .n2 = octet(n2), .n3 = octet(n3), .n4 = octet(n4)});
  }

  std::uint8_t user(std::string_view name) {
    if (name.empty()) return 0;
    const auto found = std::ranges::find_if(
        users_, [name](const std::string& known) { return trace::equal_fold(known, name); });
    const auto place = static_cast<std::size_t>(found - users_.begin());
    if (found == users_.end()) users_.emplace_back(name);
    return static_cast<std::uint8_t>(std::min<std::size_t>(place + 1, users_max));
  }

  // What crosses a client's wire

  void client(const Event& e, Session& s) {
    switch (e.kind) {
      case trace::Kind::opened:
        s = {};
        return add(Kind::connect, e.session);
      case trace::Kind::offer:
        return add(Kind::list, e.session, e.mechanisms.has(Mechanism::ntlm) ? 1 : 0);
      case trace::Kind::command:
        return command(e, s);
      case trace::Kind::response:
        return response(e, s);
      case trace::Kind::continuation:
        if (e.mechanism != Mechanism::ntlm) return;
        s.holds = e.blob == Blob::ntlm_challenge;
        return add(Kind::answer, e.session, number(Said::challenge),
                   e.link == trace::no_link ? Recorded::none : e.link);
      case trace::Kind::completion:
        return completion(e, s);
      case trace::Kind::closed:
        return add(e.from_server ? Kind::closed : Kind::left, e.session);
      default:
        return;
    }
  }

  void command(const Event& e, Session& s) {
    const bool begins = authenticates(e) || e.verb == Verb::user;
    if (begins && e.verb != Verb::pass) {
      s.valid = std::exchange(s.announced, false);
      s.user = e.verb == Verb::user ? e.user : std::string{};
    }
    if (e.verb == Verb::pass) return log_in(e, s, std::exchange(s.user, {}));
    if (e.verb == Verb::login) return log_in(e, s, e.user);
    if (e.verb != Verb::authenticate && e.verb != Verb::auth) return;
    const bool initial = e.blob != Blob::none;
    if (e.mechanism == Mechanism::ntlm && !initial) {
      say(e.session,
          {.said = Said::start, .valid = std::exchange(s.valid, false), .command = e.command});
    }
    // Neither profile takes an initial response in IMAP.
    if (e.mechanism == Mechanism::plain && initial && e.protocol == trace::Protocol::pop3) {
      log_in(e, s, e.user);
    }
  }

  /// IMAP's users may have names of no octets: LOGIN {0}.
  void log_in(const Event& e, Session& s, std::string_view name) {
    if (name.empty() && (e.verb != Verb::login || e.secret == 0)) return;
    say(e.session, {.said = Said::login,
                    .user = user(name),
                    .valid = std::exchange(s.valid, false),
                    .command = e.command});
  }

  void response(const Event& e, Session& s) {
    if (e.amount > line_octets_) return;  // which is as good as a cancellation
    if (e.mechanism == Mechanism::plain && e.blob == Blob::other) return log_in(e, s, e.user);
    if (e.mechanism != Mechanism::ntlm) return;
    if (e.blob == Blob::cancel || e.blob == Blob::invalid || e.blob == Blob::none) return;
    Line line{.said = Said::message, .command = e.command};
    if (e.blob == Blob::ntlm_negotiate && !s.holds) line.said = Said::negotiate;
    if (e.blob == Blob::ntlm_authenticate && s.holds && !e.repeated && !e.user.empty()) {
      line.said = Said::proof;
      line.user = user(e.user);
    }
    say(e.session, line);
  }

  void say(trace::SessionId id, const Line& line) {
    Session& s = sessions_[id];
    if (s.current && s.current->command != line.command) return s.behind.push_back(line);
    s.current = line;
    add(Kind::said, id, number(line.said), line.user, line.valid ? 1 : 0);
  }

  void completion(const Event& e, Session& s) {
    const bool ok = e.status == Status::ok;
    const bool ours = s.current && s.current->command == e.command;
    if (!ours && !(ok && authenticates(e))) return;
    add(Kind::answer, e.session, number(ok ? Said::ok : Said::no),
        ok ? std::exchange(s.accepted_as, std::uint8_t{0}) : 0);
    if (!ours) return;
    s.current.reset();
    s.holds = false;
    if (s.behind.empty()) return;
    const Line next = s.behind.front();
    s.behind.pop_front();
    say(e.session, next);
  }

  // What crosses a back-end's wire

  void backend(const Event& e, Link& l) {
    switch (e.kind) {
      case trace::Kind::opened:
        l = {.opened = true};
        return;
      case trace::Kind::command:
      case trace::Kind::response:
        return asks(e, l);
      case trace::Kind::malformed:
        if (!e.from_server) asks(e, l);
        return;
      case trace::Kind::continuation:
        if (l.asked != Said::login) answers(e, l, Said::challenge);
        return;
      case trace::Kind::completion:
        // One that answers no command is no answer to a login; to a relayed message it is.
        if (l.asked == Said::login && e.command == trace::no_command) return;
        if (l.asked == Said::login && e.verb == Verb::user && e.status == Status::ok) return;
        return answers(e, l, e.status == Status::ok ? Said::ok : Said::no);
      case trace::Kind::untagged:
        if (e.status == Status::bad) answers(e, l, Said::no);
        return;
      case trace::Kind::closed:
        l = {};
        return;
      default:
        return;
    }
  }

  /// The front-end's own questions come before anything that it sends for a session. "CAPA" may be
  /// a client's message, but not as the first words on a connection.
  static void asks(const Event& e, Link& l) {
    const bool list =
        e.verb == Verb::capability || (e.verb == Verb::capa && !std::exchange(l.listed, true));
    if (!list && l.asked != Said::nothing) l.forwarded = true;
  }

  void answers(const Event& e, Link& l, Said answer) {
    if (l.asked == Said::nothing || !l.forwarded) return;
    add(Kind::backend, e.link, number(std::exchange(l.asked, Said::nothing)), number(answer),
        failure_ || l.spoilt ? 1 : 0);
    l.forwarded = false;
    if (answer == Said::ok) l.logged_in = true;
  }

  // What the front-end and the driver tell

  void inside(const Event& e, Session& s) {
    if (e.kind == trace::Kind::identified) s.accepted_as = user(e.user);
    if (e.kind == trace::Kind::failure) {
      add(Kind::fail, e.session, e.link == trace::no_link ? Recorded::none : e.link);
    }
    if (e.kind != trace::Kind::lease || e.link >= numbers_max) return;
    Link& l = links_[e.link];
    add(Kind::lease, e.session, e.link, std::exchange(l.opened, false) ? 1 : 0);
    l.asked = s.current && !l.logged_in ? s.current->said : Said::nothing;
    l.forwarded = false;
  }

  void given(const Event& e) {
    if (e.kind == trace::Kind::limit && e.limit == trace::Limit::exchange_octets) {
      line_octets_ = e.amount;
    }
    if (e.kind == trace::Kind::failure) {
      failure_ = true;
      if (e.link < numbers_max) links_[e.link].spoilt = true;
    }
    if (e.kind == trace::Kind::quiescent) failure_ = false;
    if (e.kind != trace::Kind::attempt || e.session >= numbers_max) return;
    Session& s = sessions_[e.session];
    s.announced = e.valid;
    if (!e.valid) s.valid = false;
  }

  std::vector<Recorded> out_;
  std::array<Session, numbers_max> sessions_;
  std::array<Link, numbers_max> links_;
  std::vector<std::string> users_;
  std::uint32_t line_octets_ = std::numeric_limits<std::uint32_t>::max();  // of an exchange
  bool failure_ = false;  // was injected in this step
};

}  // namespace

std::vector<Recorded> recorded(const trace::Events& events) {
  Recorder recorder;
  for (const Event& e : events) recorder.take(e);
  return recorder.finished();
}

std::string to_text(const std::vector<Recorded>& all) {
  std::string text;
  for (const Recorded& r : all) {
    text += std::to_string(static_cast<unsigned>(r.kind));
    for (const unsigned n : {r.n1, r.n2, r.n3, r.n4}) {
      text += ' ';
      text += std::to_string(n);
    }
    text += '\n';
  }
  return text;
}

}  // namespace sallyport::abstract
