// A challenge that a client was given: PER-03's state of one session.
#pragma once

#include "properties/challenge.hpp"
#include "properties/per/exchange.hpp"

namespace sallyport::properties {

struct Challenged {
  trace::LinkId judge = trace::no_link;  // the connection it came from; none: the front-end's own
  std::uint8_t given = 0;
  std::uint8_t answered = 0;

  /// Follows one event of the client's wire. True where the front-end's own challenge is answered.
  bool step(const trace::Event& e) {
    using trace::Kind;
    const bool over = e.kind == Kind::completion && authenticates(e);
    if (over || e.kind == Kind::opened || e.kind == Kind::closed) *this = {};
    if (challenges(e)) *this = {.judge = e.link, .given = 1};
    if (e.kind != Kind::response || given == 0) return false;
    const bool cancelled = e.blob == trace::Blob::cancel;
    const bool own = judge == trace::no_link;
    if (cancelled || own) *this = {};
    answered = given;
    return own && !cancelled;
  }

  /// The front-end says something to a back-end that can only be the client's answer, if it has
  /// given one.
  [[nodiscard]] bool is_passed_on(const trace::Event& e) const {
    const bool message = e.kind == trace::Kind::response || (asks(e) && Exchange::continues(e));
    return answered != 0 && e.point == trace::Point::backend && message;
  }
};

}  // namespace sallyport::properties
