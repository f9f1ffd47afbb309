// A child process that is started, watched and, if need be, killed.
#pragma once

#include <sys/types.h>

#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sallyport::fuzz {

struct Exit {
  int status = 0;  // of exit(), where signal is 0
  int signal = 0;  // that killed it
  [[nodiscard]] bool well() const { return status == 0 && signal == 0; }
};

/// Is stopped when it goes out of scope. The child dies with its parent,
/// takes no part in the terminal's Ctrl-C, and has no address space randomization where that can be
/// had: a run must repeat, and sanitizers fail to start now and then where it is set very high.
class Process {
 public:
  /// Output goes to `log`. `variables` are set in its environment, beside what is there. The error
  /// is one line.
  [[nodiscard]] static std::expected<Process, std::string> start(
      const std::vector<std::string>& arguments,
      const std::vector<std::pair<std::string, std::string>>& variables,
      const std::filesystem::path& log);

  Process(Process&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  Process& operator=(Process&&) = delete;
  ~Process();

  /// Nothing while it runs.
  [[nodiscard]] std::optional<Exit> poll();
  [[nodiscard]] Exit wait();
  /// Kills it, and what it started.
  void stop();

 private:
  explicit Process(pid_t pid) : pid_(pid) {}
  pid_t pid_ = -1;
};

}  // namespace sallyport::fuzz
