// What a dialogue must not say. Two nets, one behind the other:
//
// By place: what follows LOGIN, PASS and APOP, an initial response, and a line inside a SASL
// exchange becomes `<redacted>`, whatever it holds. Kept are `*`, `=`, an empty line and NTLM's
// message 1, which tell nothing and are what a reader wants to see.
//
// By content: the passwords of the configured accounts, as they are and in the forms that base64
// and quoted strings give them, wherever they stand: a server may repeat what it was told.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "client/client.hpp"
#include "trace/event.hpp"

namespace sallyport::live {

inline constexpr std::string_view redacted = "<redacted>";

/// By content.
class Secrets {
 public:
  explicit Secrets(const std::vector<client::Credential>& credentials);
  [[nodiscard]] std::string scrubbed(std::string_view text) const;

 private:
  struct Needle {
    std::string octets;
    bool word_only;  // too short to be looked for inside words
  };
  std::vector<Needle> needles_;  // longest first
};

/// By place: the lines of one connection, in order.
class Redactor {
 public:
  explicit Redactor(trace::Protocol protocol) : protocol_(protocol) {}
  /// `line` without CRLF, or a literal's octets, as a trace::DialogueLine has it.
  [[nodiscard]] std::string from_client(std::string_view line);
  void from_server(std::string_view line);

 private:
  enum class Expect : std::uint8_t { command, response, literal };
  [[nodiscard]] std::string command(std::string_view line);

  trace::Protocol protocol_;
  Expect expect_ = Expect::command;
  std::string tag_;  // IMAP: of the command whose end is waited for
};

/// Both nets over a dialogue from line `first` on, where every connection in it begins.
void redact(trace::Dialogue& dialogue, std::size_t first, trace::Protocol protocol,
            const Secrets& secrets);

}  // namespace sallyport::live
