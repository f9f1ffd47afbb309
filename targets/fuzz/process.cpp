#include "targets/fuzz/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace sallyport::fuzz {

namespace {

constexpr int exec_failed = 127;

std::vector<std::string> environment_with(
    const std::vector<std::pair<std::string, std::string>>& variables) {
  std::vector<std::string> out;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::string_view name = text.substr(0, text.find('='));
    const bool replaced = std::any_of(variables.begin(), variables.end(),
                                      [&](const auto& variable) { return variable.first == name; });
    if (!replaced) out.emplace_back(text);
  }
  for (const auto& [name, value] : variables) out.push_back(name + "=" + value);
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> out;
  for (std::string& string : strings) out.push_back(string.data());
  out.push_back(nullptr);
  return out;
}

Exit exit_of(int status) {
  if (WIFSIGNALED(status)) return {.status = 0, .signal = WTERMSIG(status)};
  return {.status = WEXITSTATUS(status), .signal = 0};
}

/// Between fork and exec: nothing but system calls.
[[noreturn]] void become(char* const* arguments, char* const* variables, int log, pid_t parent) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(exec_failed);
  personality(ADDR_NO_RANDOMIZE);
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  dup2(nothing, STDIN_FILENO);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  execve(arguments[0], arguments, variables);
  _exit(exec_failed);
}

}  // namespace

std::expected<Process, std::string> Process::start(
    const std::vector<std::string>& arguments,
    const std::vector<std::pair<std::string, std::string>>& variables,
    const std::filesystem::path& log) {
  std::vector<std::string> argument_texts = arguments;
  std::vector<std::string> variable_texts = environment_with(variables);
  const std::vector<char*> argument_list = pointers(argument_texts);
  const std::vector<char*> variable_list = pointers(variable_texts);
  const int output = open(log.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
  if (output < 0) return std::unexpected(log.string() + ": " + std::strerror(errno));
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child == 0) become(argument_list.data(), variable_list.data(), output, parent);
  const int error = errno;
  close(output);
  if (child < 0) return std::unexpected(std::string("fork: ") + std::strerror(error));
  setpgid(child, child);
  return Process(child);
}

Process::~Process() { stop(); }

void Process::stop() {
  if (pid_ <= 0) return;
  kill(-pid_, SIGKILL);
  (void)wait();
}

std::optional<Exit> Process::poll() {
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
  pid_ = -1;
  return exit_of(status);
}

Exit Process::wait() {
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return exit_of(status);
}

}  // namespace sallyport::fuzz
