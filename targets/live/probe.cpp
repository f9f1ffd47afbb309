#include "targets/live/probe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "properties/monitors.hpp"
#include "targets/engine/conclude.hpp"
#include "targets/engine/dialogue.hpp"
#include "targets/live/plan.hpp"
#include "targets/live/redact.hpp"

namespace sallyport::live {

using properties::Verdict;
using trace::Kind;

namespace {

constexpr std::string_view engine_name = "probe";
constexpr std::string_view front_ends_only = "ADV-01";
constexpr std::size_t excerpt_lines_max = 40;
// Exchanges are also begun where nobody has an account: this one belongs to nobody.
constexpr std::string_view stranger = "sallyport";

class Probe {
 public:
  Probe(const Endpoint& endpoint, const ProbeOptions& options)
      : options_(options),
        secrets_(options.credentials),
        credentials_(
            options.credentials.empty()
                ? std::vector<client::Credential>{{std::string(stranger), std::string(stranger)}}
                : options.credentials),
        started_(Stream::Clock::now()),
        to_{.endpoint = endpoint,
            .trust = options.trust,
            .limits = options.limits,
            .credentials = credentials_,
            .secrets = secrets_,
            .deadline = started_ + options.limits.endpoint} {
    result_.subject = endpoint.subject();
    result_.trace.keep_dialogue = true;
  }

  [[nodiscard]] ProbeResult run() {
    const bool starttls = options_.starttls && !to_.endpoint.implicit_tls();
    Known known{.protocol = to_.endpoint.protocol(),
                .starttls = starttls,
                .accounts = options_.credentials.size()};
    if (visit(first_visit(known.protocol, starttls), &known)) {
      for (const Visit& each : further_visits(known)) {
        if (!visit(each, nullptr)) break;
      }
    }
    judge();
    return std::move(result_);
  }

 private:
  /// A connection in the trace.
  struct Leg {
    world::Script script;
    std::size_t first_event;
    std::size_t first_line;
  };

  bool visit(const Visit& visit, Known* known);
  bool proceed();
  void fail(std::string_view why);
  void judge();
  [[nodiscard]] engine::Result conclude(const properties::Property& property,
                                        const properties::Tally* tally) const;
  [[nodiscard]] engine::Witness witness(std::string_view property, std::size_t event) const;
  [[nodiscard]] std::optional<std::size_t> line_of(std::size_t event, std::size_t first) const;

  const ProbeOptions& options_;
  Secrets secrets_;
  std::vector<client::Credential> credentials_;  // never empty
  Stream::Clock::time_point started_;
  Destination to_;
  std::vector<Leg> legs_;
  ProbeResult result_;
};

// Visits

bool Probe::proceed() {
  if (options_.on_progress == nullptr) return true;
  const std::chrono::duration<double> elapsed = Stream::Clock::now() - started_;
  return options_.on_progress(options_.progress_context, {.engine = engine_name,
                                                          .done = legs_.size(),
                                                          .seconds = elapsed.count(),
                                                          .unit = "connections"});
}

void Probe::fail(std::string_view why) {
  result_.failure = secrets_.scrubbed(fmt::format("{}: {}", result_.subject, why));
}

/// False ends the probe of this server.
bool Probe::visit(const Visit& visit, Known* known) {
  if (!proceed()) {
    fail("interrupted; expected to carry on");
    return false;
  }
  trace::Trace& trace = result_.trace;
  legs_.push_back({.script = visit.script,
                   .first_event = trace.events.size(),
                   .first_line = trace.dialogue.size()});
  Conversation conversation(to_, trace);
  const auto done = conversation.play(visit);
  redact(trace.dialogue, legs_.back().first_line, to_.endpoint.protocol(), secrets_);
  if (visit.proves_account && !conversation.account_refused().empty()) {
    // Whose fault it is can't be told from outside, so nothing is held against the server.
    for (std::size_t i = legs_.back().first_event; i < trace.events.size(); ++i) {
      if (trace.events[i].kind == Kind::attempt) trace.events[i].valid = false;
    }
    fail(fmt::format("the server does not log \"{}\" in: {}; expected a valid user and password",
                     engine::escaped(credentials_[0].user), conversation.account_refused()));
    return false;
  }
  if (!done) {
    fail(fmt::format("{} (while trying {})", done.error(), visit.purpose));
    return false;
  }
  if (known != nullptr) {
    known->offered = conversation.offered();
    known->capabilities = conversation.capabilities();
  }
  return true;
}

// Judgement

void Probe::judge() {
  const auto catalogue = properties::catalogue();
  const std::vector<const properties::Property*> all(catalogue.begin(), catalogue.end());
  std::vector<const properties::Property*> rows;
  std::vector<const properties::Property*> judged;
  for (const properties::Property* each : options_.properties.empty() ? all : options_.properties) {
    const properties::Facts& facts = each->facts;
    if (!applies_to(*each, to_.endpoint.protocol())) continue;
    if (options_.role == Role::back_end && facts.id == front_ends_only) continue;
    rows.push_back(each);
    if (facts.needs == properties::Needs::client_wire &&
        facts.kind != properties::PropertyKind::two_safety) {
      judged.push_back(each);
    }
  }
  const properties::Monitors monitors(judged, to_.endpoint.protocol());
  const std::vector<properties::Tally> tallies = properties::judge(monitors, result_.trace.events);
  for (const properties::Property* each : rows) {
    const properties::Tally* tally = nullptr;
    for (std::size_t i = 0; i < monitors.size(); ++i) {
      if (&monitors.property(i) == each) tally = &tallies[i];
    }
    result_.results.push_back(conclude(*each, tally));
  }
}

engine::Result Probe::conclude(const properties::Property& property,
                               const properties::Tally* tally) const {
  const std::chrono::duration<double> elapsed = Stream::Clock::now() - started_;
  engine::Result result{
      .property = std::string(property.facts.id),
      .engine = std::string(engine_name),
      .subject = result_.subject,
      .verdict = Verdict::unobservable,
      .detail = {},
      .exercised = tally == nullptr ? 0 : tally->exercised,
      .bound = {{"role", options_.role == Role::front_end ? "frontend" : "backend"},
                {"accounts", std::uint64_t{options_.credentials.size()}},
                {"connections", std::uint64_t{legs_.size()}},
                {"seconds", elapsed.count()}},
      .witness = std::nullopt};
  if (tally == nullptr) {
    result.detail = "not to be seen on a client's wire";
    return result;
  }
  const engine::Evidence evidence{.exercised = tally->exercised,
                                  .violated = tally->violations > 0,
                                  .failed = !result_.failure.empty()};
  result.verdict =
      engine::verdict_of(evidence, property.facts.needs, properties::Needs::client_wire);
  switch (result.verdict) {
    case Verdict::violated:
      result.detail = tally->detail;
      result.witness = witness(property.facts.id, tally->event);
      break;
    case Verdict::vacuous:
      result.detail =
          options_.credentials.empty() ? "never exercised, without an account" : "never exercised";
      break;
    case Verdict::inconclusive:
      result.detail = result_.failure;
      break;
    case Verdict::holds:
    case Verdict::unobservable:
      break;
  }
  return result;
}

/// The line that an event comes from: the last one before it on its side of the wire.
std::optional<std::size_t> Probe::line_of(std::size_t event, std::size_t first) const {
  const trace::Event& violating = result_.trace.events[event];
  const bool by_client = violating.kind == Kind::command || violating.kind == Kind::response;
  std::optional<std::size_t> nearest;
  for (std::size_t i = result_.trace.dialogue.size(); i-- > first;) {
    const trace::DialogueLine& line = result_.trace.dialogue[i];
    if (line.first_event > event) continue;
    if (!nearest) nearest = i;
    if (violating.point != trace::Point::client || line.from_server != by_client) return i;
  }
  return nearest;
}

engine::Witness Probe::witness(std::string_view property, std::size_t event) const {
  const auto behind = std::ranges::upper_bound(legs_, event, {}, &Leg::first_event);
  const Leg& leg = *std::prev(behind);
  engine::Witness witness{.finding = {.property = std::string(property),
                                      .subject = result_.subject,
                                      .script = leg.script},
                          .dialogue = {}};
  const auto marked = line_of(event, leg.first_line);
  if (!marked) return witness;
  const std::size_t lines = *marked + 1 - leg.first_line;
  const std::size_t first = *marked + 1 - std::min(lines, excerpt_lines_max);
  if (first > leg.first_line) witness.dialogue.emplace_back("  ...");
  for (std::size_t i = first; i <= *marked; ++i) {
    witness.dialogue.push_back((i == *marked ? "> " : "  ") +
                               engine::to_text(result_.trace.dialogue[i]));
  }
  return witness;
}

}  // namespace

std::expected<std::vector<ProbeResult>, std::string> probe(const ProbeOptions& options) {
  if (const auto context = client_context(options.trust); !context) {
    return std::unexpected(context.error());
  }
  std::vector<ProbeResult> results;
  for (const Endpoint& endpoint : options.endpoints) {
    results.push_back(Probe(endpoint, options).run());
  }
  return results;
}

}  // namespace sallyport::live
