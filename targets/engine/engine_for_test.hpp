// What the engines' tests ask, and how they look at the answer.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "targets/engine/judge.hpp"
#include "targets/engine/result.hpp"

namespace sallyport::engine {

inline constexpr trace::Protocol both_protocols[] = {trace::Protocol::imap, trace::Protocol::pop3};

inline Subject subject_of(std::string_view front_end, trace::Protocol protocol) {
  const auto configuration = configuration_from(front_end);
  EXPECT_TRUE(configuration) << (configuration ? "" : configuration.error());
  return {.configuration = configuration.value_or(frontend::Configuration{}), .protocol = protocol};
}

/// The whole catalogue on `front_end`, with a count budget.
inline Request request_of(std::string_view front_end, trace::Protocol protocol,
                          std::uint64_t count) {
  Request request;
  request.subject = subject_of(front_end, protocol);
  const auto all = properties::catalogue();
  request.properties.assign(all.begin(), all.end());
  request.budget.count = count;
  return request;
}

inline const Result* find(const std::vector<Result>& results, std::string_view property) {
  const auto found = std::find_if(results.begin(), results.end(), [&](const Result& result) {
    return result.property == property;
  });
  return found == results.end() ? nullptr : &*found;
}

inline std::vector<std::string> violated(const std::vector<Result>& results) {
  std::vector<std::string> out;
  for (const Result& result : results) {
    if (result.verdict == properties::Verdict::violated) out.push_back(result.property);
  }
  return out;
}

inline const Result::Value* bound(const Result& result, std::string_view name) {
  for (const auto& [key, value] : result.bound) {
    if (key == name) return &value;
  }
  return nullptr;
}

/// Everything but times.
inline std::string fixed_text(const std::vector<Result>& results) {
  std::string out;
  for (const Result& result : results) {
    out += result.property + " " + result.subject + " " +
           std::string(properties::name(result.verdict)) + " " + result.detail + " " +
           std::to_string(result.exercised) + "\n";
    for (const auto& [key, value] : result.bound) {
      if (key.starts_with("seconds")) continue;
      out += " " + key + "=";
      std::visit(
          [&out](const auto& v) {
            if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::string>) {
              out += v;
            } else {
              out += std::to_string(v);
            }
          },
          value);
    }
    if (!result.witness) continue;
    out += "\n" + world::to_text(result.witness->finding);
    for (const std::string& line : result.witness->dialogue) out += line + "\n";
  }
  return out;
}

/// No property violated, and those of `exercised` put to the test.
inline void expect_all_hold(const std::vector<Result>& results,
                            const std::vector<std::string_view>& exercised) {
  EXPECT_FALSE(results.empty());
  for (const Result& result : results) {
    const bool asked = std::ranges::find(exercised, result.property) != exercised.end();
    const bool vacuous = result.verdict == properties::Verdict::vacuous && !asked;
    EXPECT_TRUE(vacuous || result.verdict == properties::Verdict::holds)
        << result.property << " on " << result.subject << " by " << result.engine << ": "
        << properties::name(result.verdict) << " " << result.detail
        << (result.witness ? "\n" + world::to_text(result.witness->finding) : "");
  }
}

/// What a few scripts already put to the test, whatever the profile.
inline const std::vector<std::string_view> often_exercised{"ADV-01", "ADV-03", "PER-02", "PER-05",
                                                           "ISO-01", "STM-01", "RSP-01"};

/// Some faults that hardly any script is needed for. All of them are the kill matrix's matter
/// (ci/kill-matrix), and their witnesses are replayed from corpora/regressions.
inline constexpr std::string_view simple_faults[] = {"advertise-ntlm",
                                                     "start-unoffered-mechanism",
                                                     "offer-cram-md5-without-verifier",
                                                     "copy-backend-lists",
                                                     "relay-ntlm-over-free-connections",
                                                     "log-in-when-logged-in",
                                                     "refuse-id",
                                                     "serve-browsers"};

/// `ids` are among the violated rows, and each of those has a witness with a marked line.
inline void expect_violated(const std::vector<Result>& results, std::vector<std::string> ids) {
  EXPECT_THAT(violated(results), testing::IsSupersetOf(ids));
  for (const Result& result : results) {
    if (result.verdict != properties::Verdict::violated) continue;
    ASSERT_TRUE(result.witness) << result.property;
    EXPECT_TRUE(std::any_of(result.witness->dialogue.begin(), result.witness->dialogue.end(),
                            [](const std::string& line) { return line.starts_with("> "); }))
        << result.property;
  }
}

}  // namespace sallyport::engine
