// The two runs that a 2-safety property compares: what each variation changes in a script.
//
// A varied step carries the change itself, as a mark that the world carries out: plaintext behind
// STARTTLS, injected answers, an unknown user, other secrets.
#include <algorithm>
#include <utility>

#include "world/script.hpp"

namespace sallyport::world {
namespace {

using client::Verb;
using trace::Variation;

bool logs_in(const Step& step) {
  const Verb verb = step.action.verb;
  return step.wait == 0 && (verb == Verb::login || verb == Verb::authenticate);
}

bool starts_tls(const Step& step) {
  return step.wait == 0 &&
         (step.action.verb == Verb::starttls || step.action.verb == Verb::starttls_certificate);
}

/// Does `variation` mean anything for this step?
bool changes(const Step& step, Variation variation) {
  switch (variation) {
    case Variation::none:
      return false;
    case Variation::schedule:
      return !step.leases.empty();
    case Variation::segmentation:
      return step.wait == 0 && step.split != 1;
    case Variation::plaintext_before_tls:
      return starts_tls(step);
    case Variation::backend_before_tls:
      return step.mishap == Mishap::none;
    case Variation::other_users_secrets:
      return true;
    case Variation::unknown_user:
      return logs_in(step) && !step.action.right;
  }
  return false;
}

void apply(Script& script, const Change& change) {
  if (change.step >= script.steps.size()) return;
  Step& step = script.steps[change.step];
  switch (change.variation) {
    case Variation::none:
      return;
    case Variation::schedule:
      step.leases = change.leases;
      return;
    case Variation::segmentation:
      step.split = change.split;
      return;
    case Variation::plaintext_before_tls:
      step.plaintext_behind = starts_tls(step);
      return;
    case Variation::backend_before_tls:
      if (step.mishap == Mishap::none) step.mishap = Mishap::inject_before_tls;
      return;
    case Variation::other_users_secrets:
      script.other_secrets = true;
      return;
    case Variation::unknown_user:
      if (changes(step, change.variation)) step.action.account = nobody;
      return;
  }
}

/// The change that is made where a script says nothing of `variation`.
Change usual(std::size_t step, Variation variation) {
  return {.variation = variation,
          .step = static_cast<std::uint8_t>(step),
          .leases = {},
          .split = static_cast<std::uint8_t>(variation == Variation::segmentation ? 1 : 0)};
}

}  // namespace

std::string_view plaintext_behind_starttls(trace::Protocol protocol) {
  return protocol == trace::Protocol::imap ? "p1 NOOP\r\np2 CAPABILITY\r\n" : "CAPA\r\n";
}

Pair runs(const Script& script, Variation variation) {
  Pair pair{.first = script, .second = script};
  pair.first.vary.clear();
  pair.second.vary.clear();
  const bool said = !script.vary.empty() && script.vary.front().variation == variation;
  if (said) {
    for (const Change& change : script.vary) apply(pair.second, change);
  } else if (variation == Variation::schedule) {
    for (Step& step : pair.first.steps) step.leases.clear();
  } else {
    for (std::size_t i = 0; i < script.steps.size() && i < steps_max; ++i) {
      if (!changes(script.steps[i], variation)) continue;
      apply(pair.second, usual(i, variation));
      if (variation == Variation::other_users_secrets) break;
    }
  }
  return pair;
}

Script with_vary(const Script& script, Variation variation) {
  if (!script.vary.empty() && script.vary.front().variation == variation) return script;
  Script varied = script;
  varied.vary.clear();
  for (std::size_t i = 0; i < varied.steps.size() && i < steps_max; ++i) {
    if (!changes(varied.steps[i], variation)) continue;
    Change change = usual(i, variation);
    if (variation == Variation::schedule) std::swap(change.leases, varied.steps[i].leases);
    varied.vary.push_back(std::move(change));
    if (variation == Variation::other_users_secrets) break;
  }
  return varied;
}

}  // namespace sallyport::world
