// Whose secret stands in some octets: as it is, or in base64, with whatever around it. So a
// password is found in the line that echoes it and in the SASL message that a log has kept.
#pragma once

#include <bitset>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::observe {

/// A password or a token. One of three octets or fewer stands everywhere, and isn't looked for.
struct Secret {
  std::string user;
  std::string secret;
};

class Secrets {
 public:
  Secrets() = default;
  explicit Secrets(std::span<const Secret> secrets);

  /// The user of the secret that stands first in `octets`; of users who share one, the first.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view octets) const;

 private:
  struct Needle {
    std::string octets;
    std::string user;
  };
  void add(std::string octets, const std::string& user);

  std::vector<Needle> needles_;
  std::bitset<65536> beginnings_;  // the first two octets of each
};

}  // namespace sallyport::observe
