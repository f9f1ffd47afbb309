// A shape in the words that SPIN's preprocessor is given: "EXCHANGE_2000 CLIENTS=3 FAILURES". So
// one list of words says to both what they are to search.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "targets/abstract/abstract_model.hpp"

namespace sallyport::abstract {

/// The error names the word.
[[nodiscard]] std::expected<Shape, std::string> shape_from(std::span<const std::string_view> words);

}  // namespace sallyport::abstract
