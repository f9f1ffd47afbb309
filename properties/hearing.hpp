// Which kinds of events each monitor hears: what it steps over without a change of its state is not
// even brought to it. Most events concern few of sixty monitors, so this is half of an engine's
// speed. A property without a row hears everything, which is never wrong, only slower. That a row
// leaves nothing out is the business of targets/engine/hearing_test.cpp, which prints the row that
// it finds.
#pragma once

#include "properties/property.hpp"
#include "trace/event.hpp"

namespace sallyport::properties {

using KindSet = trace::EnumSet<trace::Kind>;
inline constexpr std::size_t kind_count = static_cast<std::size_t>(trace::Kind::quiescent) + 1;
static_assert(kind_count <= 32);

[[nodiscard]] KindSet kinds_heard_by(const Property& property);

}  // namespace sallyport::properties
