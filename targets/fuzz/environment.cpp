#include "targets/fuzz/environment.hpp"

#include <charconv>
#include <cstdlib>
#include <string_view>

#include "targets/engine/result.hpp"

namespace sallyport::fuzz {

namespace {

std::optional<std::string_view> variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::nullopt : std::optional<std::string_view>(value);
}

std::string wrong(const char* name, std::string_view value, std::string_view expected) {
  return std::string(name).append("='").append(value).append("': expected ").append(expected);
}

const properties::Property* find(std::string_view id,
                                 std::span<const properties::Property* const> known) {
  for (const properties::Property* property : known) {
    if (trace::equal_fold(property->facts.id, id)) return property;
  }
  return properties::find(id);
}

}  // namespace

std::expected<Environment, std::string> environment(
    std::span<const properties::Property* const> known) {
  Environment out;
  const auto configuration =
      engine::configuration_from(variable(variables::front_end).value_or("hardened"));
  if (!configuration) return std::unexpected(configuration.error());
  out.configuration = *configuration;
  if (const auto value = variable(variables::certificate)) {
    out.configuration.certificate = *value == "1";
  }
  if (const auto value = variable(variables::connections)) {
    const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(),
                                              out.configuration.connections_max);
    if (error != std::errc{} || out.configuration.connections_max == 0) {
      return std::unexpected(wrong(variables::connections, *value, "a positive number"));
    }
  }
  if (const auto value = variable(variables::protocol)) {
    if (*value != "imap" && *value != "pop3") {
      return std::unexpected(wrong(variables::protocol, *value, "imap or pop3"));
    }
    out.protocol = *value == "imap" ? trace::Protocol::imap : trace::Protocol::pop3;
  }
  if (const auto value = variable(variables::properties)) {
    std::string_view rest = *value;
    while (!rest.empty()) {
      const std::string_view id = rest.substr(0, rest.find(','));
      rest.remove_prefix(id.size() == rest.size() ? id.size() : id.size() + 1);
      const properties::Property* property = find(id, known);
      if (property == nullptr) {
        return std::unexpected(wrong(variables::properties, id, "an id of the catalogue"));
      }
      out.properties.push_back(property);
    }
  } else {
    const auto all = properties::catalogue();
    out.properties.assign(all.begin(), all.end());
  }
  out.stop_at = variable(variables::stop_at).value_or("");
  if (const auto value = variable(variables::report)) out.report = std::filesystem::path(*value);
  return out;
}

}  // namespace sallyport::fuzz
