// Our own search on the abstract model.
#pragma once

#include <cstdint>
#include <optional>

#include "targets/abstract/abstract_model.hpp"
#include "targets/explore/search.hpp"

namespace sallyport::abstract {

struct Searched {
  explore::Stop stop{};
  std::size_t states = 0;
  std::size_t transitions = 0;
  std::size_t depth = 0;
  std::size_t octets = 0;             // held at the end, for all states together
  std::optional<std::size_t> adv_01;  // steps of the shortest way to its violation
  std::optional<std::size_t> per_01;  // the same
};

/// Exact, breadth first, until nothing is left or `states_max` is reached.
[[nodiscard]] inline Searched search(const Shape& shape, const explore::Limits& limits = {}) {
  const Model model(shape);
  explore::Search<State> search(Model::start());
  Searched found;
  const auto note = [&search](std::optional<std::size_t>& first, std::uint32_t id) {
    if (!first) first = search.way_to(id).size() + 1;
  };
  const auto expand = [&](std::uint32_t id, const State& from, auto&& emit) {
    model.expand(from, [&](const State& to, Shown shown) {
      ++found.transitions;
      if (shown == Shown::list_with_ntlm) note(found.adv_01, id);
      if (shown == Shown::valid_refused) note(found.per_01, id);
      emit(to, static_cast<std::uint32_t>(shown));
    });
  };
  found.stop = search.run(limits, expand, [] { return explore::Stop::exhausted; });
  found.states = search.states();
  found.depth = search.depth();
  found.octets = search.octets();
  return found;
}

}  // namespace sallyport::abstract
