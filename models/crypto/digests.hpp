// The few digests that the exchanges need, over nettle: the one place that knows it. All take and
// give raw octets. Outputs are marked initialised under MemorySanitizer, since nettle's assembly is
// not instrumented.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace sallyport::crypto {

using Digest128 = std::array<std::uint8_t, 16>;
using Digest256 = std::array<std::uint8_t, 32>;

[[nodiscard]] Digest128 md4(std::string_view octets);                             // RFC 1320
[[nodiscard]] Digest128 md5(std::string_view octets);                             // RFC 1321
[[nodiscard]] Digest128 hmac_md5(std::string_view key, std::string_view octets);  // RFC 2104
[[nodiscard]] Digest256 sha256(std::string_view octets);                          // FIPS 180-4

/// The octets of a digest as a view.
template <std::size_t N>
[[nodiscard]] std::string_view view(const std::array<std::uint8_t, N>& digest) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): octets as characters
  return {reinterpret_cast<const char*>(digest.data()), N};
}

/// Written by code without instrumentation, so MemorySanitizer has to be told. Does nothing
/// elsewhere.
void mark_initialised(Digest128& digest);
void mark_initialised(Digest256& digest);

/// Equal, in time that doesn't depend on where they differ.
[[nodiscard]] bool equal_constant_time(std::string_view a, std::string_view b);

}  // namespace sallyport::crypto
