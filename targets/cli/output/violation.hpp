// One violation as a person reads it: what is required, where that stands, what happened instead,
// the dialogue with the violated line marked, and the one line that repeats it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "targets/cli/conclusion.hpp"
#include "targets/cli/output/terminal.hpp"

namespace sallyport::cli {

/// How long a line of a dialogue may be: NTLM's messages are longer than any page.
enum class Lines : std::uint8_t { clipped, whole };

/// `repeat` is the command line that shows it again.
[[nodiscard]] std::string violation(const Row& row, std::string_view repeat, Lines lines,
                                    const Terminal& terminal);

/// Dialogue lines, indented; the one that begins with "> " stands out.
[[nodiscard]] std::string dialogue(const std::vector<std::string>& lines, Lines length,
                                   const Terminal& terminal);

/// `name  text`, the text wrapped and hanging behind the name.
[[nodiscard]] std::string field(std::string_view name, std::string_view text,
                                const Terminal& terminal);

/// The colour of a verdict; a violation that was expected is not a violated run.
[[nodiscard]] Style style_of(const Row& row);

/// `text` as one word of a shell's command line, quoted where that is needed.
[[nodiscard]] std::string shell_word(std::string_view text);

}  // namespace sallyport::cli
