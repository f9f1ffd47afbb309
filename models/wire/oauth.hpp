// A client's one message of OAUTHBEARER (RFC 7628 §3.1) and of XOAUTH2, both ways: a bearer token
// and whose it is.
#pragma once

#include <string>
#include <string_view>

#include "wire/result.hpp"

namespace sallyport::wire::oauth {

struct Message {
  std::string user;
  std::string host;  // OAUTHBEARER, and optional there
  std::string port;
  std::string token;
};

/// bad_argument at the pair, or before, where it stops to be one. Other keys are stepped over; the
/// scheme is "Bearer" in exactly these letters, the token one of RFC 6750 §2.1.
[[nodiscard]] Result<Message> parse_oauthbearer(std::string_view octets);
[[nodiscard]] Result<Message> parse_xoauth2(std::string_view octets);
/// `padding` octets go into a key of their own, "pad", which servers must step over (§3.1).
[[nodiscard]] std::string build_oauthbearer(const Message& message, std::size_t padding = 0);
[[nodiscard]] std::string build_xoauth2(const Message& message);

}  // namespace sallyport::wire::oauth
