// What back-ends say while a session logs in, apart from their lists: RSP-03's state of one
// session.
#pragma once

#include <array>

#include "properties/property.hpp"
#include "properties/stm/states.hpp"

namespace sallyport::properties {

struct LoginTalk {
  std::array<std::uint32_t, 6> said = {};  // halves of the digests of the last lines; newest first
  Standing standing;
  std::uint16_t leaves = 0;  // LOGOUT was sent: BYE is its answer
  std::uint16_t leaked = 0;  // something of it reached the client

  static constexpr std::uint32_t half(const trace::Event& e) {
    const auto half = static_cast<std::uint32_t>(e.digest >> 32U);
    return half == 0 ? 1 : half;
  }
  [[nodiscard]] constexpr bool is_before_login() const { return standing.states == detail::before; }

  /// A list is another property's, in whatever it comes.
  static constexpr bool is_talk(const trace::Event& e) {
    const bool line = e.kind == trace::Kind::untagged || e.kind == trace::Kind::bye;
    return line && e.digest != 0 && e.code != trace::Code::capability;
  }

  /// Data that stand in a mailbox, or name one: before login they can't be the front-end's own.
  static constexpr bool is_mail(const trace::Event& e) {
    using trace::Verb;
    return e.kind == trace::Kind::untagged && e.status == trace::Status::none &&
           (e.verb == Verb::list || e.verb == Verb::lsub || e.verb == Verb::status ||
            e.verb == Verb::fetch || e.verb == Verb::search || e.verb == Verb::expunge);
  }

  constexpr void from_backend(const trace::Event& e) {
    if (!is_talk(e) || !is_before_login()) return;
    for (std::size_t i = said.size() - 1; i > 0; --i) said[i] = said[i - 1];
    said[0] = half(e);
  }

  /// Follows one event of the client's wire.
  constexpr Outcome from_client(const trace::Event& e) {
    using trace::Kind;
    const bool before = is_before_login();
    if (e.kind == Kind::command && e.verb == trace::Verb::logout) leaves = 1;
    if (before && is_talk(e) && leaves == 0) {
      for (const std::uint32_t each : said) {
        if (each == half(e)) return leak("what a back-end said in a login reaches the client");
      }
      if (is_mail(e)) return leak("a client gets data of mailboxes before its login");
    }
    standing.step(e);
    if (e.kind == Kind::opened || e.kind == Kind::closed) *this = {};
    if (!before || e.kind != Kind::completion || !authenticates(e)) return not_concerned;
    const bool kept = said[0] != 0 && leaked == 0;
    said = {};
    leaked = 0;
    return kept ? upheld : not_concerned;
  }

 private:
  constexpr Outcome leak(std::string_view what) {
    leaked = 1;
    return violated(what);
  }
};

}  // namespace sallyport::properties
