#include "targets/live/compare.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace sallyport::live {

namespace {

/// Without what is noise by nature: content, and how long it is.
bool same_but_for_content(trace::Event a, trace::Event b) {
  a.digest = b.digest = 0;
  a.amount = b.amount = 0;
  a.binding = b.binding = 0;
  a.tag.clear();
  b.tag.clear();
  return a == b;
}

/// What clients said and heard in a step. Which connections to back-ends were used for it, and when
/// they were opened, is the server's business.
std::vector<trace::Event*> of_clients(trace::Events& events) {
  std::vector<trace::Event*> out;
  for (trace::Event& e : events) {
    if (e.point == trace::Point::client) out.push_back(&e);
  }
  return out;
}

/// Takes the content that differs between equal runs out of all runs. Returns the number of steps
/// in which equal runs are alike.
std::size_t mask(std::vector<Steps>& equal, std::vector<Steps>& others, std::size_t steps) {
  for (std::size_t step = 0; step < steps; ++step) {
    const auto model = of_clients(equal.front()[step]);
    for (std::size_t run = 1; run < equal.size(); ++run) {
      const auto again = of_clients(equal[run][step]);
      const bool alike = std::ranges::equal(
          model, again, [](const auto* a, const auto* b) { return same_but_for_content(*a, *b); });
      if (!alike) return step;
    }
    for (std::size_t i = 0; i < model.size(); ++i) {
      const auto differs = [&](Steps& run) {
        return of_clients(run[step])[i]->digest != model[i]->digest;
      };
      if (std::ranges::none_of(equal, differs)) continue;
      for (std::vector<Steps>* const runs : {&equal, &others}) {
        for (Steps& run : *runs) {
          const auto events = of_clients(run[step]);
          if (i < events.size()) events[i]->digest = 0;
        }
      }
    }
  }
  return steps;
}

std::size_t shortest(const std::vector<Steps>& runs) {
  return std::ranges::min(runs, {}, &Steps::size).size();
}

bool is_digit(std::string_view text, std::size_t i) {
  return i < text.size() && text[i] >= '0' && text[i] <= '9';
}

/// The size of the fraction that `text` begins with; 0: with none.
std::size_t fraction(std::string_view text) {
  std::size_t end = 0;
  while (is_digit(text, end)) ++end;
  if (end == 0 || end == text.size() || text[end] != '.' || !is_digit(text, end + 1)) return 0;
  for (++end; is_digit(text, end);) ++end;
  return end;
}

/// "0.001" becomes "#", and so does "(0.001 + 0.022 secs)" as a whole: Dovecot says as many numbers
/// as it has to say something of.
std::string without_fractions(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t size = fraction(text);
    if (text.front() == '(' && fraction(text.substr(1)) > 0) {
      const std::size_t end = text.find(')');
      if (end != std::string_view::npos) size = end + 1;
    }
    out += size == 0 ? text.substr(0, 1) : std::string_view("#");
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out;
}

}  // namespace

Steps steps_of(const trace::Trace& trace, const Run& run) {
  Steps steps;
  std::size_t from = run.first_event;
  for (const std::size_t behind : run.behind) {
    const auto begin = trace.events.begin();
    steps.emplace_back(begin + static_cast<std::ptrdiff_t>(from),
                       begin + static_cast<std::ptrdiff_t>(behind));
    from = behind;
  }
  // A line's events stand between its place and the next line's.
  for (std::size_t i = run.first_line; i < trace.dialogue.size(); ++i) {
    const trace::DialogueLine& line = trace.dialogue[i];
    if (!line.from_server) continue;
    const std::string plain = without_fractions(line.octets);
    if (plain == line.octets) continue;
    const std::size_t next =
        i + 1 < trace.dialogue.size() ? trace.dialogue[i + 1].first_event : trace.events.size();
    for (std::size_t event = line.first_event; event < next; ++event) {
      const auto step = std::ranges::upper_bound(run.behind, event);
      if (step == run.behind.end()) break;
      const std::size_t begin = step == run.behind.begin() ? run.first_event : *std::prev(step);
      trace::Event& seen =
          steps[static_cast<std::size_t>(step - run.behind.begin())][event - begin];
      if (seen.digest != 0) seen.digest = trace::digest_of(plain);
    }
  }
  return steps;
}

std::vector<Compared> compare(const engine::Panel::Set& set, std::vector<Steps> first,
                              std::vector<Steps> second) {
  std::vector<Compared> out(set.members.size());
  std::size_t steps = std::min(shortest(first), shortest(second));
  steps = mask(first, second, steps);
  steps = mask(second, first, steps);
  const properties::Monitors& monitors = set.monitors;
  auto a = monitors.start();
  auto b = monitors.start();
  const auto ignore = [](std::size_t, const properties::Outcome&, std::size_t) {};
  for (std::size_t step = 0; step < steps; ++step) {
    monitors.step(a, first.front()[step], ignore);
    monitors.step(b, second.front()[step], ignore);
    monitors.compare(a, b, [&](std::size_t i, const properties::Outcome& outcome) {
      ++out[i].exercised;
      if (outcome.violation().empty() || out[i].at) return;
      out[i].violation = outcome.violation();
      out[i].at = step;
    });
  }
  return out;
}

}  // namespace sallyport::live
