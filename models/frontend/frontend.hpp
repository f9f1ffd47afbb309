// The reference front-end: IMAP and POP3 between clients and a pool of back-end connections.
//
// A session reads commands until it must wait: for a back-end, for the client's next SASL message,
// or for TLS. What the client pipelines meanwhile stays in its buffer, so commands run once and in
// order. A login is gathered whole before a connection is leased, and stays on that connection to
// its outcome; so it works on every schedule. The exception is data: a mechanism in
// Profile::stepwise is relayed message by message, each over whichever connection is free, which is
// KB 306874's mistake.
//
// A connection comes from the pool: an authenticated one whose key (user and password) equals the
// session's, an idle one that nobody has logged in on, or a new one. The host's scheduler picks.
//
// It is a sans-I/O value: octets in, calls to Host out. Copyable, deterministic, no clock.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/host.hpp"
#include "frontend/profile.hpp"
#include "trace/canonical.hpp"
#include "trace/event.hpp"
#include "wire/imap.hpp"
#include "wire/pop3.hpp"
#include "wire/sasl.hpp"

namespace sallyport::frontend {

class FrontEnd {
 public:
  /// `configuration` outlives the front-end.
  explicit FrontEnd(const Configuration& configuration);

  /// A client connected; `tls`: over TLS from the start. `session` is a small number, free again
  /// once the session is closed from either side.
  void client_opened(trace::SessionId session, trace::Protocol protocol, bool tls, Host& host);
  void client_octets(trace::SessionId session, std::string_view octets, Host& host);
  void client_closed(trace::SessionId session, Host& host);
  void tls_established(trace::SessionId session, Host& host);
  void backend_octets(trace::LinkId link, std::string_view octets, Host& host);
  /// The back-end hung up, or could not be reached.
  void backend_closed(trace::LinkId link, Host& host);

  /// What it is configured to show in its lists, before and after TLS, whatever back-ends show: the
  /// given event `policy`.
  [[nodiscard]] trace::Event policy(bool tls) const;

  void canonical(trace::Canonical& out) const;

 private:
  /// Equal for equal (user, password): a truncated SHA-256, so that no password outlives its login.
  using Key = std::array<std::uint8_t, 16>;

  enum class Phase : std::uint8_t {
    closed,
    ready,     // reads a command
    exchange,  // reads the client's SASL message, which the front-end itself understands
    stepwise,  // reads the client's SASL message, which goes to a back-end as it is
    busy,      // waits for a back-end
    tls,       // waits for the handshake
  };

  struct Session {
    trace::Protocol protocol{};
    Phase phase = Phase::closed;
    bool tls = false;
    bool authenticated = false;
    trace::Verb verb = trace::Verb::none;                 // in progress
    trace::Mechanism mechanism = trace::Mechanism::none;  // of the exchange in progress
    trace::LinkId link = trace::no_link;                  // leased
    trace::LinkId exchange_link = trace::no_link;         // where the last message went
    std::string tag;                                      // of the command in progress
    std::string user;                                     // POP3: since USER
    std::string password;                                 // until the login's outcome
    std::string input;
    std::size_t read = 0;  // octets of input that are done with
    wire::imap::Framer framer{{}, true};
    wire::pop3::LineFramer lines;
  };

  enum class LinkState : std::uint8_t {
    closed,
    greeting,  // waits for the back-end's greeting
    learning,  // waits for the answer to CAPA or CAPABILITY
    idle,
    login,     // a gathered login is under way
    stepwise,  // one relayed SASL message is under way
    relay,     // a client's command is under way
  };

  struct Link {
    trace::Protocol protocol{};
    LinkState state = LinkState::closed;
    bool authenticated = false;
    bool selected = false;    // IMAP: a mailbox is, so the connection can't go back to the pool
    bool multi_line = false;  // POP3: inside a multi-line reply
    bool challenged = false;  // it answered a relayed SASL message with a challenge
    trace::Verb verb = trace::Verb::none;             // in progress
    trace::SessionId session = trace::no_session;     // which leases it
    trace::SessionId unfinished = trace::no_session;  // left in the middle of this one's exchange
    trace::MechanismSet mechanisms;                   // what this back-end offers
    trace::CapabilitySet capabilities;
    std::optional<Key> key;          // with which it was authenticated
    std::uint32_t tags = 0;          // given out so far
    std::string tag;                 // in progress
    std::string unsent;              // goes out when the greeting is through, or on "+"
    std::size_t unsent_literal = 0;  // octets at the start of it that are a literal's
    std::string input;
    std::size_t read = 0;
    wire::imap::Framer framer{{}, false};
    wire::pop3::LineFramer lines;
  };

  // session.cpp: what both protocols share
  void advance(trace::SessionId id, Host& host);
  [[nodiscard]] bool read_exchange_line(trace::SessionId id, Host& host);
  void exchange_line(trace::SessionId id, std::string_view line, Host& host);
  void start_exchange(trace::SessionId id, std::string_view arguments, Host& host);
  void plain_message(trace::SessionId id, std::string_view octets, Host& host);
  void cancel_exchange(trace::SessionId id, Host& host);
  void start_tls(trace::SessionId id, Host& host);
  void end_session(trace::SessionId id, Host& host);
  /// Answers the command in progress and returns to reading commands.
  void complete(trace::SessionId id, trace::Status status, std::string_view text, Host& host);
  void challenge(trace::SessionId id, std::string_view octets, Host& host);
  [[nodiscard]] bool clear_text_allowed(const Session& session) const;
  [[nodiscard]] trace::MechanismSet accepted(bool tls) const;
  [[nodiscard]] trace::MechanismSet shown(bool tls) const;
  [[nodiscard]] trace::CapabilitySet shown_capabilities(const Session& session) const;

  // imap_session.cpp
  [[nodiscard]] bool read_imap(trace::SessionId id, Host& host);
  void imap_command(trace::SessionId id, std::string_view frame, Host& host);
  void imap_login(trace::SessionId id, std::string_view arguments, Host& host);
  [[nodiscard]] std::string imap_capabilities(const Session& session) const;

  // pop3_session.cpp
  [[nodiscard]] bool read_pop3(trace::SessionId id, Host& host);
  void pop3_command(trace::SessionId id, std::string_view line, Host& host);
  void pop3_capa(trace::SessionId id, Host& host);
  void pop3_auth(trace::SessionId id, std::string_view arguments, Host& host);
  void pop3_pass(trace::SessionId id, std::string_view password, Host& host);

  // pool.cpp: leases, logins, relays
  [[nodiscard]] std::optional<trace::LinkId> lease(trace::SessionId id,
                                                   std::vector<trace::LinkId>& eligible,
                                                   Host& host);
  void add_idle(trace::Protocol protocol, std::vector<trace::LinkId>& eligible) const;
  void add_new(std::vector<trace::LinkId>& eligible) const;
  void release(trace::LinkId link, Host& host);
  void close_link(trace::LinkId link, Host& host);
  void close_unfinished(trace::SessionId id, Host& host);
  [[nodiscard]] bool key_matches(const Link& link, const Key& key) const;
  void begin_login(trace::SessionId id, Host& host);
  void send_login(trace::LinkId link, Host& host);
  void continue_login(trace::LinkId link, Host& host);
  void finish_login(trace::LinkId link, bool accepted, Host& host);
  void relay_message(trace::SessionId id, std::string_view line, Host& host);
  void finish_message(trace::LinkId link, trace::Status status, std::string_view challenge,
                      Host& host);
  void relay_command(trace::SessionId id, std::string_view frame, Host& host);
  void finish_command(trace::LinkId link, Host& host);
  [[nodiscard]] bool borrow_any_connection(trace::SessionId id, Host& host);
  void abandon(trace::SessionId id, std::string_view why, Host& host);

  // link.cpp: what back-ends say
  void ready(trace::LinkId link, Host& host);
  void learn(Link& link, std::string_view word);
  void imap_response(trace::LinkId link, std::string_view frame, Host& host);
  void imap_relayed(trace::LinkId link, std::string_view frame,
                    const wire::imap::Response& response, Host& host);
  void pop3_response(trace::LinkId link, std::string_view line, Host& host);
  void pop3_relayed(trace::LinkId link, std::string_view line, Host& host);
  void send_segment(trace::LinkId link, Host& host);
  [[nodiscard]] std::string next_tag(Link& link) const;

  [[nodiscard]] Session& session(trace::SessionId id) { return sessions_[id]; }
  [[nodiscard]] Link& link(trace::LinkId id) { return links_[id]; }

  const Configuration* configuration_;
  std::vector<Session> sessions_;
  std::vector<Link> links_;
  trace::MechanismSet learned_;  // offered by any back-end so far
};

}  // namespace sallyport::frontend
