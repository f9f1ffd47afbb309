// The fields of an event, listed once: for the octets that tell events apart, and for a checkpoint.
#pragma once

#include <algorithm>
#include <string>
#include <type_traits>
#include <vector>

#include "trace/canonical.hpp"
#include "trace/event.hpp"

namespace sallyport::explore {

/// All that an event says, in an order that stays. `tag` is a name, see canonical().
template <class Event, class Visit>
void each_field(Event& event, Visit&& visit) {
  visit(event.kind);
  visit(event.point);
  visit(event.protocol);
  visit(event.session);
  visit(event.link);
  visit(event.command);
  visit(event.verb);
  visit(event.status);
  visit(event.mechanism);
  visit(event.blob);
  visit(event.source);
  visit(event.code);
  visit(event.limit);
  visit(event.from_server);
  visit(event.valid);
  visit(event.repeated);
  visit(event.from_literal);
  visit(event.mechanisms.bits);
  visit(event.terminated.bits);
  visit(event.to_backends.bits);
  visit(event.rules.bits);
  visit(event.amount);
  visit(event.capabilities.bits);
  visit(event.secret);
  visit(event.digest);
  visit(event.tag);
  visit(event.binding);
  visit(event.user);
  visit(event.authcid);
}

/// Everything about an event that a monitor may look at.
inline void canonical(const trace::Event& event, trace::Canonical& out) {
  each_field(event, [&]<class Field>(const Field& field) {
    if constexpr (std::is_same_v<Field, std::string>) {
      &field == &event.tag ? out.name(field) : out.text(field);
    } else if constexpr (sizeof field == 1) {
      out.enumerator(field);
    } else if constexpr (sizeof field == 2) {
      out.u16(field);
    } else if constexpr (sizeof field == 4) {
      out.u32(field);
    } else {
      out.u64(field);
    }
  });
}

/// The same events, in whatever order: connections that close at once do so by their numbers.
inline bool equal_but_for_order(const trace::Events& a, const trace::Events& b) {
  const auto sorted = [](const trace::Events& events) {
    std::vector<std::string> all;
    for (const trace::Event& event : events) {
      trace::Canonical one;
      canonical(event, one);
      all.emplace_back(one.bytes());
    }
    std::ranges::sort(all);
    return all;
  };
  return sorted(a) == sorted(b);
}

}  // namespace sallyport::explore
