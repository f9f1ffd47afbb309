// One client's connection to a live server: steps of a script over TCP, seen by an observer. The
// same client and the same observer as in the simulated world; here the server takes its time, and
// may do anything.
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
#include "targets/live/redact.hpp"
#include "targets/live/stream.hpp"
#include "targets/live/tap.hpp"
#include "trace/event.hpp"
#include "world/script.hpp"

namespace sallyport::live {

struct Limits {
  std::chrono::milliseconds connect{5000};     // TCP
  std::chrono::milliseconds answer{5000};      // the greeting, a handshake, all of a step
  std::chrono::milliseconds endpoint{300000};  // all visits to one server
  std::chrono::milliseconds patience{0};       // of a front-end with a back-end that fails
  std::chrono::milliseconds settle{20};        // without an octet: nothing more comes
  std::size_t step_octets = std::size_t{1} << 20;
  std::size_t line_octets = std::size_t{1} << 16;
};

/// Whom to visit, and on what terms. What it refers to outlives the visits.
struct Destination {
  Endpoint endpoint;
  Trust trust;
  Limits limits;
  const std::vector<client::Credential>& credentials;  // by place in world::accounts
  const Secrets& secrets;
  Stream::Clock::time_point deadline;  // of all visits
  Tap* tap = nullptr;                  // where a back-end's wire is seen
};

class Conversation {
 public:
  using Done = std::expected<void, std::string>;

  /// `out` gets what is seen; its dialogue is not redacted yet.
  Conversation(const Destination& destination, Reactor& reactor, trace::SessionId session,
               observe::Shared shared, trace::Trace& out);

  /// What a server may do in a step without being at fault.
  enum class Manner : std::uint8_t {
    proper,      // it answers
    provoking,   // it may as well hang up, or, though that is strange, say nothing
    lingering,   // and it may take its time to hang up
    open_ended,  // it may wait for more, so that silence is an answer too
    bereft,      // its back-end fails: it takes its patience, and may hang up in mid-line
  };

  /// Connects, with TLS where the endpoint has it from the start, and takes the greeting. Errors
  /// say what was not as expected, without the endpoint's name. `certificate`: the account whose
  /// certificate is shown in such a handshake.
  [[nodiscard]] Done open(std::optional<std::uint8_t> certificate = {});
  /// Does what `step` says, and waits until nothing moves. What has no meaning now isn't done.
  [[nodiscard]] Done step(const world::Step& step, Manner manner);
  /// Sends `octets` as they are.
  [[nodiscard]] Done send(std::string_view octets, Manner manner);
  /// Takes what comes without having been asked for.
  [[nodiscard]] Done listen();
  void leave();

  [[nodiscard]] bool is_open() const { return open_; }
  /// There was a connection.
  [[nodiscard]] bool reached() const { return reached_; }
  /// By the server, unasked.
  [[nodiscard]] bool hung_up() const { return hung_up_; }
  /// A provoking step was answered with silence.
  [[nodiscard]] bool silent() const { return silent_; }
  [[nodiscard]] const client::Client& client() const { return client_; }
  [[nodiscard]] Stream& stream() { return stream_; }
  /// The server's last whole line.
  [[nodiscard]] const std::string& last_line() const { return last_line_; }
  /// A server's words, for a line of ours: without passwords, and not too long.
  [[nodiscard]] std::string quoted(std::string_view text) const;
  /// Of the lists that were shown last before any log-in: POP3's two together.
  [[nodiscard]] trace::MechanismSet offered() const { return offered_; }
  [[nodiscard]] trace::CapabilitySet capabilities() const { return capabilities_; }

 private:
  [[nodiscard]] std::expected<Stream::Read, std::string> read(Stream::Clock::time_point until);
  [[nodiscard]] Done take_greeting();
  [[nodiscard]] Done act(const world::Step& step, Manner manner);
  [[nodiscard]] Done authenticate(const client::Action& action, Manner manner);
  [[nodiscard]] Done rest(std::string_view what, bool answer_due, Manner manner);
  [[nodiscard]] Done start_tls(std::optional<std::uint8_t> certificate);
  [[nodiscard]] Done take(std::string_view octets, std::string_view what);
  [[nodiscard]] Done note_lines(std::string_view octets, std::string_view what);
  [[nodiscard]] Done closed(const Stream::Read& read, std::string_view what, bool tolerated);
  [[nodiscard]] Done say(std::string_view octets);
  [[nodiscard]] std::unexpected<std::string> late(std::string_view what,
                                                  std::string_view expected) const;
  [[nodiscard]] Stream::Clock::time_point within(std::chrono::milliseconds limit) const;
  void note_lists(client::Verb verb);
  void given(trace::Event event);
  void end(bool by_server);

  const Destination& to_;
  trace::SessionId session_;
  observe::Shared shared_;
  trace::Trace& out_;
  trace::Protocol protocol_;
  Stream stream_;
  client::Client client_;
  observe::Observer observer_;
  bool open_ = false;
  bool reached_ = false;
  bool silent_ = false;
  bool hung_up_ = false;
  std::uint8_t split_ = 0;  // of the step under way

  // The server's lines, as they are counted here.
  std::string line_;       // in progress
  std::string last_line_;  // whole
  std::optional<std::string> greeting_;
  std::size_t lines_ = 0;
  std::size_t step_octets_ = 0;
  bool said_bye_ = false;

  trace::MechanismSet offered_;
  trace::CapabilitySet capabilities_;
};

}  // namespace sallyport::live
