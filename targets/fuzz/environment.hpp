// How the driver tells the session target what to do. Without any of these the target stands for
// itself: it fuzzes the profile `hardened` and aborts at the first violation.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "frontend/profile.hpp"
#include "properties/property.hpp"
#include "trace/event.hpp"

namespace sallyport::fuzz {

namespace variables {
inline constexpr const char* front_end = "SALLYPORT_FRONT_END";  // hardened+advertise-ntlm
inline constexpr const char* protocol = "SALLYPORT_PROTOCOL";    // imap, pop3; unset: the script's
inline constexpr const char* certificate = "SALLYPORT_CERTIFICATE";  // 1: STARTTLS is offered
inline constexpr const char* connections = "SALLYPORT_CONNECTIONS";  // most of them in the pool
inline constexpr const char* properties = "SALLYPORT_PROPERTIES";    // ADV-01,PER-01; unset: all
inline constexpr const char* stop_at = "SALLYPORT_STOP_AT";  // end well once this is violated
inline constexpr const char* report = "SALLYPORT_REPORT";    // a directory: record and go on
}  // namespace variables

struct Environment {
  frontend::Configuration configuration;
  std::optional<trace::Protocol> protocol;
  std::vector<const properties::Property*> properties;
  std::optional<std::filesystem::path> report;
  std::string stop_at;
};

/// Properties are looked up in `known` first, then in the catalogue. An error is one line.
[[nodiscard]] std::expected<Environment, std::string> environment(
    std::span<const properties::Property* const> known = {});

}  // namespace sallyport::fuzz
