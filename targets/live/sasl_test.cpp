// GNU SASL's client proves a password to GNU SASL's server, and a wrong one doesn't.
#include "targets/live/sasl.hpp"

#include <gsasl.h>
#include <gtest/gtest.h>

#include <string>

#include "wire/base64.hpp"

namespace sallyport::live {
namespace {

using trace::Mechanism;

int server_knows(Gsasl*, Gsasl_session* session, Gsasl_property property) {
  if (property == GSASL_PASSWORD) return gsasl_property_set(session, property, "wonderland");
  if (property == GSASL_REALM) return gsasl_property_set(session, property, "mail.example");
  return GSASL_NO_CALLBACK;
}

/// How the server takes it.
int outcome(Mechanism mechanism, const std::string& password) {
  Gsasl* context = nullptr;
  EXPECT_EQ(gsasl_init(&context), GSASL_OK);
  gsasl_callback_set(context, server_knows);
  Gsasl_session* server = nullptr;
  const std::string name(trace::name(mechanism));
  EXPECT_EQ(gsasl_server_start(context, name.c_str(), &server), GSASL_OK);
  SaslExchange client(trace::Protocol::imap, mechanism, {.user = "alice", .password = password},
                      "mail.example");
  // SCRAM's client speaks first: the first challenge is empty then, and the server isn't asked.
  std::string said = mechanism == Mechanism::digest_md5 ? "" : client.answer("");
  int result = GSASL_NEEDS_MORE;
  for (int i = 0; i < 4 && result == GSASL_NEEDS_MORE && said != "*"; ++i) {
    const std::string message = wire::base64_decode(said).value_or("");
    char* challenge = nullptr;
    std::size_t size = 0;
    result = gsasl_step(server, message.c_str(), message.size(), &challenge, &size);
    if (result == GSASL_NEEDS_MORE) {
      said = client.answer(wire::base64_encode(std::string(challenge, size)));
    }
    gsasl_free(challenge);
  }
  gsasl_finish(server);
  gsasl_done(context);
  return result;
}

TEST(SaslExchange, ProvesAPassword) {
  for (const Mechanism mechanism : {Mechanism::scram_sha_1, Mechanism::digest_md5}) {
    ASSERT_TRUE(SaslExchange::speaks().has(mechanism));
    EXPECT_EQ(outcome(mechanism, "wonderland"), GSASL_OK) << trace::name(mechanism);
    EXPECT_NE(outcome(mechanism, "another"), GSASL_OK) << trace::name(mechanism);
  }
}

TEST(SaslExchange, CancelsWhatItDoesNotUnderstand) {
  SaslExchange client(trace::Protocol::pop3, Mechanism::digest_md5, {"alice", "wonderland"}, "h");
  EXPECT_EQ(client.answer("!!!"), "*");
  EXPECT_FALSE((SaslExchange::speaks() & client::spoken).has(Mechanism::plain));
}

}  // namespace
}  // namespace sallyport::live
