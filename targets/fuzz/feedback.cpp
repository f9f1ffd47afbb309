#include "targets/fuzz/feedback.hpp"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <string_view>

extern "C" {
// AFL++'s runtime, where it is linked: its map, and what gives places in it away.
[[gnu::weak]] extern std::uint8_t* __afl_area_ptr;
[[gnu::weak]] void __sanitizer_cov_trace_pc_guard_init(std::uint32_t* begin, std::uint32_t* end);
[[gnu::weak]] void __sanitizer_cov_trace_pc_guard(std::uint32_t* guard);
}

namespace sallyport::fuzz {

namespace {

using trace::Kind;
using trace::Point;

// libFuzzer finds it by its name, clears it before and reads it after each execution.
[[gnu::section("__libfuzzer_extra_counters"), gnu::used]] std::uint8_t counters[feedback_counters];

// Places in AFL++'s map, as an instrumented file gets one for each of its edges. Before main, since
// the map's size is told once.
std::uint32_t guards[feedback_counters];
[[maybe_unused]] const bool afl_listens = [] {
  if (&__afl_area_ptr == nullptr) return false;
  __sanitizer_cov_trace_pc_guard_init(std::begin(guards), std::end(guards));
  return true;
}();

constexpr std::uint64_t mixed(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15;
  return hash ^ hash >> 29;
}

bool authenticates(const trace::Event& e) {
  return e.verb == trace::Verb::login || e.verb == trace::Verb::authenticate ||
         e.verb == trace::Verb::pass || e.verb == trace::Verb::auth;
}

/// What an event of a wire does to the phase of its connection.
template <class Phase>
Phase next(Phase phase, const trace::Event& e) {
  if (e.kind == Kind::opened) return Phase::greeted;
  if (e.kind == Kind::closed) return Phase::absent;
  if (e.kind == Kind::continuation) return Phase::challenged;
  if (e.kind != Kind::completion || !authenticates(e)) return phase;
  return e.status == trace::Status::ok ? Phase::logged_in : Phase::greeted;
}

}  // namespace

void count_feature(std::uint64_t feature) {
  const auto place = static_cast<std::size_t>(feature % feedback_counters);
  if (afl_listens) return __sanitizer_cov_trace_pc_guard(&guards[place]);
  if (counters[place] < 0xff) ++counters[place];
}

Feedback::Feedback() {
  const char* const set = std::getenv("SALLYPORT_FEEDBACK");
  on_ = set == nullptr || std::string_view(set) != "0";
}

void Feedback::start() {
  sessions_ = {};
  links_ = {};
  before_ = {};
}

void Feedback::on_session(Session& session, const trace::Event& e) {
  session.phase = next(session.phase, e);
  if (e.kind == Kind::opened) session = {.phase = Phase::greeted};
  if (e.kind == Kind::tls) session.tls = 1;
}

void Feedback::on_link(Link& link, const trace::Event& e) {
  link.phase = next(link.phase, e);
  if (e.kind == Kind::opened) link = {.phase = Phase::greeted, .leased = link.leased};
  if (e.kind == Kind::tls) link.tls = 1;
}

void Feedback::step(const trace::Events& events) {
  if (!on_) return;
  for (const trace::Event& e : events) {
    if (e.point == Point::client && e.session < sessions_.size()) {
      on_session(sessions_[e.session], e);
    }
    if (e.link >= links_.size()) continue;
    if (e.point == Point::backend) on_link(links_[e.link], e);
    if (e.kind == Kind::lease) links_[e.link].leased = static_cast<std::uint8_t>(1 + e.session);
    if (e.kind == Kind::release) links_[e.link].leased = 0;
  }
  const States now = states();
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (now[i] != before_[i]) count_feature(mixed(before_[i], now[i]));
  }
  before_ = now;
}

Feedback::States Feedback::states() const {
  const auto own = [](const auto& connection) {
    return static_cast<std::uint64_t>(connection.phase) | std::uint64_t{connection.tls} << 8;
  };
  States states{};
  for (std::size_t k = 0; k < links_.size(); ++k) {
    const Link& link = links_[k];
    const bool leased = link.leased > 0 && link.leased <= sessions_.size();
    const std::uint64_t by = leased ? 1 + own(sessions_[link.leased - 1U]) : 0;
    states[sessions_.size() + k] = mixed(1, own(link) | by << 16);
    if (leased) states[link.leased - 1U] += mixed(2, own(link));
  }
  for (std::size_t s = 0; s < sessions_.size(); ++s) {
    states[s] = mixed(3 + states[s], own(sessions_[s]));
  }
  return states;
}

// A sum, since it doesn't matter which session or connection it is that stands so.
std::uint64_t Feedback::state() const {
  const States all = states();
  return std::accumulate(all.begin(), all.end(), std::uint64_t{0});
}

}  // namespace sallyport::fuzz
