// The kill matrix: every fault × every engine. A property that no fault violates isn't trusted, and
// a fault that no engine catches is a hole.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "frontend/profile.hpp"
#include "targets/cli/command.hpp"
#include "targets/cli/options.hpp"
#include "targets/engine/result.hpp"

namespace sallyport::cli {

struct MatrixOptions {
  Common common;
  std::vector<std::string> faults;  // empty: all
  std::vector<std::string> engines;
  std::string budget = "20s";  // for each fault and engine
  std::string seed = "1";
  std::string witnesses;  // a directory; empty: nowhere
};

/// One engine on one fault.
struct Kill {
  std::string engine;
  trace::Protocol protocol{};
  bool caught = false;            // by the property that the fault names
  std::vector<std::string> also;  // what else it violates
  std::uint64_t done = 0;         // executions or states to the first catch, or in all
  double seconds = 0;             // the same
  std::optional<engine::Witness> witness;
  std::string problem;  // why nothing can be said; empty
};

struct MatrixRow {
  frontend::FaultFacts fault;
  std::vector<Kill> kills;  // by engine
  /// The shortest witness of all engines; null where none caught it.
  [[nodiscard]] const Kill* best() const;
  [[nodiscard]] std::size_t catchers() const;
};

Exit run_matrix(const MatrixOptions& options);

}  // namespace sallyport::cli
