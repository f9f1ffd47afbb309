// What a pass has found so far, in a file, from which another run of the same program goes on: a
// search of days can be stopped, and a machine can fail.
//
// A file says on top what it is of: the program, the front-end, what is chosen from and what is
// judged. None of that may differ, but how far the search may go may: its time, its states, its
// depth, its memory, its threads.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "targets/explore/archive.hpp"
#include "targets/explore/common.hpp"

namespace sallyport::explore {

class Checkpoint {
 public:
  /// Of the pass with this name. Without a directory in the bound nothing is kept.
  Checkpoint(const Common& common, std::string_view pass);

  /// Throws Archive::Failure where the directory can't be written, where a search would go on and
  /// there is nothing, or where it would not go on and there is a file of one of `passes`. What a
  /// search that goes on has no file of is begun.
  static void prepare(const Common& common, std::span<const std::string_view> passes);

  [[nodiscard]] bool is_due() const { return is_kept() && Clock::now() >= due_; }
  template <class Pass>
  void save(Pass& pass) {
    if (is_kept()) write([&pass](Archive& archive) { pass.archive(archive); });
  }
  /// False where there is nothing to go on with. Throws Archive::Failure where a file can't be read
  /// or is of another search.
  template <class Pass>
  bool load(Pass& pass) {
    return is_kept() && read([&pass](Archive& archive) { pass.archive(archive); });
  }
  /// Why it could not be written when that was tried last; empty where it was.
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  [[nodiscard]] bool is_kept() const { return !path_.empty(); }
  void write(const std::function<void(Archive&)>& archive);
  bool read(const std::function<void(Archive&)>& archive) const;
  /// Lines that say what the file is of.
  [[nodiscard]] std::string head() const;

  const Common& common_;
  std::string_view pass_;
  std::filesystem::path path_;
  Clock::time_point due_ = Clock::now() + interval;
  std::string problem_;
  static constexpr std::chrono::minutes interval{10};
};

}  // namespace sallyport::explore
