// A sign of life on stderr while an engine works, and the way to stop it: the first SIGINT or
// SIGTERM ends the engine cleanly so that its results so far stand; a second one ends the command.
#pragma once

#include <chrono>
#include <string>
#include <thread>

#include "targets/engine/result.hpp"

namespace sallyport::cli {

/// From now on SIGINT and SIGTERM are noted rather than deadly, once each.
void note_interrupts();
[[nodiscard]] bool interrupted();

/// One line that is rewritten in place. It appears only on a terminal, and only for what takes
/// longer than two seconds.
class ProgressLine {
 public:
  explicit ProgressLine(bool quiet);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// What is being worked on: "exchange-2000/imap, 2 of 12".
  void begin(std::string what);
  void erase();

  /// For engine::Request: `context` is a ProgressLine. False when the run is to stop.
  static bool on_progress(void* context, const engine::Progress& progress);

 private:
  using Clock = std::chrono::steady_clock;
  void show(const engine::Progress& progress);

  bool enabled_;
  bool shown_ = false;
  std::string what_;
  Clock::time_point started_;
  Clock::time_point last_;
};

/// The same for work that can't say how far it is: what is done, and for how long.
class BusyLine {
 public:
  BusyLine(bool quiet, std::string what);

 private:
  std::jthread thread_;
};

}  // namespace sallyport::cli
