// A client in conversation with the real back-end, or with a server that a test makes up.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backend/backend.hpp"
#include "client/client.hpp"

namespace sallyport::client {

inline const std::vector<Credential>& example_credentials() {
  static const std::vector<Credential> credentials = [] {
    std::vector<Credential> made;
    for (const auto& account : backend::example_directory().accounts) {
      made.push_back({.user = account.user,
                      .password = account.password,
                      .token = backend::token_of(account.user)});
    }
    return made;
  }();
  return credentials;
}

inline std::string canonical(const Client& client) {
  trace::Canonical out;
  client.canonical(out);
  return std::string(out.bytes());
}

/// What answers: octets in, octets out.
using Server = std::function<std::string(std::string_view octets)>;

/// The back-end, as a Server.
inline Server backend_server(trace::Protocol protocol, const backend::Directory& directory) {
  struct State {
    backend::Connection connection;
    backend::Store store;
  };
  auto state = std::make_shared<State>(State{{directory, protocol, 1}, {}});
  return [state](std::string_view octets) {
    std::string answer;
    state->connection.receive(octets, state->store, answer);
    return answer;
  };
}

/// A server that answers whole lines, each by itself.
inline Server line_server(std::function<std::string(std::string_view line)> answer) {
  return [answer = std::move(answer), unread = std::string()](std::string_view octets) mutable {
    std::string out;
    unread += octets;
    for (std::size_t end = 0; (end = unread.find("\r\n")) != std::string::npos;) {
      out += answer(std::string_view(unread).substr(0, end));
      unread.erase(0, end + 2);
    }
    return out;
  };
}

struct Conversation {
  /// With the example back-end.
  explicit Conversation(trace::Protocol protocol,
                        const backend::Directory& directory = backend::example_directory())
      : client(protocol, example_credentials()), server(backend_server(protocol, directory)) {
    std::string greeting;
    backend::Connection(directory, protocol, 1).open(greeting);
    hear(greeting);
  }
  Conversation(trace::Protocol protocol, std::string_view greeting, Server made_up,
               const std::vector<Credential>& credentials = example_credentials())
      : client(protocol, credentials), server(std::move(made_up)) {
    hear(greeting);
  }

  Client::Acted act(const Action& action) {
    std::string octets;
    const Client::Acted acted = client.act(action, octets);
    tell(octets);
    return acted;
  }
  /// Both sides until nothing moves.
  void tell(std::string octets) {
    while (!octets.empty()) {
      said += octets;
      std::string answer;
      for (const std::string_view piece : pieces(octets)) answer += server(piece);
      octets = hear(answer);
    }
  }
  std::string hear(std::string_view octets) {
    heard += octets;
    std::string reaction;
    for (const std::string_view piece : pieces(octets)) client.receive(piece, reaction);
    return reaction;
  }
  [[nodiscard]] std::vector<std::string_view> pieces(std::string_view octets) const {
    if (piece_octets == 0) return {octets};
    std::vector<std::string_view> cut;
    for (std::size_t at = 0; at < octets.size(); at += piece_octets) {
      cut.push_back(octets.substr(at, piece_octets));
    }
    return cut;
  }
  /// An exchange to its end.
  Client::Acted authenticate(const Action& action) {
    const Client::Acted acted = act(action);
    for (int i = 0; i < 5 && client.challenged(); ++i) act({.verb = Verb::respond});
    return acted;
  }

  Client client;
  Server server;
  std::string said;   // by the client
  std::string heard;  // from the server
  std::size_t piece_octets = 0;
};

/// Tests that hold for both protocols.
class BothProtocols : public testing::TestWithParam<trace::Protocol> {
 public:
  static bool imap() { return GetParam() == trace::Protocol::imap; }
  static std::string_view hello() { return imap() ? "* OK hello\r\n" : "+OK hello\r\n"; }
  static std::string name_of(const testing::TestParamInfo<trace::Protocol>& each) {
    return std::string(trace::name(each.param));
  }
};
inline constexpr trace::Protocol protocols[] = {trace::Protocol::imap, trace::Protocol::pop3};

}  // namespace sallyport::client
