// Where our grammars and those of others disagree, and why that is as it should be. A disagreement
// that a fuzzer comes upon has a row here, or it is a finding. A test holds each row to its
// example, so that none outlives its reason.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace sallyport::differential {

/// One input, as two readers take it. Where they read nothing, they say "refused".
struct Verdicts {
  std::string ours;
  std::string theirs;
};

struct Disagreement {
  std::string_view example;
  std::string_view why;
  /// Is this the reason why `octets` are taken so?
  bool (*explains)(std::string_view octets, const Verdicts& verdicts);
};

/// What two readers are asked.
struct Question {
  std::string_view name;
  Verdicts (*read)(std::string_view octets);
  std::span<const Disagreement> disagreements;
};

extern const Question imap_greeting;  // of an IMAP server, to libetpan
extern const Question imap_answer;    // of one to a NOOP with the tag 1, to libetpan
extern const Question pop3_greeting;  // of a POP3 server, to libetpan
extern const Question base64;         // to GNU SASL
extern const Question plain;          // the parts of a PLAIN message, to GNU SASL

/// Null where none explains it.
[[nodiscard]] const Disagreement* explanation(const Question& question, std::string_view octets,
                                              const Verdicts& verdicts);

}  // namespace sallyport::differential
