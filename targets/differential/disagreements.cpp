#include "targets/differential/disagreements.hpp"

#include <algorithm>

#include "targets/differential/verdicts.hpp"

namespace sallyport::differential {

namespace {

using namespace std::string_view_literals;

bool refused_by_us(const Verdicts& verdicts) { return verdicts.ours == "refused"; }
bool refused_by_them(const Verdicts& verdicts) { return verdicts.theirs == "refused"; }
bool both_read(const Verdicts& verdicts) {
  return !refused_by_us(verdicts) && !refused_by_them(verdicts);
}

std::string_view first_line(std::string_view octets) {
  return octets.substr(0, std::min(octets.find('\n'), octets.size()));
}
bool has_stray_octet(std::string_view octets) {
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (octets[i] == '\0') return true;
    if (octets[i] == '\n' && (i == 0 || octets[i - 1] != '\r')) return true;
    if (octets[i] == '\r' && (i + 1 == octets.size() || octets[i + 1] != '\n')) return true;
  }
  return false;
}
/// RFC 3501 §9: a response begins with its "*", its "+" or its tag, and a tag has no space.
bool has_leading_space(std::string_view octets) {
  return octets.starts_with(' ') || octets.contains("\n ");
}
bool has_loose_space(std::string_view octets) {
  return octets.contains("  ") || octets.contains('\t');
}
bool not_asked(std::string_view /*octets*/, const Verdicts& v) { return v.theirs == "not asked"; }

constexpr Disagreement of_imap_greeting[] = {
    {"* OK ready\r\n1 OK [FOO] \r\n",
     "libetpan reads on behind a greeting, and isn't asked about a code without text there",
     not_asked},
    {"* OK\r\n", "a status without text is a liberty that servers take; we grant it",
     [](std::string_view octets, const Verdicts& v) {
       return refused_by_them(v) && !first_line(octets).substr(2).contains(' ');
     }},
    {"* OK ready\n", "libetpan ends a line at a bare LF",
     [](std::string_view octets, const Verdicts& v) {
       return refused_by_us(v) && has_stray_octet(octets);
     }},
    {"* BYE see {5}\r\n",
     "a count in braces ends no line for us, wherever it stands: see wire/imap.hpp",
     [](std::string_view octets, const Verdicts& v) {
       return refused_by_us(v) && octets.contains("}\r\n");
     }},
    {"* OK [ALERT ready\r\n", "libetpan takes a code that doesn't end for text",
     [](std::string_view octets, const Verdicts& v) {
       return refused_by_us(v) && octets.contains('[');
     }},
    {" * OK ready\r\n", "libetpan steps over spaces before the line",
     [](std::string_view octets, const Verdicts& v) {
       return refused_by_us(v) && has_leading_space(octets);
     }},
    {"*  OK ready\r\n", "libetpan takes tabs, and many spaces, for the one space",
     [](std::string_view octets, const Verdicts& v) {
       return refused_by_us(v) && has_loose_space(octets);
     }},
};
constexpr Disagreement of_imap_answer[] = {
    {"1 OK [FOO] \r\n",
     "RFC 3501 §9 has text behind a code; without it we take the answer, and don't ask libetpan",
     not_asked},
    {"+done\r\n1 OK done\r\n", "libetpan does without the space behind \"+\"",
     [](std::string_view octets, const Verdicts& v) {
       return refused_by_us(v) && (octets.starts_with('+') || octets.contains("\n+"));
     }},
    {"1 BAD no\r\n", "libetpan takes BAD for a reply that it can't read",
     [](std::string_view, const Verdicts& v) { return refused_by_them(v) && v.ours == "BAD"; }},
    {"* FOO\r\n1 OK done\r\n",
     "we look at the frame of untagged data and not into it, and step over "
     "what we don't know, as RFC 3501 §2.2.2 has it",
     [](std::string_view octets, const Verdicts& v) {
       return refused_by_them(v) && !octets.starts_with("1 ");
     }},
    {"1 OK\r\n", "a status without text is a liberty that servers take; we grant it",
     [](std::string_view octets, const Verdicts& v) {
       return refused_by_them(v) && !first_line(octets).substr(2).contains(' ');
     }},
    {"1 OK done\n", "libetpan ends a line at a bare LF",
     [](std::string_view octets, const Verdicts& v) {
       return refused_by_us(v) && has_stray_octet(octets);
     }},
    {"1 NO {5}\r\n", "a count in braces ends no line for us, wherever it stands: see wire/imap.hpp",
     [](std::string_view octets, const Verdicts& v) {
       return refused_by_us(v) && octets.contains("}\r\n");
     }},
    {"1 OK [ALERT done\r\n", "libetpan takes a code that doesn't end for text",
     [](std::string_view octets, const Verdicts& v) {
       return refused_by_us(v) && octets.contains('[');
     }},
    {" 1 OK done\r\n", "libetpan steps over spaces before the line",
     [](std::string_view octets, const Verdicts& v) {
       return refused_by_us(v) && has_leading_space(octets);
     }},
    {"1  OK done\r\n", "libetpan takes tabs, and many spaces, for the one space",
     [](std::string_view octets, const Verdicts& v) {
       return refused_by_us(v) && has_loose_space(octets);
     }},
};
constexpr Disagreement of_pop3_greeting[] = {
    {"+OKready\r\n", "libetpan looks at the first three octets alone",
     [](std::string_view octets, const Verdicts& v) {
       return refused_by_us(v) && octets.starts_with("+OK");
     }},
    {"hello\r\n", "libetpan takes whatever isn't +OK for -ERR",
     [](std::string_view octets, const Verdicts& v) {
       return refused_by_us(v) && v.theirs == "NO" && !octets.starts_with("+OK");
     }},
};
constexpr Disagreement of_base64[] = {
    {"Zh==",
     "GNU SASL drops stray bits behind the last octet; we hold that one octet string has one "
     "encoding (RFC 4648 §3.5)",
     [](std::string_view octets, const Verdicts& v) {
       return refused_by_us(v) && octets.ends_with('=');
     }},
};
constexpr Disagreement of_plain[] = {
    {"\0tim\0"sv,
     "GNU SASL leaves empty names and passwords to its application; RFC 4616 §2 has none",
     [](std::string_view octets, const Verdicts& v) {
       return refused_by_us(v) && (octets.ends_with('\0') || octets.contains("\0\0"sv));
     }},
    {"\0tim\0p\x80"sv,
     "GNU SASL prepares names and passwords (RFC 4013), and refuses what can't be "
     "prepared; we hand on what was typed, and the verifier prepares it",
     [](std::string_view, const Verdicts& v) { return refused_by_them(v); }},
    {"\0Ti\xc2\xaa\0p"sv, "GNU SASL prepares names and passwords: it shows the prepared ones",
     [](std::string_view octets, const Verdicts& v) {
       return both_read(v) && std::ranges::any_of(octets, [](char c) { return (c & 0x80) != 0; });
     }},
};

}  // namespace

const Question imap_greeting{"imap greeting", read_imap_greeting, of_imap_greeting};
const Question imap_answer{"imap answer", read_imap_answer, of_imap_answer};
const Question pop3_greeting{"pop3 greeting", read_pop3_greeting, of_pop3_greeting};
const Question base64{"base64", read_base64, of_base64};
const Question plain{"plain", read_plain, of_plain};

const Disagreement* explanation(const Question& question, std::string_view octets,
                                const Verdicts& verdicts) {
  for (const Disagreement& row : question.disagreements) {
    if (row.explains(octets, verdicts)) return &row;
  }
  return nullptr;
}

}  // namespace sallyport::differential
