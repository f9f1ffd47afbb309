// What is seen of a POP3 connection. Every row is a dialogue and the events that it must give.
#include <array>

#include "observe/transcript_for_test.hpp"

namespace sallyport::observe {
namespace {

TEST(Pop3Observer, Lists) {
  constexpr std::array cases{Case{"CAPA and bare AUTH; without and with a space (MS-POP3)", R"(pop3
S: +OK ready <1@x>
C: CAPA
S: +OK
S: TOP
S: sasl PLAIN ntlm X-NEW
S: STLS
S: USER
S: PIPELINING
S: .
C: AUTH
S: +OK
S: NTLM 
S: PLAIN
S: .
C: AUTH \
C: 
S: +OK
S: .
)",
                                  "greeting status=OK\n"
                                  "command verb=CAPA command=0\n"
                                  "offer source=capa mechanisms=other,PLAIN,NTLM "
                                  "capabilities=other,STARTTLS,USER,PIPELINING\n"
                                  "completion verb=CAPA status=OK command=0\n"
                                  "command verb=AUTH command=0\n"
                                  "offer source=auth mechanisms=PLAIN,NTLM\n"
                                  "completion verb=AUTH status=OK command=0\n"
                                  "command verb=AUTH command=0\n"
                                  "offer source=auth\n"
                                  "completion verb=AUTH status=OK command=0\n"},
                             Case{"refused, there is no list", R"(pop3
S: -ERR busy
C: CAPA
C: AUTH
S: -ERR what
S: -ERR what
)",
                                  "greeting status=NO\n"
                                  "command verb=CAPA command=0\n"
                                  "command verb=AUTH command=1\n"
                                  "completion verb=CAPA status=NO command=0\n"
                                  "completion verb=AUTH status=NO command=1\n"}};
  expect_events(cases);
}

TEST(Pop3Observer, RepliesAnswerInOrder) {
  constexpr std::array cases{
      Case{"pipelined, of one line and of many", R"(pop3
S: +OK
C: STAT\r\nLIST\r\nLIST 1\r\nRETR 1\r\nDELE 9
S: +OK 2 30
S: +OK
S: 1 10
S: 2 20
S: .
S: +OK 1 10
S: +OK
S: ..
S: -ERR no
S: +OK no
S: .
S: -ERR no such message
)",
           "greeting status=OK\n"
           "command verb=STAT command=0\ncommand verb=LIST command=1\ncommand verb=LIST "
           "command=2\n"
           "command verb=RETR command=3\ncommand verb=DELE command=4\n"
           "completion verb=STAT status=OK command=0\n"
           "untagged verb=LIST command=1\nuntagged verb=LIST command=1\n"
           "completion verb=LIST status=OK command=1\n"
           "completion verb=LIST status=OK command=2\n"
           "untagged verb=RETR command=3\nuntagged verb=RETR command=3\n"
           "untagged verb=RETR command=3\n"
           "completion verb=RETR status=OK command=3\n"
           "completion verb=DELE status=NO command=4\n"},
      Case{"an answer too many, and one that is none", R"(pop3
S: +OK
C: NOOP
S: +OK
S: +OK
S: hello
C: 
S: -ERR
)",
           "greeting status=OK\n"
           "command verb=NOOP command=0\n"
           "completion verb=NOOP status=OK command=0\n"
           "completion status=OK\n"
           "malformed from-server\n"
           "malformed command=0\n"
           "completion status=NO command=0\n"}};
  expect_events(cases);
}

TEST(Pop3Observer, Logins) {
  constexpr std::array cases{
      Case{"PASS is the user's who came before it, and may have spaces", R"(pop3
S: +OK
C: USER alice
S: +OK
C: PASS p w
S: -ERR
C: PASS p w
S: +OK
C: USER bob
S: -ERR
C: PASS x
S: -ERR
)",
           "greeting status=OK\n"
           "command verb=USER command=0 user=alice\n"
           "completion verb=USER status=OK command=0 user=alice\n"
           "command verb=PASS command=0 secret=1\n"
           "completion verb=PASS status=NO command=0 user=alice secret=1\n"
           "command verb=PASS command=0 secret=1\n"
           "completion verb=PASS status=OK command=0 user=alice secret=1\n"
           "command verb=USER command=0 user=bob\n"
           "completion verb=USER status=NO command=0 user=bob\n"
           "command verb=PASS command=0 secret=2\n"
           "completion verb=PASS status=NO command=0 secret=2\n"},
      Case{"both at once", "pop3\nS: +OK\nC: USER a\\r\\nPASS b\nS: +OK\\r\\n+OK\n",
           "greeting status=OK\n"
           "command verb=USER command=0 user=a\n"
           "command verb=PASS command=1 secret=1\n"
           "completion verb=USER status=OK command=0 user=a\n"
           "completion verb=PASS status=OK command=1 user=a secret=1\n"},
      Case{"APOP", "pop3\nC: APOP alice c4c9334bac560ecc979e58001b3e22fb\nS: +OK\n\nS: +OK\n",
           "command verb=APOP command=0 mechanism=APOP user=alice\n"
           "greeting status=OK\n"
           "completion verb=APOP status=OK command=0 mechanism=APOP user=alice\n"}};
  expect_events(cases);
}

TEST(Pop3Observer, Exchanges) {
  constexpr std::array cases{
      Case{"NTLM: three messages, the user in OEM characters", R"(pop3
S: +OK
C: AUTH NTLM
S: + 
C: TlRMTVNTUAABAAAABwIAAAAAAAAAAAAAAAAAAAAAAAA=
S: + TlRMTVNTUAACAAAAAAAAADAAAAAFAgAAASNFZ4mrze8AAAAAAAAAAAAAAAAwAAAA
C: TlRMTVNTUAADAAAAAAAAAEAAAAAAAAAAQAAAAAAAAABAAAAABQAFAEAAAAAAAAAARQAAAAAAAABFAAAABAIAAGFsaWNl
S: -ERR
)",
           "greeting status=OK\n"
           "command verb=AUTH command=0 mechanism=NTLM\n"
           "continuation verb=AUTH command=0 mechanism=NTLM blob=empty\n"
           "response verb=AUTH command=0 mechanism=NTLM blob=negotiate\n"
           "continuation verb=AUTH command=0 mechanism=NTLM blob=challenge\n"
           "response verb=AUTH command=0 mechanism=NTLM blob=authenticate user=alice\n"
           "completion verb=AUTH status=NO command=0 mechanism=NTLM user=alice\n"},
      Case{"CRAM-MD5, cancelled and answered; behind a refusal there are commands", R"(pop3
S: +OK
C: NOOP\r\nAUTH CRAM-MD5\r\n*
S: +OK
S: + PDFAeD4=
S: -ERR
C: AUTH CRAM-MD5
S: + PDFAeD4=
C: YWwgaWNlIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw
S: +OK
C: AUTH FOO
C: QUIT
S: -ERR
S: +OK
)",
           "greeting status=OK\n"
           "command verb=NOOP command=0\n"
           "command verb=AUTH command=1 mechanism=CRAM-MD5\n"
           "completion verb=NOOP status=OK command=0\n"
           "continuation verb=AUTH command=1 mechanism=CRAM-MD5 blob=other\n"
           "response verb=AUTH command=1 mechanism=CRAM-MD5 blob=cancel\n"
           "completion verb=AUTH status=NO command=1 mechanism=CRAM-MD5\n"
           "command verb=AUTH command=0 mechanism=CRAM-MD5\n"
           "continuation verb=AUTH command=0 mechanism=CRAM-MD5 blob=other repeated\n"
           "response verb=AUTH command=0 mechanism=CRAM-MD5 blob=other user=\"al ice\"\n"
           "completion verb=AUTH status=OK command=0 mechanism=CRAM-MD5 user=\"al ice\"\n"
           "command verb=AUTH command=0 mechanism=other\n"
           "completion verb=AUTH status=NO command=0 mechanism=other\n"
           "command verb=QUIT command=0\n"
           "completion verb=QUIT status=OK command=0\n"},
      Case{"STLS", "pop3\nS: +OK\nC: STLS\nC: NOOP\nS: +OK\n! tls s0\nC: NOOP\nS: +OK\n",
           "greeting status=OK\n"
           "command verb=STLS command=0\n"
           "completion verb=STLS status=OK command=0\n"
           "tls\n"
           "command verb=NOOP command=0\n"
           "completion verb=NOOP status=OK command=0\n"}};
  expect_events(cases);
}

TEST(Pop3Observer, CodesAndBrowsers) {
  constexpr std::array cases{Case{"response codes", R"(pop3
S: +OK
C: PASS x
S: -ERR [AUTH] no
C: PASS x
S: -ERR [SYS/TEMP] later
C: PASS x
S: -ERR [IN-USE] later
C: PASS x
S: -ERR [SYS/PERM] never
)",
                                  "greeting status=OK\n"
                                  "command verb=PASS command=0 secret=1\n"
                                  "completion verb=PASS status=NO command=0 "
                                  "code=AUTHENTICATIONFAILED secret=1\n"
                                  "command verb=PASS command=0 secret=1\n"
                                  "completion verb=PASS status=NO command=0 code=UNAVAILABLE "
                                  "secret=1\n"
                                  "command verb=PASS command=0 secret=1\n"
                                  "completion verb=PASS status=NO command=0 code=UNAVAILABLE "
                                  "secret=1\n"
                                  "command verb=PASS command=0 secret=1\n"
                                  "completion verb=PASS status=NO command=0 code=other secret=1\n"},
                             Case{"a browser", "pop3\nC: GET / HTTP/1.1\nC: GET x\nC: DELE /\n",
                                  "command verb=HTTP command=0\n"
                                  "command verb=unknown command=1\n"
                                  "command verb=DELE command=2\n"}};
  expect_events(cases);
}

// What a reply says counts, whatever its status: POP3 has the data of STAT, LIST n and UIDL n in
// its first line, and a refusal's words may tell more than they should.
TEST(Pop3Observer, ARepliesTextHasADigest) {
  const auto reply = [](std::string_view command, std::string_view lines) {
    const auto trace = read_transcript("pop3\nS: +OK\nC: " + std::string(command) +
                                       "\nS: " + std::string(lines) + "\n");
    return trace->events.back();
  };
  EXPECT_NE(reply("STAT", "+OK 1 2").digest, reply("STAT", "+OK 1 3").digest);
  EXPECT_EQ(reply("STAT", "+OK 1 2").digest, trace::digest_of("1 2"));
  EXPECT_EQ(reply("NOOP", "-ERR no").digest, trace::digest_of("no"));
  EXPECT_EQ(reply("NOOP", "+OK").digest, 0U);
  EXPECT_EQ(reply("NOOP", "+OK").amount, 5U);
  const trace::Event many = reply("RETR 1", "+OK 3 octets\nS: abc\nS: .");
  EXPECT_EQ(many.digest, trace::digest_of("3 octets")) << "of the first line";
  EXPECT_EQ(many.amount, 14U);
}

}  // namespace
}  // namespace sallyport::observe
