// SEC-03: what a peer said is data. Where it stands in the log it stands as it was said: nothing
// in it was carried out, replaced or cut.
#include "properties/property.hpp"

namespace sallyport::properties {
namespace {

struct Sec03 {
  static Outcome step(const trace::Event& e) {
    if (e.kind != trace::Kind::log) return not_concerned;
    return e.valid ? upheld : violated("what a peer said is taken for a format or a template");
  }
};

}  // namespace

extern const Property sec_03 =
    make_property<Sec03>({.id = "SEC-03",
                          .statement = "What a peer says is never a format, a template or a query.",
                          .kind = PropertyKind::safety,
                          .severity = Severity::high,
                          .needs = Needs::inside,
                          .source = "CVE-2005-2661, CVE-2007-5740"});

}  // namespace sallyport::properties
