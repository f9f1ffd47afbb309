#include "crypto/digests.hpp"

#include <nettle/hmac.h>
#include <nettle/md4.h>
#include <nettle/md5.h>
#include <nettle/sha2.h>

#include <cstddef>

#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
#include <sanitizer/msan_interface.h>
#define SALLYPORT_MEMORY_SANITIZER
#endif
#endif

namespace sallyport::crypto {
namespace {

const std::uint8_t* octets_of(std::string_view text) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): characters as octets
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

}  // namespace

void mark_initialised([[maybe_unused]] Digest128& digest) {
#ifdef SALLYPORT_MEMORY_SANITIZER
  __msan_unpoison(digest.data(), digest.size());
#endif
}
void mark_initialised([[maybe_unused]] Digest256& digest) {
#ifdef SALLYPORT_MEMORY_SANITIZER
  __msan_unpoison(digest.data(), digest.size());
#endif
}

Digest128 md4(std::string_view octets) {
  Digest128 digest{};
  md4_ctx context;
  md4_init(&context);
  md4_update(&context, octets.size(), octets_of(octets));
  md4_digest(&context, digest.size(), digest.data());
  mark_initialised(digest);
  return digest;
}

Digest128 md5(std::string_view octets) {
  Digest128 digest{};
  md5_ctx context;
  md5_init(&context);
  md5_update(&context, octets.size(), octets_of(octets));
  md5_digest(&context, digest.size(), digest.data());
  mark_initialised(digest);
  return digest;
}

Digest128 hmac_md5(std::string_view key, std::string_view octets) {
  Digest128 digest{};
  hmac_md5_ctx context;
  hmac_md5_set_key(&context, key.size(), octets_of(key));
  hmac_md5_update(&context, octets.size(), octets_of(octets));
  hmac_md5_digest(&context, digest.size(), digest.data());
  mark_initialised(digest);
  return digest;
}

Digest256 sha256(std::string_view octets) {
  Digest256 digest{};
  sha256_ctx context;
  sha256_init(&context);
  sha256_update(&context, octets.size(), octets_of(octets));
  sha256_digest(&context, digest.size(), digest.data());
  mark_initialised(digest);
  return digest;
}

bool equal_constant_time(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  // Volatile, so that no compiler turns the loop into one that stops early.
  volatile unsigned char difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto octet_a = static_cast<unsigned char>(a[i]);
    const auto octet_b = static_cast<unsigned char>(b[i]);
    difference = static_cast<unsigned char>(difference | (octet_a ^ octet_b));
  }
  return difference == 0;
}

}  // namespace sallyport::crypto
