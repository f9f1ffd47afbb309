// The world: clients, a front-end, its pool, a back-end and the wires between them, as one
// deterministic value. No sockets, clocks, threads or randomness; all choice comes from the script.
// It can be copied and compared, so a search can hold millions of them.
//
// A step is one action of one client, after which everything runs until nothing moves any more
// (quiescence). Octets cross a wire in order; an observer on each wire turns them into events.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "backend/backend.hpp"
#include "client/client.hpp"
#include "frontend/frontend.hpp"
#include "observe/nonces.hpp"
#include "observe/observer.hpp"
#include "observe/secrets.hpp"
#include "trace/event.hpp"
#include "trace/renaming.hpp"
#include "world/script.hpp"

namespace sallyport::world {

/// What a front-end's account database says of the users of a back-end.
[[nodiscard]] std::vector<frontend::Account> accounts_of(const backend::Directory& directory);

/// What stays the same for all worlds of a run. Outlives them.
struct Setting {
  frontend::Configuration front_end;
  trace::Protocol protocol{};
  /// The back-end, and what it is under Mishap::old_backend and Mishap::refuse_in_words.
  backend::Directory directory;
  backend::Directory old_directory;
  backend::Directory telling_directory;
  std::vector<client::Credential> credentials;  // by place in `accounts`
  std::vector<frontend::Account> database;      // what the front-end is told
  observe::Secrets secrets;

  /// `other_secrets`: the first account has another password and other mail
  /// (Variation::other_users_secrets).
  Setting(frontend::Configuration configuration, trace::Protocol protocol_,
          bool other_secrets = false);
  /// May `action` log its account in, by what is known of the account?
  [[nodiscard]] bool allows(const client::Action& action) const;
};

/// The settings of a script's two runs.
struct Settings {
  Setting usual;
  Setting other_secrets;

  Settings(const frontend::Configuration& configuration, trace::Protocol protocol)
      : usual(configuration, protocol), other_secrets(configuration, protocol, true) {}
  [[nodiscard]] const Setting& of(const Script& script) const {
    return script.other_secrets ? other_secrets : usual;
  }
};

/// What somebody who searches wants to know of a step.
struct Taken {
  /// The number of eligible connections at each lease, so that all schedules can be enumerated.
  std::vector<std::uint8_t> arities;
  /// A bit for each piece of the world that the step looked at or changed. From a quiet world with
  /// equal pieces there, the same step does the same, whatever the other pieces are.
  std::uint32_t footprint = 0;
  /// A bit for each of Strikes: where a mishap of that kind would have struck. With one of another
  /// kind the same step does the same.
  std::uint16_t openings = 0;
};

/// The tls-exporter value of a channel of client `s`.
[[nodiscard]] std::string binding_of(trace::SessionId s);

/// The same events of clients and connections with other numbers.
[[nodiscard]] trace::Events renamed(trace::Events events, const trace::Renaming& renaming);

class World {
 public:
  explicit World(const Setting& setting);

  /// Is there anything for `client` to do by `action` now? A step for which this is false changes
  /// nothing. A client that isn't connected connects first, so most actions are possible then.
  [[nodiscard]] bool can(const Step& step) const;

  /// Runs one step to quiescence, appending to `out`. `taken`, where given, gets what is told
  /// above.
  void step(const Step& step, trace::Trace& out, Taken* taken = nullptr);

  /// The given events that every run starts with: the front-end's policy and limits, the accounts.
  void begin(trace::Trace& out) const;

  /// Nothing more happens unless a client or the driver acts; false while answers of slow back-ends
  /// are under way.
  [[nodiscard]] bool at_rest() const { return delayed_.empty(); }

  /// The mishap of the last step struck. Which connection is there to be struck may differ between
  /// two runs that are the same otherwise.
  [[nodiscard]] bool struck() const { return struck_; }

  /// At rest, and nobody waits for time to go by: what a step does is then for it alone to say.
  [[nodiscard]] bool quiet() const { return at_rest() && !front_end_.due(); }

  /// Every wire still moved after this many deliveries in one step: the subject talks to itself
  /// for ever. Recorded as a violation of nothing but as a CRASH by the engines.
  [[nodiscard]] bool runaway() const { return runaway_; }

  /// It consists of pieces: a client with its session, for each client; a connection of the pool
  /// with its back-end, for each; and what belongs to none of them. Each has canonical octets of
  /// its own, and the world's are all of theirs.
  [[nodiscard]] std::size_t pieces() const {
    return clients_max + setting_->front_end.connections_max + rest_pieces;
  }
  void canonical(std::size_t piece, trace::Canonical& out) const;
  void canonical(trace::Canonical& out) const;

  /// Gives clients and connections other numbers.
  void rename(const trace::Renaming& renaming);

  [[nodiscard]] const client::Client& client(std::size_t s) const { return slots_[s].client; }
  [[nodiscard]] const client::OutlookExpress* outlook_express(std::size_t client) const;

 private:
  class Wires;  // the Host of this world's front-end, alive during one step

  struct Slot {
    client::Client client;
    observe::Observer observer;
    std::optional<client::OutlookExpress> outlook_express;
    std::uint32_t held = 0;  // as it was last told
    bool tls = false;
    bool connected = false;
  };
  struct Link {
    backend::Connection connection;
    observe::Observer observer;
    std::uint16_t opening = 0;  // tells it from an earlier connection of the same number
    trace::SessionId session = trace::no_session;  // which leases it
    std::string tag;                               // of the login under way
    bool logging_in = false;
    bool logged_in = false;
    bool hung_up = false;  // by the back-end
  };

  /// Octets, or something else, on their way.
  enum class To : std::uint8_t {
    client,
    front_end_client,
    backend,
    front_end_link,
    hang_up,
    tls,
    backend_tls,
    database,
  };
  struct Delivery {
    To to{};
    std::uint16_t id = 0;       // session or link
    std::uint16_t opening = 0;  // of the link
    bool under_tls = false;     // front_end_client
    std::string octets{};
  };

  // The pieces behind clients and connections.
  enum : std::size_t { piece_nonces, piece_store, piece_front_end, piece_delayed, rest_pieces };
  [[nodiscard]] std::size_t rest_piece(std::size_t which) const {
    return clients_max + setting_->front_end.connections_max + which;
  }

  void canonical_slot(std::size_t s, trace::Canonical& out) const;
  void canonical_link(std::size_t k, trace::Canonical& out) const;
  void canonical_delayed(trace::Canonical& out) const;

  const Setting* setting_;
  frontend::FrontEnd front_end_;
  backend::Store store_;
  observe::Nonces nonces_;
  std::vector<Slot> slots_;
  std::vector<std::optional<Link>> links_;
  std::vector<Delivery> delayed_;  // what slow back-ends answered in the last step
  std::vector<Delivery> before_;   // the same of the step before this one, during a step
  std::vector<Delivery> queue_;    // under way during a step; empty between steps
  std::uint16_t openings_ = 0;     // of back-end connections; only makes fresh challenges
  bool runaway_ = false;
  bool struck_ = false;
};

/// Runs a whole script from a fresh world.
void run(const Setting& setting, const Script& script, trace::Trace& out);

}  // namespace sallyport::world
