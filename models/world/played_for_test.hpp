// A script that was played, for tests.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "world/world.hpp"

namespace sallyport::world {

struct Ran {
  trace::Trace trace;
  std::string dialogue;  // client wire and what people saw
  std::string behind;    // the wires to back-ends: "F: " the front-end's lines, "B: " the others
  std::optional<client::OutlookExpress::Phase> outlook;
  unsigned prompts = 0;
};

inline Ran play(const Setting& setting, const Script& script) {
  World world(setting);
  Ran ran;
  ran.trace.keep_dialogue = true;
  world.begin(ran.trace);
  for (const Step& step : script.steps) world.step(step, ran.trace);
  EXPECT_FALSE(world.runaway());
  for (const trace::DialogueLine& line : ran.trace.dialogue) {
    if (line.point == trace::Point::backend) {
      ran.behind += (line.from_server ? "B: " : "F: ") + line.octets + "\n";
      continue;
    }
    ran.dialogue += line.point == trace::Point::given ? "! " : line.from_server ? "S: " : "C: ";
    ran.dialogue += line.octets + "\n";
  }
  if (const auto* outlook = world.outlook_express(0)) {
    ran.outlook = outlook->phase();
    ran.prompts = outlook->prompts();
  }
  return ran;
}

inline Ran play(const frontend::Configuration& configuration, const Script& script) {
  return play(Setting(configuration, script.protocol), script);
}

inline Script parsed(std::string_view text) {
  auto script = script_from_text(text);
  EXPECT_TRUE(script) << text << (script ? "" : script.error().message);
  return script.value_or(Script{});
}

/// How the authentications on the client's wire ended.
inline std::vector<trace::Status> outcomes(const trace::Events& events) {
  std::vector<trace::Status> found;
  for (const trace::Event& e : events) {
    if (e.kind != trace::Kind::completion || e.point != trace::Point::client) continue;
    if (e.verb == trace::Verb::login || e.verb == trace::Verb::authenticate ||
        e.verb == trace::Verb::auth || e.verb == trace::Verb::pass) {
      found.push_back(e.status);
    }
  }
  return found;
}

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace sallyport::world
