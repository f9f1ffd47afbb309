#include "targets/fuzz/seeds.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <system_error>

#include "targets/fuzz/transcripts.hpp"
#include "world/script.hpp"

namespace sallyport::fuzz {

namespace {

namespace fs = std::filesystem;

std::unexpected<std::string> wrong(const fs::path& path, std::string_view what) {
  return std::unexpected(path.string().append(": ").append(what));
}

/// A script, or a finding without its first two lines.
std::expected<world::Script, trace::TextError> script_in(std::string_view text) {
  if (const auto finding = world::finding_from_text(text)) return finding->script;
  return world::script_from_text(text);
}

/// A transcript of a page lies below it by its name: properties/sas/sas_07.md/sas-07-holds-1.
bool is_in_a_page(const fs::path& path) { return path.parent_path().extension() == ".md"; }

std::expected<std::string, std::string> transcript_in(const fs::path& path) {
  const fs::path page = path.parent_path();
  const auto text = octets_of(page);
  if (!text) return text;
  for (NamedTranscript& each : transcripts_of(page.stem().string(), *text)) {
    if (each.name == path.filename()) return std::move(each.text);
  }
  return wrong(path, "there is no such transcript");
}

std::vector<fs::path> transcripts_below(const fs::path& pages) {
  std::vector<fs::path> found;
  for (const fs::path& page : files_in(pages)) {
    if (page.extension() != ".md") continue;
    const auto text = octets_of(page);
    for (const NamedTranscript& each : transcripts_of(page.stem().string(), text.value_or(""))) {
      found.push_back(page / each.name);
    }
  }
  return found;
}

}  // namespace

std::expected<std::string, std::string> octets_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return wrong(path, "cannot be read");
  std::ostringstream octets;
  octets << file.rdbuf();
  return octets.str();
}

std::expected<std::string, std::string> input_for(const Target& target, const fs::path& path) {
  if (is_in_a_page(path)) return transcript_in(path);
  auto octets = octets_of(path);
  if (!octets || !target.scripts || path.extension() != ".script") return octets;
  const auto script = script_in(*octets);
  if (!script) {
    return wrong(path,
                 "line " + std::to_string(script.error().line) + ": " + script.error().message);
  }
  return world::to_bytes(*script);
}

std::vector<fs::path> files_in(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return {path};
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path, error)) {
    if (entry.is_regular_file(error)) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

std::vector<fs::path> seeds_of(const Target& target, const fs::path& corpora) {
  const std::string_view grammar = target.name.substr(0, target.name.rfind('-'));
  std::vector<fs::path> files;
  if (grammar == "transcript") files = transcripts_below(corpora / ".." / "properties");
  if (!target.scripts && grammar != "script") {
    for (const char* const folder : {"seeds", "regressions"}) {
      std::error_code error;
      if (!fs::is_directory(corpora / folder / grammar, error)) continue;
      for (const fs::path& file : files_in(corpora / folder / grammar)) files.push_back(file);
    }
    return files;
  }
  for (const char* const folder : {"seeds", "regressions"}) {
    for (const fs::path& file : files_in(corpora / folder)) {
      const bool direct = file.parent_path() == corpora / folder;
      if (direct && file.extension() == ".script") files.push_back(file);
    }
  }
  return files;
}

}  // namespace sallyport::fuzz
