// Does a script kill its subject? It is tried where that does no harm: in a child of this process,
// and in the instrumented sibling, whose sanitizers see what an ordinary build survives.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "properties/property.hpp"
#include "targets/engine/result.hpp"
#include "world/script.hpp"

namespace sallyport::cli {

/// The session target's name, beside this command.
inline constexpr std::string_view fuzzer_name = "sallyport-fuzz-session";

/// What ended a child that judged `script`, in a few words; nothing where it ended well.
[[nodiscard]] std::optional<std::string> death_in_child(
    const engine::Subject& subject, const world::Script& script,
    const std::vector<const properties::Property*>& properties);

/// What ended the sibling on `script`; nothing where it ended well or isn't there.
[[nodiscard]] std::optional<std::string> death_in_sibling(const engine::Subject& subject,
                                                          const world::Script& script);

}  // namespace sallyport::cli
