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
#include "observe/observer.hpp"
#include "trace/event.hpp"
#include "world/script.hpp"

namespace sallyport::world {

/// What stays the same for all worlds of a run. Outlives them.
struct Setting {
  frontend::Configuration front_end;
  trace::Protocol protocol{};
  const backend::Directory* directory = &backend::example_directory();
  std::vector<client::Credential> credentials;  // taken from the directory's accounts

  Setting(frontend::Configuration configuration, trace::Protocol protocol_);
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

  /// The given events that every run starts with (the front-end's policy).
  void begin(trace::Trace& out) const;

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
    bool connected = false;
  };
  struct Link {
    backend::Connection connection;
    observe::Observer observer;
    std::uint16_t opening = 0;  // tells it from an earlier connection of the same number
    bool hung_up = false;       // by the back-end
  };

  const Setting* setting_;
  frontend::FrontEnd front_end_;
  backend::Store store_;
  std::vector<Slot> slots_;
  std::vector<std::optional<Link>> links_;
  std::uint16_t openings_ = 0;  // of back-end connections; only makes fresh challenges
  bool runaway_ = false;
};

/// Runs a whole script from a fresh world.
void run(const Setting& setting, const Script& script, trace::Trace& out);

}  // namespace sallyport::world
