// What a probe knows before it begins: whom it is, whom it may judge, and what it would do.
#pragma once

#include <vector>

#include "observe/secrets.hpp"
#include "targets/live/plan.hpp"
#include "targets/live/probe.hpp"

namespace sallyport::live {

/// By place in world::accounts; a place without a user is never used.
[[nodiscard]] std::vector<client::Credential> by_place(
    const std::vector<client::Credential>& given);
[[nodiscard]] std::vector<observe::Secret> observed(const std::vector<client::Credential>& given);

/// Those that get a row, in their order.
[[nodiscard]] std::vector<const properties::Property*> rows_of(const ProbeOptions& options,
                                                               trace::Protocol protocol);
/// Those of them that can be judged by what is seen.
[[nodiscard]] std::vector<const properties::Property*> judged_of(
    std::vector<const properties::Property*> rows, properties::Needs sees);

[[nodiscard]] Known known_of(const Endpoint& endpoint, const ProbeOptions& options);

}  // namespace sallyport::live
