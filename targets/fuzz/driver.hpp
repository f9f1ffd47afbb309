// Runs the instrumented sibling binary (libFuzzer's session target) on one subject and reads back
// what it recorded. The sibling records violations and goes on; its crash is a result of its own.
//
// Violating scripts are reduced and judged again here, by code that carries no instrumentation. A
// script that crashes the sibling is never run here: it is reduced by running the sibling on it.
#pragma once

#include <filesystem>
#include <vector>

#include "targets/engine/result.hpp"

namespace sallyport::fuzz {

/// `sibling` is the path of sallyport-fuzz-session, beside the command itself.
[[nodiscard]] std::vector<engine::Result> run(const engine::Request& request,
                                              const std::filesystem::path& sibling);

}  // namespace sallyport::fuzz
