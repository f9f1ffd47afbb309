// Judges live servers from outside, by what crosses a client's wire.
//
// A probe is a list of scripts (plan.hpp), each played on connections of its own, seen by the same
// observer and judged by the same monitors as the simulated world. A 2-safety property is judged by
// playing a script again, varied: see compare.hpp. What can't be seen or varied from outside is
// unobservable here, never passed. A server that is dead, silent, mute in the middle, floods, or is
// something else altogether leaves its rows inconclusive within the stated limits; what was already
// violated stays violated.
//
// No password enters a trace's dialogue, a detail or a failure (redact.hpp).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "client/client.hpp"
#include "properties/property.hpp"
#include "targets/engine/result.hpp"
#include "targets/live/address.hpp"
#include "targets/live/conversation.hpp"
#include "targets/live/endpoint.hpp"
#include "targets/live/tls.hpp"
#include "trace/event.hpp"
#include "world/script.hpp"

namespace sallyport::live {

/// A back-end may offer NTLM: its clients' connections are its own. ADV-01 speaks of front-ends, so
/// a back-end has no row for it.
enum class Role : std::uint8_t { front_end, back_end };

/// How much a server is asked to bear.
struct Manners {
  double connections_per_second = 20;
  std::size_t connections_max = 400;
  std::size_t failed_logins_max = 2;  // of one account
  std::uint32_t silence_seconds = 0;  // a session that is logged in rests so long; 0: none does
  /// The right password may go out in the clear where the server says that none may. To this very
  /// machine it may in any case.
  bool exposes_password = false;
};

struct ProbeOptions {
  std::vector<Endpoint> endpoints;
  bool starttls = false;  // where TLS doesn't stand from the start
  std::vector<client::Credential> credentials;
  Role role = Role::front_end;
  Trust trust;
  Limits limits;
  Manners manners;
  std::vector<const properties::Property*> properties;  // empty: all of the catalogue
  /// Where an interposer shows the back-end's wire.
  std::optional<Address> tap;
  /// Its operator's rule: back-ends are reached by TLS, and their certificates verified.
  bool backend_tls = false;
  /// Played instead of the plan, as it is.
  std::optional<world::Script> script;
  /// Called before each visit, with the number of connections so far; false ends the probe, what is
  /// left unvisited is inconclusive.
  engine::OnProgress on_progress = nullptr;
  void* progress_context = nullptr;
};

struct ProbeResult {
  std::string subject;  // "mail.example:143/imap"
  trace::Trace trace;   // of all connections, one script after the other; clients are the sessions
  /// One per property that applies to the protocol. A witness has one script and its dialogue.
  std::vector<engine::Result> results;
  /// One line: what went wrong, where, what was expected. Empty where the plan was carried out.
  std::string failure;
};

/// One after the other. The error is one line, about the options: a CA file that can't be read.
[[nodiscard]] std::expected<std::vector<ProbeResult>, std::string> probe(
    const ProbeOptions& options);

/// What probe() would do, for a person to read. Nothing is sent, so that what depends on the
/// server's answers is told with its condition.
[[nodiscard]] std::string dry_run(const ProbeOptions& options);

}  // namespace sallyport::live
