#include "targets/fuzz/log.hpp"

#include <charconv>

namespace sallyport::fuzz {

namespace {

template <class Each>
void each_line(std::string_view text, Each&& each) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (!each(text.substr(0, end))) return;
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

std::optional<std::uint64_t> number_at(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} ? std::optional(value) : std::nullopt;
}

/// "==1234==ERROR: libFuzzer: deadly signal" without the process id.
std::string_view without_process(std::string_view line) {
  if (!line.starts_with("==")) return line;
  const std::size_t end = line.find("==", 2);
  return end == std::string_view::npos ? line : line.substr(end + 2);
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::uint64_t executions_in(std::string_view log) {
  std::uint64_t executions = 0;
  each_line(log, [&](std::string_view line) {
    if (line.starts_with('#')) executions = number_at(line.substr(1)).value_or(executions);
    return true;
  });
  return executions;
}

std::optional<std::uint64_t> figure_in(std::string_view log, std::string_view name) {
  const std::size_t at = log.rfind(name);
  if (at == std::string_view::npos) return std::nullopt;
  return number_at(trimmed(log.substr(at + name.size(), 24)));
}

std::string failure_in(std::string_view log) {
  std::string error;
  std::string summary;
  each_line(log, [&](std::string_view line) {
    const std::string_view rest = without_process(line);
    // The address of an access differs from run to run; what it was is in the words before.
    if (error.empty() && rest.find("ERROR: ") != std::string_view::npos) {
      error = trimmed(rest.substr(0, rest.find(" on address")));
    }
    if (error.empty() && rest.find(": runtime error: ") != std::string_view::npos) error = rest;
    if (summary.empty() && rest.starts_with("SUMMARY: ")) summary = trimmed(rest.substr(9));
    return true;
  });
  // libFuzzer's own summaries say less than its errors.
  return summary.empty() || summary.starts_with("libFuzzer") ? error : summary;
}

std::vector<std::string> stack_in(std::string_view log, std::size_t count) {
  std::vector<std::string> out;
  each_line(log, [&](std::string_view line) {
    const std::string_view frame = trimmed(line);
    if (!frame.starts_with('#') || frame.find(" 0x") == std::string_view::npos) {
      return out.empty() || frame.starts_with('#');
    }
    const std::size_t at = frame.find(" in ");
    if (at != std::string_view::npos) {
      const std::string_view function = frame.substr(at + 4);
      out.emplace_back(function.substr(0, function.rfind(" /")));
    }
    return out.size() < count;
  });
  return out;
}

std::string last_line_of(std::string_view log) {
  std::string last;
  each_line(log, [&](std::string_view line) {
    if (!trimmed(line).empty()) last = trimmed(line);
    return true;
  });
  return last;
}

}  // namespace sallyport::fuzz
