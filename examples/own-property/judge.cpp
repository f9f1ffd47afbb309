// Judges transcripts by OWN-01 alone. Exit 0: it holds. 1: it is violated. 2: a transcript can't be
// read. 3: it was never put to the test.
#include <array>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "observe/transcript.hpp"
#include "properties/monitors.hpp"

namespace sallyport::properties {
extern const Property own_01;
}

int main(int argc, char** argv) {
  using namespace sallyport;
  const std::array<const properties::Property*, 1> judged{&properties::own_01};
  std::uint64_t exercised = 0;
  bool violated = false;
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i]);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto trace = observe::read_transcript(text);
    if (!trace || trace->events.empty()) {
      std::cerr << argv[i] << ": " << (trace ? "nothing in it" : trace.error().message) << '\n';
      return 2;
    }
    const properties::Monitors monitors(judged, trace->events.front().protocol);
    const properties::Tally tally = properties::judge(monitors, trace->events).front();
    exercised += tally.exercised;
    if (tally.violations == 0) continue;
    violated = true;
    std::cout << argv[i] << ": " << tally.detail << '\n';
  }
  if (violated) return 1;
  return exercised > 0 ? 0 : 3;
}
