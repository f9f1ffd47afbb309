// What a literal's count promises, and what came of it: FRM-03's state of one session.
#pragma once

#include "properties/direction.hpp"
#include "properties/property.hpp"

namespace sallyport::properties {

struct Counts {
  /// Beyond this no literal is ever sent: no server has the room (RFC 3501 §4.3 has 32 bits).
  static constexpr std::uint32_t impossible_octets = std::uint32_t{1} << 31U;
  /// Below this a buffer for it would be no waste.
  static constexpr std::uint32_t large_octets = 65536;

  enum class Stage : std::uint8_t {
    none,
    announced,
    impossible,  // announced, and no number that a server may grant
    granted,     // the octets may come
    carried,     // they came, and the command is in flight
  };

  Stage stage = Stage::none;
  trace::CommandSlot command = trace::no_command;  // that the literal stands in
  std::uint16_t unused = 0;
  std::uint32_t octets = 0;   // announced, where they are many
  std::uint32_t refused = 0;  // they were: nothing of them is to come

  constexpr Outcome step(const trace::Event& e) {
    using trace::Kind;
    if (e.kind == Kind::opened || e.kind == Kind::closed || e.kind == Kind::tls) return over(e);
    if (e.kind == Kind::literal) announce(e);
    if (asks(e)) command_is_whole(e);
    if (e.kind == Kind::continuation && e.command == trace::no_command) return grant();
    const bool untagged_bad = e.kind == Kind::untagged && e.status == trace::Status::bad;
    if (e.kind == Kind::bye || untagged_bad) return refuse();
    if (e.kind != Kind::completion || e.command != command) return not_concerned;
    const bool carried = stage == Stage::carried;
    if (e.status != trace::Status::ok && !carried) return refuse();
    forget();
    return carried ? upheld : not_concerned;
  }

 private:
  constexpr void forget() {
    stage = Stage::none;
    command = trace::no_command;
    octets = 0;
  }

  constexpr void announce(const trace::Event& e) {
    const bool impossible = e.blob == trace::Blob::invalid || e.amount >= impossible_octets;
    stage = impossible ? Stage::impossible : Stage::announced;
    command = e.command;
    octets = e.amount >= large_octets && e.blob != trace::Blob::invalid ? e.amount : 0;
    refused = 0;
  }

  /// An impossible count ends its line, and its command with it; so does one that isn't waited for.
  constexpr void command_is_whole(const trace::Event& e) {
    refused = 0;
    if (stage == Stage::granted) stage = Stage::carried;
    if (stage == Stage::none) return;
    command = e.command;
  }

  constexpr Outcome grant() {
    if (stage == Stage::impossible) {
      forget();
      return violated("a literal is granted whose count is no number, or too large for any server");
    }
    if (stage == Stage::announced) stage = Stage::granted;
    octets = 0;
    return not_concerned;
  }

  constexpr Outcome refuse() {
    const bool impossible = stage == Stage::impossible;
    if (stage == Stage::impossible || stage == Stage::announced) refused = octets;
    forget();
    return impossible ? upheld : not_concerned;
  }

  constexpr Outcome over(const trace::Event& e) {
    const bool refuses = stage == Stage::impossible && e.kind == trace::Kind::closed;
    *this = {};
    return refuses && e.from_server ? upheld : not_concerned;
  }
};

}  // namespace sallyport::properties
