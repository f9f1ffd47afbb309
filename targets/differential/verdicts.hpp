// What both readers make of an input: the readers of the questions in disagreements.hpp.
#pragma once

#include <string_view>

#include "targets/differential/disagreements.hpp"

namespace sallyport::differential {

/// An IMAP server's greeting.
[[nodiscard]] Verdicts read_imap_greeting(std::string_view octets);
/// Its answer to a NOOP with the tag 1.
[[nodiscard]] Verdicts read_imap_answer(std::string_view octets);
[[nodiscard]] Verdicts read_pop3_greeting(std::string_view octets);
[[nodiscard]] Verdicts read_base64(std::string_view octets);
[[nodiscard]] Verdicts read_plain(std::string_view octets);

}  // namespace sallyport::differential
