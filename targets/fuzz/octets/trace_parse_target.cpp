// Octets are the text of a trace, or are not: what is read is written in the one form that a trace
// has, and no monitor minds events that no front-end makes.
#include "properties/monitors.hpp"
#include "targets/fuzz/input.hpp"
#include "trace/event.hpp"

namespace {

using sallyport::fuzz::Claim;
constexpr Claim form{"A trace that was read has one text", "models/trace/event.hpp"};
constexpr Claim rows{"A monitor speaks of events that are there", "properties/property.hpp"};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  const fuzz::Input input("trace-parse", data, size);
  const auto events = trace::from_text(input.octets());
  if (!events) return 0;
  const std::string written = trace::to_text(*events);
  const auto again = trace::from_text(written);
  input.equal(form, written, again ? trace::to_text(*again) : "no trace");
  for (const trace::Protocol protocol : {trace::Protocol::imap, trace::Protocol::pop3}) {
    const properties::Monitors monitors(properties::catalogue(), protocol);
    for (const properties::Tally& tally : properties::judge(monitors, *events)) {
      input.require(tally.violations == 0 || tally.event < events->size(), rows, "an event",
                    std::string(tally.detail));
    }
  }
  return 0;
}
