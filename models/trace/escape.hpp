// Octets in text, as events, scripts and transcripts write them: what isn't printable ASCII stands
// as
// \xNN, a line end as \r or \n, a backslash and a quote behind a backslash.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sallyport::trace {

/// Writes `octets` in double quotes; \r and \n only where `names_line_ends` is set.
void append_quoted(std::string& out, std::string_view octets, bool names_line_ends);

/// Takes an escape off `rest`, which begins with its backslash, and gives the octet. Nothing where
/// it is none of \r \n \\ \" \xNN; `rest` is then as it was.
[[nodiscard]] std::optional<char> take_escaped(std::string_view& rest);

}  // namespace sallyport::trace
