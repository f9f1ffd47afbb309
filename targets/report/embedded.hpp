// What is built into the binary so that an installed one needs no source tree: why each property
// matters, from its page in properties/, and the parts of the report's own page.
#pragma once

#include <span>
#include <string_view>

namespace sallyport::report {

struct Rationale {
  std::string_view property;
  std::string_view text;
};
[[nodiscard]] std::span<const Rationale> rationales();

/// The page's parts: a template, its style sheet and its script.
struct PageParts {
  std::string_view page;
  std::string_view style;
  std::string_view script;
};
[[nodiscard]] PageParts page_parts();

}  // namespace sallyport::report
