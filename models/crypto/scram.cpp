#include "crypto/scram.hpp"

#include <nettle/hmac.h>
#include <nettle/pbkdf2.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace sallyport::crypto {
namespace {

const std::uint8_t* octets_of(std::string_view text) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): characters as octets
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

Digest256 combined(Digest256 a, const Digest256& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<std::uint8_t>(a[i] ^ b[i]);
  return a;
}

struct Remembered {
  std::string password;
  std::string salt;
  std::uint32_t iterations = 0;
  Digest256 result{};
};
constexpr std::size_t remembered_max = 64;

Digest256 client_key(const Digest256& salted) { return hmac_sha256(view(salted), "Client Key"); }

}  // namespace

Digest256 hmac_sha256(std::string_view key, std::string_view octets) {
  Digest256 digest{};
  hmac_sha256_ctx context;
  hmac_sha256_set_key(&context, key.size(), octets_of(key));
  hmac_sha256_update(&context, octets.size(), octets_of(octets));
  hmac_sha256_digest(&context, digest.size(), digest.data());
  mark_initialised(digest);
  return digest;
}

Digest256 salted_password(std::string_view password, std::string_view salt,
                          std::uint32_t iterations) {
  iterations = std::max(iterations, std::uint32_t{1});
  // One for each thread, so that engines that play worlds side by side need no lock. What is
  // remembered changes no result, only how long it takes.
  thread_local std::array<Remembered, remembered_max> memory;
  thread_local std::size_t next = 0;
  const auto* const found = std::ranges::find_if(memory, [&](const Remembered& r) {
    return r.iterations == iterations && r.password == password && r.salt == salt;
  });
  if (found != memory.end()) return found->result;
  Digest256 digest{};
  pbkdf2_hmac_sha256(password.size(), octets_of(password), iterations, salt.size(), octets_of(salt),
                     digest.size(), digest.data());
  mark_initialised(digest);
  memory[next] = {.password = std::string(password),
                  .salt = std::string(salt),
                  .iterations = iterations,
                  .result = digest};
  next = (next + 1) % remembered_max;
  return digest;
}

ScramKeys scram_keys(const Digest256& salted) {
  return {.stored_key = sha256(view(client_key(salted))),
          .server_key = hmac_sha256(view(salted), "Server Key")};
}

Digest256 client_proof(const Digest256& salted, std::string_view transcript) {
  const Digest256 stored = sha256(view(client_key(salted)));
  return combined(client_key(salted), hmac_sha256(view(stored), transcript));
}

bool verify_client_proof(const ScramKeys& keys, std::string_view transcript,
                         std::string_view proof) {
  Digest256 given{};
  if (proof.size() != given.size()) return false;
  std::copy_n(octets_of(proof), given.size(), given.begin());
  const Digest256 key = combined(given, hmac_sha256(view(keys.stored_key), transcript));
  return equal_constant_time(view(sha256(view(key))), view(keys.stored_key));
}

Digest256 server_signature(const ScramKeys& keys, std::string_view transcript) {
  return hmac_sha256(view(keys.server_key), transcript);
}

}  // namespace sallyport::crypto
