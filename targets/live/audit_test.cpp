// What was recorded is judged like what is played: a capture that is written here, packet by
// packet, a transcript and a trace; and what is no recording is refused in one line.
#include "targets/live/audit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tins/ethernetII.h>
#include <tins/ip.h>
#include <tins/packet_writer.h>
#include <tins/rawpdu.h>
#include <tins/tcp.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "targets/engine/directory_for_test.hpp"
#include "trace/event.hpp"

namespace sallyport::live {
namespace {

using properties::Verdict;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Audit : public testing::Test {
 protected:
  [[nodiscard]] std::string path(const char* name) const { return directory_.path() / name; }
  [[nodiscard]] std::string written(const char* name, std::string_view text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }
  [[nodiscard]] static std::string content(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  [[nodiscard]] static std::expected<std::vector<engine::Result>, std::string> audited(
      const std::string& path) {
    return audit(path, content(path), {});
  }

 private:
  engine::TemporaryDirectory directory_;
};

/// One TCP connection, as its packets.
class Connection {
 public:
  Connection(const std::string& path, std::uint16_t server_port)
      : writer_(path, Tins::DataLinkType<Tins::EthernetII>()), port_(server_port) {
    send(true, Tins::TCP::SYN, "");
    send(false, Tins::TCP::SYN | Tins::TCP::ACK, "");
    send(true, Tins::TCP::ACK, "");
  }
  void client(std::string_view octets) { send(true, Tins::TCP::ACK | Tins::TCP::PSH, octets); }
  void server(std::string_view octets) { send(false, Tins::TCP::ACK | Tins::TCP::PSH, octets); }
  /// The second of two packets comes before the first.
  void server_out_of_order(std::string_view first, std::string_view second) {
    const std::uint32_t at = server_seq_;
    server_seq_ += static_cast<std::uint32_t>(first.size());
    server(second);
    const std::uint32_t behind = server_seq_;
    server_seq_ = at;
    server(first);
    server_seq_ = behind;
  }
  void close() {
    send(false, Tins::TCP::FIN | Tins::TCP::ACK, "");
    send(true, Tins::TCP::FIN | Tins::TCP::ACK, "");
  }

 private:
  void send(bool by_client, int flags, std::string_view octets) {
    const char* const from = by_client ? "192.0.2.7" : "192.0.2.1";
    const char* const to = by_client ? "192.0.2.1" : "192.0.2.7";
    Tins::TCP tcp(by_client ? port_ : 40001, by_client ? 40001 : port_);
    tcp.flags(Tins::small_uint<12>(static_cast<std::uint16_t>(flags)));
    std::uint32_t& seq = by_client ? client_seq_ : server_seq_;
    tcp.seq(seq);
    tcp.ack_seq(by_client ? server_seq_ : client_seq_);
    seq += static_cast<std::uint32_t>(octets.size());
    if ((flags & (Tins::TCP::SYN | Tins::TCP::FIN)) != 0) ++seq;
    Tins::EthernetII packet = Tins::EthernetII() / Tins::IP(to, from) / tcp;
    if (!octets.empty()) packet /= Tins::RawPDU(std::string(octets));
    writer_.write(packet);
  }
  Tins::PacketWriter writer_;
  std::uint16_t port_;
  std::uint32_t client_seq_ = 1000;
  std::uint32_t server_seq_ = 9000;
};

const engine::Result* row(const std::vector<engine::Result>& rows, std::string_view property) {
  for (const engine::Result& each : rows) {
    if (each.property == property) return &each;
  }
  return nullptr;
}

TEST_F(Audit, ACaptureIsJudgedAndItsPasswordsAreNotShown) {
  const std::string file = path("a.pcap");
  {
    Connection connection(file, 143);
    connection.server("* OK ready\r\n");
    connection.client("a1 LOGIN alice wonderland\r\n");
    connection.server_out_of_order("a1 OK log", "ged in\r\n* CAPABILITY IMAP4rev1 AUTH=NTLM\r\n");
    connection.client("a2 LOGIN alice wonderland\r\n");
    connection.server("a2 OK once more\r\n");
    connection.close();
  }
  const auto rows = audited(file);
  ASSERT_TRUE(rows) << rows.error();
  const engine::Result* const twice = row(*rows, "STM-03");
  ASSERT_NE(twice, nullptr);
  EXPECT_EQ(twice->verdict, Verdict::violated);
  EXPECT_EQ(twice->subject, "a.pcap 192.0.2.1:143/imap");
  ASSERT_TRUE(twice->witness);
  EXPECT_THAT(twice->witness->dialogue.back(), HasSubstr("> S0: a2 OK once more"));
  for (const engine::Result& each : *rows) {
    if (!each.witness) continue;
    for (const std::string& line : each.witness->dialogue) {
      EXPECT_THAT(line, Not(HasSubstr("wonderland"))) << each.property;
    }
  }
  EXPECT_EQ(row(*rows, "ADV-01")->verdict, Verdict::violated);
  EXPECT_EQ(row(*rows, "PER-02")->verdict, Verdict::unobservable);
  EXPECT_EQ(row(*rows, "PER-04")->verdict, Verdict::unobservable);
  EXPECT_THAT(row(*rows, "PER-04")->detail, HasSubstr("a recording is one"));
}

TEST_F(Audit, WhatTlsHidesIsNotSeen) {
  const std::string file = path("tls.pcap");
  {
    Connection connection(file, 110);
    connection.server("+OK ready\r\n");
    connection.client("STLS\r\n");
    connection.server("+OK begin\r\n");
    connection.client("\x16\x03\x01 AUTH NTLM\r\n");
    connection.server("\x16\x03\x01\r\n+OK\r\nNTLM\r\n.\r\n");
    connection.close();
  }
  const auto rows = audited(file);
  ASSERT_TRUE(rows) << rows.error();
  for (const engine::Result& each : *rows) {
    EXPECT_NE(each.verdict, Verdict::violated) << each.property << ": " << each.detail;
  }
}

TEST_F(Audit, AnAnswerThatTheCaptureHasNotIsHeldAgainstNobody) {
  const std::string file = path("cut.pcap");
  {
    Connection connection(file, 143);
    connection.server("* OK ready\r\n");
    connection.client("a1 NOOP\r\n");
    connection.server("a1 OK done\r\n");
    connection.client("a2 NOOP\r\n");
  }
  const auto rows = audited(file);
  ASSERT_TRUE(rows) << rows.error();
  EXPECT_EQ(row(*rows, "RSP-01")->verdict, Verdict::holds) << row(*rows, "RSP-01")->detail;
}

TEST_F(Audit, WhatIsNoCaptureIsRefusedInOneLine) {
  const std::string whole = path("whole.pcap");
  {
    Connection connection(whole, 143);
    connection.server("* OK ready\r\n");
  }
  const std::string text = content(whole);
  const std::vector<std::pair<std::string, std::string>> cases{
      {written("header.pcap", text.substr(0, 10)), "expected a whole capture"},
      {written("truncated.pcap", text.substr(0, text.size() - 5)), "expected a whole capture"},
      {written("garbage.pcap", text.substr(0, 24) + std::string(400, '\xff')),
       "expected a whole capture"},
      {written("empty.pcap", text.substr(0, 24)), "no conversation in it"},
      {written("noise", std::string("\x7f") + "ELF"),
       "expected a trace, a transcript or a capture"},
      {written("nothing", ""), "nothing in it"},
      {written("bad.transcript", "imap\nX0: hello\n"), ":2: "}};
  for (const auto& [file, why] : cases) {
    const auto rows = audited(file);
    ASSERT_FALSE(rows) << file;
    EXPECT_THAT(rows.error(), AllOf(StartsWith(file), HasSubstr(why), Not(HasSubstr("\n"))));
  }
}

TEST_F(Audit, TranscriptsAndTracesAreRead) {
  const std::string transcript = written(
      "a.transcript",
      "imap\nS0: * OK ready\nC0: a1 CAPABILITY\nS0: * CAPABILITY IMAP4rev1 AUTH=NTLM\nS0: a1 OK\n");
  const auto rows = audited(transcript);
  ASSERT_TRUE(rows) << rows.error();
  ASSERT_EQ(row(*rows, "ADV-01")->verdict, Verdict::violated);
  EXPECT_THAT(row(*rows, "ADV-01")->witness->dialogue.back(), HasSubstr("AUTH=NTLM"));
  trace::Events events{{.kind = trace::Kind::opened, .point = trace::Point::client, .session = 0},
                       {.kind = trace::Kind::offer,
                        .point = trace::Point::client,
                        .session = 0,
                        .mechanisms = trace::MechanismSet(trace::Mechanism::ntlm)}};
  const auto of_trace = audited(written("a.trace", trace::to_text(events)));
  ASSERT_TRUE(of_trace) << of_trace.error();
  EXPECT_EQ(row(*of_trace, "ADV-01")->verdict, Verdict::violated);
  EXPECT_EQ(row(*of_trace, "ADV-01")->subject, "a.trace/imap");
}

}  // namespace
}  // namespace sallyport::live
