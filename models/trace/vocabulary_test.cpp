#include "trace/vocabulary.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace sallyport::trace {
namespace {

// Every enumerator has a name of its own, and the name leads back to it in any case.
template <class E>
void expect_names(E last, int first, E (*lookup)(std::string_view)) {
  std::set<std::string> seen;
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    const auto e = static_cast<E>(i);
    const std::string upper(name(e));
    EXPECT_FALSE(upper.empty()) << i;
    EXPECT_TRUE(seen.insert(upper).second) << upper;
    if (i < first) continue;
    std::string lower = upper;
    for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 0x20 : c);
    EXPECT_EQ(lookup(upper), e) << upper;
    EXPECT_EQ(lookup(lower), e) << lower;
    EXPECT_NE(lookup(upper + "X"), e) << upper;
  }
}

TEST(Vocabulary, EveryNameLeadsBack) {
  expect_names(Verb::quit, 2, verb);
  expect_names(Mechanism::apop, 2, mechanism);
  expect_names(Capability::pipelining, 1, capability);
}

TEST(Vocabulary, WireNamesWhereTheEnumeratorIsAnotherWord) {
  EXPECT_EQ(name(Verb::remove), "DELETE");
  EXPECT_EQ(name(Verb::namespaces), "NAMESPACE");
  EXPECT_EQ(name(Mechanism::scram_sha_256_plus), "SCRAM-SHA-256-PLUS");
  EXPECT_EQ(name(Mechanism::kerberos_v4), "KERBEROS_V4");
  EXPECT_EQ(name(Capability::login_disabled), "LOGINDISABLED");
  EXPECT_EQ(capability("stls"), Capability::starttls);
  EXPECT_EQ(name(Protocol::imap), "imap");
  EXPECT_EQ(name(Protocol::pop3), "pop3");
}

TEST(Vocabulary, UnlistedNames) {
  for (const std::string_view word : {"", "X", "none", "LOGINX", "LOGI", "HTTP", "\xff"}) {
    EXPECT_EQ(verb(word), Verb::unknown) << word;
    EXPECT_EQ(mechanism(word), Mechanism::other) << word;
    EXPECT_EQ(capability(word), Capability::other) << word;
  }
}

// '@' and '`' differ by the bit that letters' case does, but aren't letters.
TEST(Vocabulary, OnlyLettersFold) {
  EXPECT_TRUE(equal_fold("aZ-9", "Az-9"));
  EXPECT_FALSE(equal_fold("@", "`"));
  EXPECT_FALSE(equal_fold("[", "{"));
  EXPECT_FALSE(equal_fold("a", "ab"));
}

TEST(Vocabulary, SetsVisitMembersInOrder) {
  std::string seen;
  MechanismSet(Mechanism::ntlm, Mechanism::plain).each([&](Mechanism m) {
    seen += name(m);
    seen += ' ';
  });
  EXPECT_EQ(seen, "PLAIN NTLM ");
}

}  // namespace
}  // namespace sallyport::trace
