// JSON from a file that anybody may have written: what is asked of it is there and has its type,
// or Malformed says where it isn't, as "results[3].verdict".
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sallyport::report {

using Json = nlohmann::ordered_json;

class Malformed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A value and where it stands. The JSON outlives it.
class Reader {
 public:
  explicit Reader(const Json& json, std::string path = {}) : json_(&json), path_(std::move(path)) {}

  [[nodiscard]] Reader at(std::string_view key) const;
  [[nodiscard]] std::optional<Reader> maybe(std::string_view key) const;
  [[nodiscard]] std::vector<Reader> items() const;
  [[nodiscard]] std::vector<std::pair<std::string, Reader>> members() const;

  [[nodiscard]] std::string text() const;
  /// Not empty, and of printable ASCII without blanks: what may stand in a file's name or a link.
  [[nodiscard]] std::string word() const;
  [[nodiscard]] std::uint64_t count() const;
  [[nodiscard]] double number() const;
  [[nodiscard]] bool yes() const;
  /// One of `names`, as its place.
  [[nodiscard]] std::size_t one_of(const std::vector<std::string_view>& names) const;

  [[nodiscard]] const Json& json() const { return *json_; }
  [[noreturn]] void fail(std::string_view why) const;

 private:
  const Json* json_;
  std::string path_;
};

}  // namespace sallyport::report
