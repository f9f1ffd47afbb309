// The fuzz targets of this build, by name: one for each octets/*_target.cpp and
// scripts/*_target.cpp. Linked into one ordinary program each, so that what runs an input needs no
// fuzzer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace sallyport::fuzz {

struct Target {
  std::string_view name;  // "imap-command-parse": of imap_command_parse_target.cpp
  bool scripts = false;   // its octets are a script; else they are what they are
  int (*run)(const std::uint8_t* data, std::size_t size) = nullptr;
};

[[nodiscard]] std::span<const Target> targets();

}  // namespace sallyport::fuzz
