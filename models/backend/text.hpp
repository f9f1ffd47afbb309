// Writing answers: pieces put together into lines.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

namespace sallyport::backend {

inline void append(std::string& out, std::initializer_list<std::string_view> pieces) {
  std::size_t octets = out.size();
  for (const std::string_view piece : pieces) octets += piece.size();
  out.reserve(octets + 2);  // and a line end: one allocation for a line
  for (const std::string_view piece : pieces) out.append(piece);
}

/// The pieces and CRLF.
inline void append_line(std::string& out, std::initializer_list<std::string_view> pieces) {
  append(out, pieces);
  out.append("\r\n");
}

}  // namespace sallyport::backend
