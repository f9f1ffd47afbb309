// One visit to a live server: a script's steps over TCP, seen by an observer. The same client and
// the same observer as in the simulated world; here the server takes its time, and may do anything.
//
// A step is over when the client waits for nothing and no octet has come for a short while. So much
// is required of a server that it can be judged at all: a greeting of its protocol, answers in
// time, no flood, whole lines. Where one of these fails, nothing can be said of it, and one line
// says why.
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/client.hpp"
#include "observe/observer.hpp"
#include "targets/live/endpoint.hpp"
#include "targets/live/plan.hpp"
#include "targets/live/redact.hpp"
#include "targets/live/stream.hpp"
#include "trace/event.hpp"

namespace sallyport::live {

struct Limits {
  std::chrono::milliseconds connect{5000};    // TCP
  std::chrono::milliseconds answer{5000};     // the greeting, a handshake, all of a step
  std::chrono::milliseconds endpoint{60000};  // all visits to one server
  std::chrono::milliseconds settle{50};       // without an octet: nothing more comes
  std::size_t step_octets = std::size_t{1} << 20;
  std::size_t line_octets = std::size_t{1} << 16;
};

/// Whom to visit, and on what terms. What it refers to outlives the visits.
struct Destination {
  Endpoint endpoint;
  Trust trust;
  Limits limits;
  const std::vector<client::Credential>& credentials;
  const Secrets& secrets;
  Stream::Clock::time_point deadline;  // of all visits
};

class Conversation {
 public:
  using Done = std::expected<void, std::string>;

  Conversation(const Destination& destination, trace::Trace& out);

  /// Connects, plays `visit`, and leaves. The error says what was not as expected, without the
  /// endpoint's name. `out` gets what was seen in either case; its dialogue is not redacted yet.
  [[nodiscard]] Done play(const Visit& visit);

  /// Of the lists that were shown last before any log-in: POP3's two together.
  [[nodiscard]] trace::MechanismSet offered() const { return offered_; }
  [[nodiscard]] trace::CapabilitySet capabilities() const { return capabilities_; }
  /// The first log-in with a right password was refused with these words.
  [[nodiscard]] const std::string& account_refused() const { return account_refused_; }

 private:
  [[nodiscard]] Done connect();
  [[nodiscard]] Done take_greeting();
  [[nodiscard]] Done step(const client::Action& action, bool provokes);
  [[nodiscard]] Done rest(std::string_view what, bool answer_due, bool provokes);
  [[nodiscard]] Done start_tls();
  [[nodiscard]] Done take(std::string_view octets, std::string_view what);
  [[nodiscard]] Done note_lines(std::string_view octets, std::string_view what);
  [[nodiscard]] Done closed(const Stream::Read& read, std::string_view what, bool tolerated);
  [[nodiscard]] Done send(std::string_view octets);
  [[nodiscard]] std::unexpected<std::string> late(std::string_view what,
                                                  std::string_view expected) const;
  [[nodiscard]] Stream::Clock::time_point within(std::chrono::milliseconds limit) const;
  [[nodiscard]] std::string quoted(std::string_view text) const;
  void note_outcome(const client::Action& action);
  void given(trace::Event event);

  const Destination& to_;
  trace::Trace& out_;
  trace::Protocol protocol_;
  Stream stream_;
  client::Client client_;
  observe::Observer observer_;
  bool open_ = false;

  // The server's lines, as they are counted here.
  std::string line_;       // in progress
  std::string last_line_;  // whole
  std::optional<std::string> greeting_;
  std::size_t lines_ = 0;
  std::size_t step_octets_ = 0;
  bool said_bye_ = false;

  trace::MechanismSet offered_;
  trace::CapabilitySet capabilities_;
  std::string account_refused_;
};

}  // namespace sallyport::live
