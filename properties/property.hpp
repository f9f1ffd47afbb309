// A property is one invariant of a front-end, written once and judged by every engine.
//
// It is a monitor: a plain value (`State`) and a pure step over events. The state's bytes are its
// identity, so that an exhaustive search can join it to the world's state; nothing that merely
// counts belongs in it. A violation stops no other monitor and prunes no search.
//
// A safety or liveness property judges single events. A 2-safety property folds each of two runs
// into a projection and compares the two whenever both are quiescent.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>

#include "trace/event.hpp"

namespace sallyport::properties {

enum class PropertyKind : std::uint8_t { safety, two_safety, liveness };
enum class Severity : std::uint8_t { low, medium, high };

/// What a judge must be able to see. Each includes the one before it.
enum class Needs : std::uint8_t { client_wire, backend_wire, inside };

/// Of which protocols the property speaks. One without meaning for a protocol yields no row.
enum class Applies : std::uint8_t { both, imap, pop3 };

/// What one event did to a property. Two words that travel in registers: nearly every step of
/// nearly every monitor says nothing.
class Outcome {
 public:
  /// Not concerned.
  constexpr Outcome() = default;
  /// Put to the test. `violation` says in a few words of static lifetime what went wrong; it is
  /// empty, and not null, where nothing did.
  constexpr explicit Outcome(std::string_view violation) : violation_(violation) {}

  [[nodiscard]] constexpr bool exercised() const { return violation_.data() != nullptr; }
  [[nodiscard]] constexpr std::string_view violation() const { return violation_; }

 private:
  std::string_view violation_;
};
inline constexpr Outcome not_concerned{};
inline constexpr Outcome upheld{std::string_view("")};
constexpr Outcome violated(std::string_view what) { return Outcome(what); }

/// Everything that is data about a property.
struct Facts {
  std::string_view id;         // "ADV-01"
  std::string_view statement;  // a present-tense claim
  PropertyKind kind{};
  Severity severity{};
  Needs needs{};
  Applies applies = Applies::both;
  std::string_view source;  // "KB 306874", "RFC 3501 §6.2.2"
  trace::Variation variation = trace::Variation::none;
};

struct Property {
  Facts facts;
  std::size_t state_octets = 0;
  void (*start)(std::byte* state) = nullptr;
  Outcome (*step)(std::byte* state, const trace::Event& event) = nullptr;
  /// 2-safety only, at quiescence of both runs: compares and clears what was projected since the
  /// last call.
  Outcome (*compare)(std::byte* first, std::byte* second) = nullptr;
};

/// A slot per session or per connection of the pool. Capacity is what a world or a probe uses at
/// once; an event beyond it is not judged. Slots are told apart by id and nothing else: a monitor
/// clears a slot when its connection opens.
inline constexpr std::size_t max_sessions = 4;
inline constexpr std::size_t max_links = 8;

template <class T, std::size_t N>
struct Slots {
  std::array<T, N> slots{};
  /// Null where `id` is none or beyond capacity.
  constexpr T* find(std::uint16_t id) { return id < N ? &slots[id] : nullptr; }
  friend bool operator==(const Slots&, const Slots&) = default;
};
template <class T>
using PerSession = Slots<T, max_sessions>;
template <class T>
using PerLink = Slots<T, max_links>;

/// Makes a Property of a monitor: a struct with `struct State`, `static Outcome step(State&, const
/// trace::Event&)` and, for 2-safety, `static Outcome compare(State&, State&)`. A monitor that
/// judges every event by itself has no State, and its step takes the event alone.
template <class Monitor>
constexpr Property make_property(Facts facts) {
  Property property{.facts = facts};
  if constexpr (requires { typename Monitor::State; }) {
    using State = typename Monitor::State;
    static_assert(std::is_trivially_copyable_v<State>);
    static_assert(std::has_unique_object_representations_v<State>,
                  "a monitor's bytes are its identity: no padding");
    static_assert(alignof(State) <= 8);
    property.state_octets = sizeof(State);
    property.start = [](std::byte* state) { ::new (state) State{}; };
    property.step = [](std::byte* state, const trace::Event& event) {
      return Monitor::step(*std::launder(reinterpret_cast<State*>(state)), event);
    };
    if constexpr (requires(State& s) { Monitor::compare(s, s); }) {
      property.compare = [](std::byte* first, std::byte* second) {
        return Monitor::compare(*std::launder(reinterpret_cast<State*>(first)),
                                *std::launder(reinterpret_cast<State*>(second)));
      };
    }
  } else {
    property.start = [](std::byte*) {};
    property.step = [](std::byte*, const trace::Event& event) { return Monitor::step(event); };
  }
  return property;
}

/// Every property, by id. Generated from the files of this folder: <group>/<id>.cpp defines
/// `extern const Property <id>`, in lower case with an underscore.
[[nodiscard]] std::span<const Property* const> catalogue();

/// Null where there is none of that id (compared without case).
[[nodiscard]] const Property* find(std::string_view id);

[[nodiscard]] std::string_view name(PropertyKind kind);
[[nodiscard]] std::string_view name(Severity severity);
[[nodiscard]] std::string_view name(Needs needs);
[[nodiscard]] bool applies_to(const Property& property, trace::Protocol protocol);

}  // namespace sallyport::properties
