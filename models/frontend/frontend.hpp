// The reference front-end: IMAP and POP3 between clients and a pool of back-end connections.
//
// A session reads commands until it must wait: for the account database, for a back-end, for the
// client's next SASL message, for TLS, or for the delay behind a failed login. What the client
// pipelines meanwhile stays in its buffer, so commands run once and in order.
//
// A login is gathered whole (a Claim) before anything is done with it. The account database says
// where the user's mail is and what he may do; a proof (CRAM-MD5, SCRAM, EXTERNAL) is verified by
// the front-end itself, which then logs in to the back-end on its own credential; a password or
// token goes to the back-end, which judges it. So a login works on every schedule. The exception is
// data: a mechanism in Profile::stepwise is relayed message by message, each over whichever
// connection is free, which is KB 306874's mistake.
//
// A connection comes from the pool: an authenticated one whose key equals the session's, an idle
// one that nobody has logged in on, or a new one. The host's scheduler picks.
//
// It is a sans-I/O value: octets in, calls to Host out. Copyable, deterministic, no clock: the host
// tells it how much time went by.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/account.hpp"
#include "frontend/host.hpp"
#include "frontend/profile.hpp"
#include "trace/canonical.hpp"
#include "trace/event.hpp"
#include "trace/renaming.hpp"
#include "wire/imap.hpp"
#include "wire/pop3.hpp"
#include "wire/sasl.hpp"

namespace sallyport::frontend {

class FrontEnd {
 public:
  /// `configuration` outlives the front-end.
  explicit FrontEnd(const Configuration& configuration);

  /// A client connected; over TLS from the start where `tls` is given. `session` is a small number,
  /// free again once the session is closed from either side.
  void client_opened(trace::SessionId session, trace::Protocol protocol,
                     std::optional<ClientTls> tls, Host& host);
  void client_octets(trace::SessionId session, std::string_view octets, Host& host);
  void client_closed(trace::SessionId session, Host& host);
  void tls_established(trace::SessionId session, const ClientTls& tls, Host& host);
  void backend_octets(trace::LinkId link, std::string_view octets, Host& host);
  /// The back-end hung up, or could not be reached.
  void backend_closed(trace::LinkId link, Host& host);
  void backend_tls_established(trace::LinkId link, const BackendTls& tls, Host& host);
  /// What the account database says; null: it knows no such user.
  void looked_up(trace::SessionId session, const Account* account, Host& host);
  /// It can't say.
  void look_up_failed(trace::SessionId session, Host& host);
  /// So much time went by.
  void elapse(std::uint32_t seconds, Host& host);
  /// Seconds until the front-end does something that somebody waits for: a delayed answer, or the
  /// end of its patience with a back-end or the database. Sessions that merely grow old don't
  /// count.
  [[nodiscard]] std::optional<std::uint32_t> due() const;

  /// What it is configured to do, whatever back-ends show: the given event `policy`, for sessions
  /// before TLS.
  [[nodiscard]] trace::Event policy(trace::Protocol protocol) const;
  /// The same for `session`, whose client's certificate is `certificate_user`'s, behind TLS.
  [[nodiscard]] trace::Event policy_under_tls(trace::SessionId session, trace::Protocol protocol,
                                              std::string_view certificate_user) const;
  /// The given events `limit`.
  [[nodiscard]] trace::Events limits() const;
  /// Octets that it holds for a session.
  [[nodiscard]] std::uint32_t held(trace::SessionId session) const;

  /// Its canonical octets, in pieces: a session's, a connection's, and what belongs to neither.
  void canonical(trace::SessionId session, trace::Canonical& out) const;
  void canonical_link(trace::LinkId link, trace::Canonical& out) const;
  void canonical_rest(trace::Canonical& out) const;

  /// Gives sessions and connections other numbers, for a search that takes what differs in numbers
  /// only for one. `binding_of` says what a channel of a session of that number is bound to.
  void rename(const trace::Renaming& renaming, std::string (*binding_of)(trace::SessionId));

  /// Which of those pieces the calls since the last clear_footprint() looked at or changed, a bit
  /// each. With equal pieces under its footprint a call goes the same way again, whatever the
  /// others are. Numbers from 32 on share bits.
  struct Footprint {
    std::uint32_t sessions = 0;
    std::uint32_t links = 0;
    bool rest = false;
  };
  [[nodiscard]] const Footprint& footprint() const { return footprint_; }
  void clear_footprint() { footprint_ = {}; }

 private:
  /// A digest of all that a connection's login rested on: see key_of.
  using Key = std::array<std::uint8_t, 16>;

  enum class Phase : std::uint8_t {
    closed,
    ready,     // reads a command
    exchange,  // reads the client's SASL message, which the front-end itself understands
    stepwise,  // reads the client's SASL message, which goes to a back-end as it is
    lookup,    // waits for the account database
    busy,      // waits for a back-end
    delayed,   // waits before it answers a failed login
    tls,       // waits for the handshake
  };

  /// Who a client says that it is, and what for proof.
  struct Claim {
    trace::Mechanism mechanism = trace::Mechanism::none;  // none: LOGIN, or USER and PASS
    bool delegated = false;  // the front-end verified it, and logs in to the back-end itself
    std::string authcid;
    std::string authzid;  // empty: the same
    std::string secret;   // password or token; empty where delegated
    [[nodiscard]] const std::string& user() const { return authzid.empty() ? authcid : authzid; }
  };

  /// The front-end's side of a proof.
  struct Proof {
    std::uint8_t step = 0;     // messages of the client so far
    std::string challenge;     // CRAM-MD5
    std::string message;       // the client's, while the account is looked up
    std::string transcript;    // SCRAM: client-first-bare "," server-first
    std::string nonce;         // SCRAM: both parts
    std::string gs2_header;    // SCRAM
    std::string server_final;  // SCRAM
    std::optional<Account> account;
    bool granted = false;  // SCRAM: only the client's empty answer to server-final is due
  };

  struct Session {
    trace::Protocol protocol{};
    Phase phase = Phase::closed;
    bool tls = false;
    bool authenticated = false;
    bool retried = false;       // the login in progress, on a fresh connection
    std::uint8_t failures = 0;  // up to where they end the session; where they don't, none
    std::uint8_t retries = 0;   // that only a fault makes
    std::uint8_t errors = 0;
    trace::Verb verb = trace::Verb::none;                 // in progress
    trace::Mechanism mechanism = trace::Mechanism::none;  // of the exchange in progress
    trace::LinkId link = trace::no_link;                  // leased
    trace::LinkId exchange_link = trace::no_link;         // where the last message went
    std::uint32_t idle_seconds = 0;                       // since the client last said something
    std::uint32_t wait_seconds = 0;                       // lookup: so far; delayed: still
    std::uint32_t leaked = 0;                             // octets that nothing will free
    std::string tag;                                      // of the command in progress
    std::string user;                                     // POP3: since USER
    std::string identity;  // whom an accepted login made it, canonical
    std::string reply;     // delayed: what is said then
    trace::Status reply_status = trace::Status::no;
    std::string last_challenge;  // reuse_challenge_in_a_session
    std::string certificate_user;
    std::string binding;
    std::string input;
    std::size_t read = 0;       // octets of input that are done with
    std::size_t discarded = 0;  // of a line that is refused, so far
    Claim claim;                // until the login's outcome
    Proof proof;
    wire::imap::Framer framer{{}, true};
    wire::pop3::LineFramer lines;
  };

  enum class LinkState : std::uint8_t {
    closed,
    greeting,   // waits for the back-end's greeting
    learning,   // waits for the answer to CAPA or CAPABILITY
    upgrading,  // waits for the answer to STARTTLS or STLS
    handshake,  // waits for TLS
    idle,
    login,     // a gathered login is under way
    stepwise,  // one relayed SASL message is under way
    relay,     // a client's command is under way
  };

  struct Link {
    trace::Protocol protocol{};
    LinkState state = LinkState::closed;
    std::uint8_t route = 0;
    bool tls = false;
    bool authenticated = false;
    bool fresh = false;       // opened for the login in progress
    bool proven = false;      // a credential has gone out in it
    bool selected = false;    // IMAP: a mailbox is, or something was enabled, so the connection
                              // can't go back to the pool
    bool multi_line = false;  // POP3: inside a multi-line reply
    bool challenged = false;  // it answered a relayed SASL message with a challenge
    bool passed_on = false;   // of the answer under way something went to the client
    trace::Verb verb = trace::Verb::none;                 // in progress
    trace::Mechanism mechanism = trace::Mechanism::none;  // of the login in progress
    trace::SessionId session = trace::no_session;         // which leases it
    trace::SessionId unfinished = trace::no_session;  // left in the middle of this one's exchange
    trace::MechanismSet mechanisms;                   // what this back-end offers
    trace::CapabilitySet capabilities;
    std::uint32_t wait_seconds = 0;  // since it was last written to or heard from
    std::optional<Key> key;          // with which it was authenticated
    std::uint32_t tags = 0;          // given out so far
    std::uint64_t rested = 0;        // the larger, the later it was released: with an IdlePolicy
    std::string tag;                 // in progress
    std::string owner;               // pool_key_*: the parts of the key that faults leave out
    std::string unsent;              // goes out when the greeting is through, or on "+"
    std::size_t unsent_literal = 0;  // octets at the start of it that are a literal's
    std::string input;
    std::size_t read = 0;
    wire::imap::Framer framer{{}, false};
    wire::pop3::LineFramer lines;
  };

  /// What the account database said of a user.
  struct Cached {
    std::string key;
    Account account;
    std::uint32_t age_seconds = 0;
    friend bool operator==(const Cached&, const Cached&) = delete;
  };

  [[nodiscard]] bool faulty(Fault fault) const { return configuration_->fault == fault; }

  // session.cpp: what both protocols share
  void advance(trace::SessionId id, Host& host);
  [[nodiscard]] bool discard_input(trace::SessionId id, Host& host);
  void start_tls(trace::SessionId id, Host& host);
  void end_session(trace::SessionId id, Host& host);
  void complete(trace::SessionId id, trace::Status status, std::string_view text, Host& host);
  void refuse_line(trace::SessionId id, std::string_view text, Host& host);
  void fail_login(trace::SessionId id, trace::Status status, std::string_view text, Host& host);
  void answer_failure(trace::SessionId id, Host& host);
  void abandon(trace::SessionId id, std::string_view why, Host& host);
  void identify(trace::SessionId id, Host& host);
  [[nodiscard]] trace::Event policy_of(const Session& session) const;
  [[nodiscard]] bool may_start_tls(const Session& session) const;
  [[nodiscard]] bool may_log_in_now(trace::SessionId id);

  // lists.cpp: what is offered
  [[nodiscard]] bool clear_text_allowed(const Session& session) const;
  [[nodiscard]] trace::MechanismSet accepted(const Session& session) const;
  [[nodiscard]] trace::MechanismSet shown(const Session& session) const;
  [[nodiscard]] trace::CapabilitySet shown_capabilities(const Session& session) const;
  [[nodiscard]] trace::MechanismSet terminated() const;
  [[nodiscard]] std::string imap_capabilities(const Session& session, bool greeting) const;

  // exchange.cpp: SASL
  [[nodiscard]] bool read_exchange_line(trace::SessionId id, Host& host);
  void exchange_line(trace::SessionId id, std::string_view line, Host& host);
  void start_exchange(trace::SessionId id, std::string_view arguments, Host& host);
  void exchange_message(trace::SessionId id, std::string_view octets, Host& host);
  void plain_message(trace::SessionId id, std::string_view octets, Host& host);
  void bearer_message(trace::SessionId id, std::string_view octets, Host& host);
  void cancel_exchange(trace::SessionId id, Host& host);
  void break_exchange(trace::SessionId id, std::string_view why, Host& host);
  void challenge(trace::SessionId id, std::string_view octets, Host& host);

  // proof.cpp: what the front-end verifies itself
  void begin_proof(trace::SessionId id, const std::string* initial, Host& host);
  void proof_message(trace::SessionId id, std::string_view octets, Host& host);
  void judge_proof(trace::SessionId id, const Account* account, Host& host);
  void cram_proof(trace::SessionId id, const Account* account, Host& host);
  void external_proof(trace::SessionId id, const Account* account, Host& host);
  void scram_first(trace::SessionId id, const Account* account, Host& host);
  void scram_final(trace::SessionId id, std::string_view octets, Host& host);
  void grant(trace::SessionId id, Host& host);
  [[nodiscard]] std::string nonce();

  // accounts.cpp: lookups, their cache, and what an account may do
  void look_up(trace::SessionId id, std::string_view user, Host& host);
  void account_known(trace::SessionId id, const Account* account, Host& host);
  [[nodiscard]] std::string cache_key(const Session& session, std::string_view user) const;
  [[nodiscard]] bool may_log_in(const Session& session, const Account* account) const;

  // imap_session.cpp
  [[nodiscard]] bool read_imap(trace::SessionId id, Host& host);
  [[nodiscard]] bool imap_bad_frame(trace::SessionId id, std::string_view unread, Host& host);
  void imap_command(trace::SessionId id, std::string_view frame, Host& host);
  void imap_login(trace::SessionId id, std::string_view arguments, Host& host);
  void imap_relayed_command(trace::SessionId id, std::string_view frame, Host& host);

  // pop3_session.cpp
  [[nodiscard]] bool read_pop3(trace::SessionId id, Host& host);
  void pop3_command(trace::SessionId id, std::string_view line, Host& host);
  void pop3_capa(trace::SessionId id, Host& host);
  void pop3_auth(trace::SessionId id, std::string_view arguments, Host& host);
  void pop3_user(trace::SessionId id, std::string_view name, Host& host);
  void pop3_pass(trace::SessionId id, std::string_view password, Host& host);

  // pool.cpp: leases
  [[nodiscard]] std::optional<trace::LinkId> lease(trace::SessionId id,
                                                   std::vector<trace::LinkId>& eligible,
                                                   std::uint8_t route, Host& host);
  /// Adds the idle connections that nobody leases and that `wanted` takes.
  template <class Wanted>
  void add(trace::Protocol protocol, std::vector<trace::LinkId>& eligible, Wanted&& wanted) const {
    look_at_all_links();
    for (std::size_t k = 0; k < links_.size(); ++k) {
      const Link& l = links_[k];
      const auto id = static_cast<trace::LinkId>(k);
      if (l.protocol != protocol || l.state != LinkState::idle || l.session != trace::no_session ||
          l.unfinished != trace::no_session || !wanted(l)) {
        continue;
      }
      if (std::ranges::find(eligible, id) == eligible.end()) eligible.push_back(id);
    }
  }
  void add_idle(trace::Protocol protocol, std::uint8_t route,
                std::vector<trace::LinkId>& eligible) const;
  void add_new(std::vector<trace::LinkId>& eligible, Host& host);
  void end_lease(trace::LinkId link, Host& host);
  void release(trace::LinkId link, Host& host);
  void give_back(trace::LinkId link, Host& host);
  [[nodiscard]] static bool rests(const Link& link);
  template <class Counts>
  void keep_at_most(std::size_t most, Host& host, Counts&& counts);
  void dismiss(trace::LinkId link, Host& host);
  void close_link(trace::LinkId link, Host& host);
  void close_unfinished(trace::SessionId id, Host& host);
  [[nodiscard]] Key key_of(const Session& session, std::uint8_t route) const;
  [[nodiscard]] bool reusable(const Link& link) const;
  [[nodiscard]] bool borrow_any_connection(trace::SessionId id, Host& host);

  // login.cpp: logging in to back-ends
  void begin_login(trace::SessionId id, std::uint8_t route, Host& host);
  void send_login(trace::LinkId link, Host& host);
  void send_password_login(trace::LinkId link, Host& host);
  void continue_login(trace::LinkId link, Host& host);
  [[nodiscard]] std::string login_message(const Claim& claim, trace::Mechanism mechanism);
  void finish_login(trace::LinkId link, bool accepted, std::string_view words, Host& host);
  void accept_login(trace::SessionId id, Host& host);
  [[nodiscard]] bool retry_login(trace::SessionId id, const Link& failed, Host& host);

  // relay.cpp: what goes through as it is
  void relay_message(trace::SessionId id, std::string_view line, Host& host);
  void refuse_relay(trace::LinkId link, Host& host);
  void finish_message(trace::LinkId link, trace::Status status, std::string_view challenge,
                      Host& host);
  void relay_command(trace::SessionId id, std::string_view frame, Host& host);
  void finish_command(trace::LinkId link, Host& host);
  void keep_reply(std::string_view frame);
  [[nodiscard]] bool replay_reply(trace::SessionId id, std::string_view frame, Host& host);
  void send_segment(trace::LinkId link, Host& host);
  void imap_relayed(trace::LinkId link, std::string_view frame,
                    const wire::imap::Response& response, Host& host);
  void pop3_relayed(trace::LinkId link, std::string_view line, Host& host);

  // link.cpp: what back-ends say
  [[nodiscard]] bool read_link(trace::LinkId link, Host& host);
  void link_gone(trace::LinkId link, std::string_view words, Host& host);
  void learned(trace::LinkId link, Host& host);
  void upgrade(trace::LinkId link, Host& host);
  void ask_for_list(trace::LinkId link, Host& host);
  void ready(trace::LinkId link, Host& host);
  [[nodiscard]] bool needs_tls(const Link& link) const;
  void learn(Link& link, std::string_view word);
  void learn_pop3(Link& link, std::string_view line);
  void begin_handshake(trace::LinkId link, Host& host);
  [[nodiscard]] std::string quoted(std::string_view said, Fault as_format) const;
  void imap_response(trace::LinkId link, std::string_view frame, Host& host);
  void pop3_response(trace::LinkId link, std::string_view line, Host& host);
  [[nodiscard]] std::string next_tag(Link& link) const;

  /// How long somebody has been silent is told apart by minutes only: the delay of a failed login,
  /// which every other session sits through, makes no state of its own. So a search may take for
  /// one two states of which the first is logged out some seconds sooner.
  static constexpr std::uint32_t told_apart_seconds = 60;

  // canonical.cpp
  void canonical(const Session& session, trace::Canonical& out) const;
  void canonical(const Link& link, trace::Canonical& out) const;

  /// What only faults remember, and what all sessions share: the accounts looked up, and what any
  /// back-end has offered so far.
  struct Shared {
    std::vector<Cached> cache;
    trace::MechanismSet learned;
    std::string scratch;               // the last login's secret
    std::string accepted_proof;        // the last that was
    std::string final_data;            // of the first SCRAM exchange
    std::vector<std::string> replies;  // a command and what was answered to it
  };

  // Nothing gets at the pieces of the footprint but through these; where it does, it says why.
  [[nodiscard]] Session& session(trace::SessionId id) {
    footprint_.sessions |= bit(id);
    return sessions_[id];
  }
  [[nodiscard]] Link& link(trace::LinkId id) {
    footprint_.links |= bit(id);
    return links_[id];
  }
  [[nodiscard]] Shared& shared() {
    footprint_.rest = true;
    return shared_;
  }
  [[nodiscard]] const Shared& shared() const {
    footprint_.rest = true;
    return shared_;
  }
  void look_at_all_links() const { footprint_.links = ~std::uint32_t{0}; }
  static std::uint32_t bit(std::uint16_t id) { return std::uint32_t{1} << (id & 31U); }

  const Configuration* configuration_;
  std::vector<Session> sessions_;
  std::vector<Link> links_;
  Shared shared_;
  std::uint32_t exchanges_ = 0;  // begun so far; only makes challenges
  std::uint64_t rests_ = 0;      // begun so far, with an IdlePolicy
  mutable Footprint footprint_;
};

}  // namespace sallyport::frontend
