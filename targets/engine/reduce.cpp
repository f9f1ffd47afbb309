#include "targets/engine/reduce.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace sallyport::engine {

namespace {

using world::Change;
using world::Script;
using world::Step;

/// `script` without steps [from, from + count); `vary` follows the steps that it speaks of.
Script without_steps(const Script& script, std::size_t from, std::size_t count) {
  Script out = script;
  const auto begin = out.steps.begin() + static_cast<std::ptrdiff_t>(from);
  out.steps.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
  std::erase_if(out.vary, [&](const Change& change) {
    return change.step >= from && change.step < from + count;
  });
  for (Change& change : out.vary) {
    if (change.step >= from) change.step = static_cast<std::uint8_t>(change.step - count);
  }
  return out;
}

/// Seconds.
constexpr std::uint16_t waits_tried[] = {60, 300, 600, 1200};

class Reducer {
 public:
  Reducer(Script script, const Fails& fails, std::size_t attempts)
      : script_(std::move(script)), fails_(fails), attempts_(attempts) {}

  Script run() {
    do {
      changed_ = false;
      steps();
      vary();
      for (std::size_t i = 0; i < script_.steps.size(); ++i) {
        leases([i](Script& s) -> world::Leases& { return s.steps[i].leases; }, 0);
        octets(i);
        plainer(i);
      }
      all_of_first_client();
    } while (changed_);
    return std::move(script_);
  }

 private:
  /// Takes `candidate` if it differs and still fails.
  bool take(Script candidate) {
    if (attempts_ == 0 || candidate == script_) return false;
    --attempts_;
    if (!fails_(candidate)) return false;
    script_ = std::move(candidate);
    changed_ = true;
    return true;
  }
  template <class Edit>
  bool edit(Edit&& change) {
    Script candidate = script_;
    change(candidate);
    return take(std::move(candidate));
  }

  void steps() {
    for (std::size_t count = script_.steps.size(); count > 0; count /= 2) {
      for (std::size_t from = 0; from + count <= script_.steps.size();) {
        if (!take(without_steps(script_, from, count))) from += count;
      }
    }
  }

  void vary() {
    edit([](Script& s) { s.vary.clear(); });
    for (std::size_t i = 0; i < script_.vary.size();) {
      if (edit([i](Script& s) { s.vary.erase(s.vary.begin() + static_cast<std::ptrdiff_t>(i)); })) {
        continue;
      }
      leases([i](Script& s) -> world::Leases& { return s.vary[i].leases; }, 1);
      ++i;
    }
  }

  /// `of(script)` is the list of leases to shorten, down to `least`, and to lower.
  template <class Of>
  void leases(Of&& of, std::size_t least) {
    if (of(script_).size() > least) edit([&](Script& s) { of(s).resize(least); });
    while (of(script_).size() > least && edit([&](Script& s) { of(s).pop_back(); })) {
    }
    for (std::size_t i = 0; i < of(script_).size(); ++i) {
      for (std::uint8_t lease = 0; lease < of(script_)[i]; ++lease) {
        edit([&](Script& s) { of(s)[i] = lease; });
      }
    }
  }

  void octets(std::size_t i) {
    for (std::size_t count = script_.steps[i].action.octets.size(); count > 0; count /= 2) {
      for (std::size_t from = 0; from + count <= script_.steps[i].action.octets.size();) {
        if (!edit([&](Script& s) { s.steps[i].action.octets.erase(from, count); })) from += count;
      }
    }
  }

  void plainer(std::size_t i) {
    edit([i](Script& s) { s.steps[i].split = 0; });
    edit([i](Script& s) { s.steps[i].client = 0; });
    edit([i](Script& s) { s.steps[i].action.account = 0; });
    edit([i](Script& s) { s.steps[i].action.right = true; });
    edit([i](Script& s) { s.steps[i].action.bound = true; });
    edit([i](Script& s) { s.steps[i].mishap = world::Mishap::none; });
    if (script_.steps[i].wait == 0) return;
    for (const std::uint16_t shorter : waits_tried) {
      if (shorter >= script_.steps[i].wait) break;
      edit([i, shorter](Script& s) { s.steps[i].wait = shorter; });
    }
  }

  /// Steps of one client hang together, so they can't always move one by one.
  void all_of_first_client() {
    edit([](Script& s) {
      for (Step& step : s.steps) step.client = 0;
    });
    if (script_.steps.empty() || script_.steps.front().client == 0) return;
    edit([](Script& s) {
      for (Step& step : s.steps) step.client = static_cast<std::uint8_t>(step.client ^ 1);
    });
  }

  Script script_;
  const Fails& fails_;
  std::size_t attempts_;
  bool changed_ = false;
};

}  // namespace

Script reduce(Script script, const Fails& fails, std::size_t attempts) {
  return Reducer(std::move(script), fails, attempts).run();
}

Script reduce(Judge& judge, Script script, std::string_view property) {
  script.protocol = judge.subject().protocol;
  const Fails fails = [&](const Script& candidate) { return judge.violates(candidate, property); };
  script = finding_of(judge, property, script).script;
  return reduce(std::move(script), fails);
}

}  // namespace sallyport::engine
