#include "targets/live/capture.hpp"

#include <fmt/format.h>
#include <pcap.h>
#include <tins/ip_address.h>
#include <tins/ipv6_address.h>
#include <tins/packet.h>
#include <tins/sniffer.h>
#include <tins/tcp_ip/stream_follower.h>

#include <array>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "observe/nonces.hpp"
#include "observe/observer.hpp"

namespace sallyport::live {

using trace::Kind;
using trace::Protocol;
using trace::SessionId;

namespace {

/// What was said to one server address.
struct Server {
  Captured captured;
  observe::Nonces nonces;
  std::set<SessionId> used;
  std::size_t owed = 0;     // commands that aren't completed, in all its sessions
  std::size_t counted = 0;  // events of the trace
};

/// A client's connection.
struct Client {
  std::shared_ptr<Server> server;  // null until its protocol is known, and where it is neither
  std::unique_ptr<observe::Observer> observer;
  SessionId session = trace::no_session;
  std::string early;    // the client's octets before the server's first
  bool silent = false;  // nothing more is to be seen of it
};

std::optional<Protocol> protocol_of(std::string_view greeting) {
  if (greeting.starts_with("* ")) return Protocol::imap;
  if (greeting.starts_with("+OK") || greeting.starts_with("-ERR")) return Protocol::pop3;
  return std::nullopt;
}

std::string_view view(const Tins::TCPIP::Stream::payload_type& payload) {
  return {reinterpret_cast<const char*>(payload.data()), payload.size()};
}

class Reader {
 public:
  Reader() {
    follower_.new_stream_callback([this](Tins::TCPIP::Stream& stream) { opened(stream); });
    follower_.stream_termination_callback(
        [this](Tins::TCPIP::Stream& stream, auto) { closed(stream); });
  }
  void take(Tins::Packet& packet) { follower_.process_packet(packet); }
  [[nodiscard]] std::vector<Captured> result() {
    std::vector<Captured> out;
    for (auto& [name, server] : servers_) out.push_back(std::move(server->captured));
    return out;
  }

 private:
  using Stream = Tins::TCPIP::Stream;

  void opened(Stream& stream) {
    clients_[&stream];
    stream.client_data_callback([this](Stream& s) { said(s, false, view(s.client_payload())); });
    stream.server_data_callback([this](Stream& s) { said(s, true, view(s.server_payload())); });
    stream.stream_closed_callback([this](Stream& s) { closed(s); });
  }

  void said(Stream& stream, bool from_server, std::string_view octets) {
    Client& client = clients_[&stream];
    if (client.silent) return;
    if (client.server == nullptr) {
      if (!from_server) {
        client.early += octets;  // TLS from the first octet on, or a client in a hurry
        return;
      }
      if (!begin(stream, client, octets)) {
        client.silent = true;
        return;
      }
    }
    observe::Shared shared{.nonces = &client.server->nonces};
    Server& server = *client.server;
    trace::Trace& trace = server.captured.trace;
    if (from_server) {
      client.observer->from_server(octets, trace, shared);
    } else {
      rest(server);
      client.observer->from_client(octets, trace, shared);
    }
    const bool encrypted = count(server);
    if (!client.early.empty()) {
      client.observer->from_client(std::exchange(client.early, {}), trace, shared);
    }
    if (!encrypted) return;
    ++server.captured.encrypted;
    client.silent = true;
  }

  bool begin(const Stream& stream, Client& client, std::string_view greeting) {
    const auto protocol = protocol_of(greeting);
    if (!protocol) return false;
    const std::string address = stream.is_v6()
                                    ? fmt::format("[{}]", stream.server_addr_v6().to_string())
                                    : stream.server_addr_v4().to_string();
    const std::string name =
        fmt::format("{}:{}/{}", address, stream.server_port(), trace::name(*protocol));
    auto& server = servers_[name];
    if (!server) {
      server = std::make_shared<Server>();
      server->captured.server = name;
      server->captured.protocol = *protocol;
      server->captured.trace.keep_dialogue = true;
    }
    client.server = server;
    while (server->used.contains(++client.session)) {  // from no_session on to 0
    }
    server->used.insert(client.session);
    ++server->captured.streams;
    client.observer =
        std::make_unique<observe::Observer>(*protocol, trace::Point::client, client.session);
    client.observer->opened(server->captured.trace);
    return true;
  }

  /// Counts what is owed. True: a stream turns to TLS now.
  static bool count(Server& server) {
    bool encrypted = false;
    const trace::Events& events = server.captured.trace.events;
    for (; server.counted < events.size(); ++server.counted) {
      const trace::Event& e = events[server.counted];
      const bool asks = (e.kind == Kind::command || e.kind == Kind::malformed) && !e.from_server;
      if (asks && e.command != trace::no_command) ++server.owed;
      if (e.kind == Kind::completion && e.command != trace::no_command && server.owed > 0) {
        --server.owed;
      }
      const bool starts = e.verb == trace::Verb::starttls || e.verb == trace::Verb::stls;
      if (e.kind == Kind::completion && starts && e.status == trace::Status::ok) encrypted = true;
    }
    return encrypted;
  }

  /// A client speaks, and nothing was owed to anybody: everything had come to rest.
  static void rest(Server& server) {
    if (server.owed > 0) return;
    server.captured.trace.events.push_back({.kind = Kind::quiescent,
                                            .point = trace::Point::given,
                                            .protocol = server.captured.protocol});
  }

  void closed(Stream& stream) {
    const auto found = clients_.find(&stream);
    if (found == clients_.end()) return;
    Client& client = found->second;
    if (client.server != nullptr) {
      // Who hung up isn't told where both sides have: a server does behind a good-bye.
      client.observer->closed(false, client.server->captured.trace);
      count(*client.server);
      client.server->used.erase(client.session);
    }
    clients_.erase(found);
  }

  Tins::TCPIP::StreamFollower follower_;
  std::map<const Stream*, Client> clients_;
  std::map<std::string, std::shared_ptr<Server>> servers_;
};

}  // namespace

bool is_capture(std::string_view octets) {
  constexpr std::array<std::string_view, 5> beginnings{"\xd4\xc3\xb2\xa1", "\xa1\xb2\xc3\xd4",
                                                       "\x4d\x3c\xb2\xa1", "\xa1\xb2\x3c\x4d",
                                                       "\x0a\x0d\x0d\x0a"};
  for (const std::string_view each : beginnings) {
    if (octets.starts_with(each)) return true;
  }
  return false;
}

std::expected<std::vector<Captured>, std::string> captured_in(const std::string& path) {
  const auto refuse = [&path](std::string_view why) {
    return std::unexpected(fmt::format("{}: {}; expected a whole capture of packets", path, why));
  };
  try {
    Tins::FileSniffer sniffer(path);
    Reader reader;
    while (Tins::Packet packet = sniffer.next_packet()) reader.take(packet);
    const std::string_view problem = pcap_geterr(sniffer.get_pcap_handle());
    if (!problem.empty()) return refuse(problem);
    return reader.result();
  } catch (const std::exception& problem) {
    return refuse(problem.what());
  }
}

}  // namespace sallyport::live
