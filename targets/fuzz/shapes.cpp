#include "targets/fuzz/shapes.hpp"

#include <algorithm>
#include <string_view>

namespace sallyport::fuzz {

using client::Verb;
using world::Script;
using world::Step;

Script script_of(const std::uint8_t* data, std::size_t size) {
  return world::script_from_bytes({reinterpret_cast<const char*>(data), size});
}

void let_two_clients_take_turns(Script& script) {
  std::uint8_t client = 0;
  std::uint8_t first_account = 0;
  for (Step& step : script.steps) {
    step.client = client;
    client ^= 1;
    if (!client::facts(step.action.verb).account) continue;
    if (step.client == 0) {
      first_account = step.action.account;
    } else if (step.action.account == first_account) {
      step.action.account = first_account == 0 ? 1 : 0;
    }
  }
}

void let_backends_misbehave(Script& script) {
  std::size_t place = 0;
  for (Step& step : script.steps) {
    const std::size_t turn = place++ + static_cast<std::size_t>(step.action.verb);
    if (step.mishap != world::Mishap::none) continue;
    step.mishap = static_cast<world::Mishap>(1 + turn % (world::mishap_count - 1));
  }
}

void ask_for_tls_first(Script& script) {
  for (std::uint8_t client = 0; client < world::clients_max; ++client) {
    const auto first = std::ranges::find(script.steps, client, &Step::client);
    const bool asks =
        first != script.steps.end() &&
        (first->action.verb == Verb::starttls || first->action.verb == Verb::starttls_certificate);
    if (asks || (first == script.steps.end() && client > 0)) continue;
    if (script.steps.size() == world::steps_max) script.steps.pop_back();
    script.steps.insert(script.steps.begin(),
                        {.client = client, .action = {.verb = Verb::starttls}});
    for (world::Change& change : script.vary) ++change.step;
  }
  std::erase_if(script.vary,
                [&](const world::Change& change) { return change.step >= script.steps.size(); });
}

void rotate_connections(Script& script) {
  for (Step& step : script.steps) {
    if (step.leases.empty() && step.wait == 0) step.leases = {1, 1};
  }
}

void mistype_passwords(Script& script) {
  for (Step& step : script.steps) {
    if (client::facts(step.action.verb).account) step.action.right = false;
  }
}

}  // namespace sallyport::fuzz
