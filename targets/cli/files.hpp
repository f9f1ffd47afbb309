// Whole files, in and out, with failures that name the file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace sallyport::cli {

/// All octets of `path`; of standard input where it is "-". A failure calls it `label`, or by its
/// path where that is empty.
[[nodiscard]] std::string read_file(const std::string& path, std::string_view label = {});

void write_file(const std::filesystem::path& path, std::string_view octets);

/// Makes the directory and those above it, where they aren't there yet.
void make_directory(const std::filesystem::path& path);

/// Tells builds of this program apart.
[[nodiscard]] std::uint64_t digest_of_this_program();

/// Where programs are installed that only this one runs: from the folder above its own.
inline constexpr std::string_view private_folder = "libexec/sallyport";

/// The path of a binary of this build: beside this one, or in the private folder.
[[nodiscard]] std::filesystem::path sibling(std::string_view name);

}  // namespace sallyport::cli
