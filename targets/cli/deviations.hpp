// Known violations: a TOML file lists what a server is known to do and why that is accepted, so
// that a nightly probe fails for new ones only.
//
//   [[deviation]]
//   property = "ADV-01"
//   subject = "murder.example:*/imap"   # * and ? stand for octets; left out: any
//   reason = "authenticates locally, so its NTLM needs no persistent back-end connection"
//
// A file may be of many servers: a row with `server` counts where that one is probed, one with
// `protocol` for subjects of that protocol. What else a row tells (version, source, date, dialogue,
// finding, transports, disclosure) is for people and other tools.
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
  std::string server = {};  // empty: any
};

/// Reads a file's text; a Failure begins with `label` and the line. Of rows with `server` those of
/// `server` are taken.
[[nodiscard]] std::vector<Deviation> deviations_from(std::string_view text,
                                                     const std::string& label,
                                                     std::string_view server = {});

/// Marks every violation that is listed. Returns the listed ones that didn't happen.
[[nodiscard]] std::vector<Deviation> mark(Rows& rows, const std::vector<Deviation>& listed);

}  // namespace sallyport::cli
