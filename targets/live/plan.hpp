// What a probe does to a server: a list of visits, each a short script on a connection of its own,
// because servers hang up after a few refused commands (Dovecot after three, nginx after five).
//
// The first visit asks for the lists; the others follow from what was offered. Nothing in them
// harms a mailbox: no message is fetched, flagged or deleted. At most one wrong password is sent,
// and no password at all where the server says that it takes none.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "trace/vocabulary.hpp"
#include "world/script.hpp"

namespace sallyport::live {

struct Visit {
  std::string_view purpose;  // "commands out of their state"
  world::Script script;
  bool provokes = false;  // the server may well hang up on it without an answer
  /// The log-in by which it shows whether the account is valid at all.
  bool proves_account = false;
};

/// What the plan depends on.
struct Known {
  trace::Protocol protocol{};
  bool starttls = false;     // every visit begins with it
  std::size_t accounts = 0;  // that the server is said to have
  trace::MechanismSet offered;
  trace::CapabilitySet capabilities;
};

/// The lists, and with `starttls` those before and after TLS.
[[nodiscard]] Visit first_visit(trace::Protocol protocol, bool starttls);
[[nodiscard]] std::vector<Visit> further_visits(const Known& known);

}  // namespace sallyport::live
