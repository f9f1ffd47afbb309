// Octets are a transcript, or are not: what observers see of it doesn't depend on how its lines
// came in packets, and no monitor minds what no front-end of ours makes.
#include "observe/transcript.hpp"
#include "properties/monitors.hpp"
#include "targets/fuzz/input.hpp"
#include "targets/fuzz/transcripts.hpp"

namespace {

using sallyport::fuzz::Claim;
constexpr Claim cut{"An observer sees the same however octets are cut", "RFC 9293 §3.8"};
constexpr Claim rows{"A monitor speaks of events that are there", "properties/property.hpp"};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  const fuzz::Input input("transcript-parse", data, size);
  const auto whole = observe::read_transcript(input.octets());
  if (!whole) return 0;
  const auto pieces = observe::read_transcript(fuzz::with_first_octets_apart(input.octets()));
  input.equal(cut, trace::to_text(whole->events),
              pieces ? trace::to_text(pieces->events) : "no transcript");
  static const properties::Monitors both[] = {{properties::catalogue(), trace::Protocol::imap},
                                              {properties::catalogue(), trace::Protocol::pop3}};
  for (const properties::Monitors& monitors : both) {
    for (const properties::Tally& tally : properties::judge(monitors, whole->events)) {
      input.require(tally.violations == 0 || tally.event < whole->events.size(), rows, "an event",
                    std::string(tally.detail));
    }
  }
  return 0;
}
