// index.html: one file that needs nothing but itself.
#pragma once

#include <string>
#include <string_view>

#include "targets/report/evidence.hpp"

namespace sallyport::report {

/// `written` is when, for people; it is the only thing in a bundle that differs between two runs
/// with the same results.
[[nodiscard]] std::string page(const Evidence& evidence, std::string_view version,
                               std::string_view written);

}  // namespace sallyport::report
