// The judge inside a fuzz target. With a report directory it records what each script exercised and
// violated and goes on; without one, a violation ends the process with all that a reader needs.
#pragma once

#include <chrono>
#include <memory>
#include <string_view>

#include "targets/engine/judge.hpp"
#include "targets/fuzz/environment.hpp"
#include "targets/fuzz/feedback.hpp"
#include "targets/fuzz/report.hpp"
#include "targets/fuzz/shapes.hpp"

namespace sallyport::fuzz {

class Recorder {
 public:
  explicit Recorder(const Environment& environment);
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;
  ~Recorder();

  /// Judges `script`, as the protocol that the environment asks for.
  void run(world::Script script);
  /// The same, with one variation for its pairs of runs; none: for no pair at all.
  void run(world::Script script, trace::Variation only);

 private:
  engine::Judge& judge_of(trace::Protocol protocol);
  engine::Judge& judge_for(world::Script& script);
  void conclude(engine::Judge& judge, const world::Script& script);
  void record(const engine::Judge& judge, const world::Script& script);
  /// Prints the reduced script and aborts.
  [[noreturn]] void fail(engine::Judge& judge, const world::Script& script,
                         std::string_view property);
  void flush() const;

  Environment environment_;
  std::unique_ptr<engine::Judge> imap_;
  std::unique_ptr<engine::Judge> pop3_;
  Feedback feedback_;
  Report report_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

/// The recorder that the environment asks for; ends with 2 and one line where that has an error.
/// `extra` are properties that stand in no catalogue.
[[nodiscard]] Recorder& recorder(std::span<const properties::Property* const> extra = {});

}  // namespace sallyport::fuzz
