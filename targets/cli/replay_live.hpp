// `sallyport replay --live URL`: a finding's script on a real server.
#pragma once

#include <string>
#include <vector>

#include "targets/cli/conclusion.hpp"
#include "targets/cli/secrets.hpp"
#include "world/script.hpp"

namespace CLI {
class App;
}

namespace sallyport::cli {

struct LiveOptions {
  std::string url;  // empty: not live
  bool starttls = false;
  AccountOptions accounts;
  std::string ca_file;
  bool insecure = false;
  std::string tap;
  std::string patience;
};
void add_live_options(CLI::App& sub, LiveOptions& options);

struct LiveReplay {
  Rows rows;                          // of the finding's property, or of all where it names none
  std::vector<std::string> dialogue;  // all of it
};
/// A Failure where the server can't be judged at all.
[[nodiscard]] LiveReplay replayed_live(const world::Finding& finding, const LiveOptions& options);

/// The command that does it again.
[[nodiscard]] std::string repeat_line(const std::string& file, const LiveOptions& options);

}  // namespace sallyport::cli
