// The table of visits: see plan.hpp for what they may do, and visit_rows.cpp for what they are.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "targets/live/plan.hpp"
#include "world/mishap.hpp"

namespace sallyport::live {

inline constexpr std::string_view same_as_imap = "=";
inline constexpr trace::MechanismSet every_mechanism = trace::MechanismSet::from_bits(0xffffffff);

/// In its steps {lists} asks for the lists (IMAP has one, POP3 two), {mechanism} stands for each
/// mechanism that the row names and the server offers, {mishap} for each that it names, {silence}
/// for the seconds that were allowed.
struct VisitRow {
  std::string_view purpose;
  std::string_view imap;  // steps; empty: there is no such visit
  std::string_view pop3;
  WhenSet when{};
  trace::MechanismSet each{};  // not empty: once for each of these that is offered
  bool first_only = false;     // once for the first of them
  Conversation::Manner manner = Conversation::Manner::proper;
  bool trusts_anybody = false;
  std::uint8_t failed_logins = 0;
  bool proves_account = false;
  trace::Variation variation = trace::Variation::none;
  std::span<const world::Mishap> strikes{};  // not empty: once for each of these
};

/// In the order in which they are made.
[[nodiscard]] std::span<const VisitRow> visit_rows();

}  // namespace sallyport::live
