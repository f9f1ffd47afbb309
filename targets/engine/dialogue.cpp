#include "targets/engine/dialogue.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "trace/escape.hpp"

namespace sallyport::engine {

namespace {

struct Recording {
  trace::Trace trace;
  std::vector<std::size_t> events_after;  // how many events there were after step i
};

Recording record(const world::Setting& setting, const world::Script& script) {
  Recording out;
  out.trace.keep_dialogue = true;
  world::World world(setting);
  world.begin(out.trace);
  for (const world::Step& step : script.steps) {
    if (world.runaway()) break;
    world.step(step, out.trace);
    out.events_after.push_back(out.trace.events.size());
  }
  return out;
}

bool said_by_server(trace::Kind kind) {
  switch (kind) {
    case trace::Kind::greeting:
    case trace::Kind::continuation:
    case trace::Kind::offer:
    case trace::Kind::untagged:
    case trace::Kind::completion:
    case trace::Kind::bye:
      return true;
    default:
      return false;
  }
}

/// The line that `event` came from: the nearest one at or before it that crossed the same
/// connection in the same direction, else the nearest one of all. Some events wait for an answer
/// that settles how to read them, so the last line before one need not be its own.
std::optional<std::size_t> line_of(const trace::Trace& trace, std::size_t event) {
  if (event >= trace.events.size() || trace.dialogue.empty()) return std::nullopt;
  const trace::Event& e = trace.events[event];
  std::optional<std::size_t> nearest;
  for (std::size_t i = trace.dialogue.size(); i-- > 0;) {
    const trace::DialogueLine& line = trace.dialogue[i];
    if (line.first_event > event) continue;
    if (!nearest) nearest = i;
    if (e.point != trace::Point::client && e.point != trace::Point::backend) return nearest;
    const bool from_server = said_by_server(e.kind) || e.from_server;
    const std::uint16_t id = e.point == trace::Point::client ? e.session : e.link;
    if (line.point == e.point && line.id == id && line.from_server == from_server) return i;
  }
  return nearest ? nearest : std::optional<std::size_t>(0);
}

/// What a client was told in events [from, to).
std::vector<std::size_t> told(const trace::Events& events, std::size_t from, std::size_t to) {
  std::vector<std::size_t> out;
  for (std::size_t i = from; i < to && i < events.size(); ++i) {
    const trace::Event& event = events[i];
    const bool server = said_by_server(event.kind) || event.from_server;
    if (event.point == trace::Point::client && server) out.push_back(i);
  }
  return out;
}

struct Difference {
  std::optional<std::size_t> first;  // indices of events; none where one run says nothing more
  std::optional<std::size_t> second;
};

/// The first thing that the two runs told their clients differently in one step: an outcome, or
/// where the outcomes agree, content.
Difference differing(const Recording& first, const Recording& second, std::size_t step) {
  const auto begin = [step](const Recording& r) {
    return step == 0 || r.events_after.size() < step ? std::size_t{0} : r.events_after[step - 1];
  };
  const auto end = [step](const Recording& r) {
    return step < r.events_after.size() ? r.events_after[step] : r.trace.events.size();
  };
  const auto a = told(first.trace.events, begin(first), end(first));
  const auto b = told(second.trace.events, begin(second), end(second));
  for (const bool content : {false, true}) {
    for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
      if (i >= a.size()) return {.first = std::nullopt, .second = b[i]};
      if (i >= b.size()) return {.first = a[i], .second = std::nullopt};
      trace::Event left = first.trace.events[a[i]];
      trace::Event right = second.trace.events[b[i]];
      if (!content) left.digest = right.digest = 0;
      if (left != right) return {.first = a[i], .second = b[i]};
    }
  }
  return {};
}

Run run_of(std::string heading, Recording recording, std::optional<std::size_t> event) {
  const auto marked = event ? line_of(recording.trace, *event) : std::nullopt;
  return {.heading = std::move(heading), .trace = std::move(recording.trace), .marked = marked};
}

/// What `escaped` makes `text` of. An escape that it never writes stands for itself.
std::string unescaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::optional<char> octet;
    if (text.starts_with("\\t")) {  // in dialogues alone
      octet = '\t';
      text.remove_prefix(2);
    } else if (text.front() == '\\' && !text.starts_with("\\\"")) {
      octet = trace::take_escaped(text);
    }
    if (!octet) {
      octet = text.front();
      text.remove_prefix(1);
    }
    out += *octet;
  }
  return out;
}

/// The inverse of to_text.
trace::DialogueLine line_from(std::string_view text) {
  const std::size_t colon = text.find(": ");
  const std::string_view who = text.substr(0, colon);
  std::uint16_t id = 0;
  const bool on_a_wire =
      colon != std::string_view::npos && std::string_view("CSFB").contains(who[0]) &&
      std::from_chars(who.data() + 1, who.data() + who.size(), id).ptr == who.data() + who.size() &&
      who.size() > 1;
  if (on_a_wire) {
    const bool client = who[0] == 'C' || who[0] == 'S';
    return {.point = client ? trace::Point::client : trace::Point::backend,
            .id = id,
            .from_server = who[0] == 'S' || who[0] == 'B',
            .octets = unescaped(text.substr(colon + 2))};
  }
  if (text.starts_with(" (") && text.ends_with(')')) text = text.substr(2, text.size() - 3);
  return {.point = trace::Point::given, .octets = unescaped(text)};
}

bool canonical(const world::Script& script) {
  return std::all_of(script.steps.begin(), script.steps.end(),
                     [](const world::Step& step) { return step.leases.empty(); });
}

std::string heading(const world::Script& first, trace::Variation variation) {
  if (variation != trace::Variation::schedule) return "first run, as the script stands:";
  return canonical(first) ? "first run, canonical schedule:"
                          : "first run, the schedule of the script:";
}

/// "vary 2 lease 1; vary 4 lease 0,2", in the words of the script.
std::string varied(const world::Script& script) {
  std::string out;
  for (const world::Change& change : script.vary) {
    if (!out.empty()) out += "; ";
    out += world::to_text(change);
  }
  return out.empty() ? "the same" : out;
}

}  // namespace

std::string escaped(std::string_view octets) {
  static constexpr char hex[] = "0123456789abcdef";
  std::string out;
  out.reserve(octets.size());
  for (const char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    switch (octet) {
      case '\\':
        out += "\\\\";
        continue;
      case '\r':
        out += "\\r";
        continue;
      case '\n':
        out += "\\n";
        continue;
      case '\t':
        out += "\\t";
        continue;
      default:
        break;
    }
    if (octet >= 0x20 && octet < 0x7f) {
      out.push_back(c);
      continue;
    }
    out += "\\x";
    out.push_back(hex[octet >> 4]);
    out.push_back(hex[octet & 15]);
  }
  return out;
}

std::string to_text(const trace::DialogueLine& line) {
  if (line.point == trace::Point::given) return " (" + escaped(line.octets) + ")";
  const bool client_wire = line.point == trace::Point::client;
  std::string out(1, client_wire ? (line.from_server ? 'S' : 'C') : (line.from_server ? 'B' : 'F'));
  return out + std::to_string(line.id) + ": " + escaped(line.octets);
}

Run single_run(const world::Setting& setting, const world::Script& script,
               std::optional<std::size_t> event) {
  return run_of({}, record(setting, script), event);
}

std::vector<Run> pair_of_runs(const world::Settings& settings, const world::Script& script,
                              trace::Variation variation, std::optional<std::size_t> step) {
  const world::Script normal = world::with_vary(script, variation);
  const world::Pair pair = world::runs(normal, variation);
  Recording first = record(settings.of(pair.first), pair.first);
  Recording second = record(settings.of(pair.second), pair.second);
  const Difference marks = step ? differing(first, second, *step) : Difference{};
  std::vector<Run> out;
  out.push_back(run_of(heading(pair.first, variation), std::move(first), marks.first));
  out.push_back(run_of("second run, " + varied(normal) + ":", std::move(second), marks.second));
  return out;
}

std::vector<std::string> lines_of(std::span<const Run> runs) {
  std::vector<std::string> out;
  for (const Run& run : runs) {
    if (!run.heading.empty()) out.push_back(run.heading);
    for (std::size_t i = 0; i < run.trace.dialogue.size(); ++i) {
      out.push_back((run.marked == i ? "> " : "  ") + to_text(run.trace.dialogue[i]));
    }
  }
  return out;
}

std::vector<Run> runs_from(std::span<const std::string> lines) {
  std::vector<Run> out;
  for (const std::string& line : lines) {
    const bool marked = line.starts_with("> ");
    if (!marked && !line.starts_with("  ")) {
      out.push_back({.heading = line, .trace = {}, .marked = {}});
      continue;
    }
    if (out.empty()) out.emplace_back();
    if (marked) out.back().marked = out.back().trace.dialogue.size();
    out.back().trace.dialogue.push_back(line_from(std::string_view(line).substr(2)));
  }
  return out;
}

}  // namespace sallyport::engine
