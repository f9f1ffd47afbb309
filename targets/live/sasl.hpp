// Mechanisms that the simulated world's clients don't speak, by GNU SASL: a probe logs in by them
// as well where a server offers them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "client/client.hpp"
#include "trace/vocabulary.hpp"

namespace sallyport::live {

/// One exchange, the client's side. Messages are base64, as IMAP and POP3 carry them.
class SaslExchange {
 public:
  /// What GNU SASL speaks with a name and a password, and a client of ours doesn't.
  [[nodiscard]] static trace::MechanismSet speaks();

  SaslExchange(trace::Protocol protocol, trace::Mechanism mechanism,
               const client::Credential& credential, const std::string& host);
  ~SaslExchange();
  SaslExchange(const SaslExchange&) = delete;
  SaslExchange& operator=(const SaslExchange&) = delete;

  /// The answer to a challenge; "*" where there is none that fits it.
  [[nodiscard]] std::string answer(const std::string& challenge);

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace sallyport::live
