// Why a probe has no verdict on a property: what it would have needed, as exactly as can be said.
#pragma once

#include <string>

#include "properties/property.hpp"
#include "targets/live/plan.hpp"

namespace sallyport::live {

/// Can a probe that sees `sees` judge the property at all? Empty: it can; else why not.
[[nodiscard]] std::string why_unobservable(const properties::Facts& facts, properties::Needs sees);

/// Why the property was never put to the test. `failed_logins` were allowed.
[[nodiscard]] std::string why_unexercised(const properties::Facts& facts, const Known& known,
                                          std::size_t failed_logins);

}  // namespace sallyport::live
