// Writes random runs of the world, or those of given scripts, in the words of models/spin to
// standard output, for SPIN's model to explain.
#include <charconv>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "targets/abstract/recorded.hpp"
#include "targets/engine/random_script.hpp"
#include "targets/engine/result.hpp"
#include "world/world.hpp"

namespace {

using namespace sallyport;

constexpr std::size_t steps = 16;
constexpr std::string_view usage =
    "usage: sallyport-record FRONT-END imap|pop3 COUNT SEED    COUNT random scripts\n"
    "       sallyport-record FRONT-END imap|pop3 COUNT SEED N  the text of script N, from 0\n"
    "       sallyport-record FRONT-END SCRIPT…                 those scripts\n";

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

int fail(std::string_view why) {
  std::fprintf(stderr, "sallyport-record: %.*s\n", static_cast<int>(why.size()), why.data());
  return 2;
}

void record(const frontend::Configuration& front_end, const world::Script& script) {
  const world::Settings settings(front_end, script.protocol);
  trace::Trace trace;
  world::run(settings.of(script), script, trace);
  const std::string text = abstract::to_text(abstract::recorded(trace.events));
  std::fwrite(text.data(), 1, text.size(), stdout);
}

int record_random(const frontend::Configuration& front_end, trace::Protocol protocol,
                  std::span<const std::string_view> words) {
  const auto count = number(words[0]);
  const auto seed = number(words[1]);
  const auto shown = words.size() > 2 ? number(words[2]) : std::optional<std::uint64_t>{};
  if (!count || !seed || (words.size() > 2 && !shown)) return fail("COUNT, SEED and N are numbers");
  engine::Random random(*seed);
  for (std::uint64_t i = 0; i < *count; ++i) {
    const world::Script script = engine::random_script(random, protocol, steps);
    if (!shown) record(front_end, script);
    if (shown == i) std::fputs(world::to_text(script).c_str(), stdout);
  }
  return 0;
}

int record_script(const frontend::Configuration& front_end, const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  if (!file) return fail(name + ": cannot be read");
  const auto finding = world::finding_from_text(text);
  if (!finding) return fail(name + ": " + finding.error().message);
  record(front_end, finding->script);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string_view> words(argv + 1, argv + argc);
  const bool random = words.size() > 1 && (words[1] == "imap" || words[1] == "pop3");
  if (words.size() < 2 || (random && words.size() != 4 && words.size() != 5)) {
    std::fwrite(usage.data(), 1, usage.size(), stderr);
    return 2;
  }
  const auto front_end = engine::configuration_from(words[0]);
  if (!front_end) return fail(front_end.error());
  if (random) {
    const auto protocol = words[1] == "imap" ? trace::Protocol::imap : trace::Protocol::pop3;
    return record_random(*front_end, protocol, std::span(words).subspan(2));
  }
  for (const std::string_view name : std::span(words).subspan(1)) {
    if (const int status = record_script(*front_end, std::string(name)); status != 0) return status;
  }
  return 0;
}
