// The states that a fuzzer is led by: what tells them apart, and what doesn't.
#include "targets/fuzz/feedback.hpp"

#include <gtest/gtest.h>

#include <string_view>

#include "targets/engine/engine_for_test.hpp"

namespace sallyport::fuzz {
namespace {

/// The state behind a script on exchange-2000.
std::uint64_t state_after(std::string_view steps) {
  const auto script = world::script_from_text(std::string("protocol imap\n").append(steps));
  EXPECT_TRUE(script.has_value()) << steps;
  engine::Judge judge(engine::subject_of("exchange-2000", trace::Protocol::imap), {});
  Feedback feedback;
  judge.watch(
      [](void* context, std::optional<std::size_t> step, const trace::Events& events) {
        auto& told = *static_cast<Feedback*>(context);
        step ? told.step(events) : told.start();
      },
      &feedback);
  judge.run(*script, trace::Variation::none);
  return feedback.state();
}

TEST(Feedback, TellsSchedulesApartThatCoverTheSameCode) {
  constexpr std::string_view login = "1 login bob\n1 logout\n0 authenticate NTLM alice\n";
  const std::string kept = std::string(login) + "0 respond\n0 respond\n";
  const std::string split = std::string(login) + "0 respond lease 1\n0 respond\n";
  EXPECT_NE(state_after(kept), state_after(split));
}

TEST(Feedback, TellsPhasesApart) {
  EXPECT_NE(state_after("0 capability\n"), state_after("0 login alice\n"));
  EXPECT_NE(state_after("0 login alice\n"), state_after("0 login alice wrong\n"));
  EXPECT_NE(state_after("0 login alice\n"), state_after("0 login alice\n1 login bob\n"));
}

TEST(Feedback, DoesNotCountWhoItIs) {
  EXPECT_EQ(state_after("0 login alice\n"), state_after("1 login alice\n"));
}

TEST(Feedback, DoesNotCountUsersOrRepetitions) {
  EXPECT_EQ(state_after("0 login alice\n"), state_after("0 login bob\n"));
  EXPECT_EQ(state_after("0 login alice\n0 noop\n"), state_after("0 login alice\n0 noop\n0 noop\n"));
}

}  // namespace
}  // namespace sallyport::fuzz
