// What was seen. An event is one fact at one of three observation points: on a client's wire, on a
// back-end's wire, or inside the front-end; the driver adds what it knows as given facts. The same
// events come from the simulated world, a live server and a capture file, so a property that is
// written over them is written once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "trace/vocabulary.hpp"

namespace sallyport::trace {

using SessionId = std::uint16_t;  // a client's connection to the front-end: s
using LinkId = std::uint16_t;     // a connection of the pool to a back-end: k
using CommandSlot = std::uint8_t;
inline constexpr SessionId no_session = 0xffff;
inline constexpr LinkId no_link = 0xffff;
inline constexpr CommandSlot no_command = 0xff;

enum class Point : std::uint8_t {
  client,   // W: bytes between a client and the subject
  backend,  // B: bytes between the front-end and a back-end
  inside,   // I: told by the front-end itself
  given,    // told by the driver: configuration, intentions, injected failures
};

enum class Kind : std::uint8_t {
  // on a wire
  opened,        // the connection stands
  greeting,      // status: ok, preauth, bye
  command,       // a whole command, literals and all; verb, mechanism, tag, user, secret, blob
  literal,       // a command stopped at {n} and waits for the server's leave to go on, or, `valid`,
                 // goes on without it behind a large {n+}; tag
  continuation,  // the server's "+ …"; blob, digest
  response,      // the client's line inside a SASL exchange; blob, user, secret, digest
  offer,         // a list of mechanisms and capabilities; source
  untagged,      // any other untagged data, or a line of a multi-line reply; digest
  completion,    // status; `command` says whose, no_command where it answers no command
  bye,           // untagged BYE
  malformed,     // bytes that fit no grammar of their direction; from_server
  tls,           // TLS stands on this connection
  closed,        // from_server says who closed it
  disclosed,     // a secret of `user` stands where none belongs: in what a server said, in what
                 // went to a back-end outside of an authentication, or (inside) in the log
  // inside
  lease,    // session s has the use of link k
  release,  // and no longer has it
  parsed,   // a command that goes to a back-end, as the front-end read it (s) or the back-end (k);
            // verb, digest
  identified,  // whom the front-end takes s for, or the back-end k, in canonical form: user
  cached,      // s was served from a cache (of accounts and routes) by the entry made for `user`
  log,         // a line of the log; `valid`: what a peer said stands in it as the peer said it
  held,        // the front-end holds `amount` octets for s
  // given
  policy,     // what the front-end is configured to do: mechanisms, capabilities, terminated,
              // to_backends, rules
  limit,      // a configured limit: limit, amount
  account,    // a user: mechanisms that may be used; `valid`: may act for others
  attempt,    // the authentication that follows in s; `valid`: it uses a valid user's secret
  failure,    // a failure was injected, or a stated limit reached, in s or on k
  elapsed,    // `amount` seconds went by
  quiescent,  // nothing more happens unless a client or the driver acts
};

enum class Status : std::uint8_t { none, ok, no, bad, preauth, bye };  // POP3: ok and no

/// What a base64 line carries, as far as the observer can tell.
enum class Blob : std::uint8_t {
  none,                // no data at all
  empty,               // "+ ", an empty line, or "=" as an initial response
  cancel,              // "*"
  invalid,             // not strict base64
  ntlm_negotiate,      // message 1
  ntlm_challenge,      // message 2
  ntlm_authenticate,   // message 3
  scram_client_first,  // RFC 5802 §5
  scram_server_first,
  scram_client_final,
  scram_server_final,  // v= or e=
  malformed,           // base64, but no message of its mechanism
  other,
};

/// A response code (RFC 3501 §7.1, RFC 5530, RFC 2221; POP3: RFC 2449 §6.4, RFC 3206).
enum class Code : std::uint8_t {
  none,
  capability,
  referral,
  unavailable,            // and POP3's SYS/TEMP and IN-USE
  authentication_failed,  // and POP3's AUTH
  other,
};

/// What the front-end promises by its configuration.
enum class Rule : std::uint8_t {
  tls_before_clear_text,  // no password before TLS
  tls_to_backends,        // no credential to a back-end without TLS and a verified peer
  pinned,                 // a session keeps one back-end connection: nothing is reused
};
using RuleSet = EnumSet<Rule>;

/// Configured limits, each with its unit.
enum class Limit : std::uint8_t {
  none,
  held_octets,      // for a session before authentication
  failures,         // failed authentications, then the session ends
  errors,           // commands that are none before authentication, then the session ends
  failure_seconds,  // before a failed authentication is answered
  idle_seconds,     // of an authenticated session, then it may be ended
  exchange_octets,  // of a line inside a SASL exchange, its CRLF included
  backend_seconds,  // for a back-end or verifier to answer, then the authentication has failed
};

/// Where a list stood. ADV-05 compares them; ADV-02 needs both of POP3's.
enum class OfferSource : std::uint8_t { none, greeting, capability, code, capa, auth };

/// One fact. A wide row rather than a hierarchy: monitors read it without casts, it has one text
/// form, and most strings in it are short enough to need no allocation.
struct Event {
  Kind kind{};
  Point point{};
  Protocol protocol{};
  SessionId session = no_session;
  LinkId link = no_link;
  CommandSlot command = no_command;  // place among the commands in flight on this connection
  Verb verb = Verb::none;
  Status status = Status::none;
  Mechanism mechanism = Mechanism::none;
  Blob blob = Blob::none;
  OfferSource source = OfferSource::none;
  Code code = Code::none;
  Limit limit = Limit::none;
  bool from_server = false;
  bool valid = false;         // attempt, account, log: see Kind. tls: the peer is as it has to be
  bool repeated = false;      // a challenge that was given before, or a proof that was
  bool from_literal = false;  // completion: its tag is the first word of a literal's octets
  MechanismSet mechanisms;
  MechanismSet terminated;   // policy: verified by the front-end itself
  MechanismSet to_backends;  // policy: those that it uses towards back-ends
  CapabilitySet capabilities;
  RuleSet rules;
  std::uint32_t amount = 0;  // literal: octets announced. response, continuation, completion: of
                             // the line with CRLF. limit, held, elapsed: see Kind and Limit
  std::uint64_t secret = 0;  // equal for equal passwords in one run; never a password; 0: none seen
  std::uint64_t digest = 0;  // of the octets, for comparing content; nonces are masked
  std::uint64_t binding = 0;  // of a channel: of the TLS that stands, or in a SCRAM proof; 0: none
  std::string tag;
  std::string user;     // where there is an authorization identity, that one
  std::string authcid;  // the authentication identity where it isn't `user`

  friend bool operator==(const Event&, const Event&) = default;
};
using Events = std::vector<Event>;

/// The identity of a user name or of content in an event or a monitor's state, in 64 bits: its
/// octets as coefficients of a polynomial modulo 2^64, eight of them at a time. Never applied to a
/// secret in anything that is written: see to_text. `digest` goes on from that of what came before,
/// however the octets were cut.
[[nodiscard]] constexpr std::uint64_t digest_of(std::string_view octets,
                                                std::uint64_t digest = 0xcbf29ce484222325) {
  constexpr std::uint64_t point = 0x9e3779b97f4a7c15;
  constexpr std::size_t stride = 8;
  constexpr auto powers = [] {
    std::array<std::uint64_t, stride + 1> all{1};
    for (std::size_t i = 1; i <= stride; ++i) all[i] = all[i - 1] * point;
    return all;
  }();
  const auto coefficient = [&](std::size_t i) -> std::uint64_t {
    return static_cast<unsigned char>(octets[i]) + std::uint64_t{1};
  };
  for (; octets.size() >= stride; octets.remove_prefix(stride)) {
    digest *= powers[stride];
    for (std::size_t i = 0; i < stride; ++i) digest += coefficient(i) * powers[stride - 1 - i];
  }
  for (std::size_t i = 0; i < octets.size(); ++i) digest = digest * point + coefficient(i);
  return digest;
}

/// One line per event, `client s0 imap completion verb=CAPABILITY status=OK command=0`. Secrets are
/// renumbered 1, 2, … in order of appearance, and so are, as `digest=~1`, the digests of what
/// clients said, so that nothing derived from a password is written. Reading the text and writing
/// it again gives the same text.
[[nodiscard]] std::string to_text(const Events& events);

struct TextError {
  std::size_t line = 0;  // 1-based
  std::string message;
};
/// Any other text is an error. Blank lines and lines that begin with "#" don't count.
[[nodiscard]] std::expected<Events, TextError> from_text(std::string_view text);

/// One printed line of a dialogue: what crossed which connection, in order with the events.
struct DialogueLine {
  Point point{};         // client or backend; given for what a person was shown
  std::uint16_t id = 0;  // session or link
  bool from_server = false;
  std::string octets;           // one line without its CRLF, or a literal's octets
  std::size_t first_event = 0;  // index of the first event at or after it
};
using Dialogue = std::vector<DialogueLine>;

/// A recorded run.
struct Trace {
  Events events;
  Dialogue dialogue;
  bool keep_dialogue = false;  // engines that run millions of scripts leave it off

  void clear() {
    events.clear();
    dialogue.clear();
  }
};

/// How the second run of a 2-safety property differs from the first. A property names one of
/// these; world implements it. They live here because neither may see the other.
enum class Variation : std::uint8_t {
  none,
  schedule,              // which connections of the pool are leased
  segmentation,          // how the clients' octets are cut into packets
  plaintext_before_tls,  // a client's commands in plaintext behind STARTTLS or STLS
  backend_before_tls,    // the same from the back-end behind its OK to STARTTLS or STLS
  other_users_secrets,   // the password and the mail of the first account
  unknown_user,          // a user that isn't there instead of a wrong password
};

}  // namespace sallyport::trace
