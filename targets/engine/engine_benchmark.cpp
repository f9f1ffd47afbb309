// What the engines' time goes into, from one step of the world to a whole search.
#include <benchmark/benchmark.h>

#include "targets/engine/judge.hpp"
#include "targets/engine/random_script.hpp"
#include "targets/explore/explore.hpp"

namespace sallyport::engine {
namespace {

Subject hardened() {
  return {.configuration = *configuration_from("hardened"), .protocol = trace::Protocol::imap};
}

std::vector<std::string> random_inputs(std::size_t count) {
  Random random(1);
  std::vector<std::string> inputs;
  for (std::size_t i = 0; i < count; ++i) {
    inputs.push_back(world::to_bytes(random_script(random, trace::Protocol::imap, 16)));
  }
  return inputs;
}

const world::Step& login_step() {
  static const world::Script script = *world::script_from_text("protocol imap\n0 login alice\n");
  return script.steps.front();
}

void WorldStep(benchmark::State& state) {
  const Subject subject = hardened();
  const world::Setting setting(subject.configuration, subject.protocol);
  const world::World start(setting);
  world::World world = start;
  trace::Trace trace;
  for (auto _ : state) {
    trace.clear();
    world = start;
    world.step(login_step(), trace);
    benchmark::DoNotOptimize(trace.events.data());
  }
  state.counters["events"] = static_cast<double>(trace.events.size());
}
BENCHMARK(WorldStep);

void WorldCopy(benchmark::State& state) {
  const Subject subject = hardened();
  const world::Setting setting(subject.configuration, subject.protocol);
  world::World start(setting);
  trace::Trace trace;
  start.step(login_step(), trace);
  world::World world = start;
  for (auto _ : state) {
    world = start;
    benchmark::DoNotOptimize(&world);
  }
}
BENCHMARK(WorldCopy);

void WorldCanonical(benchmark::State& state) {
  const Subject subject = hardened();
  const world::Setting setting(subject.configuration, subject.protocol);
  world::World world(setting);
  trace::Trace trace;
  world.step(login_step(), trace);
  trace::Canonical canonical;
  for (auto _ : state) {
    canonical.clear();
    world.canonical(canonical);
    benchmark::DoNotOptimize(canonical.bytes().data());
  }
  state.counters["octets"] = static_cast<double>(canonical.bytes().size());
}
BENCHMARK(WorldCanonical);

void MonitorStep(benchmark::State& state) {
  const Subject subject = hardened();
  const world::Setting setting(subject.configuration, subject.protocol);
  const Panel panel(properties::catalogue(), subject.protocol);
  world::World world(setting);
  trace::Trace trace;
  world.step(login_step(), trace);
  const properties::Monitors& single = panel.single().monitors;
  const properties::Monitors::State start = single.start();
  properties::Monitors::State monitors = start;
  for (auto _ : state) {
    monitors = start;
    single.step(monitors, trace.events,
                [](std::size_t, const properties::Outcome&, std::size_t) {});
    benchmark::DoNotOptimize(monitors.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(trace.events.size()));
}
BENCHMARK(MonitorStep);

/// What a fuzz target does with one input, without a fuzzer.
void ScriptDecodedRunAndJudged(benchmark::State& state) {
  Judge judge(hardened(), properties::catalogue());
  const std::vector<std::string> inputs = random_inputs(256);
  std::size_t i = 0;
  for (auto _ : state) judge.run(world::script_from_bytes(inputs[i++ % inputs.size()]));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(ScriptDecodedRunAndJudged);

void Explore(benchmark::State& state) {
  Request request;
  request.subject = hardened();
  request.properties.assign(properties::catalogue().begin(), properties::catalogue().end());
  request.budget.count = 20000;
  std::uint64_t states = 0;
  for (auto _ : state) {
    const auto results = explore::run(request, {.clients = 2});
    states += std::get<std::uint64_t>(results.front().bound[2].second);
  }
  state.counters["states/s"] =
      benchmark::Counter(static_cast<double>(states), benchmark::Counter::kIsRate);
}
BENCHMARK(Explore)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sallyport::engine
