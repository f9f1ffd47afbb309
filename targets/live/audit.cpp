#include "targets/live/audit.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "observe/transcript.hpp"
#include "targets/engine/conclude.hpp"
#include "targets/engine/panel.hpp"
#include "targets/live/capture.hpp"
#include "targets/live/redact.hpp"
#include "targets/live/unexercised.hpp"
#include "targets/live/witness.hpp"

namespace sallyport::live {

using properties::Needs;
using properties::Verdict;
using trace::Point;
using trace::Protocol;

namespace {

struct Recording {
  std::string subject;
  Protocol protocol{};
  trace::Trace trace;
  engine::Result::Bound bound;
};

/// What the recording shows. Leases alone, which a transcript may give, are of both wires.
Needs seen(const trace::Trace& trace) {
  Needs sees = Needs::client_wire;
  for (const trace::Event& e : trace.events) {
    const bool lease = e.kind == trace::Kind::lease || e.kind == trace::Kind::release;
    if (e.point == Point::backend || (e.point == Point::inside && lease)) {
      sees = std::max(sees, Needs::backend_wire);
    }
    if (e.point == Point::inside && !lease) sees = Needs::inside;
  }
  return sees;
}

std::string name_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

std::expected<std::vector<Recording>, std::string> recordings_in(const std::string& path,
                                                                 std::string_view text) {
  const std::string name = name_of(path);
  std::vector<Recording> out;
  if (is_capture(text)) {
    auto captured = captured_in(path);
    if (!captured) return std::unexpected(std::move(captured.error()));
    for (Captured& each : *captured) {
      out.push_back({.subject = fmt::format("{} {}", name, each.server),
                     .protocol = each.protocol,
                     .trace = std::move(each.trace),
                     .bound = {{"connections", std::uint64_t{each.streams}},
                               {"encrypted", std::uint64_t{each.encrypted}}}});
    }
    if (out.empty()) {
      return std::unexpected(fmt::format(
          "{}: no conversation in it; expected one of IMAP or POP3, from its beginning", path));
    }
    return out;
  }
  const std::string_view first = text.substr(0, text.find_first_of("\r\n"));
  const bool transcript = first == "imap" || first == "pop3" || first.starts_with('#');
  trace::Trace trace;
  if (transcript) {
    auto read = observe::read_transcript(text);
    if (!read) {
      return std::unexpected(
          fmt::format("{}:{}: {}", path, read.error().line, read.error().message));
    }
    trace = *std::move(read);
  } else {
    auto events = trace::from_text(text);
    if (!events) {
      return std::unexpected(fmt::format("{}:{}: {}; expected a trace, a transcript or a capture",
                                         path, events.error().line, events.error().message));
    }
    trace.events = *std::move(events);
  }
  if (trace.events.empty()) {
    return std::unexpected(fmt::format("{}: nothing in it; expected a recording", path));
  }
  for (const Protocol protocol : {Protocol::imap, Protocol::pop3}) {
    const auto speaks = [protocol](const trace::Event& e) { return e.protocol == protocol; };
    if (std::ranges::none_of(trace.events, speaks)) continue;
    out.push_back({.subject = fmt::format("{}/{}", name, trace::name(protocol)),
                   .protocol = protocol,
                   .trace = trace,
                   .bound = {{"events", std::uint64_t{trace.events.size()}}}});
  }
  return out;
}

engine::Result conclude(const Recording& recording, const properties::Property& property,
                        const properties::Tally& tally, Needs sees) {
  engine::Result result{.property = std::string(property.facts.id),
                        .engine = "audit",
                        .subject = recording.subject,
                        .verdict = {},
                        .detail = {},
                        .exercised = tally.exercised,
                        .bound = recording.bound,
                        .witness = std::nullopt};
  const engine::Evidence evidence{
      .exercised = tally.exercised, .violated = tally.violations > 0, .failed = false};
  result.verdict = engine::verdict_of(evidence, property.facts.needs, sees);
  if (result.verdict == Verdict::vacuous) result.detail = "never exercised";
  if (result.verdict != Verdict::violated) return result;
  result.detail = tally.detail;
  result.witness = engine::Witness{
      .finding = {.property = result.property, .subject = recording.subject, .script = {}},
      .dialogue = excerpt(recording.trace, {}, tally.event)};
  result.witness->finding.script.protocol = recording.protocol;
  return result;
}

void judge(Recording& recording, std::span<const properties::Property* const> wanted,
           std::vector<engine::Result>& out) {
  redact(recording.trace.dialogue, 0, recording.protocol, Secrets({}));
  const Needs sees = seen(recording.trace);
  const engine::Panel panel(wanted, recording.protocol);
  const engine::Panel::Set& single = panel.single();
  const auto tallies = properties::judge(single.monitors, recording.trace.events);
  for (std::size_t i = 0; i < panel.size(); ++i) {
    const properties::Property& property = panel.property(i);
    std::string why = why_unobservable(property.facts, sees);
    if (property.facts.kind == properties::PropertyKind::two_safety) {
      why = "compares two runs, and a recording is one";
    }
    properties::Tally tally;
    for (std::size_t k = 0; k < single.members.size(); ++k) {
      if (single.members[k] == i) tally = tallies[k];
    }
    out.push_back(conclude(recording, property, tally, sees));
    if (why.empty()) continue;
    out.back().verdict = Verdict::unobservable;
    out.back().detail = std::move(why);
    out.back().witness.reset();
  }
}

}  // namespace

std::expected<std::vector<engine::Result>, std::string> audit(
    const std::string& path, std::string_view text,
    std::span<const properties::Property* const> properties) {
  auto recordings = recordings_in(path, text);
  if (!recordings) return std::unexpected(std::move(recordings.error()));
  std::vector<engine::Result> out;
  for (Recording& each : *recordings) {
    judge(each, properties.empty() ? properties::catalogue() : properties, out);
  }
  return out;
}

}  // namespace sallyport::live
