// What a fuzzer is told of a run beside the code that it covers: which states follow each other, of
// each session with the connections that it leases, and of each connection of the pool with the
// session that leases it. Code covers a handshake that was split over two connections and one that
// wasn't all the same. A state of everybody at once would be new in nearly every script.
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
  /// All states that the steps so far have led to, as one number.
  [[nodiscard]] std::uint64_t state() const;

 private:
  enum class Phase : std::uint8_t { absent, greeted, challenged, logged_in };
  struct Session {
    Phase phase = Phase::absent;
    std::uint8_t tls = 0;
  };
  struct Link {
    Phase phase = Phase::absent;
    std::uint8_t tls = 0;
    std::uint8_t leased = 0;
  };
  /// Of each session, then of each connection of the pool.
  using States = std::array<std::uint64_t, properties::max_sessions + properties::max_links>;
  void on_session(Session& session, const trace::Event& event);
  void on_link(Link& link, const trace::Event& event);

  [[nodiscard]] States states() const;

  bool on_ = true;
  std::array<Session, properties::max_sessions> sessions_;
  std::array<Link, properties::max_links> links_;
  States before_{};
};

}  // namespace sallyport::fuzz
