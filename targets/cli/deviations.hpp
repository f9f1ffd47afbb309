// Known violations: a TOML file lists what a server is known to do and why that is accepted, so
// that a nightly probe fails for new ones only.
//
//   [[deviation]]
//   property = "ADV-01"
//   subject = "murder.example:*/imap"   # * and ? stand for octets; left out: any
//   reason = "authenticates locally, so its NTLM needs no persistent back-end connection"
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "targets/cli/conclusion.hpp"

namespace sallyport::cli {

struct Deviation {
  std::string property;  // an id of the catalogue
  std::string subject = "*";
  std::string reason;
};

/// Reads a file's text; a Failure begins with `label` and the line.
[[nodiscard]] std::vector<Deviation> deviations_from(std::string_view text,
                                                     const std::string& label);

/// Marks every violation that is listed. Returns the listed ones that didn't happen.
[[nodiscard]] std::vector<Deviation> mark(Rows& rows, const std::vector<Deviation>& listed);

}  // namespace sallyport::cli
