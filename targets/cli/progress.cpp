#include "targets/cli/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <mutex>

#include "targets/cli/output/terminal.hpp"
#include "targets/cli/output/text.hpp"

namespace sallyport::cli {
namespace {

using namespace std::chrono_literals;

volatile std::sig_atomic_t was_interrupted = 0;

void on_signal(int /*signal*/) { was_interrupted = 1; }

// The line that is rewritten in place.
void draw(std::string_view text) {
  fmt::print(stderr, "\r{}\x1b[K", clipped(text, terminal_of(STDERR_FILENO).columns - 1));
  std::fflush(stderr);
}

}  // namespace

void note_interrupts() {
  struct sigaction action{};
  action.sa_handler = on_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() { return was_interrupted != 0; }

ProgressLine::ProgressLine(bool quiet) : enabled_(!quiet && isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() { erase(); }

void ProgressLine::begin(std::string what) {
  what_ = std::move(what);
  started_ = last_ = Clock::now();
}

void ProgressLine::erase() {
  if (shown_) std::fputs("\r\x1b[K", stderr);
  shown_ = false;
}

bool ProgressLine::on_progress(void* context, const engine::Progress& progress) {
  if (interrupted()) return false;
  auto& line = *static_cast<ProgressLine*>(context);
  const Clock::time_point now = Clock::now();
  if (line.enabled_ && now - line.started_ > 2s && now - line.last_ > 200ms) {
    line.last_ = now;
    line.show(progress);
  }
  return true;
}

BusyLine::BusyLine(bool quiet, std::string what) {
  if (quiet || isatty(STDERR_FILENO) != 1) return;
  thread_ = std::jthread([what = std::move(what)](const std::stop_token& stop) {
    const auto started = std::chrono::steady_clock::now();
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any waiting;
    const auto stopped = [&stop] { return stop.stop_requested(); };
    bool shown = false;
    for (auto pause = 2000ms; !waiting.wait_for(lock, stop, pause, stopped); pause = 500ms) {
      const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - started;
      draw(fmt::format("{}, {:.0f} s", what, passed.count()));
      shown = true;
    }
    if (shown) std::fputs("\r\x1b[K", stderr);
  });
}

void ProgressLine::show(const engine::Progress& progress) {
  std::string text =
      fmt::format("{} {}: {} {}", progress.engine, what_, grouped(progress.done), progress.unit);
  if (progress.depth > 0) text += fmt::format(", depth {}", progress.depth);
  if (progress.frontier > 0) text += fmt::format(", {} waiting", grouped(progress.frontier));
  text += fmt::format(", {:.0f} s", progress.seconds);
  draw(text);
  shown_ = true;
}

}  // namespace sallyport::cli
