// Octets are a script; the trace of its run has a text, and the text reads as a trace whose text is
// the same.
#include "targets/fuzz/input.hpp"
#include "world/world.hpp"

namespace {

using sallyport::fuzz::Claim;
constexpr Claim form{"A run's trace has a text that can be read", "models/trace/event.hpp"};
constexpr Claim rows{"No event is lost in the text", "models/trace/event.hpp"};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  const fuzz::Input input("trace-roundtrip", data, size);
  const world::Script script = world::script_from_bytes(input.octets());
  static const frontend::Configuration hardened =
      frontend::configured(*frontend::find_profile("hardened"));
  static const world::Setting settings[] = {{hardened, trace::Protocol::imap},
                                            {hardened, trace::Protocol::pop3}};
  trace::Trace run;
  world::run(settings[script.protocol == trace::Protocol::imap ? 0 : 1], script, run);
  const std::string written = trace::to_text(run.events);
  const auto read = trace::from_text(written);
  input.equal(form, written, read ? trace::to_text(*read) : "no trace");
  input.equal(rows, std::to_string(run.events.size()), std::to_string(read->size()));
  return 0;
}
