// Who somebody is, and what shows it.
#pragma once

#include "trace/event.hpp"

namespace sallyport::properties {

/// Equal for equal users; 0 where none is known. ASCII case doesn't count: NTLM's user names have
/// none (MS-NLMP §3.3.2), and front-ends commonly write a name in lower case before they pass it
/// on, which is no confusion of users.
[[nodiscard]] constexpr std::uint64_t identity_of(std::string_view user) {
  if (user.empty()) return 0;
  std::uint64_t identity = trace::digest_of({});
  for (const char c : user) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    identity = trace::digest_of({&lower, 1}, identity);
  }
  return identity;
}

/// The command whose OK logs somebody in. POP3's USER is half of one, its bare AUTH asks for a
/// list.
[[nodiscard]] constexpr bool authenticates(const trace::Event& e) {
  using trace::Verb;
  return e.verb == Verb::login || e.verb == Verb::authenticate || e.verb == Verb::pass ||
         e.verb == Verb::apop || (e.verb == Verb::auth && e.mechanism != trace::Mechanism::none);
}

/// `e` is of a login, or of POP3's first half of one.
[[nodiscard]] constexpr bool is_of_login(const trace::Event& e) {
  return authenticates(e) || e.verb == trace::Verb::user;
}

/// `e` tells that a server has accepted somebody.
[[nodiscard]] constexpr bool logs_in(const trace::Event& e) {
  return e.kind == trace::Kind::completion && e.status == trace::Status::ok && authenticates(e);
}

}  // namespace sallyport::properties
