#include "targets/live/probe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <thread>
#include <utility>

#include "targets/engine/conclude.hpp"
#include "targets/engine/dialogue.hpp"
#include "targets/engine/panel.hpp"
#include "targets/live/compare.hpp"
#include "targets/live/plan.hpp"
#include "targets/live/play.hpp"
#include "targets/live/probe_setup.hpp"
#include "targets/live/redact.hpp"
#include "targets/live/sasl.hpp"
#include "targets/live/unexercised.hpp"
#include "targets/live/witness.hpp"

namespace sallyport::live {

using properties::Verdict;
using trace::Kind;

namespace {

constexpr std::string_view engine_name = "probe";
constexpr int mute_visits_max = 3;  // in a row, then the server counts as dead
// Behind it a difference between two runs is no clock's doing, if it is still there.
constexpr auto before_confirmation = std::chrono::milliseconds(1100);

class Probe {
 public:
  Probe(const Endpoint& endpoint, const ProbeOptions& options)
      : options_(options),
        secrets_(options.credentials),
        credentials_(by_place(options.credentials)),
        started_(Stream::Clock::now()),
        to_{.endpoint = endpoint,
            .trust = options.trust,
            .limits = options.limits,
            .credentials = credentials_,
            .secrets = secrets_,
            .deadline = started_ + options.limits.endpoint},
        known_(known_of(endpoint, options)),
        sees_(options.tap ? properties::Needs::backend_wire : properties::Needs::client_wire),
        rows_(rows_of(options, endpoint.protocol())),
        panel_(judged_of(rows_, sees_), endpoint.protocol()) {
    stage_.secrets = observe::Secrets(observed(options.credentials));
    result_.subject = endpoint.subject();
    result_.trace.keep_dialogue = true;
    for (const client::Credential& each : options.credentials) {
      result_.trace.events.push_back({.kind = Kind::account,
                                      .point = trace::Point::given,
                                      .protocol = endpoint.protocol(),
                                      .user = each.user});
    }
  }

  [[nodiscard]] ProbeResult run();

 private:
  /// A run in the trace.
  struct Leg {
    world::Script script;
    Run run;
  };
  /// What comparing runs showed of a property.
  struct Pair {
    std::uint64_t exercised = 0;
    std::string_view violation;
    engine::Witness witness;
  };
  enum class Ended : std::uint8_t { well, in_trouble, for_good };

  [[nodiscard]] std::string_view missing_account() const;
  [[nodiscard]] bool visit(const Visit& visit);
  [[nodiscard]] Ended play(const Visit& visit, const world::Script& script);
  [[nodiscard]] Ended compare_runs(const Visit& visit, const engine::Panel::Set& set);
  void note(const Visit& visit, const engine::Panel::Set& set,
            const std::vector<std::size_t>& firsts, const std::vector<std::size_t>& seconds,
            const std::vector<Compared>& found);
  [[nodiscard]] bool may_go_on();
  [[nodiscard]] bool may_fail(const Visit& visit) const;
  void fail(std::string_view why);
  void trouble(std::string_view why, bool bereft);
  void state_policy();
  void judge();
  [[nodiscard]] engine::Result conclude(const properties::Property& property,
                                        const properties::Tally& tally, const Pair* pair) const;
  [[nodiscard]] engine::Result row(const properties::Property& property) const;
  [[nodiscard]] engine::Witness witness(std::string_view property, std::size_t event) const;

  const ProbeOptions& options_;
  Secrets secrets_;
  std::vector<client::Credential> credentials_;
  Stream::Clock::time_point started_;
  Stream::Clock::time_point next_visit_ = started_;
  Destination to_;
  Known known_;
  properties::Needs sees_;
  std::vector<const properties::Property*> rows_;
  engine::Panel panel_;
  Stage stage_;
  std::optional<Tap> tap_;
  std::vector<Leg> legs_;
  std::map<const properties::Property*, Pair> pairs_;
  std::size_t connections_ = 0;
  std::size_t failed_logins_ = 0;
  int mute_visits_ = 0;
  std::string tried_;           // the last visit in which the server was reached
  bool gone_ = false;           // it couldn't be in one behind that
  std::string trouble_;         // the first that a visit met, as result_.failure
  std::string trouble_bereft_;  // where a back-end failed on purpose
  ProbeResult result_;
};

/// The name of an account that the script to be played needs and nobody gave; empty: there is none.
std::string_view Probe::missing_account() const {
  for (const world::Step& step : options_.script->steps) {
    const std::size_t place = step.action.account;
    const bool needs = step.wait == 0 && facts(step.action.verb).account;
    if (needs && place < credentials_.size() && credentials_[place].user.empty()) {
      return world::accounts[place].name;
    }
  }
  return {};
}

ProbeResult Probe::run() {
  if (options_.tap) {
    tap_.emplace(stage_.reactor, known_.protocol);
    to_.tap = &*tap_;
    if (auto done = tap_->connect(*options_.tap, started_ + to_.limits.connect); !done) {
      fail(done.error());
    }
  }
  if (options_.script && !missing_account().empty()) {
    fail(
        fmt::format("the script logs {} in; expected an account for that (alice, bob and carol are "
                    "the first three that are given)",
                    missing_account()));
  }
  if (!result_.failure.empty()) {  // nothing would be what it was asked for
  } else if (options_.script) {
    // What the front-end may show isn't known: nothing that it shows is copied.
    known_.offered = trace::MechanismSet::from_bits(0xffffffff);
    known_.capabilities = trace::CapabilitySet::from_bits(0xffffffff);
    state_policy();
    const auto fails = [](const world::Step& s) { return s.mishap != world::Mishap::none; };
    trace::Variation variation = trace::Variation::none;
    if (!options_.script->vary.empty()) variation = options_.script->vary.front().variation;
    static_cast<void>(
        visit({.purpose = "the script",
               .script = *options_.script,
               .manner = std::ranges::any_of(options_.script->steps, fails) || known_.patience
                             ? Play::Manner::bereft
                             : Play::Manner::provoking,
               .variation = variation}));
  } else if (visit(first_visit(known_.protocol, known_.starttls))) {
    state_policy();
    for (const Visit& each : further_visits(known_)) {
      if (!visit(each)) break;
    }
  }
  if (result_.failure.empty()) result_.failure = trouble_;
  judge();
  return std::move(result_);
}

// Visits

/// Its own is what it showed before anything was seen of a back-end, and what its operator says.
/// LOGINDISABLED may be its own at any time: some say it behind a login.
void Probe::state_policy() {
  if (!options_.tap) return;
  trace::Event policy{.kind = Kind::policy,
                      .point = trace::Point::given,
                      .protocol = known_.protocol,
                      .mechanisms = known_.offered,
                      .capabilities = known_.capabilities};
  policy.capabilities.add(trace::Capability::login_disabled);
  if (options_.backend_tls) policy.rules.add(trace::Rule::tls_to_backends);
  result_.trace.events.push_back(std::move(policy));
}

bool Probe::may_go_on() {
  const std::chrono::duration<double> elapsed = Stream::Clock::now() - started_;
  const bool wanted = options_.on_progress == nullptr ||
                      options_.on_progress(options_.progress_context, {.engine = engine_name,
                                                                       .done = connections_,
                                                                       .seconds = elapsed.count(),
                                                                       .unit = "connections"});
  if (!wanted) {
    fail("interrupted; expected to carry on");
  } else if (connections_ >= options_.manners.connections_max) {
    fail(fmt::format("the {} connections for one server were made; expected to need less of them",
                     connections_));
  } else {
    return true;
  }
  return false;
}

bool Probe::may_fail(const Visit& visit) const {
  return failed_logins_ + visit.failed_logins <= options_.manners.failed_logins_max;
}

void Probe::fail(std::string_view why) {
  result_.failure = secrets_.scrubbed(fmt::format("{}: {}", result_.subject, why));
}

void Probe::trouble(std::string_view why, bool bereft) {
  std::string& first = bereft ? trouble_bereft_ : trouble_;
  if (first.empty()) first = secrets_.scrubbed(fmt::format("{}: {}", result_.subject, why));
}

/// False ends the probe of this server.
bool Probe::visit(const Visit& visit) {
  const auto sets = panel_.pairs();
  const auto set = std::ranges::find(sets, visit.variation, &engine::Panel::Set::variation);
  const bool compares = visit.variation != trace::Variation::none && set != sets.end();
  const Ended ended = compares ? compare_runs(visit, *set) : play(visit, visit.script);
  return ended != Ended::for_good;
}

Probe::Ended Probe::play(const Visit& visit, const world::Script& script) {
  if (!may_go_on()) return Ended::for_good;
  if (!may_fail(visit)) return Ended::in_trouble;  // it is left out
  failed_logins_ += visit.failed_logins;
  std::this_thread::sleep_until(next_visit_);
  Destination to = to_;
  if (visit.trusts_anybody) to.trust = {.ca_file = {}, .insecure = true};
  trace::Trace& trace = result_.trace;
  legs_.push_back({.script = script,
                   .run = {.first_event = trace.events.size(),
                           .first_line = trace.dialogue.size(),
                           .behind = {},
                           .whole = false}});
  Play play(to, stage_, trace);
  auto run = play.run(script, visit.manner);
  connections_ += play.connections();
  next_visit_ =
      Stream::Clock::now() +
      std::chrono::duration_cast<Stream::Clock::duration>(std::chrono::duration<double>(
          static_cast<double>(play.connections()) / options_.manners.connections_per_second));
  redact(trace.dialogue, legs_.back().run.first_line, known_.protocol, secrets_);
  if (visit.proves_account && !play.account_refused().empty()) {
    // Whose fault it is can't be told from outside, so nothing is held against the server.
    for (std::size_t i = legs_.back().run.first_event; i < trace.events.size(); ++i) {
      if (trace.events[i].kind == Kind::attempt) trace.events[i].valid = false;
    }
    fail(fmt::format("the server does not log \"{}\" in: {}; expected a valid user and password",
                     engine::escaped(credentials_[0].user), play.account_refused()));
    return Ended::for_good;
  }
  std::string where = fmt::format(" (while trying {})", visit.purpose);
  const bool first = legs_.size() == 1;
  // A server that can't be reached any more is no back-end's doing: it may well have died.
  const bool bereft = visit.manner == Play::Manner::bereft && !play.unreachable();
  if (play.unreachable() && !tried_.empty()) {
    where = fmt::format(" (while trying {}, behind {})", visit.purpose, tried_);
  } else if (!play.unreachable()) {
    tried_ = visit.purpose;
  }
  if (!run) {
    const bool over = Stream::Clock::now() >= to_.deadline;
    if (first || over || (!bereft && ++mute_visits_ >= mute_visits_max)) {
      fail(run.error() + where);
      return Ended::for_good;
    }
    // That the server is gone says more than what it did before.
    if (play.unreachable() && !std::exchange(gone_, true)) trouble_.clear();
    trouble(run.error() + where, bereft);
    return Ended::in_trouble;
  }
  if (!run->whole && visit.manner != Play::Manner::open_ended) {
    const auto waited =
        bereft ? std::max(to_.limits.answer, to_.limits.patience) : to_.limits.answer;
    trouble(fmt::format("silence for {:g} s; expected an answer, or the end of the connection{}",
                        std::chrono::duration<double>(waited).count(), where),
            bereft);
    if (!bereft && ++mute_visits_ >= mute_visits_max) {
      fail(trouble_.substr(result_.subject.size() + 2));
      return Ended::for_good;
    }
  } else {
    mute_visits_ = 0;
  }
  legs_.back().run = *std::move(run);
  if (first) {
    known_.offered = play.offered();
    known_.capabilities = play.capabilities();
  }
  return legs_.back().run.whole ? Ended::well : Ended::in_trouble;
}

/// Equal runs first, to know the server's noise; a difference that is seen is looked for again.
/// Where a run costs a failed login, the runs that cost none are those that are made twice.
Probe::Ended Probe::compare_runs(const Visit& visit, const engine::Panel::Set& set) {
  const world::Pair pair = world::runs(visit.script, visit.variation);
  if (pair.first == pair.second) return play(visit, visit.script);
  std::vector<std::size_t> firsts;
  std::vector<std::size_t> seconds;
  Visit free = visit;
  free.failed_logins = 0;
  const auto run = [&](bool varied) {
    const bool costs = !varied;
    const Ended ended = play(costs ? visit : free, varied ? pair.second : pair.first);
    // Where the varied run alone meets with silence, that is a difference.
    const bool mute = varied && ended == Ended::in_trouble && !legs_.back().run.behind.empty();
    if (ended != Ended::well && !mute) return ended;
    (varied ? seconds : firsts).push_back(legs_.size() - 1);
    return Ended::well;
  };
  const auto steps = [&](const std::vector<std::size_t>& legs) {
    std::vector<Steps> out;
    for (const std::size_t leg : legs) out.push_back(steps_of(result_.trace, legs_[leg].run));
    return out;
  };
  if (!may_fail(visit)) return Ended::well;
  const bool costs = visit.failed_logins > 0;
  for (const bool varied : {false, costs, true}) {
    if (const Ended ended = run(varied); ended != Ended::well) return ended;
  }
  std::vector<Compared> found = compare(set, steps(firsts), steps(seconds));
  const auto differs = [](const Compared& each) { return each.at.has_value(); };
  if (std::ranges::any_of(found, differs)) {
    std::this_thread::sleep_for(before_confirmation);
    if (costs && !may_fail(visit)) {
      trouble(
          fmt::format("two runs differ, and --failed-logins {} allows no third; expected to see "
                      "it again (while trying {})",
                      options_.manners.failed_logins_max, visit.purpose),
          false);
      return Ended::in_trouble;
    }
    for (const bool varied : {false, true}) {
      if (const Ended ended = run(varied); ended != Ended::well) return ended;
    }
    found = compare(set, steps(firsts), steps(seconds));
  }
  note(visit, set, firsts, seconds, found);
  return Ended::well;
}

void Probe::note(const Visit& visit, const engine::Panel::Set& set,
                 const std::vector<std::size_t>& firsts, const std::vector<std::size_t>& seconds,
                 const std::vector<Compared>& found) {
  for (std::size_t i = 0; i < set.members.size(); ++i) {
    const properties::Property& property = panel_.property(set.members[i]);
    Pair& pair = pairs_[&property];
    pair.exercised += found[i].exercised;
    if (!found[i].at || !pair.violation.empty()) continue;
    pair.violation = found[i].violation;
    const world::Script script = world::with_vary(visit.script, visit.variation);
    pair.witness = {.finding = {.property = std::string(property.facts.id),
                                .subject = result_.subject,
                                .script = script},
                    .dialogue = pair_dialogue(result_.trace, script, legs_[firsts.front()].run,
                                              legs_[seconds.front()].run, *found[i].at)};
  }
}

// Judgement

void Probe::judge() {
  const engine::Panel::Set& single = panel_.single();
  const auto tallies = properties::judge(single.monitors, result_.trace.events);
  for (const properties::Property* each : rows_) {
    const std::string why = why_unobservable(each->facts, sees_);
    if (!why.empty()) {
      result_.results.push_back(row(*each));
      result_.results.back().detail = why;
      continue;
    }
    properties::Tally tally;
    for (std::size_t i = 0; i < single.members.size(); ++i) {
      if (&panel_.property(single.members[i]) == each) tally = tallies[i];
    }
    const auto pair = pairs_.find(each);
    result_.results.push_back(
        conclude(*each, tally, pair == pairs_.end() ? nullptr : &pair->second));
  }
}

/// Without a verdict of its own.
engine::Result Probe::row(const properties::Property& property) const {
  const std::chrono::duration<double> elapsed = Stream::Clock::now() - started_;
  return {.property = std::string(property.facts.id),
          .engine = std::string(engine_name),
          .subject = result_.subject,
          .verdict = Verdict::unobservable,
          .detail = {},
          .exercised = 0,
          .bound = {{"role", options_.role == Role::front_end ? "frontend" : "backend"},
                    {"accounts", std::uint64_t{options_.credentials.size()}},
                    {"connections", std::uint64_t{connections_}},
                    {"seconds", elapsed.count()}},
          .witness = std::nullopt};
}

engine::Result Probe::conclude(const properties::Property& property, const properties::Tally& tally,
                               const Pair* pair) const {
  engine::Result result = row(property);
  result.exercised = tally.exercised + (pair == nullptr ? 0 : pair->exercised);
  const bool pair_differs = pair != nullptr && !pair->violation.empty();
  // A visit that went wrong leaves open what it would have shown: a property that no other visit
  // put to the test, and whether everything was answered in the end.
  const bool liveness = property.facts.kind == properties::PropertyKind::liveness;
  // Where only back-ends failed, it is left open what their failures would have shown.
  const bool of_failures = property.facts.needs == properties::Needs::backend_wire &&
                           (result.exercised == 0 || liveness);
  const bool open = (!trouble_.empty() && (result.exercised == 0 || liveness)) ||
                    (!trouble_bereft_.empty() && of_failures);
  const bool ended_early = !result_.failure.empty() && result_.failure != trouble_;
  const engine::Evidence evidence{.exercised = result.exercised,
                                  .violated = tally.violations > 0 || pair_differs,
                                  .failed = ended_early || open};
  result.verdict = engine::verdict_of(evidence, property.facts.needs, sees_);
  switch (result.verdict) {
    case Verdict::violated:
      result.detail = pair_differs ? pair->violation : tally.detail;
      result.witness = pair_differs ? pair->witness : witness(property.facts.id, tally.event);
      break;
    case Verdict::vacuous:
      result.detail = options_.script ? "never exercised"
                                      : why_unexercised(property.facts, known_,
                                                        options_.manners.failed_logins_max);
      break;
    case Verdict::inconclusive:
      result.detail = result_.failure.empty() ? trouble_bereft_ : result_.failure;
      break;
    case Verdict::holds:
    case Verdict::unobservable:
      break;
  }
  return result;
}

engine::Witness Probe::witness(std::string_view property, std::size_t event) const {
  const auto behind = std::ranges::upper_bound(legs_, event, {},
                                               [](const Leg& leg) { return leg.run.first_event; });
  if (behind == legs_.begin()) return {};
  const Leg& leg = *std::prev(behind);
  return {.finding = {.property = std::string(property),
                      .subject = result_.subject,
                      .script = leg.script},
          .dialogue = excerpt(result_.trace, leg.run, event)};
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
