// A mailbox server: IMAP4rev1 and POP3 on real bytes, basic authentication, PLAIN, CRAM-MD5 and
// real NTLMv2. It stands behind every profile unchanged: Service Pack 1 "does not change this
// aspect of the behavior of back-end servers" (KB 306874), so it advertises NTLM always.
//
// It is sans-I/O and deterministic: a Connection takes octets and gives octets. What all
// connections of one server share is the Store, a value that the caller owns.
//
// Limits, all of them per connection: the framers' (wire/imap.hpp, wire/pop3.hpp), beyond which it
// hangs up, and Directory::failures_max. The mailbox has one folder, INBOX; IMAP can only read it.
// A session numbers the messages that stood there when it looked (SELECT, or POP3's log-in); POP3's
// exclusive lock (RFC 1939 §4) is left out, since a pool may well hold two sessions of one user.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/ntlmv2.hpp"
#include "trace/canonical.hpp"
#include "trace/event.hpp"
#include "wire/imap.hpp"
#include "wire/pop3.hpp"

namespace sallyport::backend {

struct Account {
  std::string user;  // ASCII case doesn't count; "alice" is the canonical form of "ALICE"
  std::string password;
  std::vector<std::string> messages;  // RFC 5322 texts with CRLF line ends
  bool acts_for_others = false;       // may name another user as authorization identity
  bool proofs_only = false;  // his password never goes over a wire, front-ends' databases say
};
/// The bearer token that the server takes for a user (OAUTHBEARER, XOAUTH2).
[[nodiscard]] std::string token_of(std::string_view user);

/// What never changes while a server runs. Shared by its connections; outlives them.
struct Directory {
  std::string host = "be1.example";
  std::string domain = "EXAMPLE";  // NTLM target; a client may name another or none
  std::vector<Account> accounts;
  /// Offered: those of them that the server speaks (`spoken`).
  trace::MechanismSet mechanisms{trace::Mechanism::ntlm, trace::Mechanism::plain,
                                 trace::Mechanism::cram_md5, trace::Mechanism::oauthbearer,
                                 trace::Mechanism::xoauth2};
  bool tls = false;                  // STARTTLS and STLS are offered
  bool literal_plus = true;          // LITERAL+ is known (RFC 7888); else {n+} is the end of a line
  bool tells_what_is_wrong = false;  // its refusals say whether the user or the password was wrong
  /// A bare LF ends a line, as it does for many servers.
  bool bare_line_feeds = true;
  /// After this many failed log-ins on one connection the server hangs up; 0: never.
  std::uint8_t failures_max = 10;
};

/// The mechanisms that this server can verify.
inline constexpr trace::MechanismSet spoken{
    trace::Mechanism::ntlm,  trace::Mechanism::plain,       trace::Mechanism::cram_md5,
    trace::Mechanism::login, trace::Mechanism::oauthbearer, trace::Mechanism::xoauth2};

/// What the connections of one server share and change: which messages POP3's DELE has removed.
struct Store {
  static constexpr std::uint32_t removable_max = 32;  // messages of an account

  std::vector<std::uint32_t> removed;  // per account, a bit per message (the first 32 of them)
  void canonical(trace::Canonical& out) const;
};

/// The accounts that scripts speak of: alice and bob, with different passwords and mailboxes.
[[nodiscard]] const Directory& example_directory();

class Connection {
 public:
  /// `id` tells connections apart: each challenge is derived from it and from a count, so that a
  /// run repeats to the octet and no two exchanges share a challenge, as long as no two connections
  /// share an id. (A server for real users would draw it at random.) `directory` outlives the
  /// connection.
  Connection(const Directory& directory, trace::Protocol protocol, std::uint16_t id);

  /// The greeting. IMAP's carries the server's capabilities, NTLM among them.
  void open(std::string& out);
  /// Takes octets from the front-end (or a client), appends the answers. After it,
  /// closing() tells whether the server hangs up. `told`, where given, gets the inside events
  /// `parsed` and `identified`, without the connection's number.
  void receive(std::string_view octets, Store& store, std::string& out,
               trace::Events* told = nullptr);
  [[nodiscard]] bool closing() const;
  /// STARTTLS or STLS was accepted: TLS begins behind what was answered last. Octets that come
  /// before tls_established() are not looked at.
  [[nodiscard]] bool wants_tls() const { return wants_tls_; }
  void tls_established();

  /// Without `id` and the count of exchanges, which only make challenges.
  void canonical(trace::Canonical& out) const;

 private:
  struct Imap;  // the commands of each protocol, in imap_*.cpp
  struct Pop3;  // and pop3_*.cpp

  /// RFC 3501 §3. POP3's AUTHORIZATION, TRANSACTION and UPDATE are the first, second and last.
  enum class State : std::uint8_t { not_authenticated, authenticated, selected, logout };
  static constexpr std::uint16_t no_account = std::numeric_limits<std::uint16_t>::max();

  /// A SASL exchange; none is in progress while `mechanism` is none.
  struct Exchange {
    trace::Mechanism mechanism = trace::Mechanism::none;
    std::uint8_t step = 0;  // messages of the client so far
    std::string tag;        // of AUTHENTICATE
  };
  /// What a message of an exchange leads to.
  struct Outcome {
    enum class Kind : std::uint8_t { challenge, success, failure, malformed };
    Kind kind{};
    std::string challenge = {};          // octets
    std::uint16_t account = no_account;  // success
    bool unknown_user = false;           // failure
  };

  // authentication.cpp
  [[nodiscard]] bool offers(trace::Mechanism mechanism) const;
  [[nodiscard]] std::string offered(std::string_view separator) const;
  [[nodiscard]] Outcome check_password(std::string_view user, std::string_view password) const;
  Outcome start(trace::Mechanism mechanism, const std::optional<std::string>& initial);
  Outcome advance(std::string_view octets);
  [[nodiscard]] Outcome check_identities(std::string_view authzid, std::string_view authcid,
                                         std::string_view password) const;
  [[nodiscard]] Outcome plain(std::string_view octets) const;
  [[nodiscard]] Outcome bearer(std::string_view octets) const;
  Outcome login(std::string_view octets);
  [[nodiscard]] Outcome cram_md5(std::string_view octets) const;
  [[nodiscard]] Outcome ntlm_negotiate(std::string_view octets) const;
  [[nodiscard]] Outcome ntlm_authenticate(std::string_view octets) const;
  [[nodiscard]] crypto::Nonce nonce() const;
  [[nodiscard]] std::string cram_md5_challenge() const;
  void enter(std::uint16_t account, const Store& store);
  bool fail();

  // mailbox.cpp
  [[nodiscard]] const Account& account() const { return directory_->accounts[account_]; }
  [[nodiscard]] std::uint32_t removed(const Store& store) const;
  [[nodiscard]] static bool has_bit(std::uint32_t bits, std::uint32_t index);
  [[nodiscard]] std::vector<std::uint32_t> visible(std::uint32_t hidden) const;
  void commit(Store& store) const;

  // connection.cpp
  std::size_t next_imap(std::string_view rest, Store& store, std::string& out);
  std::size_t next_pop3(std::string_view rest, Store& store, std::string& out);
  void hang_up();
  [[nodiscard]] std::string mended(std::string_view line, const wire::Error& error) const;
  void tell_parsed(trace::Verb verb, std::string_view command);

  const Directory* directory_;
  std::uint32_t exchanges_ = 0;  // started so far; only makes challenges
  std::uint32_t hidden_ = 0;     // messages that were gone when this session looked
  std::uint32_t marked_ = 0;     // by DELE in this session
  std::uint16_t id_;
  std::uint16_t account_ = no_account;
  trace::Protocol protocol_;
  State state_ = State::not_authenticated;
  std::uint8_t failures_ = 0;
  bool tls_ = false;
  bool wants_tls_ = false;
  Exchange exchange_;
  trace::Events* told_ = nullptr;  // during receive()
  std::string user_;               // of POP3's USER, or of SASL LOGIN's first message
  std::string unread_;             // the frame in progress
  wire::imap::Framer framer_;
  wire::pop3::LineFramer line_framer_;
};

}  // namespace sallyport::backend
