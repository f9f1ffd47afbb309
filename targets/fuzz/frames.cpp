#include "targets/fuzz/frames.hpp"

#include <algorithm>

#include "targets/fuzz/input.hpp"

namespace sallyport::fuzz {

namespace {

/// Small, so that inputs of a few octets come upon every limit.
constexpr wire::imap::Limits small_limits{
    .line_octets = 96, .literal_octets = 48, .frame_octets = 160};

/// One look at the buffer: what was found at its front, and how much of it that was; 0: nothing
/// yet.
struct Look {
  std::size_t octets = 0;
  bool complete = false;
  bool again = false;  // nothing was taken, but there is more to see
  wire::Error error;
};

/// `look(buffer)` is called until it finds nothing more, for each piece.
template <class Look_>
Frames frames_of(std::string_view stream, std::size_t piece_octets, Look_&& look) {
  Frames frames;
  std::size_t start = 0;
  for (std::size_t end = 0; end < stream.size();) {
    end = std::min(stream.size(), end + piece_octets);
    for (;;) {
      const Look seen = look(stream.substr(start, end - start));
      if (seen.again) continue;
      if (seen.octets == 0) break;
      frames.push_back({.complete = seen.complete,
                        .octets = std::string(stream.substr(start, seen.octets)),
                        .error = seen.error});
      start += seen.octets;
      if (start == end) break;
    }
  }
  return frames;
}

}  // namespace

std::string to_text(const Frames& frames) {
  std::string out;
  for (const Frame& frame : frames) {
    out += frame.complete ? "[" + escaped(frame.octets) + "]"
                          : "(" + std::string(wire::describe(frame.error.kind)) + " at " +
                                std::to_string(frame.error.at) + ": " + escaped(frame.octets) + ")";
  }
  return out;
}

Frames imap_frames(std::string_view stream, std::size_t piece_octets, bool server_side) {
  using State = wire::imap::Framer::State;
  wire::imap::Framer framer(small_limits, server_side);
  return frames_of(stream, piece_octets, [&](std::string_view buffer) -> Look {
    switch (framer.scan(buffer)) {
      case State::incomplete:
        return {};
      case State::continuation:
        framer.grant();
        return {.again = true};
      case State::complete:
        return {.octets = framer.size(), .complete = true};
      case State::error:
        return {.octets = framer.size(), .error = framer.error()};
    }
    return {};
  });
}

Frames pop3_lines(std::string_view stream, std::size_t piece_octets, std::size_t line_octets_max) {
  using State = wire::pop3::LineFramer::State;
  wire::pop3::LineFramer framer;
  return frames_of(stream, piece_octets, [&](std::string_view buffer) -> Look {
    switch (framer.scan(buffer, line_octets_max)) {
      case State::incomplete:
        return {};
      case State::complete:
        return {.octets = framer.size(), .complete = true};
      case State::error:
        return {.octets = framer.size(), .error = framer.error()};
    }
    return {};
  });
}

}  // namespace sallyport::fuzz
