// A front-end between clients and back-ends that are written out by hand, for tests.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crypto/scram.hpp"
#include "frontend/frontend.hpp"
#include "wire/base64.hpp"

namespace sallyport::frontend {

/// Records what the front-end does, one line each: "S0 …" to a client, "F1 …" to a back-end.
class Recorder final : public Host {
 public:
  void to_client(trace::SessionId s, std::string octets) override { add('S', s, octets); }
  void close_client(trace::SessionId s) override { add('S', s, "<close>\r\n"); }
  void start_tls(trace::SessionId s) override { add('S', s, "<tls>\r\n"); }
  void open_backend(trace::LinkId k, trace::Protocol /*protocol*/, std::uint8_t route) override {
    add('F', k, route == 0 ? "<open>\r\n" : "<open " + std::to_string(route) + ">\r\n");
  }
  void start_backend_tls(trace::LinkId k) override { add('F', k, "<tls>\r\n"); }
  void look_up(trace::SessionId s, std::string_view user) override {
    lookups.emplace_back(s, user);
  }
  void log(trace::SessionId /*s*/, std::string_view line, std::string_view /*said*/) override {
    logged.emplace_back(line);
  }
  void to_backend(trace::LinkId k, std::string octets) override { add('F', k, octets); }
  void close_backend(trace::LinkId k) override { add('F', k, "<close>\r\n"); }
  std::size_t choose(trace::SessionId /*s*/, std::span<const trace::LinkId> eligible) override {
    return choice % eligible.size();
  }
  void inside(const trace::Event& event) override { events.push_back(event); }

  std::string take() { return std::exchange(lines, {}); }
  [[nodiscard]] auto count(trace::Kind kind) const {
    return std::ranges::count(events, kind, &trace::Event::kind);
  }

  std::string lines;
  std::vector<std::pair<trace::SessionId, std::string>> lookups;  // not answered yet
  std::vector<std::string> logged;
  trace::Events events;
  std::size_t choice = 0;

 private:
  void add(char who, std::uint16_t id, std::string_view octets) {
    while (!octets.empty()) {
      const std::size_t end = octets.find("\r\n");
      lines += who + std::to_string(id) + " " + std::string(octets.substr(0, end)) + "\n";
      octets = end == std::string_view::npos ? std::string_view{} : octets.substr(end + 2);
    }
  }
};

inline constexpr std::string_view imap_greeting =
    "* OK [CAPABILITY IMAP4rev1 AUTH=NTLM AUTH=PLAIN] be ready\r\n";

/// alice with her password; she may log in by every mechanism.
inline Account example_account(std::string user = "alice", std::string password = "wonderland") {
  Account account{.user = std::move(user),
                  .password = std::move(password),
                  .salt = "salt",
                  .iterations = 4096,
                  .scram = {},
                  .mechanisms = find_profile("hardened")->offers};
  account.scram = crypto::scram_keys(
      crypto::salted_password(account.password, account.salt, account.iterations));
  return account;
}

class FrontEndTest : public testing::Test {
 protected:
  /// A front-end with one client, session 0, whose greeting is taken.
  void start(std::string_view profile, trace::Protocol protocol, Fault fault = Fault::none,
             bool certificate = false) {
    configuration.profile = *find_profile(profile);
    configuration.fault = fault;
    configuration.certificate = certificate;
    front_end.emplace(configuration);
    host.lookups.clear();
    host.events.clear();
    connect(0, protocol);
  }
  void connect(trace::SessionId s, trace::Protocol protocol,
               std::optional<ClientTls> tls = std::nullopt) {
    front_end->client_opened(s, protocol, tls, host);
    host.take();
  }
  /// Lookups are answered at once, from `accounts` or as if it knew everybody.
  std::string client(std::string_view octets, trace::SessionId s = 0) {
    front_end->client_octets(s, octets, host);
    while (database_answers && !host.lookups.empty()) answer_lookup();
    return host.take();
  }
  void answer_lookup() {
    const auto [session, user] = host.lookups.front();
    host.lookups.erase(host.lookups.begin());
    const auto found = accounts.find(canonical_user(user));
    const Account anybody{.user = canonical_user(user),
                          .password = "",
                          .salt = "",
                          .mechanisms = find_profile("hardened")->offers};
    const Account* const account = found != accounts.end() ? &found->second
                                   : accounts.empty()      ? &anybody
                                                           : nullptr;
    front_end->looked_up(session, account, host);
  }
  std::string backend(trace::LinkId k, std::string_view octets) {
    front_end->backend_octets(k, octets, host);
    return host.take();
  }
  std::string hang_up(trace::LinkId k) {
    front_end->backend_closed(k, host);
    return host.take();
  }
  std::string wait(std::uint32_t seconds) {
    front_end->elapse(seconds, host);
    return host.take();
  }
  void log_in() {
    client("a1 LOGIN alice wonderland\r\n");
    backend(0, imap_greeting);
    backend(0, "+ \r\n");
    ASSERT_EQ(backend(0, "f1 OK [CAPABILITY IMAP4rev1 AUTH=NTLM] done\r\n"),
              "S0 a1 OK logged in\n");
  }
  /// What stands in a line "S0 + …".
  static std::string challenge_in(std::string_view line) {
    EXPECT_TRUE(line.starts_with("S0 + ") && line.ends_with('\n')) << line;
    if (line.size() < 6) return "";
    return wire::base64_decode(line.substr(5, line.size() - 6)).value_or("not base64");
  }
  static std::string base64_line(std::string_view octets) {
    return wire::base64_encode(octets) + "\r\n";
  }

  Configuration configuration;
  std::map<std::string, Account> accounts;
  bool database_answers = true;
  std::optional<FrontEnd> front_end;
  Recorder host;
};

}  // namespace sallyport::frontend
