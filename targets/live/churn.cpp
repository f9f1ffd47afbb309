#include "targets/live/churn.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace sallyport::live {

using trace::Kind;

namespace {

constexpr std::array<std::string_view, 5> deeds{"close", "reset", "delay", "swap", "stall"};
constexpr std::array<std::string_view, 5> moments{"connect", "exchange", "login", "literal",
                                                  "answer"};

template <std::size_t N>
std::optional<std::size_t> place(const std::array<std::string_view, N>& names,
                                 std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names.begin());
}

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value == 0) return std::nullopt;
  return value;
}

std::optional<Deed> deed_from(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) return std::nullopt;
  const std::size_t slash = text.find_first_of("/=", at);
  const auto what = place(deeds, text.substr(0, at));
  const auto where =
      place(moments, text.substr(at + 1, slash == text.npos ? slash : slash - at - 1));
  const auto every =
      slash == text.npos ? std::optional<std::uint32_t>(1) : number(text.substr(slash + 1));
  if (!what || !where || !every) return std::nullopt;
  return Deed{.what = static_cast<Deed::What>(*what),
              .where = static_cast<Deed::Where>(*where),
              .every = *every,
              .once = slash != text.npos && text[slash] == '='};
}

bool authenticates(trace::Verb verb) {
  using trace::Verb;
  return verb == Verb::login || verb == Verb::authenticate || verb == Verb::auth ||
         verb == Verb::pass || verb == Verb::apop;
}

}  // namespace

std::expected<Churn, std::string> churn_from(std::string_view text) {
  Churn churn;
  if (text == "none") return churn;
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view word = text.substr(0, comma);
    const auto deed = deed_from(word);
    if (!deed) {
      return std::unexpected(fmt::format(
          "churn \"{}\": expected none, or close, reset, delay, swap or stall @ connect, exchange, "
          "login, literal or answer, perhaps /N or =N, with commas between them",
          word));
    }
    churn.deeds.push_back(*deed);
    if (comma == text.npos) return churn;
    text.remove_prefix(comma + 1);
  }
}

std::optional<Deed::Where> LinkLife::moment(const trace::Events& events, bool from_backend,
                                            std::string_view octets) {
  std::optional<Deed::Where> moment;
  const bool first_word = !from_backend && !spoken_;
  const bool next_word = !from_backend && fresh_;
  if (!from_backend) {
    spoken_ = true;
    fresh_ = false;
  }
  bool literal = from_backend && octets.find("}\r\n") != octets.npos;
  for (const trace::Event& e : events) {
    if (!from_backend && e.kind == Kind::literal) literal = true;
    const bool message = e.kind == Kind::response && e.mechanism != trace::Mechanism::none;
    const bool proof = e.kind == Kind::command && e.verb == trace::Verb::pass;
    if (!from_backend && (message || proof)) moment = Deed::Where::exchange;
    if (from_backend && e.kind == Kind::completion && authenticates(e.verb) &&
        e.status == trace::Status::ok) {
      logged_in_ = fresh_ = true;
    }
  }
  if (literal) return Deed::Where::literal;
  if (first_word) return Deed::Where::connect;
  if (next_word) return Deed::Where::login;
  if (moment) return moment;
  if (from_backend && logged_in_ && !fresh_) return Deed::Where::answer;
  return std::nullopt;
}

std::optional<std::size_t> middle_of(Deed::Where where, std::string_view octets,
                                     bool from_backend) {
  if (where != Deed::Where::literal && where != Deed::Where::answer) return std::nullopt;
  const std::size_t brace = from_backend ? octets.find("}\r\n") : octets.npos;
  const std::size_t begin = brace == octets.npos ? 0 : brace + 3;
  return begin + (octets.size() - begin) / 2;
}

std::optional<Deed::What> Churner::at(Deed::Where where) {
  std::optional<Deed::What> what;
  for (std::size_t i = 0; i < churn_.deeds.size(); ++i) {
    const Deed& deed = churn_.deeds[i];
    if (deed.where != where) continue;
    const std::uint32_t count = ++counts_[i];
    bool turn = deed.once ? count == deed.every : count % deed.every == 0;
    if (churn_.seed && !deed.once) turn = random_.one_in(deed.every);
    if (turn && !what) what = deed.what;
  }
  if (what) ++struck_;
  return what;
}

}  // namespace sallyport::live
