// A script on a live server: each client a connection of its own, a step at a time, as in the
// simulated world. What the world alone can do is left out: leases are the server's business.
#pragma once

#include <array>
#include <cstddef>
#include <expected>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "observe/nonces.hpp"
#include "observe/secrets.hpp"
#include "targets/live/conversation.hpp"
#include "trace/event.hpp"
#include "world/script.hpp"

namespace sallyport::live {

/// What all runs on one server share.
struct Stage {
  Reactor reactor = {};
  observe::Nonces nonces = {};
  observe::Secrets secrets = {};
  /// The last proof that answered a challenge of each mechanism, as it was sent: for `replay` in
  /// another session.
  std::map<trace::Mechanism, std::string> proofs = {};
};

/// A run in the trace.
struct Run {
  std::size_t first_event = 0;
  std::size_t first_line = 0;       // of the dialogue
  std::vector<std::size_t> behind;  // the number of events in the trace, behind each step
  /// All steps were done and everything came to rest. Else the server fell silent in the last one
  /// that was, and the rest was left out.
  bool whole = false;
};

class Play {
 public:
  using Manner = Conversation::Manner;

  Play(const Destination& destination, Stage& stage, trace::Trace& out)
      : to_(destination), stage_(stage), out_(out) {}

  /// Ends with all connections closed. The error says what was not as expected; what was seen
  /// before stays in the trace.
  [[nodiscard]] std::expected<Run, std::string> run(const world::Script& script, Manner manner);

  /// Of client 0, before any log-in: see Conversation.
  [[nodiscard]] trace::MechanismSet offered() const { return offered_; }
  [[nodiscard]] trace::CapabilitySet capabilities() const { return capabilities_; }
  /// The first log-in with a right password was refused with these words.
  [[nodiscard]] const std::string& account_refused() const { return account_refused_; }
  [[nodiscard]] std::size_t connections() const { return connections_; }
  /// Nobody listened there.
  [[nodiscard]] bool unreachable() const { return unreachable_; }

 private:
  using Done = Conversation::Done;

  [[nodiscard]] Done step(const world::Step& step, Manner manner);
  [[nodiscard]] Done act(Conversation& client, const world::Step& step, Manner manner);
  [[nodiscard]] Done wait(std::uint32_t seconds);
  [[nodiscard]] Done listen(const Conversation* acting);
  [[nodiscard]] Done flush_tap();
  [[nodiscard]] Done serve_tap();
  void leave();
  void given(trace::Event event);
  void note(const Conversation& client, const client::Action& action);

  const Destination& to_;
  Stage& stage_;
  trace::Trace& out_;
  std::array<std::unique_ptr<Conversation>, world::clients_max> clients_;
  std::array<trace::Mechanism, world::clients_max> exchange_{};  // that was begun last
  std::size_t connections_ = 0;
  bool unreachable_ = false;
  trace::MechanismSet offered_;
  trace::CapabilitySet capabilities_;
  std::string account_refused_;
};

}  // namespace sallyport::live
