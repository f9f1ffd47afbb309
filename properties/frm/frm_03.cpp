// FRM-03: a literal's count is an unsigned number, and to be believed only as far as octets come.
// What can't be a count is never granted, and what was refused takes no memory.
#include "properties/frm/counts.hpp"

namespace sallyport::properties {
namespace {

using trace::Kind;

struct Frm03 {
  using State = PerSession<Counts>;

  static Outcome step(State& state, const trace::Event& e) {
    Counts* const s = state.find(e.session);
    if (s == nullptr) return not_concerned;
    if (e.kind == Kind::held && s->refused != 0 && e.amount >= s->refused) {
      s->refused = 0;
      return violated("memory is taken for a literal that was refused");
    }
    return e.point == trace::Point::client ? s->step(e) : not_concerned;
  }
};

}  // namespace

extern const Property frm_03 = make_property<Frm03>(
    {.id = "FRM-03",
     .statement = "A literal's count is taken for what it is: no number that can't be one is "
                  "granted, and nothing is allocated on its word.",
     .kind = PropertyKind::safety,
     .severity = Severity::high,
     .needs = Needs::client_wire,
     .applies = Applies::imap,
     .source = "RFC 3501 §4.3, CVE-2004-1035, CVE-2007-0221, CVE-2025-43857"});

}  // namespace sallyport::properties
