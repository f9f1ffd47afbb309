// The front-end by itself, its back-end's octets chosen by a fuzzer: what it says to both sides.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "trace/vocabulary.hpp"

namespace sallyport::fuzz {

/// What alice's client and the back-ends are told while she logs in, reads a message and logs out,
/// all sent at once. The first connection to a back-end brings `octets`, cut into such pieces,
/// until the front-end closes it; later ones stay silent.
[[nodiscard]] std::string said_behind(trace::Protocol protocol, std::string_view octets,
                                      std::size_t piece);

}  // namespace sallyport::fuzz
