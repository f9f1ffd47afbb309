#include "targets/cli/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "targets/cli/output/terminal.hpp"
#include "targets/cli/output/text.hpp"

namespace sallyport::cli {
namespace {

using namespace std::chrono_literals;

volatile std::sig_atomic_t was_interrupted = 0;

void on_signal(int /*signal*/) { was_interrupted = 1; }

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

void ProgressLine::show(const engine::Progress& progress) {
  std::string text =
      fmt::format("{} {}: {} {}", progress.engine, what_, grouped(progress.done), progress.unit);
  if (progress.depth > 0) text += fmt::format(", depth {}", progress.depth);
  if (progress.frontier > 0) text += fmt::format(", {} waiting", grouped(progress.frontier));
  text += fmt::format(", {:.0f} s", progress.seconds);
  const std::size_t columns = terminal_of(STDERR_FILENO).columns;
  text.resize(std::min(text.size(), columns - 1));
  fmt::print(stderr, "\r{}\x1b[K", text);
  std::fflush(stderr);
  shown_ = true;
}

}  // namespace sallyport::cli
