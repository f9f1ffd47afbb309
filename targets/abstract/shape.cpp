#include "targets/abstract/shape.hpp"

#include <algorithm>

namespace sallyport::abstract {
namespace {

struct Number {
  std::string_view name;
  std::uint8_t Shape::* member;
  std::uint8_t most;
};
constexpr Number numbers[] = {
    {"CLIENTS=", &Shape::clients, clients_max},
    {"LINKS=", &Shape::links, links_max},
    {"USERS=", &Shape::users, 3},
};

struct Flag {
  std::string_view name;
  bool Shape::* member;
};
constexpr Flag flags[] = {
    {"PERSISTENT", &Shape::persistent},
    {"POP3", &Shape::drops_logged_in},
    {"FAILURES", &Shape::failures},
};

/// False where `word` is none of the above, or its number out of range.
bool take(Shape& shape, std::string_view word) {
  for (const Number& number : numbers) {
    if (!word.starts_with(number.name)) continue;
    const std::string_view digits = word.substr(number.name.size());
    if (digits.size() != 1 || digits[0] < '1' || digits[0] > '0' + number.most) return false;
    shape.*number.member = static_cast<std::uint8_t>(digits[0] - '0');
    return true;
  }
  const auto* const flag = std::ranges::find(flags, word, &Flag::name);
  if (flag == std::end(flags)) return false;
  shape.*flag->member = true;
  return true;
}

}  // namespace

std::expected<Shape, std::string> shape_from(std::span<const std::string_view> words) {
  if (words.empty() || (words[0] != "EXCHANGE_2000" && words[0] != "EXCHANGE_2000_SP1")) {
    return std::unexpected("EXCHANGE_2000 or EXCHANGE_2000_SP1 comes first");
  }
  Shape shape{.offers_ntlm = words[0] == "EXCHANGE_2000"};
  for (const std::string_view word : words.subspan(1)) {
    if (!take(shape, word)) return std::unexpected("not a shape: " + std::string(word));
  }
  return shape;
}

}  // namespace sallyport::abstract
