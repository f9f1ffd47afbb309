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

class World {
 public:
  explicit World(const Setting& setting);

  /// Is there anything for `client` to do by `action` now? A step for which this is false changes
  /// nothing. A client that isn't connected connects first, so most actions are possible then.
  [[nodiscard]] bool can(const Step& step) const;

  /// Runs one step to quiescence, appending to `out`. `arities`, where given, gets the number of
  /// eligible connections at each lease, so that a search can enumerate the schedules of a step.
  void step(const Step& step, trace::Trace& out, std::vector<std::uint8_t>* arities = nullptr);

  /// The given events that every run starts with: the front-end's policy and limits, the accounts.
  void begin(trace::Trace& out) const;

  /// Nothing more happens unless a client or the driver acts; false while answers of slow back-ends
  /// are under way.
  [[nodiscard]] bool at_rest() const { return delayed_.empty(); }

  /// Every wire still moved after this many deliveries in one step: the subject talks to itself
  /// for ever. Recorded as a violation of nothing but as a CRASH by the engines.
  [[nodiscard]] bool runaway() const { return runaway_; }

  void canonical(trace::Canonical& out) const;

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
    std::string octets{};
  };

  const Setting* setting_;
  frontend::FrontEnd front_end_;
  backend::Store store_;
  observe::Nonces nonces_;
  std::vector<Slot> slots_;
  std::vector<std::optional<Link>> links_;
  std::vector<Delivery> delayed_;  // what slow back-ends answered in the last step
  std::vector<Delivery> before_;   // the same of the step before this one, during a step
  std::uint16_t openings_ = 0;     // of back-end connections; only makes fresh challenges
  bool runaway_ = false;
};

/// Runs a whole script from a fresh world.
void run(const Setting& setting, const Script& script, trace::Trace& out);

}  // namespace sallyport::world
