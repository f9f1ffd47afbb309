#include "targets/explore/alphabet.hpp"

#include <algorithm>

namespace sallyport::explore {

namespace {

using client::Verb;
using trace::Mechanism;

enum class Where : std::uint8_t { both, pop3, with_certificate };
constexpr std::uint8_t alice = 0;
constexpr std::uint8_t bob = 1;

struct Row {
  Verb verb;
  Mechanism mechanism = Mechanism::none;
  std::uint8_t account = alice;
  bool right = true;
  Where where = Where::both;
};

// Outlook Express isn't here: what it does is made of these steps, one lease at a time, while as
// one step its schedules would be as many as all of theirs multiplied.
//
// Two users, so that one can be taken for the other; one wrong password for each way to give one,
// because a second would differ in nothing that anything here looks at.
constexpr Row rows[] = {
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
    {.verb = Verb::starttls, .where = Where::with_certificate},
    {.verb = Verb::close},
};

bool applies(const Row& row, const engine::Subject& subject) {
  switch (row.where) {
    case Where::both:
      return true;
    case Where::pop3:
      return subject.protocol == trace::Protocol::pop3;
    case Where::with_certificate:
      return subject.configuration.certificate;
  }
  return false;
}

}  // namespace

std::vector<world::Step> alphabet(const engine::Subject& subject, std::size_t clients) {
  std::vector<world::Step> steps;
  for (std::size_t client = 0; client < std::min(clients, world::clients_max); ++client) {
    for (const Row& row : rows) {
      if (!applies(row, subject)) continue;
      steps.push_back({.client = static_cast<std::uint8_t>(client),
                       .action = {.verb = row.verb,
                                  .mechanism = row.mechanism,
                                  .account = row.account,
                                  .right = row.right,
                                  .octets = {}},
                       .leases = {},
                       .split = 0});
    }
  }
  return steps;
}

}  // namespace sallyport::explore
