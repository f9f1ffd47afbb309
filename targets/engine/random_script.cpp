#include "targets/engine/random_script.hpp"

#include <algorithm>
#include <iterator>
#include <span>
#include <string>

namespace sallyport::engine {

namespace {

using client::Verb;
using trace::Mechanism;
using world::Step;

constexpr std::string_view imap_octets[] = {
    "x1 CAPABILITY\r\n",
    "x1 NOOP\r\nx2 CAPABILITY\r\n",
    "x1 LOGIN alice wrong\r\nx2 CAPABILITY\r\n",
    "x1 LOGIN {5}\r\n",
    "x1 LOGIN {5+}\r\nalice {1+}\r\nx\r\n",
    "x1 FOO {12+}\r\nx2 NOOP\r\n\r\n\r\n",
    "x1 AUTHENTICATE NTLM\r\n*\r\n",
    "x1 AUTHENTICATE GSS-SPNEGO\r\n",
    "x1 AUTHENTICATE PLAIN AGFsaWNl\r\n",
    "x1 NOOP",
    "!!!\r\n",
    "=\r\n",
    "\r\n",
    "x1 NOOP\nx2 NOOP\r\n",
};
constexpr std::string_view pop3_octets[] = {
    "CAPA\r\n",
    "NOOP\r\nCAPA\r\n",
    "USER alice\r\nUSER bob\r\n",
    "USER alice\r\nPASS wrong\r\nSTAT\r\n",
    "PASS wrong\r\n",
    "AUTH NTLM\r\n*\r\n",
    "AUTH GSS-SPNEGO\r\n",
    "AUTH PLAIN AGFsaWNl\r\n",
    "APOP alice 0123456789abcdef0123456789abcdef\r\n",
    "STAT",
    "!!!\r\n",
    "=\r\n",
    "\r\n",
    "NOOP\nSTAT\r\n",
};

constexpr Mechanism mechanisms[] = {Mechanism::ntlm, Mechanism::ntlm, Mechanism::plain,
                                    Mechanism::cram_md5, Mechanism::login};

/// What a client does by itself, and how often in a hundred.
struct Weight {
  Verb verb;
  unsigned percent;
};
constexpr Weight weights[] = {
    {Verb::capability, 10},   {Verb::mechanisms, 6},      {Verb::login, 14},
    {Verb::authenticate, 14}, {Verb::respond, 16},        {Verb::cancel, 5},
    {Verb::select, 6},        {Verb::fetch, 8},           {Verb::noop, 4},
    {Verb::logout, 5},        {Verb::starttls, 2},        {Verb::send, 5},
    {Verb::close, 2},         {Verb::outlook_express, 3},
};

Verb random_verb(Random& random) {
  std::size_t rest = random.below(100);
  for (const Weight& weight : weights) {
    if (rest < weight.percent) return weight.verb;
    rest -= weight.percent;
  }
  return Verb::noop;
}

/// The canonical schedule more often than not: an exchange needs it to come to its end.
world::Leases random_leases(Random& random) {
  world::Leases leases;
  if (!random.one_in(3)) return leases;
  const std::size_t count = 1 + random.below(2);
  for (std::size_t i = 0; i < count; ++i) {
    leases.push_back(static_cast<std::uint8_t>(random.below(3)));
  }
  return leases;
}

Step make(Random& random, trace::Protocol protocol, std::uint8_t client, Verb verb,
          std::uint8_t account) {
  Step step;
  step.client = client;
  step.action.verb = verb;
  step.leases = random_leases(random);
  const client::VerbFacts& facts = client::facts(verb);
  if (facts.mechanism) step.action.mechanism = mechanisms[random.below(std::size(mechanisms))];
  if (facts.account) {
    step.action.account = account;
    step.action.right = !random.one_in(5);
  }
  if (facts.octets) {
    const auto table = telling_octets(protocol);
    step.action.octets = std::string(table[random.below(table.size())]);
  }
  if (random.one_in(8)) step.split = static_cast<std::uint8_t>(1 + random.below(5));
  return step;
}

std::uint8_t random_client(Random& random) {
  return static_cast<std::uint8_t>(random.one_in(3) ? 1 : 0);
}
std::uint8_t random_account(Random& random) {
  return static_cast<std::uint8_t>(random.below(std::size(world::account_names)));
}

}  // namespace

std::span<const std::string_view> telling_octets(trace::Protocol protocol) {
  if (protocol == trace::Protocol::imap) return imap_octets;
  return pop3_octets;
}

Step random_step(Random& random, trace::Protocol protocol) {
  const std::uint8_t client = random_client(random);
  const std::uint8_t account = random_account(random);
  return make(random, protocol, client, random_verb(random), account);
}

std::vector<Step> random_piece(Random& random, trace::Protocol protocol) {
  const std::uint8_t client = random_client(random);
  const std::uint8_t account = random_account(random);
  std::vector<Step> out;
  const auto add = [&](Verb verb) { out.push_back(make(random, protocol, client, verb, account)); };
  const bool exchange = random.one_in(2);
  if (random.one_in(4)) {
    add(random_verb(random));
    return out;
  }
  add(exchange ? Verb::authenticate : Verb::login);
  if (exchange) {
    add(Verb::respond);
    if (!random.one_in(4)) add(Verb::respond);
    if (random.one_in(6)) add(Verb::cancel);
  }
  if (random.one_in(2)) add(Verb::select);
  if (random.one_in(2)) add(Verb::fetch);
  if (random.one_in(3)) add(random.one_in(2) ? Verb::logout : Verb::close);
  return out;
}

world::Script random_script(Random& random, trace::Protocol protocol, std::size_t steps) {
  world::Script script{.protocol = protocol, .steps = {}, .vary = {}};
  const std::size_t length = 1 + random.below(std::max<std::size_t>(steps, 1));
  while (script.steps.size() < length) {
    for (Step& step : random_piece(random, protocol)) {
      if (script.steps.size() < length) script.steps.push_back(std::move(step));
    }
  }
  return script;
}

}  // namespace sallyport::engine
