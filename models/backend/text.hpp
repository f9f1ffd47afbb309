// Writing answers: pieces put together into lines.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace sallyport::backend {

inline void append(std::string& out, std::initializer_list<std::string_view> pieces) {
  for (const std::string_view piece : pieces) out.append(piece);
}

/// The pieces and CRLF.
inline void append_line(std::string& out, std::initializer_list<std::string_view> pieces) {
  append(out, pieces);
  out.append("\r\n");
}

}  // namespace sallyport::backend
