// A mail client that does what it is told: one action at a time, in IMAP or POP3, with real SASL.
//
// It is sans-I/O, so the same client plays in the simulated world and over TCP in a live probe. It
// knows its protocol well enough to keep an exchange going; what the answers mean for an invariant
// is for the observer and the monitors to say.
//
// It never sends an initial response (RFC 4959), and its literals are synchronising, so that it
// needs nothing that a server may or may not offer; only phrases (phrases.hpp) do otherwise. NTLM's
// client challenge is fixed, SCRAM's nonce made of a count: a run repeats to the octet. Whatever
// the server sends, the client keeps at most one response of it (up to 2 MiB; POP3: 12 KiB); to a
// server that breaks these limits it doesn't listen any more.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/messages.hpp"
#include "trace/canonical.hpp"
#include "trace/event.hpp"
#include "wire/imap.hpp"
#include "wire/pop3.hpp"

namespace sallyport::client {

/// A user name and the right password. Scripts name accounts by their place: 0 alice, 1 bob.
struct Credential {
  std::string user;
  std::string password;
  std::string token = {};    // OAUTHBEARER's and XOAUTH2's; empty: he has none
  std::string authzid = {};  // whom he acts for, in PLAIN, SCRAM and EXTERNAL; empty: himself
};

enum class Verb : std::uint8_t {
  capability,    // IMAP CAPABILITY, POP3 CAPA
  mechanisms,    // POP3 AUTH without argument; for IMAP the same as capability
  login,         // IMAP LOGIN; POP3 USER, and PASS when the server says +OK
  authenticate,  // IMAP AUTHENTICATE, POP3 AUTH: starts an exchange
  respond,       // the next message of the exchange, right for the last challenge
  cancel,        // "*"
  select,        // IMAP SELECT INBOX, POP3 STAT
  fetch,         // IMAP FETCH 1 BODY[], POP3 RETR 1
  noop,
  logout,                // IMAP LOGOUT, POP3 QUIT
  starttls,              // IMAP STARTTLS, POP3 STLS
  send,                  // any octets
  close,                 // hangs up
  outlook_express,       // checks mail as Outlook Express does with Secure Password Authentication
  starttls_certificate,  // starttls, and shows the account's certificate in the handshake
  respond_long,          // respond, with as long a message as the mechanism can be made to carry
  respond_endless,       // a response beyond every limit
  replay,                // the proof of an earlier exchange once more, as it was
  say,                   // a phrase: see phrases.hpp
};

/// One action of one client.
struct Action {
  Verb verb{};
  trace::Mechanism mechanism = trace::Mechanism::none;  // authenticate
  std::uint8_t account = 0;                             // where VerbFacts::account
  bool right = true;        // with the right password, token, name; else with one that is nobody's
  bool bound = true;        // authenticate with -PLUS: to this channel, not to another one
  std::uint8_t phrase = 0;  // say: its place in phrases()
  std::string octets = {};  // send
  friend bool operator==(const Action&, const Action&) = default;
};

/// Which verbs take which arguments: the script's text and byte forms are made from this table.
struct VerbFacts {
  std::string_view name;  // "outlook-express"
  bool mechanism = false;
  bool account = false;
  bool octets = false;
  bool bound = false;
  bool phrase = false;
};
[[nodiscard]] const VerbFacts& facts(Verb verb);
inline constexpr std::size_t verb_count = static_cast<std::size_t>(Verb::say) + 1;

/// The mechanisms that this client can speak.
inline constexpr trace::MechanismSet spoken{
    trace::Mechanism::ntlm,          trace::Mechanism::plain,
    trace::Mechanism::login,         trace::Mechanism::cram_md5,
    trace::Mechanism::scram_sha_256, trace::Mechanism::scram_sha_256_plus,
    trace::Mechanism::external,      trace::Mechanism::oauthbearer,
    trace::Mechanism::xoauth2};

/// Commands that may be on their way at once; more are not possible until some are answered.
inline constexpr std::size_t in_flight_max = 16;

class Client {
 public:
  /// `credentials` outlives the client.
  Client(trace::Protocol protocol, const std::vector<Credential>& credentials);

  /// What an action came to.
  struct Acted {
    bool done = false;     // false: the action has no meaning in this state; nothing was sent
    bool closes = false;   // hang up
    bool attempt = false;  // an authentication begins (of `say` none is told of); whether a valid
                           // user does it properly:
    bool valid = false;
    trace::Mechanism mechanism = trace::Mechanism::none;
  };
  /// Would act() do anything now? Commands out of their state are possible: how they are refused is
  /// of interest. Not so: commands before the greeting, or where the next line would be taken as a
  /// response (challenged()); `respond`, its kin and `cancel` elsewhere; `replay` without a proof
  /// of an earlier exchange of this session; an account without credential or token, a mechanism
  /// that isn't `spoken`, a phrase that the protocol doesn't have; anything after `close` and after
  /// the answer to `logout`. Raw octets can be sent at any time. For outlook_express, which act()
  /// leaves to the driver: true where it could begin.
  [[nodiscard]] bool can(const Action& action) const;
  /// Appends what is to be sent to `out`. The driver records an attempt as a given event before the
  /// octets cross the wire. An attempt is valid where it uses the right password (EXTERNAL: the
  /// account's certificate was shown; -PLUS: there is a channel, and it is bound to it), in a
  /// session that isn't authenticated, with nothing else in flight and neither raw octets nor an
  /// untidy phrase sent before. A valid one that is disturbed before its end (by any action but its
  /// own `respond` or `respond_long`) is reported once more, by that action, as an attempt that
  /// isn't valid.
  ///
  /// `respond` to a challenge that can't be read, or that comes when there is nothing left to say,
  /// sends "*". That is the server's doing and leaves the attempt as it was.
  Acted act(const Action& action, std::string& out);

  /// Takes the server's octets; appends what the client says at once in return: PASS behind USER, a
  /// literal of LOGIN behind the server's "+".
  void receive(std::string_view octets, std::string& out);
  /// `binding` is the channel's tls-exporter value (RFC 9266), where the driver knows it.
  void tls_established(std::string_view binding = {});
  /// In a handshake that no command asks for the account's certificate is shown.
  void show_certificate(std::uint8_t account) { certificate_ = account; }
  /// The channel that stands, if one does, is known by another value from now on.
  void rename_channel(std::string_view binding) {
    if (!binding_.empty()) binding_ = binding;
  }

  /// The server owes an answer.
  [[nodiscard]] bool waiting() const;
  /// Would the server's next answer find `other` at the same point of the same commands?
  [[nodiscard]] bool stands_as(const Client& other) const;
  /// The server asked for the next message of an exchange.
  [[nodiscard]] bool challenged() const;
  [[nodiscard]] bool greeted() const;
  [[nodiscard]] bool authenticated() const;
  /// STARTTLS or STLS was accepted: the driver starts TLS, then calls tls_established().
  [[nodiscard]] bool wants_tls() const;
  /// Whose certificate it shows in the handshake that it wants, and has shown behind it.
  [[nodiscard]] std::optional<std::uint8_t> certificate() const;
  /// After `close`, or when `logout` was answered or the greeting was a refusal: nothing is
  /// possible any more.
  [[nodiscard]] bool ended() const;
  /// What the last list offered, and how the last command ended; none before the first. Asking for
  /// a list forgets the one before it.
  [[nodiscard]] trace::MechanismSet offered() const;
  [[nodiscard]] trace::CapabilitySet capabilities() const;
  [[nodiscard]] trace::Status last_status() const;
  /// The text of the server's last line, without tag and status; its first 512 octets.
  [[nodiscard]] std::string_view last_text() const;
  /// The user name of an account; empty where there is none.
  [[nodiscard]] std::string_view user(std::uint8_t account) const;

  /// Without what no later action depends on: last_status(), last_text(), and what was offered,
  /// unless an answer is owed.
  void canonical(trace::Canonical& out) const;

 private:
  /// A command whose completion hasn't come.
  struct Pending {
    std::uint32_t number = 0;  // of its tag
    Verb verb{};
    trace::Mechanism mechanism = trace::Mechanism::none;
    trace::Verb said = trace::Verb::none;  // say: what the line is
    std::uint8_t account = 0;
    std::uint8_t step = 0;  // of login: parts sent; of authenticate: messages sent
    bool right = true;
    bool bound = true;
    bool listing = false;  // POP3: +OK is followed by lines
  };

  // client.cpp
  [[nodiscard]] bool has_credential(std::uint8_t account) const;
  [[nodiscard]] bool can_authenticate(const Action& action) const;
  [[nodiscard]] bool is_valid(const Action& action) const;
  [[nodiscard]] std::string password(const Pending& pending) const;
  [[nodiscard]] std::vector<std::string> login_parts(const Pending& pending) const;
  Pending& begin(const Action& action, bool listing);
  void command(const Action& action, std::string_view text, bool listing, std::string& out);
  void log_in(const Action& action, std::string& out);

  // exchange.cpp
  [[nodiscard]] const Pending* exchange() const;
  [[nodiscard]] std::optional<std::string> message(const Pending& pending, bool padded);
  void respond(const Action& action, std::string& out);
  void forget_challenge();
  void canonical_exchange(trace::Canonical& out) const;

  // say.cpp
  [[nodiscard]] bool can_say(const Action& action) const;
  void say(const Action& action, std::string& out);
  void expect(std::string_view octets, std::size_t at, std::uint32_t number);
  void note_raw(Verb verb, std::string_view octets);
  void note_raw_line(Verb verb);

  // replies.cpp
  void read_imap(std::string_view frame, std::string& out);
  void read_pop3(std::string_view line, std::string& out);
  void read_listed(std::string_view line);
  void read_greeting(trace::Status status);
  void proceed(Pending& pending, std::string_view text, std::string& out);
  void take_challenge(const Pending& pending, std::string_view text);
  void complete(std::size_t place, trace::Status status);
  void take_effect(const Pending& pending);
  void logged_in();
  void offer_words(std::string_view words);
  void note_text(std::string_view text);

  const std::vector<Credential>* credentials_;
  std::vector<Pending> in_flight_;  // in the order in which they were sent
  std::string unread_;              // the server's response in progress
  std::string raw_line_;            // POP3: how the line begins that `send` has left unfinished
  std::string challenge_;           // decoded, where the next message depends on it
  std::string binding_;             // of the TLS that stands
  std::string proof_;               // octets of the last message that replay can repeat
  Pending proved_;                  // the exchange that it belongs to
  Scram scram_;                     // of the exchange in progress
  std::optional<std::uint8_t> certificate_;
  std::string last_text_;
  wire::imap::Framer framer_;
  wire::pop3::LineFramer line_framer_;
  std::uint32_t commands_ = 0;  // so far; only makes tags
  trace::MechanismSet offered_;
  trace::CapabilitySet capabilities_;
  trace::Protocol protocol_;
  trace::Status last_status_ = trace::Status::none;
  bool greeted_ = false;
  bool authenticated_ = false;
  bool challenged_ = false;
  bool unreadable_ = false;  // the challenge is no base64
  bool listing_ = false;     // POP3: inside a multi-line reply
  bool wants_tls_ = false;
  bool ended_ = false;
  bool lost_ = false;  // the server's octets can't be followed any more
  bool raw_sent_ = false;
  bool attempt_valid_ = false;  // an attempt is in progress, and valid
};

/// Outlook Express with "Log on using Secure Password Authentication" (KB 306874): looks for NTLM
/// in the server's list, logs in with it, and when that fails asks the user again, who types the
/// same right password, until patience ends. Without NTLM in the list it shows the KB's error.
class OutlookExpress {
 public:
  enum class Phase : std::uint8_t { looking, trying, logged_in, gave_up, unsupported };
  /// As patience: it asks for the password as often as it is refused, and keeps no count.
  static constexpr std::uint8_t endless = 0xff;

  explicit OutlookExpress(std::uint8_t account, std::uint8_t patience = 3)
      : account_(account), patience_(patience) {}

  /// What it does now that `client` waits for nothing; nothing when it has finished. `shown` gets
  /// what the user sees: a prompt or an error, empty otherwise. It leaves a server that challenges
  /// without end by `close`, or by `cancel` where its patience is endless.
  [[nodiscard]] std::optional<Action> next(const Client& client, trace::Protocol protocol,
                                           std::string& shown);
  [[nodiscard]] Phase phase() const { return phase_; }
  [[nodiscard]] unsigned prompts() const { return prompts_; }  // password dialogs shown so far
  void canonical(trace::Canonical& out) const;

 private:
  Phase phase_ = Phase::looking;
  std::uint8_t account_;
  std::uint8_t patience_;
  std::uint8_t prompts_ = 0;
  std::uint8_t step_ = 0;  // looking: 1 when the list was asked for; trying: messages of this try
};

}  // namespace sallyport::client
