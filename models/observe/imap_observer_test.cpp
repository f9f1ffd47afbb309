// What is seen of an IMAP connection. Every row is a dialogue and the events that it must give.
#include <array>

#include "observe/transcript_for_test.hpp"

namespace sallyport::observe {
namespace {

TEST(ImapObserver, Lists) {
  constexpr std::array cases{
      Case{"a greeting with a code is a list too; names have no case",
           R"(imap
S: * OK [CAPABILITY IMAP4rev1 AUTH=ntlm AUTH=X-NEW LOGINDISABLED starttls SASL-IR] ready
)",
           "greeting status=OK code=CAPABILITY\n"
           "offer source=greeting mechanisms=other,NTLM "
           "capabilities=other,STARTTLS,LOGINDISABLED,SASL-IR\n"},
      Case{"CAPABILITY", R"(imap
S: * PREAUTH welcome
C: a1 CAPABILITY
S: * CAPABILITY IMAP4rev1 LITERAL+ LITERAL- ID AUTH=PLAIN AUTH=GSS-SPNEGO
S: a1 OK done
)",
           "greeting status=PREAUTH\n"
           "command verb=CAPABILITY command=0 tag=a1\n"
           "offer source=capability mechanisms=PLAIN,GSS-SPNEGO "
           "capabilities=other,LITERAL+,LITERAL-,ID\n"
           "completion verb=CAPABILITY status=OK command=0 tag=a1\n"},
      Case{"codes in OK answers, tagged and untagged; in a NO it is just text", R"(imap
S: * OK ready
C: a LOGIN alice secret
S: * OK [CAPABILITY AUTH=PLAIN] new
S: a OK [CAPABILITY AUTH=NTLM] in
C: b NOOP
S: b NO [CAPABILITY AUTH=OTP] x
)",
           "greeting status=OK\n"
           "command verb=LOGIN command=0 tag=a user=alice secret=1\n"
           "offer source=code mechanisms=PLAIN\n"
           "untagged status=OK code=CAPABILITY\n"
           "offer source=code mechanisms=NTLM\n"
           "completion verb=LOGIN status=OK command=0 code=CAPABILITY tag=a user=alice secret=1\n"
           "command verb=NOOP command=0 tag=b\n"
           "completion verb=NOOP status=NO command=0 code=CAPABILITY tag=b\n"},
      Case{"only the first line greets", R"(imap
S: * OK Waiting for authentication process to respond..
S: * OK ready
S: * BYE idle
)",
           "greeting status=OK\nuntagged status=OK\nbye status=BYE\n"},
      Case{"a connection that is turned away", "imap\nS: * BYE full\n! close s0 server\n",
           "greeting status=BYE\nclosed from-server\n"}};
  expect_events(cases);
}

TEST(ImapObserver, CommandsAndCompletions) {
  constexpr std::array cases{
      Case{"a slot is the smallest free number", R"(imap
C: a NOOP
C: b LIST "" *
C: c UID FETCH 1 FLAGS
S: b OK
C: d CHECK
S: a OK
S: c NO
S: d BAD
)",
           "command verb=NOOP command=0 tag=a\n"
           "command verb=LIST command=1 tag=b\n"
           "command verb=UID command=2 tag=c\n"
           "completion verb=LIST status=OK command=1 tag=b\n"
           "command verb=CHECK command=1 tag=d\n"
           "completion verb=NOOP status=OK command=0 tag=a\n"
           "completion verb=UID status=NO command=2 tag=c\n"
           "completion verb=CHECK status=BAD command=1 tag=d\n"},
      Case{"a duplicate, a wrong tag, and one that comes before its command is whole", R"(imap
C: a NOOP
S: a OK
S: a OK
S: zz NO
C: b NO\
S: b OK
C: OP
S: b OK
)",
           "command verb=NOOP command=0 tag=a\n"
           "completion verb=NOOP status=OK command=0 tag=a\n"
           "completion status=OK tag=a\n"
           "completion status=NO tag=zz\n"
           "completion status=OK tag=b\n"
           "command verb=NOOP command=0 tag=b\n"
           "completion verb=NOOP status=OK command=0 tag=b\n"},
      Case{"who logs in: atoms, quoted strings, nothing", R"(imap
C: a login "al \\"ice" "p w"
C: b LOGIN bob
C: c LOGIN
)",
           "command verb=LOGIN command=0 tag=a user=\"al \\\"ice\" secret=1\n"
           "command verb=LOGIN command=1 tag=b user=bob\n"
           "command verb=LOGIN command=2 tag=c\n"},
      Case{"data, with a literal and without", R"(imap
C: a FETCH 1 BODY[]
S: * 1 FETCH (BODY[] {9}
S: a OK no
S: X {3}
S: abc)
S: * 12 EXISTS
S: * LIST () "/" INBOX
S: * FLAGS ()
S: * OK a brace {5}
S: a OK
)",
           "command verb=FETCH command=0 tag=a\n"
           "untagged verb=FETCH\n"
           "untagged\n"
           "untagged verb=LIST\n"
           "untagged\n"
           "untagged status=OK\n"
           "completion verb=FETCH status=OK command=0 tag=a\n"},
      Case{"IDLE", R"(imap
C: a IDLE
S: + idling
S: * 3 EXISTS
C: DONE
C: b NOOP
S: a OK
)",
           "command verb=IDLE command=0 tag=a\n"
           "continuation verb=IDLE command=0\n"
           "untagged\n"
           "response verb=IDLE command=0\n"
           "completion verb=IDLE status=OK command=0 tag=a\n"
           "command verb=NOOP command=0 tag=b\n"}};
  expect_events(cases);
}

TEST(ImapObserver, WhatFitsNoGrammar) {
  constexpr std::array cases{
      Case{"without a tag there is no slot; an untagged BAD answers", R"(imap
C: 
C: (x
C: + NOOP
S: * BAD what
)",
           "malformed\nmalformed\nmalformed verb=NOOP\nuntagged status=BAD\n"},
      Case{"with a tag, its completion answers, or an untagged BAD", R"(imap
C: a
C: b
S: * BAD what
S: b BAD what
)",
           "malformed command=0 tag=a\nmalformed command=1 tag=b\n"
           "untagged status=BAD\n"
           "completion status=BAD command=1 tag=b\n"},
      Case{"bare LF, bare CR, NUL", R"(imap
C: a NOOP\n\
C: b NO\rOP
C: c NOOP \x00
S: a OK
)",
           "malformed verb=NOOP command=0 tag=a\n"
           "malformed command=1 tag=b\n"
           "malformed verb=NOOP command=2 tag=c\n"
           "completion verb=NOOP status=OK command=0 tag=a\n"},
      Case{"from the server", R"(imap
S: * OK
S: 
S: *
S: * 3
S: a MAYBE
S: a BYE
S: a+ OK
)",
           "greeting status=OK\n"
           "malformed from-server\nmalformed from-server\nmalformed from-server\n"
           "malformed from-server\nmalformed from-server\nmalformed from-server\n"}};
  expect_events(cases);
}

TEST(ImapObserver, CodesAndBrowsers) {
  constexpr std::array cases{
      Case{"response codes", R"(imap
S: * OK [UNAVAILABLE] busy
S: * NO [ALERT] soon
S: * BYE [unavailable] now
C: a LOGIN x y
S: a NO [REFERRAL imap://there/] not here
C: b LOGIN x y
S: b NO [AUTHENTICATIONFAILED] no
C: c NOOP
S: c OK [no code
)",
           "greeting status=OK code=UNAVAILABLE\n"
           "untagged status=NO code=other\n"
           "bye status=BYE code=UNAVAILABLE\n"
           "command verb=LOGIN command=0 tag=a user=x secret=1\n"
           "completion verb=LOGIN status=NO command=0 code=REFERRAL tag=a user=x secret=1\n"
           "command verb=LOGIN command=0 tag=b user=x secret=1\n"
           "completion verb=LOGIN status=NO command=0 code=AUTHENTICATIONFAILED tag=b user=x "
           "secret=1\n"
           "command verb=NOOP command=0 tag=c\n"
           "completion verb=NOOP status=OK command=0 tag=c\n"},
      Case{"a browser, and a client that likes its words for tags", R"(imap
C: GET / HTTP/1.1
C: POST http://x/ HTTP/1.0\n\
C: OPTIONS * HTTP/1.1
C: GET NOOP
C: get / HTTP/1.1
C: DELETE
)",
           "command verb=HTTP command=0 tag=GET\n"
           "malformed verb=HTTP command=1 tag=POST\n"
           "malformed verb=HTTP command=2 tag=OPTIONS\n"
           "command verb=NOOP command=3 tag=GET\n"
           "command verb=unknown command=4 tag=get\n"
           "malformed command=5 tag=DELETE\n"}};
  expect_events(cases);
}

TEST(ImapObserver, Exchanges) {
  constexpr std::array cases{
      Case{"PLAIN; the response to \"+\" isn't a command, whatever it looks like", R"(imap
C: a AUTHENTICATE PLAIN
C: AGFsaWNlAHNlY3JldA==
C: b NOOP
S: +
S: a OK
S: b OK
)",
           "command verb=AUTHENTICATE command=0 mechanism=PLAIN tag=a\n"
           "continuation verb=AUTHENTICATE command=0 mechanism=PLAIN blob=empty\n"
           "response verb=AUTHENTICATE command=0 mechanism=PLAIN blob=other user=alice secret=1\n"
           "completion verb=AUTHENTICATE status=OK command=0 mechanism=PLAIN tag=a user=alice "
           "secret=1\n"
           "command verb=NOOP command=0 tag=b\n"
           "completion verb=NOOP status=OK command=0 tag=b\n"},
      Case{"an initial response, with an identity to act as", R"(imap
C: a AUTHENTICATE plain Ym9iAGFsaWNlAHNlY3JldA==
S: a OK
C: b AUTHENTICATE PLAIN =
C: c AUTHENTICATE PLAIN Zm9v!
S: b NO
)",
           "command verb=AUTHENTICATE command=0 mechanism=PLAIN blob=other tag=a authcid=alice "
           "user=bob secret=1\n"
           "completion verb=AUTHENTICATE status=OK command=0 mechanism=PLAIN tag=a authcid=alice "
           "user=bob secret=1\n"
           "command verb=AUTHENTICATE command=0 mechanism=PLAIN blob=empty tag=b\n"
           "completion verb=AUTHENTICATE status=NO command=0 mechanism=PLAIN tag=b\n"
           "command verb=AUTHENTICATE command=0 mechanism=PLAIN blob=invalid tag=c\n"},
      Case{"refused, the line behind it is a command", R"(imap
C: a AUTHENTICATE NTLM
C: b NOOP
S: * 3 EXISTS
S: a NO
S: b OK
)",
           "command verb=AUTHENTICATE command=0 mechanism=NTLM tag=a\n"
           "untagged\n"
           "completion verb=AUTHENTICATE status=NO command=0 mechanism=NTLM tag=a\n"
           "command verb=NOOP command=0 tag=b\n"
           "completion verb=NOOP status=OK command=0 tag=b\n"},
      Case{"cancelled, with and without a space; an empty line isn't a cancel", R"(imap
C: a AUTHENTICATE X-NEW
S: +
C: *
S: a BAD
C: b AUTHENTICATE X-NEW
S: + 
C: * 
S: b BAD
C: c AUTHENTICATE "NTLM"
S: + aGk=
C: 
S: + not base64
C: Zm9v\n\
S: c NO
)",
           "command verb=AUTHENTICATE command=0 mechanism=other tag=a\n"
           "continuation verb=AUTHENTICATE command=0 mechanism=other blob=empty\n"
           "response verb=AUTHENTICATE command=0 mechanism=other blob=cancel\n"
           "completion verb=AUTHENTICATE status=BAD command=0 mechanism=other tag=a\n"
           "command verb=AUTHENTICATE command=0 mechanism=other tag=b\n"
           "continuation verb=AUTHENTICATE command=0 mechanism=other blob=empty\n"
           "response verb=AUTHENTICATE command=0 mechanism=other blob=cancel\n"
           "completion verb=AUTHENTICATE status=BAD command=0 mechanism=other tag=b\n"
           "command verb=AUTHENTICATE command=0 mechanism=NTLM tag=c\n"
           "continuation verb=AUTHENTICATE command=0 mechanism=NTLM blob=other\n"
           "response verb=AUTHENTICATE command=0 mechanism=NTLM blob=empty\n"
           "continuation verb=AUTHENTICATE command=0 mechanism=NTLM blob=invalid\n"
           "response verb=AUTHENTICATE command=0 mechanism=NTLM blob=invalid\n"
           "completion verb=AUTHENTICATE status=NO command=0 mechanism=NTLM tag=c\n"},
      Case{"LOGIN asks twice; an exchange before it leaves nothing behind", R"(imap
C: a AUTHENTICATE LOGIN
S: + VXNlcm5hbWU6
C: YWxpY2U=
S: + UGFzc3dvcmQ6
C: c2VjcmV0
S: a NO
C: b AUTHENTICATE LOGIN Ym9i
S: + UGFzc3dvcmQ6
C: c2VjcmV0
S: b OK
)",
           "command verb=AUTHENTICATE command=0 mechanism=LOGIN tag=a\n"
           "continuation verb=AUTHENTICATE command=0 mechanism=LOGIN blob=other\n"
           "response verb=AUTHENTICATE command=0 mechanism=LOGIN blob=other user=alice\n"
           "continuation verb=AUTHENTICATE command=0 mechanism=LOGIN blob=other\n"
           "response verb=AUTHENTICATE command=0 mechanism=LOGIN blob=other user=alice secret=1\n"
           "completion verb=AUTHENTICATE status=NO command=0 mechanism=LOGIN tag=a user=alice "
           "secret=1\n"
           "command verb=AUTHENTICATE command=0 mechanism=LOGIN blob=other tag=b user=bob\n"
           "continuation verb=AUTHENTICATE command=0 mechanism=LOGIN blob=other\n"
           "response verb=AUTHENTICATE command=0 mechanism=LOGIN blob=other user=bob secret=1\n"
           "completion verb=AUTHENTICATE status=OK command=0 mechanism=LOGIN tag=b user=bob "
           "secret=1\n"}};
  expect_events(cases);
}

// The messages are built as MS-NLMP §2.2.1 lays them out; the first user is Unicode, the other OEM.
TEST(ImapObserver, Ntlm) {
  constexpr std::array cases{Case{"three messages over IMAP", R"(imap
C: a AUTHENTICATE NTLM
S: +
C: TlRMTVNTUAABAAAABwIAAAAAAAAAAAAAAAAAAAAAAAA=
S: + TlRMTVNTUAACAAAAAAAAADAAAAAFAgAAASNFZ4mrze8AAAAAAAAAAAAAAAAwAAAA
C: TlRMTVNTUAADAAAAAAAAAEAAAAAAAAAAQAAAAAAAAABAAAAACgAKAEAAAAAAAAAASgAAAAAAAABKAAAABQIAAGEAbABpAGMAZQA=
S: a OK
)",
                                  "command verb=AUTHENTICATE command=0 mechanism=NTLM tag=a\n"
                                  "continuation verb=AUTHENTICATE command=0 mechanism=NTLM "
                                  "blob=empty\n"
                                  "response verb=AUTHENTICATE command=0 mechanism=NTLM "
                                  "blob=negotiate\n"
                                  "continuation verb=AUTHENTICATE command=0 mechanism=NTLM "
                                  "blob=challenge\n"
                                  "response verb=AUTHENTICATE command=0 mechanism=NTLM "
                                  "blob=authenticate user=alice\n"
                                  "completion verb=AUTHENTICATE status=OK command=0 "
                                  "mechanism=NTLM tag=a user=alice\n"}};
  expect_events(cases);
}

TEST(ImapObserver, Tls) {
  constexpr std::array cases{Case{"octets behind STARTTLS wait, and end where TLS begins", R"(imap
C: a STARTTLS
C: b NOOP
S: a OK
S: + a surprise
C: c NOOP
! tls s0
C: d NOOP
S: b OK
S: d OK
)",
                                  "command verb=STARTTLS command=0 tag=a\n"
                                  "completion verb=STARTTLS status=OK command=0 tag=a\n"
                                  "continuation blob=invalid\n"
                                  "tls\n"
                                  "command verb=NOOP command=0 tag=d\n"
                                  "completion status=OK tag=b\n"
                                  "completion verb=NOOP status=OK command=0 tag=d\n"},
                             Case{"refused, they are commands", R"(imap
C: a STARTTLS
C: b NOOP
S: a BAD
S: b OK
)",
                                  "command verb=STARTTLS command=0 tag=a\n"
                                  "completion verb=STARTTLS status=BAD command=0 tag=a\n"
                                  "command verb=NOOP command=0 tag=b\n"
                                  "completion verb=NOOP status=OK command=0 tag=b\n"}};
  expect_events(cases);
}

}  // namespace
}  // namespace sallyport::observe
