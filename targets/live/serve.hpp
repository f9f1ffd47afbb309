// The reference front-end and its back-end on TCP, for telnet and real clients.
//
// One thread, one FrontEnd for all sessions, and its back-end in the same process: the connections
// between them are in memory, so that the schedule of them is a choice (schedule.hpp). Clients that
// want the back-end itself have ports of their own. What a connection does wrong ends that
// connection, never the server.
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backend/backend.hpp"
#include "frontend/profile.hpp"
#include "targets/live/schedule.hpp"
#include "targets/live/tls.hpp"

namespace sallyport::live {

struct ServeOptions {
  frontend::Configuration configuration;  // `certificate` follows from whether one is given below
  backend::Directory directory;
  // ADDR:PORT each; port 0 picks a free one. At least one is given.
  std::optional<std::string> imap;
  std::optional<std::string> pop3;
  std::optional<std::string> imaps;
  std::optional<std::string> pop3s;
  std::optional<std::string> backend_imap;
  std::optional<std::string> backend_pop3;
  // ADDR:PORT each, where the front-end's back-end is; without one it is in this process.
  std::optional<std::string> to_imap;
  std::optional<std::string> to_pop3;
  /// Reached by STARTTLS or STLS alone; whom to believe there.
  std::optional<Trust> to_tls = std::nullopt;
  /// Of the account by which the front-end logs in for users whom it has verified itself; a
  /// back-end in another process has to know it. Empty: nobody is to know it, it is drawn.
  std::string own_password = {};
  std::string certificate;  // a PEM file; with it STARTTLS and STLS are offered
  std::string key;          // a PEM file; empty: in the certificate's
  /// A PEM file. A client that shows a certificate of these may log in by EXTERNAL as the user whom
  /// its common name names.
  std::string clients_ca_file = {};
  Schedule schedule;
  std::size_t sessions_max = 4096;  // connections beyond it are refused politely
  /// Connections to back-ends in all. 0: one for each session, and as many that exchanges left.
  std::size_t connections_max = 0;
  frontend::IdlePolicy idle_connections = {};
  std::chrono::milliseconds idle_max = std::chrono::minutes(30);
};

class Server {
 public:
  /// Listens. The error is one line: what failed, where, and what was expected.
  [[nodiscard]] static std::expected<Server, std::string> open(ServeOptions options);
  Server(Server&&) noexcept;
  Server& operator=(Server&&) noexcept;
  ~Server();

  struct Listening {
    std::string_view name;  // imap, pop3, imaps, pop3s, backend-imap, backend-pop3
    std::string address;    // with the port that was picked
  };
  [[nodiscard]] const std::vector<Listening>& listening() const;

  /// Serves until stop().
  void run();
  /// Ends run(): no new connections, a good-bye to those that stand. From any thread.
  void stop();
  /// SIGTERM and SIGINT mean stop() from now on.
  void stop_on_signals();

 private:
  class Implementation;
  explicit Server(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace sallyport::live
