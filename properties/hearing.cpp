#include "properties/hearing.hpp"

#include <algorithm>

namespace sallyport::properties {

namespace {

using enum trace::Kind;

struct Row {
  std::string_view id;
  KindSet kinds;
  template <class... Kinds>
  constexpr Row(std::string_view id_, Kinds... heard) : id(id_), kinds(heard...) {}
};
// What the text of a monitor, or of what it is made of, names, and what was seen to move it.
constexpr Row rows[] = {
    {"ADV-01", offer},
    {"ADV-02", opened, greeting, command, continuation, offer, untagged, completion, bye, malformed,
     tls, closed},
    {"ADV-03", opened, greeting, command, response, offer, completion, bye, malformed, tls, closed,
     attempt, failure},
    {"ADV-04", opened, continuation, offer, closed, policy},
    {"ADV-05", opened, greeting, command, continuation, offer, untagged, completion, bye, malformed,
     tls, closed},
    {"ADV-06", opened, offer, tls, closed, policy},
    {"FLT-02", opened, greeting, command, continuation, offer, untagged, completion, bye, malformed,
     closed, lease, release, failure, quiescent},
    {"FLT-03", opened, greeting, command, continuation, response, offer, untagged, completion, bye,
     malformed, closed, lease, release, failure},
    {"FRM-01", opened, greeting, command, literal, continuation, offer, untagged, completion, bye,
     malformed, closed, lease, release, parsed, failure, quiescent},
    {"FRM-02", opened, greeting, command, literal, continuation, offer, untagged, completion, bye,
     malformed, tls, closed},
    {"FRM-03", opened, greeting, command, literal, continuation, offer, untagged, completion, bye,
     malformed, tls, closed, held},
    {"FRM-04", opened, greeting, command, literal, continuation, offer, untagged, completion, bye,
     malformed, closed, lease, release, parsed, failure, quiescent},
    {"FRM-05", opened, greeting, command, literal, continuation, response, offer, untagged,
     completion, bye, malformed, closed, lease, release, parsed, failure},
    {"ISO-01", opened, greeting, command, continuation, offer, untagged, completion, bye, malformed,
     closed, lease, release},
    {"ISO-03", opened, greeting, command, literal, continuation, offer, untagged, completion, bye,
     malformed, closed, lease, release, quiescent},
    {"ISO-04", opened, greeting, command, continuation, offer, untagged, completion, bye, malformed,
     closed, lease, release, quiescent},
    {"ISO-05", opened, greeting, command, continuation, response, offer, untagged, completion, bye,
     malformed, tls, closed, cached},
    {"ISO-06", opened, completion, closed, lease, release, identified},
    {"PER-01", opened, greeting, command, continuation, offer, untagged, completion, bye, malformed,
     closed, lease, release, failure},
    {"PER-02", opened, greeting, command, continuation, response, offer, untagged, completion, bye,
     malformed, closed, lease, release},
    {"PER-03", opened, greeting, command, continuation, response, offer, untagged, completion, bye,
     malformed, closed, lease, release},
    {"PER-04", greeting, command, continuation, offer, untagged, completion, bye, malformed,
     closed},
    {"PER-05", opened, greeting, completion, bye, closed, lease, release, policy},
    {"PER-06", opened, greeting, command, continuation, response, offer, untagged, completion, bye,
     malformed, tls, closed, lease, release},
    {"RES-01", opened, greeting, completion, closed, held, limit},
    {"RES-02", opened, greeting, command, continuation, response, offer, untagged, completion, bye,
     malformed, tls, closed, policy, limit, failure, elapsed, quiescent},
    {"RES-03", opened, greeting, command, literal, continuation, response, offer, untagged,
     completion, bye, malformed, closed, failure, elapsed, quiescent},
    {"RES-04", opened, greeting, command, continuation, offer, untagged, completion, bye, malformed,
     closed, lease, release, held, quiescent},
    {"RSP-01", opened, greeting, command, literal, continuation, response, offer, untagged,
     completion, bye, malformed, closed, quiescent},
    {"RSP-02", opened, greeting, command, continuation, offer, untagged, completion, bye, malformed,
     closed, lease, release, failure, quiescent},
    {"RSP-03", opened, greeting, command, untagged, completion, bye, closed, lease, release},
    {"RSP-04", opened, greeting, command, continuation, offer, untagged, completion, bye, malformed,
     closed, lease, release, failure, quiescent},
    {"SAS-01", opened, greeting, command, continuation, response, offer, untagged, completion, bye,
     malformed, closed, quiescent},
    {"SAS-02", opened, greeting, command, continuation, response, offer, untagged, completion, bye,
     malformed, closed},
    {"SAS-03", opened, greeting, command, continuation, response, offer, untagged, completion, bye,
     malformed, closed, lease, release},
    {"SAS-04", opened, greeting, command, continuation, response, offer, untagged, completion, bye,
     malformed, tls, closed, limit, attempt, failure, quiescent},
    {"SAS-05", opened, greeting, command, continuation, response, offer, untagged, completion, bye,
     malformed, closed, lease, release, account},
    {"SAS-06", opened, greeting, command, continuation, response, offer, untagged, completion, bye,
     malformed, closed},
    {"SAS-07", opened, greeting, command, continuation, response, offer, untagged, completion, bye,
     malformed, closed, failure, quiescent},
    {"SEC-01", opened, command, response, completion, closed, disclosed, log},
    {"SEC-02", opened, continuation, completion, bye, closed, failure, quiescent},
    {"SEC-03", log},
    {"STM-01", opened, greeting, completion, bye, closed},
    {"STM-02", opened, greeting, command, completion, bye, closed, failure, quiescent},
    {"STM-03", opened, greeting, completion, bye, closed},
    {"STM-04", opened, greeting, command, continuation, offer, untagged, completion, bye, malformed,
     closed, account},
    {"STM-05", opened, greeting, command, continuation, offer, untagged, completion, bye, malformed,
     tls, closed, failure, quiescent},
    {"TLS-01", opened, greeting, command, continuation, offer, untagged, completion, bye, malformed,
     tls, closed, failure},
    {"TLS-02", opened, greeting, command, continuation, offer, untagged, completion, bye, malformed,
     tls, closed, lease, release},
    {"TLS-03", opened, greeting, command, continuation, offer, untagged, completion, bye, malformed,
     tls, closed, policy},
    {"TLS-04", opened, offer, completion, tls, closed, policy},
    {"TLS-05", opened, greeting, command, continuation, response, offer, untagged, completion, bye,
     malformed, tls, closed, policy},
    {"TLS-06", opened, completion, tls, closed, account},
    {"TLS-07", opened, greeting, command, continuation, response, offer, untagged, completion, bye,
     malformed, tls, closed, lease, release},
};

}  // namespace

KindSet kinds_heard_by(const Property& property) {
  const auto* const row = std::ranges::find(rows, property.facts.id, &Row::id);
  return row == std::end(rows) ? KindSet::from_bits(~std::uint32_t{0}) : row->kinds;
}

}  // namespace sallyport::properties
