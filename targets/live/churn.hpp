// What goes wrong between a front-end and its back-end, on purpose: connections are closed, reset,
// delayed, exchanged or left hanging at chosen moments of their life.
// `close@exchange/3,delay@answer` closes in the middle of every third authentication and makes the
// second half of every answer wait.
//
//   policy = "none" / deed *("," deed)
//   deed   = what "@" where ["/" n / "=" n]
//               ; every nth time, with a seed at a chance of 1 in n; or the nth time alone
//   what   = "close" / "reset" / "delay" / "swap" / "stall"  ; from then on nothing comes any more
//   where  = "connect"    ; before the front-end's first word
//          / "exchange"   ; in the middle of an authentication
//          / "login"      ; behind it, at the next word
//          / "literal"    ; in the middle of a literal, of either side
//          / "answer"     ; in the middle of an answer to a client that is logged in
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "targets/engine/random.hpp"
#include "trace/event.hpp"

namespace sallyport::live {

struct Deed {
  enum class What : std::uint8_t { close, reset, delay, swap, stall };
  enum class Where : std::uint8_t { connect, exchange, login, literal, answer };
  What what{};
  Where where{};
  std::uint32_t every = 1;
  bool once = false;  // at the nth time alone
  friend bool operator==(const Deed&, const Deed&) = default;
};

struct Churn {
  std::vector<Deed> deeds;
  std::optional<std::uint64_t> seed;
};
/// The error is one line.
[[nodiscard]] std::expected<Churn, std::string> churn_from(std::string_view text);

/// Where one connection to a back-end stands, as far as its events tell.
class LinkLife {
 public:
  /// `events` are what the octets that come now, said by the back-end or to it, were seen to be.
  /// Returns the moment at which they stand, if it is one of those above.
  [[nodiscard]] std::optional<Deed::Where> moment(const trace::Events& events, bool from_backend,
                                                  std::string_view octets);

 private:
  bool spoken_ = false;
  bool logged_in_ = false;
  bool fresh_ = false;  // logged in, and nothing was said since
};

/// Behind how many of `octets` a deed strikes that strikes in their middle, or in that of a literal
/// that begins in them; nothing where it strikes behind them.
[[nodiscard]] std::optional<std::size_t> middle_of(Deed::Where where, std::string_view octets,
                                                   bool from_backend);

class Churner {
 public:
  explicit Churner(Churn churn) : churn_(std::move(churn)), random_(churn_.seed.value_or(0)) {
    counts_.resize(churn_.deeds.size());
  }
  /// What is to be done now; nothing as a rule.
  [[nodiscard]] std::optional<Deed::What> at(Deed::Where where);
  /// How often something was.
  [[nodiscard]] std::uint64_t struck() const { return struck_; }

 private:
  Churn churn_;
  engine::Random random_;
  std::vector<std::uint32_t> counts_;  // moments of each deed so far
  std::uint64_t struck_ = 0;
};

}  // namespace sallyport::live
