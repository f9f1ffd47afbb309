#include "wire/http.hpp"

#include <algorithm>
#include <array>

namespace sallyport::wire {
namespace {

constexpr std::array<std::string_view, 9> methods{"GET",     "HEAD",    "POST",  "PUT",  "DELETE",
                                                  "CONNECT", "OPTIONS", "TRACE", "PATCH"};

}  // namespace

bool is_http_request(std::string_view line) {
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return false;
  if (std::ranges::find(methods, line.substr(0, space)) == methods.end()) return false;
  const std::string_view target = line.substr(space + 1);
  return target.starts_with('/') || target.starts_with("http") || target.starts_with("* HTTP");
}

}  // namespace sallyport::wire
