// The byte form of scripts. Every string of bytes decodes to some script: what is missing at the
// end is taken as zero, what is out of range is taken modulo.
//
//   script = protocol *step              ; protocol: lowest bit, 0 IMAP, 1 POP3
//   step   = opcode [mechanism] [account] [length octets] [leases] [split]
//   vary   = opcode step leases
//   leases = count *choice               ; count modulo leases_max + 1
//   length = 2OCTET                      ; little-endian, modulo octets_max + 1
//
// An opcode's low four bits are the verb of client::Verb, 14 for vary, 15 for nothing; above them
// stand one bit each: client 1, leases follow, split follows, wrong password.
#include <algorithm>
#include <iterator>

#include "world/script.hpp"

namespace sallyport::world {
namespace {

using client::Verb;

constexpr std::uint8_t verb_mask = 0x0f;
constexpr std::uint8_t vary_code = 14;
constexpr std::uint8_t second_client = 0x10;
constexpr std::uint8_t has_leases = 0x20;
constexpr std::uint8_t has_split = 0x40;
constexpr std::uint8_t wrong_password = 0x80;
static_assert(client::verb_count <= vary_code);
static_assert(clients_max == 2);

// Mechanisms that have a name of their own to be asked for.
constexpr auto first_mechanism = static_cast<unsigned>(trace::Mechanism::plain);
constexpr auto mechanism_count =
    static_cast<unsigned>(trace::Mechanism::apop) - first_mechanism + 1;

class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : bytes_(bytes) {}

  Script script() {
    Script script;
    script.protocol = (byte() & 1U) == 0 ? trace::Protocol::imap : trace::Protocol::pop3;
    while (!bytes_.empty()) {
      const std::uint8_t opcode = byte();
      const std::uint8_t code = opcode & verb_mask;
      if (code < client::verb_count) {
        if (script.steps.size() == steps_max) break;
        script.steps.push_back(step(opcode));
      } else if (code == vary_code) {
        Change change{.step = byte()};
        change.leases = leases();
        if (script.vary.size() < steps_max) script.vary.push_back(std::move(change));
      }
    }
    std::erase_if(script.vary, [&](const Change& change) {
      return change.step >= script.steps.size() || change.leases.empty();
    });
    return script;
  }

 private:
  Step step(std::uint8_t opcode) {
    Step step;
    step.client = (opcode & second_client) != 0 ? 1 : 0;
    step.action.verb = static_cast<Verb>(opcode & verb_mask);
    const client::VerbFacts& takes = client::facts(step.action.verb);
    if (takes.mechanism) {
      step.action.mechanism =
          static_cast<trace::Mechanism>(first_mechanism + byte() % mechanism_count);
    }
    if (takes.account) {
      step.action.account = static_cast<std::uint8_t>(byte() % std::size(account_names));
      step.action.right = (opcode & wrong_password) == 0;
    }
    if (takes.octets) {
      const std::size_t low = byte();
      const std::size_t length = (low | std::size_t{byte()} << 8U) % (octets_max + 1);
      step.action.octets = bytes_.substr(0, length);
      bytes_.remove_prefix(step.action.octets.size());
    }
    if ((opcode & has_leases) != 0) step.leases = leases();
    if ((opcode & has_split) != 0) step.split = byte();
    return step;
  }

  Leases leases() {
    Leases leases(byte() % (leases_max + 1));
    for (std::uint8_t& choice : leases) choice = byte();
    return leases;
  }

  std::uint8_t byte() {
    if (bytes_.empty()) return 0;
    const auto value = static_cast<std::uint8_t>(bytes_.front());
    bytes_.remove_prefix(1);
    return value;
  }

  std::string_view bytes_;
};

void append(std::string& out, std::size_t value) { out += static_cast<char>(value & 0xffU); }

void append_leases(std::string& out, const Leases& leases) {
  append(out, leases.size());
  for (const std::uint8_t choice : leases) append(out, choice);
}

}  // namespace

Script script_from_bytes(std::string_view bytes) { return Decoder(bytes).script(); }

std::string to_bytes(const Script& script) {
  std::string out;
  append(out, script.protocol == trace::Protocol::imap ? 0 : 1);
  for (const Step& step : script.steps) {
    const client::Action& action = step.action;
    const client::VerbFacts& takes = client::facts(action.verb);
    unsigned opcode = static_cast<unsigned>(action.verb);
    if (step.client != 0) opcode |= second_client;
    if (!step.leases.empty()) opcode |= has_leases;
    if (step.split != 0) opcode |= has_split;
    if (takes.account && !action.right) opcode |= wrong_password;
    append(out, opcode);
    if (takes.mechanism) append(out, static_cast<unsigned>(action.mechanism) - first_mechanism);
    if (takes.account) append(out, action.account);
    if (takes.octets) {
      append(out, action.octets.size());
      append(out, action.octets.size() >> 8U);
      out += action.octets;
    }
    if (!step.leases.empty()) append_leases(out, step.leases);
    if (step.split != 0) append(out, step.split);
  }
  for (const Change& change : script.vary) {
    append(out, vary_code);
    append(out, change.step);
    append_leases(out, change.leases);
  }
  return out;
}

Pair runs(const Script& script) {
  Pair pair{.first = script, .second = script};
  pair.first.vary.clear();
  pair.second.vary.clear();
  if (script.vary.empty()) {
    for (Step& step : pair.first.steps) step.leases.clear();
  } else {
    for (const Change& change : script.vary) {
      if (change.step < pair.second.steps.size()) {
        pair.second.steps[change.step].leases = change.leases;
      }
    }
  }
  return pair;
}

Script with_vary(const Script& script) {
  if (!script.vary.empty()) return script;
  Script varied = script;
  for (std::size_t i = 0; i < varied.steps.size() && i < steps_max; ++i) {
    Step& step = varied.steps[i];
    if (step.leases.empty()) continue;
    varied.vary.push_back({.step = static_cast<std::uint8_t>(i), .leases = {}});
    std::swap(varied.vary.back().leases, step.leases);
  }
  return varied;
}

}  // namespace sallyport::world
