// The nonces and proofs of a run, on whichever connection: a challenge is given once, and a proof
// is good once. One book for all observers of a run, which only the whole of them can fill.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "trace/canonical.hpp"
#include "trace/event.hpp"
#include "trace/renaming.hpp"

namespace sallyport::observe {

class Nonces {
 public:
  /// What is noted. Clients' wires and back-ends' wires are told apart throughout.
  enum class What : std::uint8_t {
    challenge,  // a server's nonce: of NTLM, CRAM-MD5, DIGEST-MD5, SCRAM
    proof,      // what a client answered to it
    farewell,   // SCRAM's server-final
  };

  struct Seen {
    bool repeated = false;                // it stood on a wire of this kind before
    trace::LinkId link = trace::no_link;  // the back-end connection that said it, the latest such
  };

  /// Notes `octets`, said on the wire `point` `id`, and tells what was known of them.
  [[nodiscard]] Seen note(What what, trace::Point point, std::uint16_t id, std::string_view octets);

  /// How often it was asked: a step that leaves this as it was has nothing to do with the book.
  [[nodiscard]] std::uint32_t asked() const { return asked_; }

  void rename(const trace::Renaming& renaming) {
    for (Entry& entry : entries_) entry.link = renaming.link(entry.link);
  }

  /// Which kinds have an entry, and no more. This joins states that aren't equal: what entries
  /// there are only matters once the same octets come again, which a search that looks for states
  /// would never end to wait for, since every login makes new ones. So a search may miss a
  /// repetition that another way to an equal state would have shown; random scripts don't.
  void canonical(trace::Canonical& out) const;

 private:
  struct Entry {
    std::uint64_t digest = 0;
    trace::LinkId link = trace::no_link;
    What what{};
    trace::Point point{};
  };

  std::vector<Entry> entries_;  // oldest first
  std::uint32_t asked_ = 0;
};

}  // namespace sallyport::observe
