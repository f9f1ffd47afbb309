// What STM-05 knows of a session: whether an authentication without success or a TLS start has just
// been, and what came of the first line behind it.
#pragma once

#include "properties/direction.hpp"
#include "properties/identity.hpp"

namespace sallyport::properties {

struct Aftermath {
  enum class Seen : std::uint8_t { nothing, clean, challenge, old_name };

  std::uint8_t next = 0;        // the client's next line is the first one behind it
  std::uint8_t forgotten = 0;   // POP3: no USER was accepted since
  std::uint8_t knows_capa = 0;  // else CAPA may be refused
  std::uint8_t refused = 0;     // that line was, and the session goes on
  std::uint8_t logged_in = 0;   // an earlier authentication was accepted: back-ends may be slow
  trace::CommandSlot first = trace::no_command;  // that line, in flight

  /// Nothing is said of the line, since there may be another reason for what becomes of it.
  constexpr void stop() {
    next = refused = 0;
    first = trace::no_command;
  }

  /// At rest, so a refusal was no farewell (POP3's looks like the reply to a command), and what
  /// wasn't answered never will be.
  constexpr bool take_refused() {
    const bool was = refused != 0 || first != trace::no_command;
    refused = 0;
    first = trace::no_command;
    return was;
  }

  /// Follows one event of the client's wire.
  constexpr Seen step(const trace::Event& e) {
    using trace::Kind;
    if (e.kind == Kind::opened || e.kind == Kind::closed) *this = {};
    if (e.kind == Kind::bye) stop();
    const bool greeted = e.kind == Kind::greeting && e.status == trace::Status::preauth;
    if (logs_in(e) || greeted) logged_in = 1;
    if (e.kind == Kind::tls) next = forgotten = 1;
    if (e.kind == Kind::offer && e.source == trace::OfferSource::capa) knows_capa = 1;
    if (asks(e)) {
      if (next != 0 && logged_in == 0 && may_not_be_refused(e)) first = e.command;
      next = 0;
    }
    if (e.kind == Kind::continuation && first != trace::no_command && challenges(e)) {
      stop();
      return Seen::challenge;
    }
    return e.kind == Kind::completion ? complete(e) : Seen::nothing;
  }

 private:
  constexpr Seen complete(const trace::Event& e) {
    using trace::Verb;
    const bool ok = e.status == trace::Status::ok;
    const bool old_name = e.verb == Verb::pass && forgotten != 0;
    if (e.verb == Verb::user && ok) forgotten = 0;
    if (!ok && authenticates(e)) forgotten = 1;
    if (!ok && (authenticates(e) || e.verb == Verb::starttls || e.verb == Verb::stls)) next = 1;
    if (old_name) return ok ? Seen::old_name : Seen::clean;
    if (e.command != first || first == trace::no_command) return Seen::nothing;
    first = trace::no_command;
    refused = ok ? 0 : 1;
    return ok ? Seen::clean : Seen::nothing;
  }

  /// Leave for a literal says nothing.
  [[nodiscard]] constexpr bool challenges(const trace::Event& e) const {
    return e.command == first || (e.command == trace::no_command && e.blob != trace::Blob::none);
  }

  [[nodiscard]] constexpr bool may_not_be_refused(const trace::Event& e) const {
    const auto is = [&e](std::string_view line) {
      return e.kind == trace::Kind::command && e.digest == trace::digest_of(line);
    };
    if (e.protocol == trace::Protocol::pop3) return is("QUIT") || (knows_capa != 0 && is("CAPA"));
    return is("CAPABILITY") || is("NOOP") || is("LOGOUT");
  }
};

}  // namespace sallyport::properties
