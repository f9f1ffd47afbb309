// What GNU SASL and libntlm, which we didn't write, make of messages, and what messages they make.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wire/sasl.hpp"

namespace sallyport::differential {

/// What base64 decodes to; nothing where it is refused.
[[nodiscard]] std::optional<std::string> gnu_base64_decode(std::string_view text);
/// The parts of a PLAIN message that a server asks its application to judge; nothing where it is
/// refused before that.
[[nodiscard]] std::optional<wire::sasl::Plain> gnu_plain(std::string_view octets);
/// The first message of a client of SCRAM-SHA-256; nothing where GNU SASL won't say it.
[[nodiscard]] std::optional<std::string> gnu_scram_first(const std::string& user,
                                                         const std::string& authzid);

/// Messages 1 and 3 of libntlm's client, the latter in answer to `challenge`.
struct NtlmClient {
  std::string negotiate;
  std::string authenticate;
};
[[nodiscard]] NtlmClient gnu_ntlm_client(const std::string& user, const std::string& domain,
                                         std::string_view challenge);

}  // namespace sallyport::differential
