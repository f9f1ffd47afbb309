// What the tests of this folder say: a transcript, and the events that it must give.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "observe/transcript.hpp"
#include "trace/event.hpp"

namespace sallyport::observe {

/// The events of `transcript` as text without their digests and the lengths of their lines, and
/// where they are of the first client without saying so: "greeting status=OK". A leading `opened`
/// is left out.
inline std::string seen(std::string_view transcript) {
  auto trace = read_transcript(transcript);
  if (!trace) {
    return "line " + std::to_string(trace.error().line) + ": " + trace.error().message;
  }
  for (trace::Event& e : trace->events) {
    const bool line = e.kind == trace::Kind::completion || e.kind == trace::Kind::continuation ||
                      e.kind == trace::Kind::response;
    if (line) e.amount = 0;
    e.digest = 0;
  }
  const std::string text = to_text(trace->events);
  const std::string_view protocol = transcript.substr(0, 4);
  const std::string prefix = "client s0 " + std::string(protocol) + ' ';
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = text.find('\n', at) + 1;
    std::string_view line = std::string_view(text).substr(at, end - at);
    if (line.starts_with(prefix)) line.remove_prefix(prefix.size());
    if (at > 0 || line != "opened\n") out += line;
    at = end;
  }
  return out;
}

/// One row of a table of them.
struct Case {
  std::string_view title;
  std::string_view transcript;
  std::string_view events;
};

template <class Cases>
void expect_events(const Cases& cases) {
  for (const Case& c : cases) EXPECT_EQ(seen(c.transcript), c.events) << c.title;
}

}  // namespace sallyport::observe
