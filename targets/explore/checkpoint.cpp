#include "targets/explore/checkpoint.hpp"

#include <algorithm>
#include <fstream>
#include <system_error>

namespace sallyport::explore {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, std::string_view why) {
  throw Archive::Failure(path.string() + ": " + std::string(why));
}

std::string_view line_of(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(line.size() + 1, text.size()));
  return line;
}

}  // namespace

Checkpoint::Checkpoint(const Common& common, std::string_view pass) : common_(common), pass_(pass) {
  const std::string& directory = common.bound().checkpoints;
  if (directory.empty()) return;
  std::string name = common.request().subject.name();
  std::ranges::replace(name, '/', '-');
  path_ = fs::path(directory) / (name + "-" + std::string(pass) + ".checkpoint");
}

void Checkpoint::prepare(const Common& common, std::span<const std::string_view> passes) {
  const fs::path directory = common.bound().checkpoints;
  if (directory.empty()) return;
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) fail(directory, error.message());
  for (const std::string_view pass : passes) {
    const Checkpoint checkpoint(common, pass);
    const bool exists = fs::exists(checkpoint.path_, error);
    if (exists && !common.bound().resume) {
      fail(checkpoint.path_, "is there already: go on with it (--resume), or remove it");
    }
    const fs::path probe = checkpoint.path_.string() + ".part";
    if (!std::ofstream(probe, std::ios::binary)) fail(probe, "can't be written");
    fs::remove(probe, error);
  }
  const auto is_checkpoint = [](const fs::directory_entry& entry) {
    return entry.path().extension() == ".checkpoint";
  };
  if (common.bound().resume &&
      std::ranges::none_of(fs::directory_iterator(directory), is_checkpoint)) {
    fail(directory, "has no checkpoint to go on with");
  }
}

std::string Checkpoint::head() const {
  const engine::Request& request = common_.request();
  const Bound& bound = common_.bound();
  const auto line = [](std::string_view name, const auto& value) {
    return std::string(name) + " " + std::to_string(value) + "\n";
  };
  std::string head = "sallyport checkpoint 1\n";
  head += line("program", bound.program);
  head += "subject " + request.subject.name() + "\n";
  head += "pass " + std::string(pass_) + "\n";
  head += line("connections", request.subject.configuration.connections_max);
  head += line("seed", request.seed);
  head += line("clients", bound.clients);
  head += line("mishaps", bound.mishaps);
  head += line("footprints", bound.footprints);
  head += line("symmetry", bound.symmetry);
  head += line("commuting", bound.commuting);
  head += line("compact", bound.compact);
  head += "properties";
  for (const properties::Property* const property : request.properties) {
    head.append(" ").append(property->facts.id);
  }
  return head + "\n";
}

// Beside the old file first, which stays until the new one is whole.
void Checkpoint::write(const std::function<void(Archive&)>& archive) {
  const fs::path part = path_.string() + ".part";
  problem_.clear();
  try {
    std::ofstream out(part, std::ios::binary);
    out << head();
    Archive to(out);
    archive(to);
    to.finish();
  } catch (const Archive::Failure& failure) {
    problem_ = part.string() + ": " + failure.what();
  }
  std::error_code error;
  if (problem_.empty()) fs::rename(part, path_, error);
  if (error) problem_ = path_.string() + ": " + error.message();
  if (!problem_.empty()) fs::remove(part, error);
  due_ = Clock::now() + interval;
}

bool Checkpoint::read(const std::function<void(Archive&)>& archive) const {
  std::error_code error;
  if (!common_.bound().resume || !fs::exists(path_, error)) return false;
  std::ifstream in(path_, std::ios::binary);
  const std::string expected = head();
  std::string found(expected.size(), '\0');
  in.read(found.data(), static_cast<std::streamsize>(found.size()));
  if (!in && found.front() == '\0') fail(path_, "can't be read");
  std::string_view ours = expected;
  std::string_view theirs = found;
  while (!ours.empty()) {
    const std::string_view our = line_of(ours);
    const std::string_view their = line_of(theirs);
    if (our == their) continue;
    if (our.starts_with("sallyport")) fail(path_, "is no checkpoint of this version");
    if (our.starts_with("program")) fail(path_, "was written by another build of sallyport");
    fail(path_, "is of another search: \"" + std::string(their.substr(0, 80)) +
                    "\" where this one has \"" + std::string(our.substr(0, 80)) + "\"");
  }
  try {
    Archive from(in, fs::file_size(path_) - expected.size());
    archive(from);
    from.finish();
  } catch (const Archive::Failure& failure) {
    fail(path_, failure.what());
  }
  return true;
}

}  // namespace sallyport::explore
