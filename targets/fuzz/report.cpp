#include "targets/fuzz/report.hpp"

#include <fstream>
#include <sstream>
#include <system_error>

namespace sallyport::fuzz {

namespace {

namespace fs = std::filesystem;

void write_file(const fs::path& path, const std::string& text) {
  const fs::path draft = path.string() + ".draft";
  std::ofstream(draft, std::ios::binary) << text;
  std::error_code ignored;
  fs::rename(draft, path, ignored);
}

std::optional<world::Script> read_script(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  const auto script = world::script_from_text(text.str());
  return script ? std::optional(*script) : std::nullopt;
}

fs::path script_path(const fs::path& directory, const std::string& property) {
  return directory / (property + ".script");
}

}  // namespace

void write_report(const fs::path& directory, const Report& report) {
  std::ostringstream text;
  text << "executions " << report.executions << "\nsteps " << report.steps << "\n";
  for (const auto& [property, record] : report.records) {
    text << property << " " << record.exercised << " " << record.done_before << " "
         << record.seconds_before << "\n";
    if (record.script) {
      write_file(script_path(directory, property), world::to_text(*record.script));
    }
  }
  if (report.runaway) {
    write_file(script_path(directory, std::string(engine::crash_id)),
               world::to_text(*report.runaway));
  }
  write_file(directory / "report", text.str());
}

std::optional<Report> read_report(const fs::path& directory) {
  std::ifstream file(directory / "report");
  if (!file) return std::nullopt;
  Report report;
  std::string word;
  while (file >> word) {
    if (word == "executions") {
      file >> report.executions;
    } else if (word == "steps") {
      file >> report.steps;
    } else {
      engine::Record record;
      file >> record.exercised >> record.done_before >> record.seconds_before;
      record.script = read_script(script_path(directory, word));
      report.records.emplace_back(word, std::move(record));
    }
  }
  report.runaway = read_script(script_path(directory, std::string(engine::crash_id)));
  return report;
}

}  // namespace sallyport::fuzz
