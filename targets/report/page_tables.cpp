// The page's tables: properties by subject, servers by property, faults by engine, a night,
// coverage.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "targets/report/page_data.hpp"
#include "targets/report/svg.hpp"

namespace sallyport::report {
namespace {

Data cell_of(const Standing* standing) {
  Data cell;
  cell.set("judged", standing != nullptr);
  if (standing == nullptr) return cell;
  cell = verdict(standing->status);
  cell.set("judged", true);
  cell.set("rank", fmt::format("{}", static_cast<int>(standing->status)));
  cell.set("subject", standing->subject);
  cell.set("id", standing->property);
  return cell;
}

/// What servers are told apart by in a table: a row each.
struct Server {
  std::string name;
  std::vector<std::pair<std::string, Status>> verdicts;  // by property
};

std::vector<Server> probed(const View& view) {
  std::vector<Server> out;
  for (const std::string& subject : view.servers) {
    out.push_back({.name = subject, .verdicts = {}});
    for (const Standing& standing : view.standings) {
      if (standing.subject == subject) {
        out.back().verdicts.emplace_back(standing.property, standing.status);
      }
    }
  }
  return out;
}

// docs/servers.json keeps no reasons: its violations are those that a lab lists.
std::vector<Server> surveyed(const Json& survey) {
  std::vector<Server> out;
  if (survey.empty()) return out;
  for (const Json& row : survey["rows"]) {
    const auto text = [&](const char* key) { return row[key].get<std::string>(); };
    out.push_back({.name = fmt::format("{} {} {} {}", text("server"), text("version"),
                                       text("protocol"), text("transport")),
                   .verdicts = {}});
    for (std::size_t i = 0; i < statuses; ++i) {
      const auto status = static_cast<Status>(i);
      const auto ids = row["verdicts"].find(std::string(name(status)));
      if (ids == row["verdicts"].end()) continue;
      for (const Json& id : *ids) out.back().verdicts.emplace_back(id.get<std::string>(), status);
    }
  }
  return out;
}

Data servers_table(const std::string& caption, const std::vector<Server>& servers) {
  std::set<std::string> ids;  // what some server put to the test
  for (const Server& server : servers) {
    for (const auto& [id, status] : server.verdicts) {
      if (status < Status::vacuous) ids.insert(id);
    }
  }
  Data columns = list();
  for (const std::string& id : ids) {
    Data column;
    column.set("id", id);
    column.set("statement", std::string(facts_of(id).statement));
    columns.push_back(column);
  }
  Data rows = list();
  for (const Server& server : servers) {
    Data cells = list();
    for (const std::string& id : ids) {
      const auto found =
          std::ranges::find_if(server.verdicts, [&](const auto& each) { return each.first == id; });
      Data cell = found == server.verdicts.end() ? Data{} : verdict(found->second);
      cell.set("judged", found != server.verdicts.end());
      cells.push_back(cell);
    }
    Data row;
    row.set("name", server.name);
    row.set("cells", cells);
    rows.push_back(row);
  }
  Data out;
  out.set("caption", caption);
  out.set("columns", columns);
  out.set("rows", rows);
  return out;
}

// By the time to the first catch: the stronger, the sooner.
int heat_of(double seconds) {
  static constexpr std::array limits{0.1, 1.0, 5.0, 20.0};
  const auto limit = std::ranges::find_if(limits, [&](double each) { return seconds < each; });
  return 5 - static_cast<int>(limit - limits.begin());
}

Data kill_cell(const Json* kill) {
  Data cell;
  cell.set("tried", kill != nullptr);
  if (kill == nullptr) return cell;
  const bool caught = (*kill)["caught"].get<bool>();
  const double seconds = (*kill)["seconds"].get<double>();
  cell.set("caught", caught);
  cell.set("failed", !caught && kill->contains("problem"));
  cell.set("heat", fmt::format("{}", heat_of(seconds)));
  cell.set("seconds", fmt::format("{:.2f} s", seconds));
  const bool states = kill->contains("states");
  const std::uint64_t done = kill->value(states ? "states" : "executions", std::uint64_t{0});
  std::string title = counted(done, states ? "state" : "execution");
  if (caught)
    title += fmt::format(", {}", counted(kill->value("witness_steps", std::uint64_t{0}), "step"));
  cell.set("work", title);
  return cell;
}

const Json* kill_by(const Json& fault, const std::string& engine) {
  for (const Json& kill : fault["kills"]) {
    if (kill["engine"] == engine) return &kill;
  }
  return nullptr;
}

}  // namespace

Data table_data(const View& view) {
  Data columns = list();
  for (const std::string& subject : view.subjects) {
    Data column;
    const std::size_t slash = std::min(subject.rfind('/'), subject.size());
    column.set("front_end", subject.substr(0, slash));
    column.set("protocol", subject.substr(std::min(slash + 1, subject.size())));
    columns.push_back(column);
  }
  Data rows = list();
  for (const std::string& id : view.properties()) {
    Data row = facts_data(id);
    Data cells = list();
    bool any = false;
    for (const std::string& subject : view.subjects) {
      const Standing* standing = view.find(id, subject);
      any = any || standing != nullptr;
      cells.push_back(cell_of(standing));
    }
    std::string verdicts;  // "|holds|violated|", for the filter
    for (const Standing& standing : view.standings) {
      if (standing.property == id) verdicts += fmt::format("|{}", name(standing.status));
    }
    row.set("verdicts", verdicts + '|');
    row.set("cells", cells);
    if (any) rows.push_back(row);
  }
  Data out;
  out.set("columns", columns);
  out.set("rows", rows);
  out.set("there", !rows.is_empty_list());
  return out;
}

Data servers_data(const View& view) {
  Data tables = list();
  if (const auto servers = probed(view); !servers.empty()) {
    tables.push_back(servers_table("Servers probed", servers));
  }
  const Json& survey = view.evidence.servers;
  if (const auto servers = surveyed(survey); !servers.empty()) {
    tables.push_back(servers_table(
        fmt::format("The lab's survey of {}", survey["date"].get<std::string>()), servers));
  }
  Data out;
  out.set("there", !tables.is_empty_list());
  out.set("tables", tables);
  return out;
}

Data matrix_data(const View& view) {
  const Json& faults = view.evidence.matrix;
  std::vector<std::string> engines;
  for (const Json& fault : faults) {
    for (const Json& kill : fault["kills"]) {
      const auto engine = kill["engine"].get<std::string>();
      if (std::ranges::find(engines, engine) == engines.end()) engines.push_back(engine);
    }
  }
  const std::vector<std::string> judged = view.properties();
  std::size_t twice = 0;
  std::size_t never = 0;
  Data rows = list();
  for (const Json& fault : faults) {
    Data cells = list();
    for (const std::string& engine : engines) cells.push_back(kill_cell(kill_by(fault, engine)));
    const auto caught = std::ranges::count_if(
        fault["kills"], [](const Json& kill) { return kill["caught"].get<bool>(); });
    twice += caught >= 2 ? 1 : 0;
    never += caught == 0 ? 1 : 0;
    Data row;
    row.set("fault", fault["name"].get<std::string>());
    row.set("property", fault["property"].get<std::string>());
    row.set("linked",
            std::ranges::find(judged, fault["property"].get<std::string>()) != judged.end());
    row.set("source", fault["source"].get<std::string>());
    row.set("cells", cells);
    rows.push_back(row);
  }
  Data columns = list();
  for (const std::string& engine : engines) {
    Data column;
    column.set("engine", engine);
    columns.push_back(column);
  }
  std::vector<std::string> bounds;
  for (const Json& bound : view.evidence.matrix_bounds) {
    bounds.push_back(fmt::format("budget {} for each fault and engine, seed {}",
                                 bound["budget"].get<std::string>(),
                                 bound["seed"].get<std::string>()));
  }
  Data out;
  out.set("there", !faults.empty());
  out.set("faults", counted(faults.size(), "fault"));
  out.set("twice", grouped(twice));
  out.set("never", grouped(never));
  out.set("bounds", fmt::format("{}", fmt::join(bounds, "; ")));
  out.set("columns", columns);
  out.set("rows", rows);
  return out;
}

Data nightly_data(const View& view) {
  Data stages = list();
  Data plots = list();
  for (const Json& stage : view.evidence.nightly) {
    const auto word = stage["verdict"].get<std::string>();
    Data row;
    Data cell;
    cell.set("word", word);
    cell.set("sign", "·");
    cell.set("style", "vacuous");
    for (std::size_t i = 0; i < statuses; ++i) {
      if (name(static_cast<Status>(i)) == word) cell = verdict(static_cast<Status>(i));
    }
    row.set("verdict", cell);
    row.set("stage", stage["stage"].get<std::string>());
    row.set("detail", stage["detail"].get<std::string>());
    row.set("seconds", fmt::format("{:.0f} s", stage["seconds"].get<double>()));
    Data findings = list();
    for (const Json& finding : stage["findings"]) {
      Data each;
      for (const char* key : {"property", "detail", "file"}) {
        each.set(key, finding[key].get<std::string>());
      }
      findings.push_back(each);
    }
    row.set("findings", findings);
    stages.push_back(row);
    if (!stage.contains("series")) continue;
    for (const Json& series : stage["series"]) {
      Series growth{.name = series["name"].get<std::string>(), .points = {}};
      for (const Json& point : series["points"]) {
        growth.points.emplace_back(point[0].get<std::uint64_t>(), point[1].get<std::uint64_t>());
      }
      Data plot;
      plot.set("name", growth.name);
      plot.set("svg", growth_plot(growth));
      if (growth.points.size() >= 2) plots.push_back(plot);
    }
  }
  Data out;
  out.set("there", !view.evidence.nightly.empty());
  out.set("stages", stages);
  out.set("plots", plots);
  out.set("has_plots", !plots.is_empty_list());
  return out;
}

Data coverage_data(const View& view) {
  Data rows = list();
  for (const auto& [folder, figures] : view.evidence.coverage.items()) {
    Data row;
    row.set("folder", folder);
    row.set("lines", grouped(figures["lines"].get<std::uint64_t>()));
    row.set("covered", grouped(figures["covered"].get<std::uint64_t>()));
    row.set("percent", fmt::format("{:.1f}", figures["percent"].get<double>()));
    rows.push_back(row);
  }
  Data out;
  out.set("there", !rows.is_empty_list());
  out.set("rows", rows);
  return out;
}

}  // namespace sallyport::report
