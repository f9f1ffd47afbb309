// Names that break a line or a quotation if they are written as they are, and what may be said to a
// back-end while a login is under way.
#pragma once

#include "properties/frm/handed_on.hpp"

namespace sallyport::properties {

[[nodiscard]] constexpr bool breaks_out(std::string_view user) {
  constexpr std::string_view breaking{"\r\n\"\\\0", 5};
  return user.find_first_of(breaking) != std::string_view::npos;
}

/// The login of one session.
struct Written {
  enum class Login : std::uint8_t { none, under_way, done };

  Login login = Login::none;
  std::uint8_t breaking = 0;  // the user's name would break out
  std::uint8_t accepted = 0;  // by the back-end: what follows may be the client's commands
  std::uint8_t broken = 0;    // something has
  std::uint32_t message = 0;  // half of the last SASL message's digest: it may go astray (PER-02)

  /// A command that no login has. A line that is none is judged only where the name could be its
  /// reason; a SASL message that went astray looks like one.
  [[nodiscard]] constexpr bool forbids(const trace::Event& e) const {
    if (login != Login::under_way || accepted != 0 || !asks(e) || is_of_front_end(e.verb)) {
      return false;
    }
    if (message == half_of(e)) return false;
    const bool known = e.verb != trace::Verb::none && e.verb != trace::Verb::unknown &&
                       e.verb != trace::Verb::http && e.kind == trace::Kind::command;
    return known || breaking != 0;
  }

  /// Follows one event of the client's wire. True: a login with such a name ends, and nothing
  /// broke.
  constexpr bool step(const trace::Event& e) {
    using trace::Kind;
    if (e.kind == Kind::opened || e.kind == Kind::closed) *this = {};
    if (e.kind == Kind::greeting && e.status == trace::Status::preauth) login = Login::done;
    const bool names = is_of_login(e);
    if (!names || login == Login::done) return false;
    if (asks(e) && login == Login::none) *this = {.login = Login::under_way};
    if ((asks(e) || e.kind == Kind::response) && breaks_out(e.user)) breaking = 1;
    if (e.kind == Kind::response) message = half_of(e);
    const bool half = e.verb == trace::Verb::user && e.status == trace::Status::ok;
    if (e.kind != Kind::completion || half) return false;
    const bool clean = breaking != 0 && broken == 0;
    *this = {.login = logs_in(e) ? Login::done : Login::none};
    return clean;
  }

 private:
  static constexpr std::uint32_t half_of(const trace::Event& e) {
    return static_cast<std::uint32_t>(e.digest >> 32U) | 1U;
  }
};

}  // namespace sallyport::properties
