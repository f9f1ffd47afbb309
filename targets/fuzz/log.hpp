// What libFuzzer and the sanitizers say in their output.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::fuzz {

/// Executions, by the last status line: "#4096\tpulse  cov: 812 …".
[[nodiscard]] std::uint64_t executions_in(std::string_view log);

/// The number behind the last `name`, as in "cov: 812 ft: 2817".
[[nodiscard]] std::optional<std::uint64_t> figure_in(std::string_view log, std::string_view name);

/// What went wrong, in one line without process ids and addresses: a sanitizer's SUMMARY where
/// there is one. Empty where nothing says so.
[[nodiscard]] std::string failure_in(std::string_view log);

/// The functions on the stack of the first report, innermost first, at most `count`.
[[nodiscard]] std::vector<std::string> stack_in(std::string_view log, std::size_t count);

/// The last line that isn't empty.
[[nodiscard]] std::string last_line_of(std::string_view log);

}  // namespace sallyport::fuzz
