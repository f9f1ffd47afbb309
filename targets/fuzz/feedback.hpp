// What a fuzzer is told of a run beside the code that it covers: which pairs of states follow each
// other, a state being that of the pool, of each session's authentication and of its protocol. Code
// covers a handshake that was split over two connections and one that wasn't all the same.
//
// libFuzzer reads a section of counters, AFL++ its map; anywhere else nobody listens.
// SALLYPORT_FEEDBACK=0 turns it off, to see what it is worth.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "properties/property.hpp"
#include "trace/event.hpp"

namespace sallyport::fuzz {

/// A power of two. A fuzzer looks through all of them after every execution.
inline constexpr std::size_t feedback_counters = 8192;

/// Counts `feature`, modulo feedback_counters, in the execution under way.
void count_feature(std::uint64_t feature);

/// Folds the events of a run, step by step, into the pairs of its states.
class Feedback {
 public:
  Feedback();
  /// Before the first step of a run.
  void start();
  /// Behind each step, with its events.
  void step(const trace::Events& events);
  /// The state that the steps so far have led to.
  [[nodiscard]] std::uint64_t state() const;

 private:
  enum class Phase : std::uint8_t { absent, greeted, challenged, logged_in };
  struct Session {
    Phase phase = Phase::absent;
    std::uint8_t tls = 0;
    trace::Verb verb = trace::Verb::none;  // of its last command
    trace::Status status = trace::Status::none;
  };
  struct Link {
    Phase phase = Phase::absent;
    std::uint8_t tls = 0;
    std::uint8_t leased = 0;
  };
  void on_session(Session& session, const trace::Event& event);
  void on_link(Link& link, const trace::Event& event);

  bool on_ = true;
  std::array<Session, properties::max_sessions> sessions_;
  std::array<Link, properties::max_links> links_;
  std::uint64_t before_ = 0;
};

}  // namespace sallyport::fuzz
