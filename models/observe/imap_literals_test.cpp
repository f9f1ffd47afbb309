// What is seen of literals on an IMAP connection. Every row is a dialogue and its events.
#include <array>

#include "observe/transcript_for_test.hpp"

namespace sallyport::observe {
namespace {

TEST(ImapLiterals, AreAnnouncedGrantedAndRefused) {
  constexpr std::array cases{
      Case{"granted twice", R"(imap
C: a LOGIN {5}
S: + go
C: alice {6}
S: +
C: secret
S: a OK
)",
           "literal verb=LOGIN command=0 amount=5 tag=a\n"
           "continuation\n"
           "literal verb=LOGIN command=0 amount=6 tag=a\n"
           "continuation\n"
           "command verb=LOGIN command=0 amount=11 tag=a user=alice secret=1\n"
           "completion verb=LOGIN status=OK command=0 tag=a user=alice secret=1\n"},
      Case{"sent ahead all the same, it waits for the leave", R"(imap
C: a LOGIN {5}
C: b\r\nNO secret
S: + go
)",
           "literal verb=LOGIN command=0 amount=5 tag=a\n"
           "continuation\n"
           "command verb=LOGIN command=0 amount=5 tag=a user=\"b\\x0d\\x0aNO\" secret=1\n"},
      Case{"refused, what follows is a command", R"(imap
C: a LOGIN {5}
C: b NOOP
S: * 3 EXISTS
S: a BAD no
S: b OK
)",
           "literal verb=LOGIN command=0 amount=5 tag=a\n"
           "untagged\n"
           "command verb=LOGIN command=0 tag=a\n"
           "completion verb=LOGIN status=BAD command=0 tag=a\n"
           "command verb=NOOP command=0 tag=b\n"
           "completion verb=NOOP status=OK command=0 tag=b\n"},
      Case{"OK to half a command answers nothing", R"(imap
C: a LOGIN {5}
S: a OK
S: a NO
)",
           "literal verb=LOGIN command=0 amount=5 tag=a\n"
           "completion status=OK tag=a\n"
           "command verb=LOGIN command=0 tag=a\n"
           "completion verb=LOGIN status=NO command=0 tag=a\n"},
      Case{"{n+} doesn't wait", R"(imap
C: a LOGIN {5+}
C: alice {1+}
C: x
C: b NOOP
S: a OK
)",
           "command verb=LOGIN command=0 amount=6 tag=a user=alice secret=1\n"
           "command verb=NOOP command=1 tag=b\n"
           "completion verb=LOGIN status=OK command=0 tag=a user=alice secret=1\n"},
      Case{"{n+} refused before it came: its octets are no commands", R"(imap
C: a FOO {8+}
S: a BAD
C: b LOGOUT {2+}
C: cc
C: d NOOP
S: d OK
)",
           "command verb=unknown command=0 amount=8 tag=a\n"
           "completion verb=unknown status=BAD command=0 tag=a\n"
           "command verb=NOOP command=0 tag=d\n"
           "completion verb=NOOP status=OK command=0 tag=d\n"},
      Case{"a count that nothing can follow announces no octets", R"(imap
C: a X {4294967296}
C: b X {-1}
C: c X {99999999999999+}
C: d NOOP
C: (e {-1+}
S: + go
S: b BAD
)",
           "literal verb=unknown command=0 blob=invalid amount=4294967295 tag=a\n"
           "malformed verb=unknown command=0 tag=a\n"
           "literal verb=unknown command=1 blob=invalid amount=4294967295 tag=b\n"
           "malformed verb=unknown command=1 tag=b\n"
           "literal verb=unknown command=2 blob=invalid amount=4294967295 tag=c\n"
           "malformed verb=unknown command=2 tag=c\n"
           "command verb=NOOP command=3 tag=d\n"
           "literal blob=invalid amount=4294967295\n"
           "malformed\n"
           "continuation blob=invalid\n"
           "completion verb=unknown status=BAD command=1 tag=b\n"},
      Case{"what is no literal", R"(imap
C: a X {}
C: b X {5}x
C: c X {8-}
C: d X {text}
C: e X 99999999999}
)",
           "command verb=unknown command=0 tag=a\ncommand verb=unknown command=1 tag=b\n"
           "command verb=unknown command=2 tag=c\ncommand verb=unknown command=3 tag=d\n"
           "command verb=unknown command=4 tag=e\n"},
      Case{"a long {n+} is told when it is announced, and can be refused", R"(imap
C: a APPEND x {65536+}
S: a NO
C2: b APPEND x {65537+}
S2: b NO
)",
           "command verb=APPEND command=0 amount=65536 tag=a\n"
           "completion verb=APPEND status=NO command=0 tag=a\n"
           "client s2 imap opened\n"
           "client s2 imap literal verb=APPEND command=0 amount=65537 tag=b valid\n"
           "client s2 imap command verb=APPEND command=0 amount=65537 tag=b\n"
           "client s2 imap completion verb=APPEND status=NO command=0 tag=b\n"},
      Case{"gigabytes are stepped over, not stored", R"(imap
C: a APPEND x {4294967295+}
C: b NOOP
S: a NO
C: c NOOP
)",
           "literal verb=APPEND command=0 amount=4294967295 tag=a valid\n"
           "malformed verb=APPEND command=0 amount=4294967295 tag=a\n"
           "completion verb=APPEND status=NO command=0 tag=a\n"},
      Case{"gigabytes asked for, granted, and then refused", R"(imap
C: a APPEND x {4294967295}
S: + go
C: b NOOP
S: a NO
)",
           "literal verb=APPEND command=0 amount=4294967295 tag=a\n"
           "continuation\n"
           "malformed verb=APPEND command=0 amount=4294967295 tag=a\n"
           "completion verb=APPEND status=NO command=0 tag=a\n"}};
  expect_events(cases);
}

// A server that reads a literal's octets as commands answers them (FRM-02).
TEST(ImapLiterals, AnswersToWhatStandsInThem) {
  constexpr std::array cases{
      Case{"refused, and then read as commands", R"(imap
C: a FOO {19+}
C: b NOOP
C: c CAPABI\
S: a BAD
S: b OK
C: LITY
S: c OK
S: CAPABI OK
)",
           "command verb=unknown command=0 amount=19 tag=a\n"
           "completion verb=unknown status=BAD command=0 tag=a\n"
           "completion status=OK tag=b from-literal\n"
           "completion status=OK tag=c from-literal\n"
           "completion status=OK tag=CAPABI\n"},
      Case{"before the command is whole, with two literals", R"(imap
C: a LOGIN {5+}
C: alice {80+}
C: x NOOP
S: x OK
S: y OK
S: a OK
)",
           "completion status=OK tag=x from-literal\n"
           "completion status=OK tag=y\n"
           "completion status=OK tag=a\n"},
      Case{"in one that is too long to be kept, and only up to its end", R"(imap
C: a FOO {400000+}
C: bc\
C: d NOOP
S: a BAD
S: bcd BAD
S: FOO BAD
)",
           "literal verb=unknown command=0 amount=400000 tag=a valid\n"
           "malformed verb=unknown command=0 amount=400000 tag=a\n"
           "completion verb=unknown status=BAD command=0 tag=a\n"
           "completion status=BAD tag=bcd from-literal\n"
           "completion status=BAD tag=FOO\n"},
      Case{"granted and refused all the same; forgotten when a later command is answered", R"(imap
C: a FOO {8}
S: +
C: b NOOP\r\n
C: c NOOP
S: a BAD
S: b OK
S: c OK
S: b OK
)",
           "literal verb=unknown command=0 amount=8 tag=a\n"
           "continuation\n"
           "command verb=unknown command=0 amount=8 tag=a\n"
           "command verb=NOOP command=1 tag=c\n"
           "completion verb=unknown status=BAD command=0 tag=a\n"
           "completion status=OK tag=b from-literal\n"
           "completion verb=NOOP status=OK command=1 tag=c\n"
           "completion status=OK tag=b\n"},
      Case{"not where the literal was refused before it came", R"(imap
C: a FOO {8}
S: a BAD
C: b NOOP
S: b OK
S: b OK
)",
           "literal verb=unknown command=0 amount=8 tag=a\n"
           "command verb=unknown command=0 tag=a\n"
           "completion verb=unknown status=BAD command=0 tag=a\n"
           "command verb=NOOP command=0 tag=b\n"
           "completion verb=NOOP status=OK command=0 tag=b\n"
           "completion status=OK tag=b\n"}};
  expect_events(cases);
}

}  // namespace
}  // namespace sallyport::observe
