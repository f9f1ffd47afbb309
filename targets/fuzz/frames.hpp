// What the framers find in a stream of octets that comes in pieces of one size: how a stream is cut
// must change nothing of what is read from it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "wire/imap.hpp"
#include "wire/pop3.hpp"

namespace sallyport::fuzz {

/// A frame, or what was refused: the error and, where the framer came on again, the octets that it
/// dropped.
struct Frame {
  bool complete = false;
  std::string octets;
  wire::Error error;
  friend bool operator==(const Frame&, const Frame&) = default;
};
using Frames = std::vector<Frame>;
[[nodiscard]] std::string to_text(const Frames& frames);

/// Every announced literal is granted. `server_side`: commands, else responses.
[[nodiscard]] Frames imap_frames(std::string_view stream, std::size_t piece_octets,
                                 bool server_side);
[[nodiscard]] Frames pop3_lines(std::string_view stream, std::size_t piece_octets,
                                std::size_t line_octets_max);

}  // namespace sallyport::fuzz
