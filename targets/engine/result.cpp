#include "targets/engine/result.hpp"

#include <charconv>
#include <limits>

namespace sallyport::engine {

namespace {

struct Unit {
  std::string_view suffix;
  std::uint64_t milliseconds;  // 0: a count
};
constexpr Unit units[] = {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"x", 0}};

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    out.push_back(octet < 0x20 || octet >= 0x7f ? '?' : c);
  }
  out.push_back('\'');
  return out;
}

/// "a, b or c"
template <class Items>
std::string alternatives(const Items& items) {
  std::string out;
  std::size_t i = 0;
  for (const auto& item : items) {
    if (i > 0) out += i + 1 == items.size() ? " or " : ", ";
    out += item.name;
    ++i;
  }
  return out;
}

}  // namespace

std::string Subject::front_end() const {
  std::string out(configuration.profile.name);
  if (configuration.fault == frontend::Fault::none) return out;
  for (const frontend::FaultFacts& facts : frontend::faults()) {
    if (facts.fault == configuration.fault) out.append("+").append(facts.name);
  }
  return out;
}

std::string Subject::name() const {
  return front_end() + (protocol == trace::Protocol::imap ? "/imap" : "/pop3");
}

std::expected<frontend::Configuration, std::string> configuration_from(std::string_view front_end) {
  const std::size_t plus = front_end.find('+');
  const std::string_view profile_name = front_end.substr(0, plus);
  const frontend::Profile* profile = frontend::find_profile(profile_name);
  if (profile == nullptr) {
    return std::unexpected("front-end " + quoted(front_end) + ": unknown profile " +
                           quoted(profile_name) + ", expected " +
                           alternatives(frontend::profiles()));
  }
  frontend::Configuration configuration = frontend::configured(*profile);
  if (plus == std::string_view::npos) return configuration;
  const std::string_view fault_name = front_end.substr(plus + 1);
  const frontend::FaultFacts* fault = frontend::find_fault(fault_name);
  if (fault == nullptr) {
    return std::unexpected("front-end " + quoted(front_end) + ": unknown fault " +
                           quoted(fault_name) + ", expected " + alternatives(frontend::faults()));
  }
  configuration.fault = fault->fault;
  return configuration;
}

std::expected<Budget, std::string> budget_from(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view suffix = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const Unit& unit : units) {
    if (error != std::errc{} || number == 0 || suffix != unit.suffix) continue;
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (unit.milliseconds != 0 && number > most / unit.milliseconds) continue;
    Budget budget;
    if (unit.milliseconds == 0) {
      budget.count = number;
    } else {
      budget.time =
          std::chrono::milliseconds(static_cast<std::int64_t>(number * unit.milliseconds));
    }
    return budget;
  }
  return std::unexpected("budget " + quoted(text) +
                         ": expected a positive time such as 20s, 10m or 2h, or a count such as "
                         "200000x");
}

std::string to_text(const Budget& budget) {
  if (budget.count) return std::to_string(*budget.count) + "x";
  if (!budget.time) return "none";
  const auto milliseconds = static_cast<std::uint64_t>(budget.time->count());
  std::string_view suffix = "ms";
  std::uint64_t number = milliseconds;
  for (const Unit& unit : units) {
    if (unit.milliseconds == 0 || milliseconds % unit.milliseconds != 0) continue;
    suffix = unit.suffix;
    number = milliseconds / unit.milliseconds;
  }
  return std::to_string(number).append(suffix);
}

}  // namespace sallyport::engine
