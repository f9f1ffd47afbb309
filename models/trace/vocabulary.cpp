#include "trace/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace sallyport::trace {
namespace {

// By enumerator. The test checks that each table has a name for every one.
constexpr std::array<std::string_view, static_cast<std::size_t>(Verb::http) + 1> verbs{
    "none",         "unknown",  "LIST",    "NOOP",    "CAPABILITY", "LOGOUT", "ID",     "STARTTLS",
    "AUTHENTICATE", "LOGIN",    "SELECT",  "EXAMINE", "CREATE",     "DELETE", "RENAME", "SUBSCRIBE",
    "UNSUBSCRIBE",  "LSUB",     "STATUS",  "APPEND",  "NAMESPACE",  "ENABLE", "IDLE",   "CHECK",
    "CLOSE",        "UNSELECT", "EXPUNGE", "SEARCH",  "FETCH",      "STORE",  "COPY",   "MOVE",
    "UID",          "USER",     "PASS",    "APOP",    "AUTH",       "STLS",   "STAT",   "RETR",
    "DELE",         "RSET",     "TOP",     "UIDL",    "CAPA",       "QUIT",   "HTTP"};

constexpr std::array<std::string_view, static_cast<std::size_t>(Mechanism::apop) + 1> mechanisms{
    "none",          "other",
    "PLAIN",         "LOGIN",
    "CRAM-MD5",      "DIGEST-MD5",
    "SCRAM-SHA-1",   "SCRAM-SHA-1-PLUS",
    "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS",
    "NTLM",          "GSS-SPNEGO",
    "GSSAPI",        "KERBEROS_V4",
    "EXTERNAL",      "ANONYMOUS",
    "OAUTHBEARER",   "XOAUTH2",
    "OTP",           "SKEY",
    "APOP"};

constexpr std::array<std::string_view, static_cast<std::size_t>(Capability::pipelining) + 1>
    capabilities{"other",    "STARTTLS", "LOGINDISABLED", "SASL-IR",   "LITERAL+",
                 "LITERAL-", "ID",       "USER",          "PIPELINING"};

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 0x20) : c; }

/// The enumerator of `name` in `table` from `first` on, or `otherwise`.
template <class E, std::size_t N>
E find(const std::array<std::string_view, N>& table, std::size_t first, std::string_view name,
       E otherwise) {
  for (std::size_t i = first; i < N; ++i) {
    if (equal_fold(table[i], name)) return static_cast<E>(i);
  }
  return otherwise;
}

}  // namespace

std::string_view name(Protocol protocol) { return protocol == Protocol::imap ? "imap" : "pop3"; }
std::string_view name(Verb verb) { return verbs[static_cast<std::size_t>(verb)]; }
std::string_view name(Mechanism mechanism) {
  return mechanisms[static_cast<std::size_t>(mechanism)];
}
std::string_view name(Capability capability) {
  return capabilities[static_cast<std::size_t>(capability)];
}

Verb verb(std::string_view name) { return find(verbs, 2, name, Verb::unknown); }
Mechanism mechanism(std::string_view name) { return find(mechanisms, 2, name, Mechanism::other); }

// POP3 calls it STLS (RFC 2595 §4).
Capability capability(std::string_view name) {
  if (equal_fold(name, "STLS")) return Capability::starttls;
  return find(capabilities, 1, name, Capability::other);
}

bool equal_fold(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace sallyport::trace
