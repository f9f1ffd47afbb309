// PER-02: a back-end authentication exchange stays where it began, and nothing comes between. It is
// open from its first command until the back-end's last word on it, whoever leases the connection
// meanwhile.
#include "properties/per/exchange.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Per02 {
  using State = PerLink<Exchange>;

  static Outcome said(const State& links, Exchange& here, const trace::Event& e) {
    if (here.holder == trace::no_session || e.blob == trace::Blob::cancel) return not_concerned;
    const auto session = static_cast<std::uint32_t>(here.holder);
    if (here.open != 0 && here.owner != session) {
      return violated("another session's octets come between those of an exchange");
    }
    if (here.open != 0 || Exchange::begins(e)) {
      here.go_on(session, e);
      return not_concerned;
    }
    if (!Exchange::continues(e)) return not_concerned;
    if (any_open(links, session)) return violated("an exchange goes on over another connection");
    return e.verb == trace::Verb::pass ? violated("PASS goes to a connection that has no USER")
                                       : not_concerned;
  }

  static Outcome step(State& links, const trace::Event& e) {
    follow_leases(links, e);
    if (e.point == trace::Point::client && (e.kind == Kind::closed || e.kind == Kind::opened)) {
      for (Exchange& link : links.slots) {
        if (link.open != 0 && link.owner == e.session) link.owner = Exchange::gone;
      }
    }
    Exchange* const link = e.point == trace::Point::backend ? links.find(e.link) : nullptr;
    if (link == nullptr) return not_concerned;
    if (e.kind == Kind::opened || e.kind == Kind::closed) link->end();
    if (e.kind == Kind::completion) return link->complete(e) ? upheld : not_concerned;
    return asks(e) || e.kind == Kind::response ? said(links, *link, e) : not_concerned;
  }
};

}  // namespace

extern const Property per_02 = make_property<Per02>(
    {.id = "PER-02",
     .statement = "An authentication exchange with a back-end stays on one connection and has it "
                  "to itself, from its first octet to its outcome.",
     .kind = PropertyKind::safety,
     .severity = Severity::high,
     .needs = Needs::backend_wire,
     .source = "MS-NLMP, RFC 4422"});

}  // namespace sallyport::properties
