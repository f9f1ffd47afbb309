// Judges live servers from outside, by what crosses a client's wire.
//
// What that takes of a property: that it needs nothing else, and compares no two runs. The others
// are unobservable here, never passed. A server that is dead, silent, mute in the middle, floods,
// or is something else altogether leaves its rows inconclusive within the stated limits; what was
// already violated stays violated.
//
// No password enters a trace's dialogue, a detail or a failure (redact.hpp).
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "client/client.hpp"
#include "properties/property.hpp"
#include "targets/engine/result.hpp"
#include "targets/live/conversation.hpp"
#include "targets/live/endpoint.hpp"
#include "targets/live/tls.hpp"
#include "trace/event.hpp"

namespace sallyport::live {

/// A back-end may offer NTLM: its clients' connections are its own. ADV-01 speaks of front-ends, so
/// a back-end has no row for it.
enum class Role : std::uint8_t { front_end, back_end };

struct ProbeOptions {
  std::vector<Endpoint> endpoints;
  bool starttls = false;  // where TLS doesn't stand from the start
  std::vector<client::Credential> credentials;
  Role role = Role::front_end;
  Trust trust;
  Limits limits;
  std::vector<const properties::Property*> properties;  // empty: all of the catalogue
  /// Called before each connection, with their count; false ends the probe, what is left unvisited
  /// is inconclusive.
  engine::OnProgress on_progress = nullptr;
  void* progress_context = nullptr;
};

struct ProbeResult {
  std::string subject;  // "mail.example:143/imap"
  trace::Trace trace;   // of all connections, one after the other, as session 0
  /// One per property that applies to the protocol. A witness has the script of one connection and
  /// its dialogue.
  std::vector<engine::Result> results;
  /// One line: what went wrong, where, what was expected. Empty where the plan was carried out.
  std::string failure;
};

/// One after the other. The error is one line, about the options: a CA file that can't be read.
[[nodiscard]] std::expected<std::vector<ProbeResult>, std::string> probe(
    const ProbeOptions& options);

}  // namespace sallyport::live
