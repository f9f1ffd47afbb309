#include "observe/secrets.hpp"

#include "wire/base64.hpp"

namespace sallyport::observe {
namespace {

constexpr std::size_t secret_octets_min = 4;

std::size_t beginning(std::string_view octets) {
  return static_cast<std::size_t>(static_cast<unsigned char>(octets[0])) << 8U |
         static_cast<unsigned char>(octets[1]);
}

// The characters that `secret` alone decides where it begins `before` octets behind a triplet. So
// they stand in the base64 of a PLAIN message as in that of the secret by itself.
std::string in_base64(std::string_view secret, std::size_t before) {
  std::string octets(before, '\0');
  octets += secret;
  const std::size_t begin = (before * 8 + 5) / 6;
  const std::size_t end = octets.size() * 8 / 6;
  return wire::base64_encode(octets).substr(begin, end - begin);
}

}  // namespace

Secrets::Secrets(std::span<const Secret> secrets) {
  for (const auto& [user, secret] : secrets) {
    if (secret.size() < secret_octets_min) continue;
    add(secret, user);
    for (std::size_t before = 0; before < 3; ++before) add(in_base64(secret, before), user);
  }
}

void Secrets::add(std::string octets, const std::string& user) {
  beginnings_.set(beginning(octets));
  needles_.push_back({.octets = std::move(octets), .user = user});
}

std::optional<std::string_view> Secrets::find(std::string_view octets) const {
  for (; octets.size() >= secret_octets_min; octets.remove_prefix(1)) {
    if (!beginnings_.test(beginning(octets))) continue;
    for (const Needle& needle : needles_) {
      if (octets.starts_with(needle.octets)) return needle.user;
    }
  }
  return std::nullopt;
}

}  // namespace sallyport::observe
