#include "targets/cli/crash.hpp"

#include <fmt/format.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>

#include "targets/cli/failure.hpp"
#include "targets/cli/files.hpp"
#include "targets/engine/judge.hpp"
#include "targets/fuzz/environment.hpp"
#include "targets/fuzz/log.hpp"
#include "targets/fuzz/process.hpp"

namespace sallyport::cli {
namespace {

namespace fs = std::filesystem;

// A private directory that goes when its owner goes.
class Workspace {
 public:
  Workspace() {
    std::string name = (fs::temp_directory_path() / "sallyport-replay-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
      throw Failure(fmt::format("{}: {}", name, std::strerror(errno)));
    }
    path_ = name;
  }
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;
  ~Workspace() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  [[nodiscard]] fs::path operator/(std::string_view name) const { return path_ / name; }

 private:
  fs::path path_;
};

}  // namespace

std::optional<std::string> death_in_child(
    const engine::Subject& subject, const world::Script& script,
    const std::vector<const properties::Property*>& properties) {
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) throw Failure(fmt::format("fork: {}", std::strerror(errno)));
  if (child == 0) {
    engine::Judge judge(subject, properties);
    judge.run(script);
    _exit(0);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw Failure(fmt::format("waitpid: {}", std::strerror(errno)));
  }
  if (WIFSIGNALED(status)) {
    return fmt::format("the subject died: {}", strsignal(WTERMSIG(status)));
  }
  if (WEXITSTATUS(status) != 0) {
    return fmt::format("the subject ended its process with status {}", WEXITSTATUS(status));
  }
  return std::nullopt;
}

std::optional<std::string> death_in_sibling(const engine::Subject& subject,
                                            const world::Script& script) {
  const fs::path fuzzer = sibling(fuzzer_name);
  if (access(fuzzer.c_str(), X_OK) != 0) return std::nullopt;
  const Workspace workspace;
  write_file(workspace / "input", world::to_bytes(script));
  make_directory(workspace / "report");
  const frontend::Configuration& configuration = subject.configuration;
  auto process = fuzz::Process::start(
      {fuzzer.string(), "-detect_leaks=0", "-timeout=10",
       fmt::format("-artifact_prefix={}/", (workspace / "report").string()),
       (workspace / "input").string()},
      {{fuzz::variables::front_end, subject.front_end()},
       {fuzz::variables::protocol, std::string(trace::name(subject.protocol))},
       {fuzz::variables::certificate, configuration.certificate ? "1" : "0"},
       {fuzz::variables::connections, std::to_string(configuration.connections_max)},
       {fuzz::variables::report, (workspace / "report").string()}},
      workspace / "log");
  if (!process) throw Failure(process.error());
  if (process->wait().well()) return std::nullopt;
  const std::string log = read_file((workspace / "log").string());
  std::string what = fuzz::failure_in(log);
  return what.empty() ? fuzz::last_line_of(log) : what;
}

}  // namespace sallyport::cli
