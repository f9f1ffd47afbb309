// The lines that a person reads under a finding.
//
//     C0: a1 CAPABILITY
//   > S0: * CAPABILITY IMAP4rev1 AUTH=NTLM
//     F1: …                                 to the back-end on connection 1
//     B1: …                                 and its answer
//        (Outlook Express asks for the password (prompt 1))
//
// Octets outside printable ASCII are escaped as \r, \n, \t, \\ and \xNN.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trace/event.hpp"
#include "world/script.hpp"
#include "world/world.hpp"

namespace sallyport::engine {

[[nodiscard]] std::string escaped(std::string_view octets);

/// Without the mark: "C0: a1 CAPABILITY".
[[nodiscard]] std::string to_text(const trace::DialogueLine& line);

/// The run of `script` without its `vary`; `event` is the index of the violating event.
[[nodiscard]] std::vector<std::string> single_dialogue(const world::Setting& setting,
                                                       const world::Script& script,
                                                       std::optional<std::size_t> event);

/// Both runs under headings; the lines where they come to differ in `step` are marked.
[[nodiscard]] std::vector<std::string> pair_dialogue(const world::Settings& settings,
                                                     const world::Script& script,
                                                     trace::Variation variation,
                                                     std::optional<std::size_t> step);

}  // namespace sallyport::engine
