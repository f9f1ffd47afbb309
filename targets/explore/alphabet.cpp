#include "targets/explore/alphabet.hpp"

#include <algorithm>

#include "client/phrases.hpp"

namespace sallyport::explore {

namespace {

using client::Verb;
using trace::Mechanism;

constexpr std::uint8_t alice = 0;
constexpr std::uint8_t bob = 1;
constexpr std::uint8_t carol = 2;
constexpr std::uint8_t admin_as_alice = 3;
constexpr std::uint8_t admin_as_bob = 4;

/// Where a step has a meaning of its own.
enum class Where : std::uint8_t { anywhere, pop3, tls };

struct Row {
  Verb verb;
  Mechanism mechanism = Mechanism::none;
  std::uint8_t account = alice;
  bool right = true;
  Where where = Where::anywhere;
};

// Outlook Express isn't here: what it does is made of these steps, one lease at a time, while as
// one step its schedules would be as many as all of theirs multiplied.
//
// Two users, so that one can be taken for the other, and a third with the first one's password; one
// wrong password for each way to give one, because a second would differ in nothing that anything
// here looks at.
constexpr Row rows[] = {
    {.verb = Verb::starttls, .where = Where::tls},
    {.verb = Verb::capability},
    {.verb = Verb::mechanisms, .where = Where::pop3},
    {.verb = Verb::login, .account = alice},
    {.verb = Verb::login, .account = alice, .right = false},
    {.verb = Verb::login, .account = bob},
    {.verb = Verb::authenticate, .mechanism = Mechanism::ntlm, .account = alice},
    {.verb = Verb::authenticate, .mechanism = Mechanism::ntlm, .account = bob},
    {.verb = Verb::authenticate, .mechanism = Mechanism::plain, .account = alice},
    {.verb = Verb::authenticate, .mechanism = Mechanism::plain, .account = alice, .right = false},
    {.verb = Verb::authenticate, .mechanism = Mechanism::plain, .account = bob},
    {.verb = Verb::authenticate, .mechanism = Mechanism::cram_md5, .account = alice},
    {.verb = Verb::respond},
    {.verb = Verb::cancel},
    {.verb = Verb::select},
    {.verb = Verb::fetch},
    {.verb = Verb::noop},
    {.verb = Verb::logout},
    {.verb = Verb::close},
    // What only a front-end with TLS and verifiers of its own takes.
    {.verb = Verb::authenticate,
     .mechanism = Mechanism::cram_md5,
     .account = alice,
     .right = false,
     .where = Where::tls},
    {.verb = Verb::authenticate,
     .mechanism = Mechanism::scram_sha_256,
     .account = alice,
     .where = Where::tls},
    {.verb = Verb::authenticate,
     .mechanism = Mechanism::scram_sha_256,
     .account = alice,
     .right = false,
     .where = Where::tls},
    {.verb = Verb::authenticate,
     .mechanism = Mechanism::scram_sha_256_plus,
     .account = alice,
     .where = Where::tls},
    {.verb = Verb::authenticate,
     .mechanism = Mechanism::external,
     .account = alice,
     .where = Where::tls},
    {.verb = Verb::authenticate,
     .mechanism = Mechanism::oauthbearer,
     .account = alice,
     .where = Where::tls},
    {.verb = Verb::authenticate,
     .mechanism = Mechanism::plain,
     .account = carol,
     .where = Where::tls},
    {.verb = Verb::authenticate,
     .mechanism = Mechanism::plain,
     .account = admin_as_alice,
     .where = Where::tls},
    {.verb = Verb::authenticate,
     .mechanism = Mechanism::plain,
     .account = admin_as_bob,
     .where = Where::tls},
    {.verb = Verb::starttls_certificate, .account = alice, .where = Where::tls},
    {.verb = Verb::starttls_certificate, .account = bob, .where = Where::tls},
    {.verb = Verb::respond_long, .where = Where::tls},
    {.verb = Verb::respond_endless},
    {.verb = Verb::replay, .where = Where::tls},
};

constexpr std::uint16_t waits[] = {300, 1200};

bool applies(const Row& row, const engine::Subject& subject) {
  switch (row.where) {
    case Where::anywhere:
      return true;
    case Where::pop3:
      return subject.protocol == trace::Protocol::pop3;
    case Where::tls:
      return subject.configuration.certificate;
  }
  return false;
}

/// Does `phrase` say anything in this protocol?
bool is_said(const client::Phrase& phrase, trace::Protocol protocol) {
  return !(protocol == trace::Protocol::imap ? phrase.imap : phrase.pop3).empty();
}

/// A step that a mishap can strike in.
world::Step struck(std::uint8_t client, Verb verb, world::Mishap mishap) {
  world::Step step;
  step.client = client;
  step.action.verb = verb;
  step.mishap = mishap;
  return step;
}

/// What is odd about a login may show only at a back-end that knows less.
void add_odd_logins(std::vector<world::Step>& steps, std::uint8_t client, trace::Protocol protocol,
                    world::Mishap mishap) {
  for (std::size_t i = 0; i < client::phrases().size(); ++i) {
    const client::Phrase& phrase = client::phrases()[i];
    if (!phrase.name.starts_with("plain-") || !is_said(phrase, protocol)) continue;
    steps.push_back(struck(client, Verb::say, mishap));
    steps.back().action.phrase = static_cast<std::uint8_t>(i);
  }
}

/// Each mishap at the step at which it strikes most simply.
void add_mishaps(std::vector<world::Step>& steps, std::uint8_t client, trace::Protocol protocol) {
  for (std::size_t i = 1; i < world::mishap_count; ++i) {
    const auto mishap = static_cast<world::Mishap>(i);
    const world::MishapFacts& facts = world::facts(mishap);
    if (facts.imap_only && protocol == trace::Protocol::pop3) continue;
    if (facts.strikes != world::Strikes::command) {
      steps.push_back(struck(client, Verb::login, mishap));
    }
    const bool of_command =
        facts.strikes == world::Strikes::command || facts.strikes == world::Strikes::anywhere;
    if (of_command) steps.push_back(struck(client, Verb::select, mishap));
    if (of_command) steps.push_back(struck(client, Verb::fetch, mishap));
    if (mishap == world::Mishap::old_backend) add_odd_logins(steps, client, protocol, mishap);
    if (mishap == world::Mishap::refuse_in_words) {
      steps.push_back(struck(client, Verb::login, mishap));
      steps.back().action.right = false;
    }
  }
}

}  // namespace

std::vector<world::Step> alphabet(const engine::Subject& subject, const Bound& bound) {
  std::vector<world::Step> steps;
  for (std::size_t c = 0; c < std::min(bound.clients, world::clients_max); ++c) {
    const auto client = static_cast<std::uint8_t>(c);
    for (const Row& row : rows) {
      if (!applies(row, subject)) continue;
      world::Step step;
      step.client = client;
      step.action = {
          .verb = row.verb, .mechanism = row.mechanism, .account = row.account, .right = row.right};
      steps.push_back(step);
    }
    for (std::size_t i = 0; i < client::phrases().size(); ++i) {
      if (!is_said(client::phrases()[i], subject.protocol)) continue;
      world::Step step;
      step.client = client;
      step.action.verb = Verb::say;
      step.action.phrase = static_cast<std::uint8_t>(i);
      steps.push_back(step);
    }
    if (bound.mishaps) add_mishaps(steps, client, subject.protocol);
  }
  for (const std::uint16_t wait : waits) {
    world::Step step;
    step.wait = wait;
    steps.push_back(step);
  }
  return steps;
}

}  // namespace sallyport::explore
