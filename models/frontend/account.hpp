// What the account database knows of a user: how to verify him, which back-end has his mail, what
// he may do. The host owns the database (Host::look_up); the front-end caches what it was told.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/scram.hpp"
#include "trace/vocabulary.hpp"

namespace sallyport::frontend {

struct Account {
  std::string user;      // canonical: lower case
  std::string password;  // CRAM-MD5 needs it as it is (RFC 2195 §3)
  std::string salt;      // of the SCRAM keys
  std::uint32_t iterations = 0;
  crypto::ScramKeys scram;
  trace::MechanismSet mechanisms;  // he may use; PLAIN stands for every way to show a password
  bool acts_for_others = false;    // may name another user as authorization identity
  std::uint8_t route = 0;          // of the back-end that has his mail
};

/// The credential by which the front-end logs in to back-ends for users that it has verified
/// itself. Back-ends let it act for anybody.
inline constexpr std::string_view front_end_user = "front-end";
inline constexpr std::string_view front_end_password = "sesame-of-the-front-end";

/// The one spelling of a user name that front-end and back-ends compare: ASCII letters in lower
/// case.
[[nodiscard]] std::string canonical_user(std::string_view user);

}  // namespace sallyport::frontend
