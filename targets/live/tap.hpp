// A probe's view of the connections between a front-end and its back-end, through an interposer
// (tap_line.hpp): their events join the trace, and a step's mishap strikes there as it does in the
// simulated world.
//
// Which session has the use of a connection is concluded from content: a login names the user whom
// only one session presented, or comes while only one session logs in, as a new connection may; a
// command is one that only one session has in flight. It has it until another's octets appear, or
// its client leaves. Where more than one could be meant, nothing is said, and what rests on it
// isn't exercised.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "observe/observer.hpp"
#include "targets/live/address.hpp"
#include "targets/live/stream.hpp"
#include "targets/live/tap_line.hpp"
#include "trace/event.hpp"
#include "world/mishap.hpp"

namespace sallyport::live {

class Tap {
 public:
  using Done = std::expected<void, std::string>;

  Tap(Reactor& reactor, trace::Protocol protocol) : protocol_(protocol), stream_(reactor) {}

  [[nodiscard]] Done connect(const Address& address, Stream::Clock::time_point deadline);
  [[nodiscard]] Stream& stream() { return stream_; }

  /// Has all connections to the back-end ended, so that a pool is as empty as at the beginning.
  [[nodiscard]] Done flush();
  /// What goes wrong from now on, once.
  void begin_step(world::Mishap mishap);
  /// Takes what there is to be read without waiting, and answers it. True: there was something.
  [[nodiscard]] std::expected<bool, std::string> serve(trace::Trace& out, observe::Shared shared);

  /// Can `mishap` be had on a real connection?
  [[nodiscard]] static bool can(world::Mishap mishap);
  /// Until when a back-end's answer is held back, so that it is slow.
  [[nodiscard]] std::optional<Stream::Clock::time_point> held_until() const { return held_until_; }

 private:
  struct Link {
    observe::Observer observer;
    std::uint64_t step = 0;  // in which it was opened
    trace::SessionId session = trace::no_session;
    std::string tag = {};  // of the login under way
    bool greeted = false;
    bool logging_in = false;
    bool logged_in = false;
    bool distorts = false;     // the next answer
    bool disguised = false;    // TLS that is now begun isn't the back-end's
    std::string said = {};     // to which it is the answer
    std::string awaited = {};  // its tag
  };
  struct Session {
    std::string user = {};  // presented last
    struct Command {
      std::uint64_t digest = 0;
      bool logs_in = false;
    };
    std::map<trace::CommandSlot, Command> in_flight = {};
    std::string line = {};  // the last that it said
  };

  [[nodiscard]] bool holds_back(const TapRecord& record);
  [[nodiscard]] std::optional<TapVerdict> take(const TapRecord& record, trace::Trace& out,
                                               observe::Shared shared);
  [[nodiscard]] TapVerdict heard_front(Link& link, const TapRecord& record, trace::Trace& out,
                                       observe::Shared shared);
  [[nodiscard]] TapVerdict heard_back(Link& link, const TapRecord& record, trace::Trace& out,
                                      observe::Shared shared);
  [[nodiscard]] std::size_t start_of_answer(const Link& link, std::string_view octets) const;
  [[nodiscard]] TapVerdict give(Link& link, world::Answer answer, TapVerdict::What how,
                                trace::Trace& out, observe::Shared shared);
  [[nodiscard]] bool strikes(world::Strikes where, trace::LinkId id, const Link& link,
                             trace::Trace& out);
  void follow_clients(trace::Trace& out);
  void release(trace::LinkId id, Link& link, trace::Trace& out) const;
  void follow_link(Link& link, const trace::Trace& out, std::size_t from) const;
  void lease(trace::LinkId id, Link& link, std::string_view octets, trace::Trace& out);
  void give_to(trace::LinkId id, Link& link, std::optional<trace::SessionId> session,
               trace::Trace& out) const;
  [[nodiscard]] std::optional<trace::SessionId> who_logs_in() const;
  [[nodiscard]] std::optional<trace::SessionId> who_said(std::string_view octets) const;
  [[nodiscard]] std::vector<trace::SessionId> whose(const trace::Event& event) const;

  trace::Protocol protocol_;
  Stream stream_;
  std::string input_;
  bool greeted_ = false;
  std::map<trace::LinkId, Link> links_;
  std::map<trace::SessionId, Session> sessions_;
  std::size_t followed_ = 0;        // events of the trace
  std::size_t followed_lines_ = 0;  // of its dialogue
  std::uint64_t steps_ = 0;
  world::Mishap mishap_ = world::Mishap::none;
  bool struck_ = false;
  std::optional<Stream::Clock::time_point> held_until_;
};

}  // namespace sallyport::live
