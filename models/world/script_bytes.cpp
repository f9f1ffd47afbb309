// The byte form of scripts. Every string of bytes decodes to some script: what is missing at the
// end is taken as zero, what is out of range is taken modulo.
//
//   script = protocol *step              ; protocol: lowest bit, 0 IMAP, 1 POP3
//   step   = opcode [more] [wait / phrase] [mechanism] [account] [length octets] [leases] [split]
//            [mishap]
//   vary   = opcode step variation [leases / split]
//   leases = count *choice               ; count modulo leases_max + 1
//   length = 2OCTET                      ; little-endian, modulo octets_max + 1
//
// An opcode's low five bits are the verb of client::Verb, 29 for wait, 30 for vary, 31 for nothing;
// above them stand one bit each: client 1, leases follow, `more` follows. `more` has a bit each
// for: split follows, wrong password, mishap follows, another channel's binding.
#include <algorithm>
#include <iterator>

#include "client/phrases.hpp"
#include "world/script.hpp"

namespace sallyport::world {
namespace {

using client::Verb;

constexpr std::size_t step_octets_usual = 2;  // many have fewer parts than octets
constexpr std::uint8_t verb_mask = 0x1f;
constexpr std::uint8_t wait_code = 29;
constexpr std::uint8_t vary_code = 30;
constexpr std::uint8_t second_client = 0x20;
constexpr std::uint8_t has_leases = 0x40;
constexpr std::uint8_t has_more = 0x80;
constexpr std::uint8_t has_split = 0x01;
constexpr std::uint8_t wrong_password = 0x02;
constexpr std::uint8_t has_mishap = 0x04;
constexpr std::uint8_t misbound = 0x08;
static_assert(client::verb_count <= wait_code);
static_assert(clients_max == 2);

// Mechanisms that have a name of their own to be asked for.
constexpr auto first_mechanism = static_cast<unsigned>(trace::Mechanism::plain);
constexpr auto mechanism_count =
    static_cast<unsigned>(trace::Mechanism::apop) - first_mechanism + 1;
constexpr auto first_variation = static_cast<unsigned>(trace::Variation::schedule);
constexpr auto variation_count =
    static_cast<unsigned>(trace::Variation::unknown_user) - first_variation + 1;

class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : bytes_(bytes) {}

  Script script() {
    Script script;
    script.steps.reserve(std::min(bytes_.size() / step_octets_usual + 1, steps_max));
    script.protocol = (byte() & 1U) == 0 ? trace::Protocol::imap : trace::Protocol::pop3;
    while (!bytes_.empty()) {
      const std::uint8_t opcode = byte();
      const std::uint8_t code = opcode & verb_mask;
      if (code < client::verb_count || code == wait_code) {
        if (script.steps.size() == steps_max) break;
        script.steps.push_back(step(opcode));
      } else if (code == vary_code) {
        Change found = change();
        if (script.vary.size() < steps_max) script.vary.push_back(std::move(found));
      }
    }
    // All of one variation: the first one's.
    std::erase_if(script.vary, [&](const Change& change) {
      const bool empty =
          (change.variation == trace::Variation::schedule && change.leases.empty()) ||
          (change.variation == trace::Variation::segmentation && change.split == 0);
      return change.step >= script.steps.size() || empty;
    });
    if (!script.vary.empty()) {
      const trace::Variation one = script.vary.front().variation;
      std::erase_if(script.vary, [one](const Change& change) { return change.variation != one; });
    }
    return script;
  }

 private:
  Step step(std::uint8_t opcode) {
    Step step;
    step.client = (opcode & second_client) != 0 ? 1 : 0;
    const std::uint8_t more = (opcode & has_more) != 0 ? byte() : 0;
    if ((opcode & verb_mask) == wait_code) {
      const std::size_t low = byte();
      step.wait =
          static_cast<std::uint16_t>(1 + (low | std::size_t{byte()} << 8U) % wait_seconds_max);
    } else {
      step.action.verb = static_cast<Verb>(opcode & verb_mask);
      action(step.action, more);
    }
    if ((opcode & has_leases) != 0) step.leases = leases();
    if ((more & has_split) != 0) step.split = byte();
    if ((more & has_mishap) != 0) step.mishap = static_cast<Mishap>(byte() % mishap_count);
    return step;
  }

  void action(client::Action& action, std::uint8_t more) {
    const client::VerbFacts& takes = client::facts(action.verb);
    if (takes.phrase) action.phrase = static_cast<std::uint8_t>(byte() % client::phrases().size());
    if (takes.mechanism) {
      action.mechanism = static_cast<trace::Mechanism>(first_mechanism + byte() % mechanism_count);
    }
    if (takes.account) {
      action.account = static_cast<std::uint8_t>(byte() % std::size(accounts));
      action.right = (more & wrong_password) == 0;
    }
    if (takes.bound) action.bound = (more & misbound) == 0;
    if (takes.octets) {
      const std::size_t low = byte();
      const std::size_t length = (low | std::size_t{byte()} << 8U) % (octets_max + 1);
      action.octets = bytes_.substr(0, length);
      bytes_.remove_prefix(action.octets.size());
    }
  }

  Change change() {
    Change change;
    change.step = byte();
    change.variation = static_cast<trace::Variation>(first_variation + byte() % variation_count);
    if (change.variation == trace::Variation::schedule) change.leases = leases();
    if (change.variation == trace::Variation::segmentation) change.split = byte();
    return change;
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

void append_step(std::string& out, const Step& step) {
  const client::Action& action = step.action;
  const client::VerbFacts& takes = client::facts(action.verb);
  const bool acts = step.wait == 0;
  unsigned more = 0;
  if (step.split != 0) more |= has_split;
  if (acts && takes.account && !action.right) more |= wrong_password;
  if (step.mishap != Mishap::none) more |= has_mishap;
  if (acts && takes.bound && !action.bound) more |= misbound;
  unsigned opcode = acts ? static_cast<unsigned>(action.verb) : wait_code;
  if (step.client != 0) opcode |= second_client;
  if (!step.leases.empty()) opcode |= has_leases;
  if (more != 0) opcode |= has_more;
  append(out, opcode);
  if (more != 0) append(out, more);
  if (!acts) {
    append(out, step.wait - std::size_t{1});
    append(out, (step.wait - std::size_t{1}) >> 8U);
  } else {
    if (takes.phrase) append(out, action.phrase);
    if (takes.mechanism) append(out, static_cast<unsigned>(action.mechanism) - first_mechanism);
    if (takes.account) append(out, action.account);
    if (takes.octets) {
      append(out, action.octets.size());
      append(out, action.octets.size() >> 8U);
      out += action.octets;
    }
  }
  if (!step.leases.empty()) append_leases(out, step.leases);
  if (step.split != 0) append(out, step.split);
  if (step.mishap != Mishap::none) append(out, static_cast<unsigned>(step.mishap));
}

}  // namespace

Script script_from_bytes(std::string_view bytes) { return Decoder(bytes).script(); }

std::string to_bytes(const Script& script) {
  std::string out;
  append(out, script.protocol == trace::Protocol::imap ? 0 : 1);
  for (const Step& step : script.steps) append_step(out, step);
  for (const Change& change : script.vary) {
    append(out, vary_code);
    append(out, change.step);
    append(out, static_cast<unsigned>(change.variation) - first_variation);
    if (change.variation == trace::Variation::schedule) append_leases(out, change.leases);
    if (change.variation == trace::Variation::segmentation) append(out, change.split);
  }
  return out;
}

}  // namespace sallyport::world
