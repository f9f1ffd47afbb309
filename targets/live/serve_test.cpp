// The reference front-end over TCP, in a thread, driven by the probe and by hand.
#include "targets/live/serve.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <asio/read.hpp>
#include <asio/ssl/context.hpp>
#include <asio/ssl/stream.hpp>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "targets/live/probe.hpp"
#include "targets/live/sockets_for_test.hpp"

namespace sallyport::live {
namespace {

using namespace std::chrono_literals;
using properties::Verdict;
using test::Certificate;
using test::Line;
using test::tcp;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

ServeOptions options_for(std::string_view front_end) {
  ServeOptions options;
  options.configuration = *engine::configuration_from(front_end);
  options.configuration.profile.limits.failure_seconds = 0;  // nobody is to wait for it here
  options.directory = backend::example_directory();
  options.imap = options.pop3 = options.backend_imap = options.backend_pop3 = "127.0.0.1:0";
  return options;
}

/// A server in a thread of its own, stopped with this object.
class Running {
 public:
  explicit Running(ServeOptions options) : server_(Server::open(std::move(options))) {
    if (!server_) throw std::runtime_error(server_.error());
    thread_ = std::thread([this] { server_->run(); });
  }
  ~Running() {
    server_->stop();
    thread_.join();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  [[nodiscard]] std::uint16_t port(std::string_view name) const {
    for (const Server::Listening& each : server_->listening()) {
      if (each.name != name) continue;
      return static_cast<std::uint16_t>(std::stoi(each.address.substr(each.address.find(':') + 1)));
    }
    throw std::runtime_error("no such listener");
  }

 private:
  std::expected<Server, std::string> server_;
  std::thread thread_;
};

/// A client that says what it is told.
struct Caller {
  explicit Caller(std::uint16_t port) { socket.connect({asio::ip::address_v4::loopback(), port}); }
  asio::io_context io;
  tcp::socket socket{io};
  Line line{socket};
};

std::vector<client::Credential> examples() {
  std::vector<client::Credential> out;
  for (const backend::Account& account : backend::example_directory().accounts) {
    if (account.proofs_only || account.user == frontend::front_end_user) continue;
    out.push_back({account.user, account.password});
  }
  return out;
}

ProbeResult probe_one(const Running& server, Scheme scheme, std::string_view listener,
                      Role role = Role::front_end, const std::string& ca_file = {},
                      bool starttls = false) {
  ProbeOptions options;
  options.endpoints = {{scheme, "127.0.0.1", server.port(listener)}};
  options.credentials = examples();
  options.role = role;
  options.limits.settle = 10ms;
  options.manners.connections_per_second = 1e6;
  options.trust.ca_file = ca_file;
  options.starttls = starttls;
  auto results = probe(options);
  if (!results) throw std::runtime_error(results.error());
  return std::move(results->front());
}

std::string verdict(const ProbeResult& result, std::string_view property) {
  for (const engine::Result& each : result.results) {
    if (each.property == property) return std::string(properties::name(each.verdict));
  }
  return "no row";
}

/// What a live server of these profiles can be judged by is exercised, and holds but for
/// `violated`.
void expect_holds(const ProbeResult& result, const std::vector<std::string>& violated = {}) {
  EXPECT_EQ(result.failure, "");
  for (const char* id : {"ADV-01", "ADV-02", "ADV-03", "STM-01", "RSP-01"}) {
    const bool bad = std::ranges::find(violated, id) != violated.end();
    EXPECT_EQ(verdict(result, id), bad ? "violated" : "holds") << id << " of " << result.subject;
  }
}

TEST(Serve, Exchange2000OffersWhatItCannotKeep) {
  const Running server(options_for("exchange-2000"));
  expect_holds(probe_one(server, Scheme::imap, "imap"), {"ADV-01", "ADV-03"});
  expect_holds(probe_one(server, Scheme::pop3, "pop3"), {"ADV-01", "ADV-03"});
}

TEST(Serve, ServicePack1AndHardenedHold) {
  for (const char* profile : {"exchange-2000-sp1", "hardened"}) {
    const Running server(options_for(profile));
    expect_holds(probe_one(server, Scheme::imap, "imap"));
    expect_holds(probe_one(server, Scheme::pop3, "pop3"));
  }
}

// On a schedule that never moves a session, NTLM works: what is wrong is still offered.
TEST(Serve, PinnedHidesTheFault) {
  ServeOptions options = options_for("exchange-2000");
  options.schedule.kind = Schedule::Kind::pinned;
  const Running server(std::move(options));
  expect_holds(probe_one(server, Scheme::imap, "imap"), {"ADV-01"});
}

// "Service Pack 1 does not change this aspect of the behavior of back-end servers" (KB 306874).
TEST(Serve, TheBackEndKeepsNtlm) {
  const Running server(options_for("exchange-2000-sp1"));
  for (const auto& [scheme, listener] :
       {std::pair{Scheme::imap, "backend-imap"}, std::pair{Scheme::pop3, "backend-pop3"}}) {
    const ProbeResult result = probe_one(server, scheme, listener, Role::back_end);
    EXPECT_EQ(result.failure, "");
    EXPECT_EQ(verdict(result, "ADV-01"), "no row");
    for (const char* id : {"ADV-02", "ADV-03", "STM-01", "RSP-01"}) {
      EXPECT_EQ(verdict(result, id), "holds") << id;
    }
    EXPECT_NE(trace::to_text(result.trace.events).find("mechanism=NTLM"), std::string::npos);
  }
}

TEST(Serve, TlsStandsFromTheStartOrLater) {
  const Certificate files;
  ServeOptions options = options_for("hardened");
  options.certificate = files.certificate();
  options.key = files.key();
  options.imaps = options.pop3s = "127.0.0.1:0";
  const Running server(std::move(options));
  const std::string ca = files.certificate();
  expect_holds(probe_one(server, Scheme::imap, "imap", Role::front_end, ca, true));
  expect_holds(probe_one(server, Scheme::pop3, "pop3", Role::front_end, ca, true));
  expect_holds(probe_one(server, Scheme::imaps, "imaps", Role::front_end, ca));
  expect_holds(probe_one(server, Scheme::pop3s, "pop3s", Role::front_end, ca));
  EXPECT_THAT(probe_one(server, Scheme::imaps, "imaps").failure,
              AllOf(HasSubstr("no TLS: "), HasSubstr("self-signed"),
                    HasSubstr("expected a handshake and a trusted certificate for 127.0.0.1")));
}

ProbeOptions by_certificate(const Running& server, const std::string& ca, const Certificate* shown,
                            Scheme scheme) {
  ProbeOptions options;
  options.endpoints = {
      {scheme, "127.0.0.1", server.port(scheme == Scheme::imap ? "imap" : "imaps")}};
  options.credentials = {{"alice", "not needed"}};
  options.trust.ca_file = ca;
  if (shown != nullptr) {
    options.trust.own_certificate = shown->certificate();
    options.trust.own_key = shown->key();
  }
  return options;
}

/// Does a client with this certificate, if any, log in by EXTERNAL?
bool logs_in_by_external(const Running& server, const std::string& ca, const Certificate* shown,
                         Scheme scheme) {
  ProbeOptions options = by_certificate(server, ca, shown, scheme);
  options.script = world::script_from_text(
                       "protocol imap\n0 starttls-certificate alice\n"
                       "0 authenticate EXTERNAL alice\n0 respond\n0 select\n0 logout\n")
                       .value();
  const auto results = probe(options);
  return results && trace::to_text(results->front().trace.events).find("verb=SELECT status=OK") !=
                        std::string::npos;
}

TEST(Serve, ACertificateLogsInWhomItNames) {
  const Certificate own;
  const Certificate alice("alice");
  const Certificate mallory("alice");
  ServeOptions options = options_for("hardened");
  options.certificate = own.certificate();
  options.key = own.key();
  options.clients_ca_file = alice.certificate();
  options.imaps = "127.0.0.1:0";
  const Running server(std::move(options));
  for (const Scheme scheme : {Scheme::imap, Scheme::imaps}) {
    EXPECT_TRUE(logs_in_by_external(server, own.certificate(), &alice, scheme));
    EXPECT_FALSE(logs_in_by_external(server, own.certificate(), nullptr, scheme));
    EXPECT_FALSE(logs_in_by_external(server, own.certificate(), &mallory, scheme))
        << "issued by nobody";
  }
}

// What a probe by a certificate says of TLS-06, by `steps` alone or, without, by its whole plan.
Verdict tls_06(std::string_view front_end, Scheme scheme, std::string_view steps) {
  const Certificate own;
  const Certificate alice("alice");
  ServeOptions serving = options_for(front_end);
  serving.certificate = own.certificate();
  serving.key = own.key();
  serving.clients_ca_file = alice.certificate();
  serving.imaps = "127.0.0.1:0";
  const Running server(std::move(serving));
  ProbeOptions options = by_certificate(server, own.certificate(), &alice, scheme);
  options.credentials = examples();  // by whose passwords the plan begins
  options.limits.settle = 10ms;
  options.manners.connections_per_second = 1e6;
  options.properties = {properties::find("TLS-06")};
  if (!steps.empty()) options.script = world::script_from_text(steps).value();
  const auto results = probe(options);
  return results ? results->front().results.front().verdict : Verdict::inconclusive;
}

// Each fault by the visit that is for it, and nothing without a fault: to act for another, and to
// follow a certificate without one.
TEST(Serve, ACertificateThatIsGoodForMoreIsFoundOut) {
  constexpr std::string_view for_another =
      "protocol imap\n0 starttls-certificate alice\n0 say external-as-other alice\n";
  constexpr std::string_view behind_it =
      "protocol imap\n0 starttls-certificate alice\n0 authenticate EXTERNAL alice\n0 respond\n"
      "0 logout\n1 starttls\n1 say external-as-user alice\n";
  for (const auto& [front_end, steps, verdict] :
       {std::tuple("hardened+take-any-name-with-a-certificate", for_another, Verdict::violated),
        std::tuple("hardened", for_another, Verdict::holds),
        std::tuple("hardened+take-external-from-anybody", behind_it, Verdict::violated),
        std::tuple("hardened", behind_it, Verdict::holds)}) {
    EXPECT_EQ(tls_06(front_end, Scheme::imap, steps), verdict) << front_end << steps;
  }
}

// Where TLS stands from the first octet on, the plan shows it in that handshake.
TEST(Serve, ACertificateIsShownWhereNobodyAsksForTls) {
  EXPECT_EQ(tls_06("hardened+take-any-name-with-a-certificate", Scheme::imaps, ""),
            Verdict::violated);
  EXPECT_EQ(tls_06("hardened", Scheme::imaps, ""), Verdict::holds);
}

// CVE-2011-0411: in one segment with STARTTLS or in the next one, it has no effect under TLS.
TEST(Serve, PlaintextBehindStarttlsHasNoEffect) {
  const Certificate files;
  ServeOptions options = options_for("hardened");
  options.certificate = files.certificate();
  options.key = files.key();
  const Running server(std::move(options));
  for (const bool one_segment : {true, false}) {
    Caller caller(server.port("imap"));
    EXPECT_THAT(caller.line.read(), StartsWith("* OK"));
    caller.line.write(one_segment ? "a STARTTLS\r\nb NOOP\r\n" : "a STARTTLS\r\n");
    if (!one_segment) caller.line.write("b NOOP\r\n");
    EXPECT_THAT(caller.line.read(), StartsWith("a OK"));
    asio::ssl::context context(asio::ssl::context::tls_client);
    asio::ssl::stream<tcp::socket&> tls(caller.socket, context);
    asio::error_code error;
    tls.handshake(asio::ssl::stream_base::client, error);
    if (error) continue;  // the octets met a server that awaited TLS: as good
    asio::write(tls, asio::buffer(std::string_view("c LOGOUT\r\n")), error);
    std::string said;
    asio::read_until(tls, asio::dynamic_buffer(said), "c OK", error);
    EXPECT_THAT(said, HasSubstr("c OK"));
    EXPECT_EQ(said.find("b OK"), std::string::npos) << said;
  }
}

TEST(Serve, SessionsBeyondTheLimitAreRefusedPolitely) {
  ServeOptions options = options_for("hardened");
  options.sessions_max = 1;
  const Running server(std::move(options));
  Caller first(server.port("imap"));
  EXPECT_THAT(first.line.read(), StartsWith("* OK"));
  Caller second(server.port("imap"));
  EXPECT_EQ(second.line.read(), "* BYE too many connections");
  EXPECT_EQ(second.line.read(), "") << "and hangs up";
  Caller third(server.port("pop3"));
  EXPECT_EQ(third.line.read(), "-ERR too many connections");
  first.line.write("a NOOP\r\n");
  EXPECT_THAT(first.line.read(), StartsWith("a OK"));
}

TEST(Serve, AnIdleSessionIsLetGo) {
  ServeOptions options = options_for("hardened");
  const Certificate files;
  options.certificate = files.certificate();
  options.key = files.key();
  options.imaps = "127.0.0.1:0";
  options.idle_max = 50ms;
  const Running server(std::move(options));
  Caller imap(server.port("imap"));
  EXPECT_THAT(imap.line.read(), StartsWith("* OK"));
  EXPECT_EQ(imap.line.read(), "* BYE idle for too long");
  EXPECT_EQ(imap.line.read(), "");
  Caller back_end(server.port("backend-pop3"));
  EXPECT_THAT(back_end.line.read(), StartsWith("+OK"));
  EXPECT_EQ(back_end.line.read(), "-ERR idle for too long");
  asio::ssl::context context(asio::ssl::context::tls_client);
  Caller under_tls(server.port("imaps"));
  asio::ssl::stream<tcp::socket&> tls(under_tls.socket, context);
  tls.handshake(asio::ssl::stream_base::client);
  std::string said;
  asio::error_code error;
  asio::read(tls, asio::dynamic_buffer(said), error);
  EXPECT_THAT(said, HasSubstr("* BYE idle for too long\r\n"));
  EXPECT_EQ(error, asio::error::eof) << "closed in good order, " << error.message();
}

// A client that asks and never reads costs a bounded queue, and only its own connection.
TEST(Serve, AClientThatDoesNotReadIsNotRead) {
  const Running server(options_for("hardened"));
  Caller greedy(server.port("imap"));
  greedy.socket.non_blocking(true);
  std::string commands;
  for (int i = 0; i < 4096; ++i) commands += "a CAPABILITY\r\n";
  constexpr std::size_t too_much = std::size_t{256} << 20;  // more than any system buffers
  std::size_t taken = 0;
  for (int refusals = 0; refusals < 20 && taken < too_much;) {
    asio::error_code error;
    const std::size_t size = greedy.socket.write_some(asio::buffer(commands), error);
    taken += size;
    refusals = error == asio::error::would_block ? refusals + 1 : 0;
    if (refusals == 0) continue;
    Caller other(server.port("imap"));  // is served all the while
    EXPECT_THAT(other.line.read(), StartsWith("* OK"));
  }
  EXPECT_LT(taken, too_much);
}

TEST(Serve, AnswersWhoeverShutsHisSideDown) {
  const Running server(options_for("hardened"));
  Caller caller(server.port("pop3"));
  caller.line.write("CAPA\r\n");
  caller.socket.shutdown(tcp::socket::shutdown_send);
  EXPECT_THAT(caller.line.read(), StartsWith("+OK"));
  EXPECT_THAT(caller.line.read(), StartsWith("+OK"));
  while (!caller.line.read().empty()) {
  }
}

TEST(Serve, StopsWithAFarewell) {
  auto server = Server::open(options_for("hardened"));
  ASSERT_TRUE(server) << server.error();
  std::thread thread([&] { server->run(); });
  const std::string address = server->listening().front().address;
  Caller caller(static_cast<std::uint16_t>(std::stoi(address.substr(address.find(':') + 1))));
  EXPECT_THAT(caller.line.read(), StartsWith("* OK"));
  server->stop();
  EXPECT_EQ(caller.line.read(), "* BYE the server stops");
  EXPECT_EQ(caller.line.read(), "");
  thread.join();
}

TEST(Serve, SaysWhatIsWrongInOneLine) {
  const auto error_of = [](const ServeOptions& options) {
    auto server = Server::open(options);
    return server ? std::string("none") : server.error();
  };
  ServeOptions none;
  none.configuration = options_for("hardened").configuration;
  EXPECT_THAT(error_of(none), HasSubstr("nothing to listen on: expected"));

  ServeOptions options = none;
  options.imap = "localhost:143";
  EXPECT_THAT(error_of(options), HasSubstr("imap \"localhost:143\": expected ADDR:PORT"));

  asio::io_context io;
  const tcp::acceptor taken(io, {asio::ip::address_v4::loopback(), 0});
  options.imap = "127.0.0.1:" + std::to_string(taken.local_endpoint().port());
  EXPECT_THAT(error_of(options), AllOf(HasSubstr("imap cannot listen on " + *options.imap),
                                       HasSubstr("in use"), HasSubstr("expected a free port")));

  options = none;
  options.imaps = "127.0.0.1:0";
  EXPECT_THAT(error_of(options), HasSubstr("expected a certificate"));
  options.certificate = "/nonexistent/certificate.pem";
  EXPECT_THAT(error_of(options),
              AllOf(HasSubstr("certificate \"/nonexistent/certificate.pem\": No such file"),
                    HasSubstr("expected a certificate chain in PEM")));
  const Certificate one;
  const Certificate another;
  options.certificate = one.certificate();
  options.key = another.key();
  EXPECT_THAT(error_of(options), AllOf(HasSubstr("key \"" + another.key()),
                                       HasSubstr("expected the private key of ")));
  options.certificate.clear();
  EXPECT_THAT(error_of(options), HasSubstr("without a certificate: expected both"));
}

}  // namespace
}  // namespace sallyport::live
