#include "targets/live/plan.hpp"

#include <array>
#include <string>
#include <utility>

namespace sallyport::live {

using client::Action;
using client::Verb;
using trace::Capability;
using trace::Mechanism;
using trace::Protocol;

namespace {

// No mechanism in client::spoken has more messages of the client's.
constexpr int responses_max = 3;
constexpr std::size_t accounts_max = 4;  // that log in; more show nothing new

/// A script in the making.
class Steps {
 public:
  Steps(Protocol protocol, bool starttls) {
    script_.protocol = protocol;
    if (starttls) act(Verb::starttls);
  }
  Steps& act(Verb verb) { return add({.verb = verb}); }
  Steps& send(std::string octets) { return add({.verb = Verb::send, .octets = std::move(octets)}); }
  /// IMAP has one list, POP3 two.
  Steps& lists() {
    act(Verb::capability);
    return script_.protocol == Protocol::pop3 ? act(Verb::mechanisms) : *this;
  }
  Steps& login(std::size_t account, bool right = true) {
    return add(
        {.verb = Verb::login, .account = static_cast<std::uint8_t>(account), .right = right});
  }
  /// Up to the server's word; `cancel` and `respond` are left out by a client that is not asked.
  Steps& start(Mechanism mechanism) {
    return add({.verb = Verb::authenticate, .mechanism = mechanism, .right = false})
        .act(Verb::cancel);
  }
  Steps& authenticate(Mechanism mechanism) {
    add({.verb = Verb::authenticate, .mechanism = mechanism});
    for (int i = 0; i < responses_max; ++i) act(Verb::respond);
    return *this;
  }
  [[nodiscard]] world::Script leave() { return end(Verb::logout); }
  [[nodiscard]] world::Script hang_up() { return end(Verb::close); }

 private:
  world::Script end(Verb verb) {
    act(verb);
    return std::move(script_);
  }
  Steps& add(Action action) {
    script_.steps.push_back({.client = 0, .action = std::move(action), .leases = {}, .split = 0});
    return *this;
  }
  world::Script script_;
};

// The server-first ones before those where the client speaks first.
constexpr std::array by_preference{Mechanism::cram_md5, Mechanism::ntlm, Mechanism::login,
                                   Mechanism::plain};

bool takes_passwords(const Known& known) {
  if (known.protocol == Protocol::imap) return !known.capabilities.has(Capability::login_disabled);
  // Without CAPA nothing is known, and USER is what every server of that age has.
  return known.capabilities.empty() || known.capabilities.has(Capability::user);
}

/// Exchanges that the client can speak, so that it can cancel them; where the server offers these,
/// one that it doesn't, in raw octets, after which there is nothing to do but to hang up.
void add_unoffered(const Known& known, std::vector<Visit>& visits) {
  static constexpr std::string_view purpose = "a mechanism that is not offered";
  bool spoken = false;
  for (const Mechanism mechanism : {Mechanism::ntlm, Mechanism::cram_md5}) {
    if (known.offered.has(mechanism)) continue;
    spoken = true;
    visits.push_back(
        {.purpose = purpose,
         .script = Steps(known.protocol, known.starttls).lists().start(mechanism).leave(),
         .provokes = true});
  }
  if (spoken) return;
  for (const Mechanism mechanism : {Mechanism::kerberos_v4, Mechanism::skey, Mechanism::otp}) {
    if (known.offered.has(mechanism)) continue;
    std::string command(known.protocol == Protocol::imap ? "x1 AUTHENTICATE " : "AUTH ");
    command.append(name(mechanism)).append("\r\n");
    visits.push_back(
        {.purpose = purpose,
         .script = Steps(known.protocol, known.starttls).lists().send(std::move(command)).hang_up(),
         .provokes = true});
    return;
  }
}

void add_visits_of_account(const Known& known, std::vector<Visit>& visits) {
  const auto steps = [&] { return Steps(known.protocol, known.starttls); };
  const bool passwords = takes_passwords(known);
  const auto look_round = [](Steps& s) {
    return s.lists().act(Verb::select).act(Verb::noop).leave();
  };
  if (passwords) {
    visits.push_back({.purpose = "a log-in",
                      .script = look_round(steps().lists().login(0)),
                      .proves_account = true});
  }
  (known.offered & client::spoken).each([&](Mechanism mechanism) {
    visits.push_back({.purpose = "a log-in by an offered mechanism",
                      .script = look_round(steps().lists().authenticate(mechanism))});
  });
  if (!passwords) return;
  visits.push_back({.purpose = "a second log-in",
                    .script = steps().lists().login(0).login(0).start(Mechanism::plain).leave(),
                    .provokes = true});
  for (std::size_t account = 1; account < known.accounts && account < accounts_max; ++account) {
    visits.push_back({.purpose = "a log-in of another account",
                      .script = steps().login(account).act(Verb::select).leave()});
  }
  visits.push_back({.purpose = "a wrong password",
                    .script = steps().lists().login(0, false).act(Verb::select).leave(),
                    .provokes = true});
}

}  // namespace

Visit first_visit(Protocol protocol, bool starttls) {
  Steps steps(protocol, false);
  steps.lists();
  if (starttls) steps.act(Verb::starttls).lists();
  return {.purpose = "the lists", .script = steps.lists().leave()};
}

std::vector<Visit> further_visits(const Known& known) {
  const auto steps = [&] { return Steps(known.protocol, known.starttls); };
  std::vector<Visit> visits;
  visits.push_back({.purpose = "commands out of their state",
                    // In this order: a server that takes both must not find a message to fetch.
                    .script = steps().act(Verb::fetch).act(Verb::select).leave(),
                    .provokes = true});
  visits.push_back(
      {.purpose = "an unknown command",
       .script = steps()
                     .send(known.protocol == Protocol::imap ? "x1 SALLYPORT\r\n" : "SALLYPORT\r\n")
                     .leave(),
       .provokes = true});
  add_unoffered(known, visits);
  for (const Mechanism mechanism : by_preference) {
    if (!known.offered.has(mechanism)) continue;
    visits.push_back({.purpose = "a cancelled exchange",
                      .script = steps().lists().start(mechanism).lists().leave(),
                      .provokes = true});
    break;
  }
  if (known.accounts > 0) add_visits_of_account(known, visits);
  return visits;
}

}  // namespace sallyport::live
