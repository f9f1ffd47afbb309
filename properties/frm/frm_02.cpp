// FRM-02: what is inside a literal is no command, even where the command around it is refused. The
// observer knows an answer whose tag no command has, and a literal begins with it.
#include "properties/frm/literals.hpp"
#include "properties/property.hpp"

namespace sallyport::properties {
namespace {

struct Frm02 {
  using State = PerSession<Literals>;

  static Outcome step(State& state, const trace::Event& e) {
    Literals* const s = e.point == trace::Point::client ? state.find(e.session) : nullptr;
    if (s == nullptr) return not_concerned;
    const bool refused = s->step(e);
    if (e.kind == trace::Kind::completion && e.from_literal && s->certain != 0) {
      return violated("octets of a literal are answered as a command");
    }
    return refused ? upheld : not_concerned;
  }
};

}  // namespace

extern const Property frm_02 =
    make_property<Frm02>({.id = "FRM-02",
                          .statement = "The octets of a literal are never read as commands, "
                                       "whatever becomes of the command that they belong to.",
                          .kind = PropertyKind::safety,
                          .severity = Severity::high,
                          .needs = Needs::client_wire,
                          .applies = Applies::imap,
                          .source = "RFC 3501 §4.3, RFC 7888 §4, nginx mail"});

}  // namespace sallyport::properties
