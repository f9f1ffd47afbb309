// The scripts in corpora/seeds: where the fuzzers start, and examples to read.
#pragma once

#include <span>
#include <string_view>

namespace sallyport::engine {

struct Seed {
  std::string_view name;  // "imap-ntlm-handshake"
  std::string_view text;  // a script's text form
};

[[nodiscard]] std::span<const Seed> seeds();

}  // namespace sallyport::engine
