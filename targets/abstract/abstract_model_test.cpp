// The abstract model in C++ is SPIN's: the same states in the same number. The numbers here are
// pan's, with -DNOREDUCE; models/spin/tests/counts_test.py runs both and compares them.
#include "targets/abstract/abstract_model.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "targets/abstract/searched.hpp"
#include "targets/abstract/shape.hpp"

namespace sallyport::abstract {
namespace {

Searched searched(const std::vector<std::string_view>& words, const explore::Limits& limits = {}) {
  const auto shape = shape_from(words);
  EXPECT_TRUE(shape) << (shape ? "" : shape.error());
  return search(shape.value_or(Shape{}), limits);
}

TEST(AbstractModel, HasAsManyStatesAsSpinsModel) {
  struct Row {
    std::vector<std::string_view> words;
    std::size_t states;
  };
  const Row rows[] = {
      {{"EXCHANGE_2000", "CLIENTS=1"}, 3906},
      {{"EXCHANGE_2000_SP1", "CLIENTS=1"}, 1202},
      {{"EXCHANGE_2000"}, 202022},
      {{"EXCHANGE_2000_SP1"}, 29126},
  };
  for (const Row& row : rows) {
    const Searched found = searched(row.words);
    EXPECT_EQ(found.stop, explore::Stop::exhausted);
    EXPECT_EQ(found.states, row.states) << row.words.front() << " " << row.words.back();
  }
}

TEST(AbstractModel, ViolatesWhatExchange2000DoesByAShortestWay) {
  const Searched broken = searched({"EXCHANGE_2000"});
  EXPECT_EQ(broken.adv_01, 2u) << "connect, ask for a list";
  EXPECT_EQ(broken.per_01, 9u) << "connect; AUTHENTICATE, lease, challenge, its relay; message, "
                                  "lease, refusal, its relay";
  const Searched persistent = searched({"EXCHANGE_2000", "PERSISTENT"});
  EXPECT_EQ(persistent.adv_01, 2u);
  EXPECT_EQ(persistent.per_01, std::nullopt) << "NTLM works on one connection";
  for (const std::string_view failures : {"FAILURES", "USERS=2"}) {
    const Searched mended = searched({"EXCHANGE_2000_SP1", failures});
    EXPECT_EQ(mended.adv_01, std::nullopt);
    EXPECT_EQ(mended.per_01, std::nullopt);
  }
}

TEST(AbstractModel, TakesAtMost64OctetsAState) {
  const Searched found = searched({"EXCHANGE_2000"});
  EXPECT_LE(found.octets, found.states * 64);
}

TEST(AbstractModel, StopsAtALimit) {
  EXPECT_EQ(searched({"EXCHANGE_2000"}, {.states_max = 1000}).stop, explore::Stop::states);
}

TEST(AbstractModel, NamesAWrongWord) {
  using Words = std::vector<std::string_view>;
  EXPECT_FALSE(shape_from(Words{}));
  EXPECT_FALSE(shape_from(Words{"CLIENTS=1", "EXCHANGE_2000"}));
  for (const std::string_view wrong : {"CLIENTS=4", "CLIENTS=0", "CLIENTS=", "LINKS=5", "LINKS=11",
                                       "USERS=4", "SERVICE_PACK", "", "PERSISTENT=1"}) {
    const auto shape = shape_from(Words{"EXCHANGE_2000", wrong});
    EXPECT_EQ(shape ? "" : shape.error(), "not a shape: " + std::string(wrong));
  }
}

}  // namespace
}  // namespace sallyport::abstract
