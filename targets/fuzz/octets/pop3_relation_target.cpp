// Octets are what a client says in POP3 behind its login, whole and cut in two: the front-end and
// the back-end read the same commands in them.
#include "targets/fuzz/recorder.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  const std::string octets(reinterpret_cast<const char*>(data), std::min(size, world::octets_max));
  const auto half = static_cast<std::uint8_t>(size / 2);
  const world::Step log_in{.action = {.verb = client::Verb::login}};
  for (const std::uint8_t split : {std::uint8_t{0}, half}) {
    fuzz::recorder().run(
        {.protocol = trace::Protocol::pop3,
         .steps = {log_in,
                   {.action = {.verb = client::Verb::send, .octets = octets}, .split = split}}},
        trace::Variation::none);
  }
  return 0;
}
