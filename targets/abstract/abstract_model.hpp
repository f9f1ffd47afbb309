// The model of models/spin/front_end.pml once more, step for step, so that our own search and SPIN
// can be compared on one state space: the same states in the same number. What the model says and
// why is told there; here the names are the same, and each function stands for a process.
//
// A state is sixteen octets: what one session and what one connection is in has sixteen bits.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace sallyport::abstract {

/// How large it is, and what it does: the -D of the Promela model.
struct Shape {
  std::uint8_t clients = 2;      // 1 to 3
  std::uint8_t links = 3;        // 1 to 4
  std::uint8_t users = 2;        // 1 to 3
  bool offers_ntlm = false;      // EXCHANGE_2000, or EXCHANGE_2000_SP1
  bool persistent = false;       // PERSISTENT
  bool drops_logged_in = false;  // POP3
  bool failures = false;         // FAILURES
};
inline constexpr std::size_t clients_max = 3;
inline constexpr std::size_t links_max = 4;

enum class Phase : std::uint16_t { off, ready, busy, stepwise, in, failed, retry, doomed };
/// What is said on the way to a back-end, and what is answered.
enum class Said : std::uint16_t {
  nothing,
  start,
  login,
  negotiate,
  proof,
  message,
  challenge,
  ok,
  no
};
enum class Back : std::uint16_t {
  closed,
  idle,
  wants_negotiate,
  wants_proof,
  in_by_login,
  in_by_ntlm
};
inline constexpr std::uint16_t no_challenge = 0;
inline constexpr std::uint16_t stale = 7;

struct Session {
  Phase phase : 3;
  Said line : 4;
  std::uint16_t user : 2;
  std::uint16_t right : 1;
  std::uint16_t held : 3;
  std::uint16_t excused : 1;
  std::uint16_t link : 2;
};
struct Link {
  Back state : 3;
  Said wire : 4;
  std::uint16_t holder : 2;      // session plus one
  std::uint16_t unfinished : 2;  // session plus one
  std::uint16_t challenged : 1;
  std::uint16_t user : 2;
  std::uint16_t fresh : 1;
  std::uint16_t unused : 1;
};
struct State {
  std::array<Session, clients_max> sessions;
  std::array<Link, links_max> links;
  std::uint16_t unused;
};
static_assert(sizeof(State) == 16);

/// What a search may want to know of a step beside where it leads.
enum class Shown : std::uint8_t {
  nothing,
  list_with_ntlm,  // ADV-01 is violated
  let_in,          // a client is logged in
  valid_refused,   // PER-01 is violated: the right password, nothing else in the way, and refused
  refused,
};

class Model {
 public:
  explicit Model(const Shape& shape) : shape_(shape) {}

  [[nodiscard]] static State start() { return {}; }

  /// Calls `emit(successor, shown)` for every step from `state`.
  template <class Emit>
  void expand(const State& state, Emit&& emit) const {
    for (std::uint16_t s = 0; s < shape_.clients; ++s) client(state, s, emit);
    for (std::uint16_t s = 0; s < shape_.clients; ++s) front_end(state, s, emit);
    for (std::uint16_t k = 0; k < shape_.links; ++k) back_end(state, k, emit);
  }

 private:
  // The pool.
  [[nodiscard]] static bool is_free(const Link& l) {
    return l.wire == Said::nothing && l.holder == 0 && l.unfinished == 0;
  }
  [[nodiscard]] static bool is_idle(const Link& l) { return l.state == Back::idle && is_free(l); }
  /// A new connection takes the smallest free number.
  [[nodiscard]] static bool is_new(const State& state, std::uint16_t k) {
    if (state.links[k].state != Back::closed) return false;
    for (std::uint16_t lower = 0; lower < k; ++lower) {
      if (state.links[lower].state == Back::closed) return false;
    }
    return true;
  }
  [[nodiscard]] static bool is_own(const State& state, std::uint16_t s, std::uint16_t k) {
    const Link& l = state.links[k];
    const Session& session = state.sessions[s];
    return l.state == Back::in_by_login && is_free(l) && l.user == session.user &&
           session.right != 0;
  }
  [[nodiscard]] bool fits(const State& state, std::uint16_t s, std::uint16_t k) const {
    const Session& session = state.sessions[s];
    if (session.phase == Phase::stepwise) {
      if (session.link == k) return true;
      if (shape_.persistent) return false;
    }
    return (session.line == Said::login && is_own(state, s, k)) || is_idle(state.links[k]) ||
           is_new(state, k);
  }

  static void drop_challenge(State& state, std::uint16_t k) {
    for (Session& session : state.sessions) {
      if (session.held == k + 1) session.held = stale;
    }
  }
  static void close_link(State& state, std::uint16_t k) {
    drop_challenge(state, k);
    state.links[k] = {};
  }
  static void close_unfinished(State& state, std::uint16_t s) {
    for (std::uint16_t k = 0; k < links_max; ++k) {
      if (state.links[k].unfinished == s + 1) close_link(state, k);
    }
  }
  /// Session s leases k and sends what it has read.
  void lease(State& state, std::uint16_t s, std::uint16_t k, bool relayed) const {
    Session& session = state.sessions[s];
    Link& l = state.links[k];
    if (shape_.failures) l.fresh = l.state == Back::closed ? 1 : 0;
    l.wire = session.line;
    if (l.state == Back::closed) {
      l.state = Back::idle;
    } else if (l.state == Back::in_by_login) {
      l.wire = Said::ok;
    }
    l.holder = static_cast<std::uint16_t>(s + 1) & 3U;
    if (relayed) l.unfinished = static_cast<std::uint16_t>(s + 1) & 3U;
    session.link = k & 3U;
    session.phase = Phase::busy;
    session.line = Said::nothing;
  }

  // Sessions.
  static void become(Session& session, Phase to) {
    const Session before = session;
    session = {};
    session.phase = to;
    if (to != Phase::in) return;
    session.user = before.user;
    session.link = before.link;
  }
  [[nodiscard]] static Shown refuse(Session& session) {
    const bool valid = session.right != 0 && session.excused == 0;
    become(session, Phase::ready);
    return valid ? Shown::valid_refused : Shown::refused;
  }
  [[nodiscard]] bool may_keep(const State& state, std::uint16_t s) const {
    const Session& session = state.sessions[s];
    return !shape_.drops_logged_in && session.phase == Phase::in &&
           state.links[session.link].state == Back::in_by_login;
  }
  static void end_session(State& state, std::uint16_t s, bool keep) {
    close_unfinished(state, s);
    for (std::uint16_t k = 0; k < links_max; ++k) {
      if (state.links[k].holder != s + 1) continue;
      if (keep) {
        state.links[k].holder = 0;
      } else {
        close_link(state, k);
      }
    }
    become(state.sessions[s], Phase::off);
  }

  template <class Emit>
  void end_either_way(const State& from, std::uint16_t s, Emit& emit) const {
    for (const bool keep : {true, false}) {
      if (keep && !may_keep(from, s)) continue;
      State state = from;
      end_session(state, s, keep);
      emit(state, Shown::nothing);
    }
  }

  template <class Emit>
  void client(const State& from, std::uint16_t s, Emit& emit) const {
    const Session& session = from.sessions[s];
    if (session.phase == Phase::off) {
      State state = from;
      state.sessions[s].phase = Phase::ready;
      return emit(state, Shown::nothing);
    }
    const bool quiet = session.line == Said::nothing;
    if (session.phase == Phase::ready || session.phase == Phase::in) {
      emit(from, shape_.offers_ntlm ? Shown::list_with_ntlm : Shown::nothing);
      if (quiet) say_command(from, s, emit);
    }
    if (quiet && session.phase == Phase::stepwise) say_in_exchange(from, s, emit);
    end_either_way(from, s, emit);
  }

  template <class Emit>
  void say_command(const State& from, std::uint16_t s, Emit& emit) const {
    const auto say = [&](Said said, std::uint16_t user, std::uint16_t right) {
      State state = from;
      Session& session = state.sessions[s];
      session.line = said;
      if (session.phase == Phase::ready) {
        session.user = user & 3U;
        session.right = right & 1U;
      }
      emit(state, Shown::nothing);
    };
    const bool once = from.sessions[s].phase == Phase::in;  // then the rest of it is not read
    for (std::uint16_t right = 0; right < (once ? 1 : 2); ++right) {
      say(Said::start, 0, right);
      const std::uint16_t users = once ? 1 : shape_.users;
      for (std::uint16_t user = 1; user <= users; ++user) say(Said::login, user, right);
    }
  }

  template <class Emit>
  void say_in_exchange(const State& from, std::uint16_t s, Emit& emit) const {
    State state = from;
    Session& session = state.sessions[s];
    if (session.held == no_challenge) {
      session.line = Said::negotiate;
      emit(state, Shown::nothing);
    } else {
      session.line = Said::proof;
      for (std::uint16_t user = 1; user <= shape_.users; ++user) {
        session.user = user & 3U;
        emit(state, Shown::nothing);
      }
    }
    state = from;
    session.line = Said::message;
    session.excused = 1;
    emit(state, Shown::nothing);
    state = from;  // it breaks the exchange
    close_unfinished(state, s);
    session.excused = 1;
    const Shown shown = refuse(session);
    emit(state, shown);
  }

  template <class Emit>
  void front_end(const State& from, std::uint16_t s, Emit& emit) const {
    const Session& session = from.sessions[s];
    const bool quiet = session.line == Said::nothing;
    switch (session.phase) {
      case Phase::ready:
        quiet ? end_either_way(from, s, emit) : read_command(from, s, emit);
        break;
      case Phase::stepwise:
        if (quiet) {
          end_either_way(from, s, emit);
        } else {
          (void)lease_any(from, s, true, emit);
        }
        break;
      case Phase::in:
        if (quiet) {
          end_either_way(from, s, emit);
        } else {  // once only (RFC 3501 §6.2)
          State state = from;
          state.sessions[s].line = Said::nothing;
          emit(state, Shown::refused);
        }
        break;
      case Phase::busy:
        take_answer(from, s, emit);
        break;
      case Phase::failed:
      case Phase::retry: {
        State state = from;
        become(state.sessions[s], Phase::ready);
        emit(state, Shown::refused);
        break;
      }
      default:
        break;
    }
    if (shape_.failures) fail(from, s, emit);
  }

  /// True: there was a connection.
  template <class Emit>
  bool lease_any(const State& from, std::uint16_t s, bool relayed, Emit& emit) const {
    bool found = false;
    for (std::uint16_t k = 0; k < shape_.links; ++k) {
      if (!fits(from, s, k)) continue;
      found = true;
      State state = from;
      lease(state, s, k, relayed);
      emit(state, Shown::nothing);
    }
    return found;
  }

  template <class Emit>
  void read_command(const State& from, std::uint16_t s, Emit& emit) const {
    const Session& session = from.sessions[s];
    const bool login = session.line == Said::login;
    State state = from;
    if (!login && !shape_.offers_ntlm) {
      state.sessions[s].excused = 1;
      const Shown shown = refuse(state.sessions[s]);
      return emit(state, shown);
    }
    const bool found = lease_any(from, s, !login, emit);
    if (!found || (login && shape_.failures)) {  // the pool has had its share; no database answers
      state.sessions[s].line = Said::nothing;
      state.sessions[s].phase = Phase::failed;
      emit(state, Shown::nothing);
    }
    if (!login || session.right != 0) return;
    state = from;  // the account says no
    const Shown shown = refuse(state.sessions[s]);
    emit(state, shown);
  }

  template <class Emit>
  void take_answer(const State& from, std::uint16_t s, Emit& emit) const {
    State state = from;
    Session& session = state.sessions[s];
    const std::uint16_t k = session.link;
    Link& l = state.links[k];
    const bool relays = l.unfinished == s + 1;
    if (l.wire == Said::challenge) {
      session.held =
          l.state == Back::wants_proof ? static_cast<std::uint16_t>(k + 1) & 7U : no_challenge;
      l.wire = Said::nothing;
      l.holder = 0;
      l.challenged = 1;
      l.fresh = 0;
      session.phase = Phase::stepwise;
      return emit(state, Shown::nothing);
    }
    if (l.wire == Said::ok && (!relays || l.challenged != 0)) {
      l.wire = Said::nothing;
      l.unfinished = 0;
      l.challenged = 0;
      l.fresh = 0;
      close_unfinished(state, s);
      become(session, Phase::in);
      return emit(state, Shown::let_in);
    }
    if (l.wire != Said::no && l.wire != Said::ok) return;
    if (relays) {
      close_unfinished(state, s);
    } else {  // a connection on which nobody is logged in serves the next one
      l.wire = Said::nothing;
      l.holder = 0;
      l.fresh = 0;
    }
    const Shown shown = refuse(session);
    emit(state, shown);
  }

  template <class Emit>
  void fail(const State& from, std::uint16_t s, Emit& emit) const {
    const Session& session = from.sessions[s];
    for (std::uint16_t k = 0; k < shape_.links; ++k) {
      if (from.links[k].holder == s + 1 || from.links[k].unfinished == s + 1) {
        State state = from;
        lose(state, s, k);
        emit(state, Shown::nothing);
      }
      if (session.phase != Phase::retry || !is_new(from, k)) continue;
      State state = from;
      state.sessions[s].line = Said::login;
      lease(state, s, k, false);
      emit(state, Shown::nothing);
    }
    State state = from;
    if (session.phase == Phase::retry) {
      state.sessions[s].phase = Phase::failed;
      emit(state, Shown::nothing);
    }
    const Link& l = from.links[session.link];
    if (session.phase == Phase::busy && l.wire == Said::start) {
      close_unfinished(state, s);
      state.sessions[s].excused = 1;
      const Shown shown = refuse(state.sessions[s]);
      emit(state, shown);
    }
    if (session.phase == Phase::doomed) {
      end_session(state, s, false);
      emit(state, Shown::nothing);
    }
  }

  static void lose(State& state, std::uint16_t s, std::uint16_t k) {
    Session& session = state.sessions[s];
    const Link& l = state.links[k];
    session.excused = 1;
    if (session.phase == Phase::in) {
      session.phase = Phase::doomed;
    } else if (session.phase == Phase::busy && l.unfinished == 0 && l.fresh == 0) {
      session.phase = Phase::retry;
    } else {
      session.phase = Phase::failed;
    }
    close_link(state, k);
    close_unfinished(state, s);
    session.line = Said::nothing;
    session.link = 0;
  }

  static void answer(State& state, std::uint16_t k, Said what, Back then) {
    drop_challenge(state, k);
    state.links[k].wire = what;
    state.links[k].state = then;
  }

  template <class Emit>
  void back_end(const State& from, std::uint16_t k, Emit& emit) const {
    const Link& l = from.links[k];
    const auto step = [&](Said what, Back then) {
      State state = from;
      answer(state, k, what, then);
      if (what == Said::ok && then != Back::idle) {
        state.links[k].user = from.sessions[l.holder - 1U].user;
      }
      emit(state, Shown::nothing);
    };
    if (shape_.failures && l.state != Back::closed && is_free(l)) {  // nobody's connection is gone
      State state = from;
      close_link(state, k);
      emit(state, Shown::nothing);
    }
    if (l.holder == 0) return;
    const Session& his = from.sessions[l.holder - 1U];
    switch (l.wire) {
      case Said::start:
        step(Said::challenge, Back::wants_negotiate);
        break;
      case Said::login:
        l.state == Back::idle&& his.right != 0 ? step(Said::ok, Back::in_by_login)
                                               : step(Said::no, Back::idle);
        break;
      case Said::negotiate:
        l.state == Back::wants_negotiate ? step(Said::challenge, Back::wants_proof)
                                         : step(Said::no, Back::idle);
        break;
      case Said::proof:
        l.state == Back::wants_proof&& his.held == k + 1 && his.right != 0
            ? step(Said::ok, Back::in_by_ntlm)
            : step(Said::no, Back::idle);
        break;
      case Said::message:
        step(Said::no, Back::idle);
        if (l.state == Back::idle) step(Said::ok, Back::idle);  // "CAPA" is base64
        break;
      default:
        return;
    }
    if (!shape_.failures) return;
    State state = from;  // it refuses for reasons of its own, or asks for more
    state.sessions[l.holder - 1U].excused = 1;
    answer(state, k, Said::no, Back::idle);
    emit(state, Shown::nothing);
    if (l.wire == Said::login) return;
    state.links[k].wire = Said::challenge;
    emit(state, Shown::nothing);
  }

  Shape shape_;
};

}  // namespace sallyport::abstract
