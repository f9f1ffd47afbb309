// The words every other folder uses for what happens on a mail connection: protocols, verbs,
// mechanisms, capabilities. Front-end and properties never see each other; these words, and the
// events in event.hpp, are all that they share.
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

namespace sallyport::trace {

enum class Protocol : std::uint8_t { imap, pop3 };

/// Commands of IMAP4rev1 (RFC 3501 §6 and the extensions a front-end meets) and POP3 (RFC 1939,
/// 2449, 5034, 2595). A verb that both protocols have (LIST, NOOP) is one enumerator.
enum class Verb : std::uint8_t {
  none,
  unknown,
  // both
  list,
  noop,
  // IMAP, any state
  capability,
  logout,
  id,
  // IMAP, not authenticated
  starttls,
  authenticate,
  login,
  // IMAP, authenticated
  select,
  examine,
  create,
  remove,  // DELETE
  rename,
  subscribe,
  unsubscribe,
  lsub,
  status,
  append,
  namespaces,  // NAMESPACE
  enable,
  idle,
  // IMAP, selected
  check,
  close,
  unselect,
  expunge,
  search,
  fetch,
  store,
  copy,
  move,
  uid,
  // POP3, authorization
  user,
  pass,
  apop,
  auth,
  stls,
  // POP3, transaction
  stat,
  retr,
  dele,
  rset,
  top,
  uidl,
  // POP3, any state
  capa,
  quit,
  // neither: the request line of a browser that was sent to a mail port (CVE-2021-3618)
  http,
};

/// SASL mechanisms by name, and `other` for a name that is not in the table. ANONYMOUS and the
/// rest stand here so that a live server's list keeps its meaning in an event.
enum class Mechanism : std::uint8_t {
  none,
  other,
  plain,
  login,
  cram_md5,
  digest_md5,
  scram_sha_1,
  scram_sha_1_plus,
  scram_sha_256,
  scram_sha_256_plus,
  ntlm,
  gss_spnego,
  gssapi,
  kerberos_v4,
  external,
  anonymous,
  oauthbearer,
  xoauth2,
  otp,
  skey,
  apop,
};

/// Capabilities that are more than a name to some invariant. Everything else is `other`.
enum class Capability : std::uint8_t {
  other,
  starttls,  // STARTTLS, STLS
  login_disabled,
  sasl_ir,
  literal_plus,
  literal_minus,
  id,
  user,  // POP3 USER: plain USER/PASS is offered
  pipelining,
};

/// A set over one of the enumerations above, as bits.
template <class E>
struct EnumSet {
  std::uint32_t bits = 0;

  constexpr EnumSet() = default;
  template <class... Members>
  constexpr explicit EnumSet(Members... members)
    requires(sizeof...(Members) > 0)
      : bits((bit(members) | ...)) {}
  static constexpr std::uint32_t bit(E e) { return std::uint32_t{1} << static_cast<unsigned>(e); }
  static constexpr EnumSet from_bits(std::uint32_t bits) {
    EnumSet set;
    set.bits = bits;
    return set;
  }
  [[nodiscard]] constexpr bool has(E e) const { return (bits & bit(e)) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits == 0; }
  /// Calls `visit` with every member, in the order of the enumeration.
  template <class Visit>
  constexpr void each(Visit&& visit) const {
    for (std::uint32_t left = bits; left != 0; left &= left - 1) {
      visit(static_cast<E>(std::countr_zero(left)));
    }
  }
  constexpr EnumSet& add(E e) {
    bits |= bit(e);
    return *this;
  }
  constexpr EnumSet& remove(E e) {
    bits &= ~bit(e);
    return *this;
  }
  friend constexpr EnumSet operator|(EnumSet a, EnumSet b) { return from_bits(a.bits | b.bits); }
  friend constexpr EnumSet operator&(EnumSet a, EnumSet b) { return from_bits(a.bits & b.bits); }
  friend constexpr EnumSet operator-(EnumSet a, EnumSet b) { return from_bits(a.bits & ~b.bits); }
  friend constexpr bool operator==(EnumSet, EnumSet) = default;
};
using MechanismSet = EnumSet<Mechanism>;
using CapabilitySet = EnumSet<Capability>;

/// NTLM and the wrapper that can select it (MS-SPNG): what KB 306874 says a front-end that reuses
/// connections must not offer.
inline constexpr MechanismSet ntlm_like{Mechanism::ntlm, Mechanism::gss_spnego};

/// The wire name of each enumerator, and back. Names compare without case, as all of these
/// grammars do (RFC 3501 §9 note 1, RFC 4422 §3.1). An unknown name gives `unknown` or `other`, and
/// so does that of Verb::http, which is no command: a request of HTTP isn't known by one word.
[[nodiscard]] std::string_view name(Protocol protocol);
[[nodiscard]] std::string_view name(Verb verb);
[[nodiscard]] std::string_view name(Mechanism mechanism);
[[nodiscard]] std::string_view name(Capability capability);
[[nodiscard]] Verb verb(std::string_view name);
[[nodiscard]] Mechanism mechanism(std::string_view name);
[[nodiscard]] Capability capability(std::string_view name);

/// ASCII comparison without case.
[[nodiscard]] bool equal_fold(std::string_view a, std::string_view b);

}  // namespace sallyport::trace
