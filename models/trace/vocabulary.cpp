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

constexpr std::size_t hash_of(std::string_view name) {
  std::size_t hash = name.size();
  for (const char c : name) hash = hash * 33 + static_cast<unsigned char>(lower(c));
  return hash ^ hash >> 8;
}

/// A table's enumerators by the hash of their names, made when this is compiled: every word of
/// every line is looked up.
template <class E, std::size_t N>
class Index {
 public:
  consteval Index(const std::array<std::string_view, N>& table, std::size_t first,
                  std::size_t last = N - 1)
      : table_(table) {
    for (std::size_t i = first; i <= last; ++i) {
      std::size_t slot = hash_of(table[i]) % slots_.size();
      while (slots_[slot] != 0) slot = (slot + 1) % slots_.size();
      slots_[slot] = static_cast<std::uint8_t>(i);
    }
  }
  [[nodiscard]] E find(std::string_view name, E otherwise) const {
    std::size_t slot = hash_of(name) % slots_.size();
    for (; slots_[slot] != 0; slot = (slot + 1) % slots_.size()) {
      if (equal_fold(table_[slots_[slot]], name)) return static_cast<E>(slots_[slot]);
    }
    return otherwise;
  }

 private:
  static_assert(N < 128);
  const std::array<std::string_view, N>& table_;
  std::array<std::uint8_t, 256> slots_{};  // 0: nothing, and no name that is looked up
};
constexpr Index<Verb, verbs.size()> verb_index(verbs, 2, static_cast<std::size_t>(Verb::quit));
constexpr Index<Mechanism, mechanisms.size()> mechanism_index(mechanisms, 2);
constexpr Index<Capability, capabilities.size()> capability_index(capabilities, 1);

}  // namespace

std::string_view name(Protocol protocol) { return protocol == Protocol::imap ? "imap" : "pop3"; }
std::string_view name(Verb verb) { return verbs[static_cast<std::size_t>(verb)]; }
std::string_view name(Mechanism mechanism) {
  return mechanisms[static_cast<std::size_t>(mechanism)];
}
std::string_view name(Capability capability) {
  return capabilities[static_cast<std::size_t>(capability)];
}

Verb verb(std::string_view name) { return verb_index.find(name, Verb::unknown); }
Mechanism mechanism(std::string_view name) { return mechanism_index.find(name, Mechanism::other); }

// POP3 calls it STLS (RFC 2595 §4).
Capability capability(std::string_view name) {
  if (equal_fold(name, "STLS")) return Capability::starttls;
  return capability_index.find(name, Capability::other);
}

bool equal_fold(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace sallyport::trace
