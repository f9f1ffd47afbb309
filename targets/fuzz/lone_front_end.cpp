#include "targets/fuzz/lone_front_end.hpp"

#include <algorithm>
#include <optional>
#include <span>

#include "frontend/frontend.hpp"
#include "frontend/profile.hpp"

namespace sallyport::fuzz {

namespace {

using trace::LinkId;
using trace::SessionId;

class Recorder final : public frontend::Host {
 public:
  void to_client(SessionId /*s*/, std::string octets) override { client.append(octets); }
  void close_client(SessionId /*s*/) override { client.append("<closed>"); }
  void start_tls(SessionId /*s*/) override {}  // the client doesn't ask for it
  void open_backend(LinkId k, trace::Protocol /*protocol*/, std::uint8_t /*route*/) override {
    backends.append("<opened>");
    if (++opened == 1) speaker = k;
  }
  void to_backend(LinkId /*k*/, std::string octets) override { backends.append(octets); }
  void close_backend(LinkId k) override {
    backends.append("<closed>");
    if (speaker == k) speaker.reset();
  }
  void start_backend_tls(LinkId /*k*/) override {}  // the configuration has none
  void look_up(SessionId /*s*/, std::string_view user) override { asked = user; }
  std::size_t choose(SessionId /*s*/, std::span<const LinkId> /*eligible*/) override { return 0; }
  void inside(const trace::Event& /*event*/) override {}
  void log(SessionId /*s*/, std::string_view /*line*/, std::string_view /*said*/) override {}

  std::string client;
  std::string backends;
  std::optional<std::string> asked;
  std::optional<LinkId> speaker;
  int opened = 0;
};

constexpr std::string_view imap_session =
    "a1 LOGIN alice wonderland\r\na2 SELECT INBOX\r\na3 FETCH 1 BODY[]\r\na4 LOGOUT\r\n";
constexpr std::string_view pop3_session =
    "USER alice\r\nPASS wonderland\r\nSTAT\r\nRETR 1\r\nQUIT\r\n";

}  // namespace

std::string said_behind(trace::Protocol protocol, std::string_view octets, std::size_t piece) {
  static const frontend::Configuration configuration{.profile = *frontend::find_profile("hardened"),
                                                     .certificate = false};
  frontend::FrontEnd front_end(configuration);
  Recorder host;
  const frontend::Account alice{
      .user = "alice", .password = "wonderland", .mechanisms = configuration.profile.offers};
  front_end.client_opened(0, protocol, std::nullopt, host);
  front_end.client_octets(0, protocol == trace::Protocol::imap ? imap_session : pop3_session, host);
  while (host.asked) {
    host.asked.reset();
    front_end.looked_up(0, &alice, host);
  }
  while (!octets.empty() && host.speaker) {
    front_end.backend_octets(*host.speaker, octets.substr(0, piece), host);
    octets.remove_prefix(std::min(piece, octets.size()));
  }
  return host.client + "\nto back-ends:\n" + host.backends;
}

}  // namespace sallyport::fuzz
