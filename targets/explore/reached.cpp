#include "targets/explore/reached.hpp"

#include <array>
#include <cstring>

#include "properties/property.hpp"
#include "properties/stm/states.hpp"

namespace sallyport::explore {
namespace {

using properties::SessionState;
using properties::SessionStates;
using Sessions = properties::PerSession<properties::Standing>;

std::string name(SessionStates states) {
  static constexpr std::array<std::pair<SessionState, std::string_view>, 5> names{{
      {SessionState::not_authenticated, "not authenticated"},
      {SessionState::authenticated, "authenticated"},
      {SessionState::selected, "selected"},
      {SessionState::authorization, "authorization"},
      {SessionState::transaction, "transaction"},
  }};
  std::string out;
  for (const auto& [state, word] : names) {
    if (!states.has(state)) continue;
    if (!out.empty()) out += " or ";
    out += word;
  }
  return out.empty() ? "ended" : out;
}

std::string_view name(trace::Status status, trace::Protocol protocol) {
  const bool imap = protocol == trace::Protocol::imap;
  if (status == trace::Status::ok) return imap ? "OK" : "+OK";
  if (!imap) return "-ERR";
  return status == trace::Status::no ? "NO" : "BAD";
}

}  // namespace

void note_reached(Reached& reached, std::string_view state, const trace::Events& events) {
  Sessions sessions;
  if (state.size() != sizeof(Sessions)) return;
  std::memcpy(&sessions, state.data(), sizeof sessions);
  properties::PerSession<SessionStates> at_bye;  // IMAP's LOGOUT is completed behind the BYE
  for (const trace::Event& event : events) {
    properties::Standing* const session =
        event.point == trace::Point::client ? sessions.find(event.session) : nullptr;
    if (session == nullptr) continue;
    const SessionStates before = session->states;
    session->step(event);
    SessionStates& left = *at_bye.find(event.session);
    if (event.kind == trace::Kind::bye) left = before;
    const SessionStates in = before.empty() && event.verb == trace::Verb::logout ? left : before;
    const bool completes = event.kind == trace::Kind::completion &&
                           event.verb != trace::Verb::none && event.status != trace::Status::none;
    if (!completes || in.empty()) continue;
    reached.insert({.state = name(in),
                    .command = std::string(trace::name(event.verb)),
                    .status = std::string(name(event.status, event.protocol)),
                    .next = name(session->states)});
  }
}

}  // namespace sallyport::explore
