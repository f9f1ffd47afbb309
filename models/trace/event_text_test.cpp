#include <gtest/gtest.h>

#include <random>

#include "trace/event.hpp"

namespace sallyport::trace {
namespace {

Events one_of_each_kind() {
  Events events;
  for (int kind = 0; kind <= static_cast<int>(Kind::quiescent); ++kind) {
    Event e{.kind = static_cast<Kind>(kind), .point = static_cast<Point>(kind % 4)};
    e.protocol = kind % 2 == 0 ? Protocol::imap : Protocol::pop3;
    if (kind % 3 != 0) e.session = static_cast<SessionId>(kind);
    if (kind % 3 != 1) e.link = static_cast<LinkId>(kind * 100);
    events.push_back(e);
  }
  return events;
}

Event full() {
  Event e{.kind = Kind::completion, .point = Point::client, .protocol = Protocol::imap};
  e.session = 3;
  e.link = 65534;
  e.command = 7;
  e.verb = Verb::authenticate;
  e.status = Status::preauth;
  e.mechanism = Mechanism::other;
  e.blob = Blob::ntlm_authenticate;
  e.source = OfferSource::capa;
  e.code = Code::authentication_failed;
  e.limit = Limit::exchange_octets;
  e.from_server = true;
  e.valid = true;
  e.repeated = true;
  e.from_literal = true;
  e.mechanisms = MechanismSet(Mechanism::ntlm, Mechanism::other);
  e.terminated = MechanismSet(Mechanism::cram_md5);
  e.to_backends = MechanismSet(Mechanism::plain, Mechanism::xoauth2);
  e.capabilities = CapabilitySet(Capability::other, Capability::literal_plus);
  e.rules = RuleSet(Rule::tls_before_clear_text, Rule::tls_to_backends, Rule::pinned);
  e.amount = 0xffffffff;
  e.secret = 1;
  e.binding = 1;
  e.digest = 0xfedcba9876543210;
  e.tag = "a=1,\"\\";
  e.user = std::string("al ice\0\r\n\xff", 10);
  e.authcid = "admin";
  return e;
}

// What is read is what was written: the text leaves nothing out.
TEST(EventText, EventsComeBack) {
  Events events = one_of_each_kind();
  events.push_back(full());
  const std::string text = to_text(events);
  const auto back = from_text(text);
  ASSERT_TRUE(back) << back.error().line << ": " << back.error().message;
  EXPECT_EQ(*back, events);
  EXPECT_EQ(to_text(*back), text);
}

TEST(EventText, LooksAsTheHeaderSays) {
  Event e{.kind = Kind::completion, .point = Point::client, .session = 0, .command = 0};
  e.verb = Verb::capability;
  e.status = Status::ok;
  EXPECT_EQ(to_text({e}), "client s0 imap completion verb=CAPABILITY status=OK command=0\n");
  EXPECT_EQ(to_text({full()}),
            "client s3 k65534 imap completion verb=AUTHENTICATE status=PREAUTH command=7 "
            "mechanism=other blob=authenticate source=capa code=AUTHENTICATIONFAILED "
            "limit=exchange-octets mechanisms=other,NTLM terminated=CRAM-MD5 "
            "to-backends=PLAIN,XOAUTH2 capabilities=other,LITERAL+ "
            "rules=tls-before-clear-text,tls-to-backends,pinned amount=4294967295 "
            "tag=\"a=1,\\\"\\\\\" authcid=admin user=\"al ice\\x00\\x0d\\x0a\\xff\" secret=1 "
            "binding=1 digest=fedcba9876543210 from-server valid repeated from-literal\n");
}

// A hash of a password can be tried against a dictionary, so none is written; nor one of a line
// that holds a password. Which are equal can still be read.
TEST(EventText, NothingDerivedFromAPasswordIsWritten) {
  const auto said = [](Kind kind, std::string_view password) {
    Event e{.kind = kind, .point = Point::client, .session = 0};
    e.secret = digest_of(password);
    e.digest = digest_of(password);
    return e;
  };
  const Events events{said(Kind::command, "one"), said(Kind::response, "two"),
                      said(Kind::malformed, "one"), said(Kind::completion, "two")};
  Events shown = events;
  shown.back().digest = 0x10;
  EXPECT_EQ(to_text(shown),
            "client s0 imap command secret=1 digest=~1\n"
            "client s0 imap response secret=2 digest=~2\n"
            "client s0 imap malformed secret=1 digest=~1\n"
            "client s0 imap completion secret=2 digest=10\n");
  const auto back = from_text(to_text(shown));
  ASSERT_TRUE(back);
  EXPECT_EQ(to_text(*back), to_text(shown));
  EXPECT_EQ((*back)[0].secret, (*back)[2].secret);
  EXPECT_NE((*back)[0].secret, (*back)[1].secret);
}

// Whatever identifies a channel is a number in a run, too.
TEST(EventText, BindingsAreNumbered) {
  Event tls{.kind = Kind::tls, .point = Point::client, .session = 0};
  tls.binding = 77;
  Event proof{.kind = Kind::response, .point = Point::client, .session = 0};
  proof.binding = 78;
  EXPECT_EQ(to_text({tls, proof, tls}),
            "client s0 imap tls binding=1\nclient s0 imap response binding=2\n"
            "client s0 imap tls binding=1\n");
}

// Each enumerator of the newer fields has a word of its own.
TEST(EventText, CodesAndLimitsComeBack) {
  Events events;
  for (int i = 0; i <= static_cast<int>(Limit::backend_seconds); ++i) {
    Event e{.kind = Kind::limit, .point = Point::given};
    e.limit = static_cast<Limit>(i);
    e.code = static_cast<Code>(i % (static_cast<int>(Code::other) + 1));
    e.rules = RuleSet(static_cast<Rule>(i % (static_cast<int>(Rule::pinned) + 1)));
    e.blob = static_cast<Blob>(i);
    events.push_back(e);
  }
  for (int i = 0; i <= static_cast<int>(Blob::other); ++i) {
    events.push_back(
        {.kind = Kind::response, .point = Point::client, .blob = static_cast<Blob>(i)});
  }
  const auto back = from_text(to_text(events));
  ASSERT_TRUE(back) << back.error().line << ": " << back.error().message;
  EXPECT_EQ(*back, events);
}

TEST(EventText, BlankLinesAndCommentsDontCount) {
  const auto events = from_text("\n# why\n  \n  # so\r\ninside s0 k1 imap lease\r\n");
  ASSERT_TRUE(events) << events.error().message;
  ASSERT_EQ(events->size(), 1U);
  EXPECT_EQ(to_text(*events), "inside s0 k1 imap lease\n");
}

TEST(EventText, ErrorsHaveALine) {
  for (const std::string_view line : {"nowhere imap opened",
                                      "client",
                                      "client s0",
                                      "client s0 smtp opened",
                                      "client s0 imap",
                                      "client s0 imap open",
                                      "client sx imap opened",
                                      "client s65536 imap opened",
                                      "client s-1 imap opened",
                                      "client s0 imap opened verb",
                                      "client s0 imap opened verb=NOPE",
                                      "client s0 imap opened =",
                                      "client s0 imap opened status=ok",
                                      "given imap policy mechanisms=X",
                                      "given imap policy to-backends=PLAIN,X",
                                      "given imap policy terminated=X",
                                      "given imap policy rules=tls",
                                      "given imap limit limit=beer",
                                      "given imap limit limit=errors amount=4294967296",
                                      "given imap limit limit=errors amount=-1",
                                      "client s0 imap bye code=referral",
                                      "client s0 imap tls binding=x",
                                      "client s0 imap response repeat",
                                      "client s0 imap command command=256",
                                      "client s0 imap command user=\"a",
                                      "client s0 imap command user=\"a\\",
                                      "client s0 imap command user=\"\\q\"",
                                      "client s0 imap command user=\"\\x0\"",
                                      "client s0 imap command digest=g",
                                      "client s0 imap command digest=~",
                                      "client s0 imap command colour=red"}) {
    const auto events = from_text("given imap quiescent\n\n" + std::string(line) + "\n");
    ASSERT_FALSE(events) << line;
    EXPECT_EQ(events.error().line, 3U) << line;
    EXPECT_FALSE(events.error().message.empty()) << line;
  }
}

// Any text is read or refused, and what is read has a text that is stable.
TEST(EventText, AnyText) {
  std::mt19937 random(1);
  const std::string seed = to_text({full()}) + to_text(one_of_each_kind());
  for (int round = 0; round < 20000; ++round) {
    std::string text = seed.substr(random() % seed.size());
    for (unsigned change = random() % 4; change > 0; --change) {
      text[random() % text.size()] = static_cast<char>(random());
    }
    if (const auto events = from_text(text)) {
      const auto again = from_text(to_text(*events));
      ASSERT_TRUE(again) << to_text(*events);
      EXPECT_EQ(to_text(*again), to_text(*events));
    }
  }
}

}  // namespace
}  // namespace sallyport::trace
