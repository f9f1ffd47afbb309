#include "targets/engine/random_script.hpp"

#include <algorithm>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "client/phrases.hpp"

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

/// The proofs and passwords that a front-end may take, more often than what it mustn't.
constexpr Mechanism mechanisms[] = {Mechanism::plain,
                                    Mechanism::plain,
                                    Mechanism::cram_md5,
                                    Mechanism::cram_md5,
                                    Mechanism::scram_sha_256,
                                    Mechanism::scram_sha_256,
                                    Mechanism::oauthbearer,
                                    Mechanism::oauthbearer,
                                    Mechanism::xoauth2,
                                    Mechanism::external,
                                    Mechanism::ntlm,
                                    Mechanism::ntlm,
                                    Mechanism::scram_sha_256_plus};

/// Messages of a client in a whole exchange.
std::size_t messages_of(Mechanism mechanism) {
  switch (mechanism) {
    case Mechanism::scram_sha_256:
    case Mechanism::scram_sha_256_plus:
      return 3;
    case Mechanism::ntlm:
    case Mechanism::login:
      return 2;
    default:
      return 1;
  }
}

/// What a client does by itself, and how often in a hundred.
struct Weight {
  Verb verb;
  unsigned percent;
};
constexpr Weight weights[] = {
    {Verb::capability, 7},    {Verb::mechanisms, 4},      {Verb::login, 9},
    {Verb::authenticate, 10}, {Verb::respond, 12},        {Verb::cancel, 5},
    {Verb::select, 6},        {Verb::fetch, 5},           {Verb::noop, 3},
    {Verb::logout, 4},        {Verb::starttls, 4},        {Verb::send, 4},
    {Verb::close, 3},         {Verb::outlook_express, 2}, {Verb::starttls_certificate, 2},
    {Verb::respond_long, 1},  {Verb::respond_endless, 1}, {Verb::replay, 2},
    {Verb::say, 16},
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
  if (!random.one_in(4)) return leases;
  const std::size_t count = 1 + random.below(2);
  for (std::size_t i = 0; i < count; ++i) {
    leases.push_back(static_cast<std::uint8_t>(random.below(3)));
  }
  return leases;
}

std::uint8_t random_client(Random& random) {
  return static_cast<std::uint8_t>(random.one_in(3) ? 1 : 0);
}

/// alice half of the time.
std::uint8_t random_account(Random& random) {
  if (random.one_in(2)) return 0;
  return static_cast<std::uint8_t>(random.below(std::size(world::accounts)));
}

/// What a piece of work has in common.
struct Work {
  trace::Protocol protocol;
  std::uint8_t client;
  std::uint8_t account;
  bool right;
  Mechanism mechanism;
};

/// Where there is no TLS there are no verifiers either, as with Exchange.
constexpr Mechanism old_mechanisms[] = {Mechanism::ntlm, Mechanism::ntlm, Mechanism::plain,
                                        Mechanism::cram_md5};

Work random_work(Random& random, trace::Protocol protocol, bool certificate = true) {
  const std::span<const Mechanism> chosen =
      certificate ? std::span<const Mechanism>(mechanisms) : std::span(old_mechanisms);
  return {.protocol = protocol,
          .client = random_client(random),
          .account = random_account(random),
          .right = !random.one_in(5),
          .mechanism = chosen[random.below(chosen.size())]};
}

/// A back-end that knows little more often than others: what it makes of a login or a command is
/// seen only with the right login or command before it.
world::Mishap random_mishap(Random& random) {
  if (random.one_in(5)) return world::Mishap::old_backend;
  return static_cast<world::Mishap>(random.below(world::mishap_count));
}

Step make(Random& random, const Work& work, Verb verb) {
  Step step;
  step.client = work.client;
  step.action.verb = verb;
  step.leases = random_leases(random);
  const client::VerbFacts& facts = client::facts(verb);
  if (facts.phrase) {
    step.action.phrase = static_cast<std::uint8_t>(random.below(client::phrases().size()));
  }
  if (facts.mechanism) step.action.mechanism = work.mechanism;
  if (facts.account) {
    step.action.account = work.account;
    step.action.right = work.right;
  }
  if (facts.bound) step.action.bound = !random.one_in(8);
  if (facts.octets) {
    const auto table = telling_octets(work.protocol);
    step.action.octets = std::string(table[random.below(table.size())]);
  }
  if (random.one_in(12)) step.split = static_cast<std::uint8_t>(1 + random.below(5));
  if (random.one_in(6)) step.mishap = random_mishap(random);
  return step;
}

constexpr std::uint16_t waits[] = {60, 200, 300, 400, 601, 1200, 1801};

Step make_wait(Random& random) {
  Step step;
  step.wait = waits[random.below(std::size(waits))];
  return step;
}

/// A login by command or exchange, whole as a rule.
void add_login(std::vector<Step>& out, Random& random, const Work& work) {
  if (random.one_in(3)) {
    out.push_back(make(random, work, Verb::login));
    return;
  }
  out.push_back(make(random, work, Verb::authenticate));
  const std::size_t messages = messages_of(work.mechanism);
  for (std::size_t i = 0; i < messages; ++i) {
    const bool odd = random.one_in(12);
    if (odd && random.one_in(2)) {
      out.push_back(make(random, work, Verb::cancel));
      return;
    }
    constexpr Verb oddities[] = {Verb::respond_long, Verb::respond_endless, Verb::replay};
    out.push_back(make(random, work, odd ? oddities[random.below(3)] : Verb::respond));
  }
}

/// What a client does once it is logged in, and how it leaves.
void add_use(std::vector<Step>& out, Random& random, const Work& work) {
  constexpr Verb uses[] = {Verb::select, Verb::fetch, Verb::say, Verb::noop, Verb::capability};
  for (std::size_t left = random.below(3); left > 0; --left) {
    out.push_back(make(random, work, uses[random.below(std::size(uses))]));
  }
  if (random.one_in(8)) out.push_back(make_wait(random));
  if (random.one_in(2)) {
    out.push_back(make(random, work, random.one_in(2) ? Verb::logout : Verb::close));
  }
}

std::uint8_t phrase_named(std::string_view name) {
  const auto found = std::ranges::find(client::phrases(), name, &client::Phrase::name);
  return static_cast<std::uint8_t>(found - client::phrases().begin());
}

Step saying(const Work& work, std::string_view phrase) {
  Step step;
  step.client = work.client;
  step.action.verb = Verb::say;
  step.action.account = work.account;
  step.action.phrase = phrase_named(phrase);
  return step;
}

/// What hardly comes about by chance, since it takes several steps that fit each other.
void add_story(std::vector<Step>& out, Random& random, Work work, bool tls) {
  const auto quietly = [&](Verb verb) {
    Step step = make(random, work, verb);
    step.mishap = world::Mishap::none;
    step.split = 0;
    out.push_back(step);
  };
  const auto log_in = [&] {
    work.right = true;
    if (tls) quietly(Verb::starttls);
    quietly(Verb::login);
  };
  switch (random.below(5)) {
    case 4: {  // a party comes again, for another user or with another secret
      constexpr Mechanism ways[] = {Mechanism::plain, Mechanism::oauthbearer, Mechanism::xoauth2};
      work.mechanism = ways[random.below(std::size(ways))];
      work.right = true;
      const bool for_others = work.mechanism == Mechanism::plain;
      if (for_others) work.account = 3;  // admin-as-alice
      for (int time = 0; time < 2; ++time) {
        if (tls) quietly(Verb::starttls);
        quietly(Verb::authenticate);
        quietly(Verb::respond);
        quietly(Verb::close);
        if (for_others) ++work.account;
        work.right = for_others;
      }
      break;
    }
    case 0: {  // the same again and again, until the front-end has had enough of it
      if (tls) quietly(Verb::starttls);
      work.right = false;
      const bool login = random.one_in(2);
      const Step step = login ? make(random, work, Verb::login)
                              : saying(work, random.one_in(2) ? "garbage" : "unknown");
      out.insert(out.end(), 7, step);
      break;
    }
    case 1:  // two clients do the same, step by step
      for (std::uint8_t client = 0; client < world::clients_max; ++client) {
        work.client = client;
        work.account = client;
        log_in();
      }
      for (std::uint8_t client = 0; client < world::clients_max; ++client) {
        work.client = client;
        out.push_back(random.one_in(2) ? saying(work, "status") : make(random, work, Verb::noop));
        out.back().mishap = random.one_in(2) ? world::Mishap::slow : world::Mishap::none;
      }
      break;
    case 2:  // a proof is right, the login behind it fails, and the proof comes once more
      work.right = true;
      work.mechanism = Mechanism::cram_md5;
      quietly(Verb::authenticate);
      quietly(Verb::respond);
      out.back().mishap =
          random.one_in(2) ? world::Mishap::die_at_login : world::Mishap::database_dies;
      quietly(Verb::authenticate);
      quietly(Verb::replay);
      break;
    default:  // a back-end that knows little
      log_in();
      out.back().mishap = world::Mishap::old_backend;
      out.push_back(saying(work, random.one_in(2) ? "append" : "append-waiting"));
      break;
  }
}

bool leaves(const Step& step) {
  return step.wait == 0 && (step.action.verb == Verb::logout || step.action.verb == Verb::close);
}

}  // namespace

std::span<const std::string_view> telling_octets(trace::Protocol protocol) {
  if (protocol == trace::Protocol::imap) return imap_octets;
  return pop3_octets;
}

Step random_step(Random& random, trace::Protocol protocol) {
  if (random.one_in(25)) return make_wait(random);
  const Work work = random_work(random, protocol);
  return make(random, work, random_verb(random));
}

void append_piece(world::Script& script, Random& random, Surroundings& around) {
  const Work work = random_work(random, script.protocol, around.certificate);
  std::vector<Step> out;
  if (random.one_in(4)) {
    out.push_back(random_step(random, script.protocol));
  } else if (random.one_in(10)) {
    add_story(out, random, work, around.certificate);
  } else {
    const bool tls = around.certificate && !around.under_tls[work.client] && !random.one_in(5);
    if (tls) {
      const bool certified = work.mechanism == Mechanism::external || random.one_in(6);
      out.push_back(make(random, work, certified ? Verb::starttls_certificate : Verb::starttls));
      around.under_tls[work.client] = true;
    }
    if (random.one_in(8)) out.push_back(make(random, work, Verb::say));
    add_login(out, random, work);
    if (random.one_in(10)) add_login(out, random, work);
    add_use(out, random, work);
  }
  for (Step& step : out) {
    if (leaves(step)) around.under_tls[step.client] = false;
    script.steps.push_back(std::move(step));
  }
}

world::Script random_script(Random& random, trace::Protocol protocol, std::size_t steps) {
  world::Script script{.protocol = protocol};
  const std::size_t length = 1 + random.below(std::max<std::size_t>(steps, 1));
  Surroundings around;
  while (script.steps.size() < length) append_piece(script, random, around);
  script.steps.resize(length);
  return script;
}

}  // namespace sallyport::engine
