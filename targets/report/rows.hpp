// A row is what is reported of one property, by one engine, on one subject. Here is its machine's
// form, written and read: members keep their order and hold no times, so that a run with a count
// and a seed repeats to the octet. docs/schema/results.schema.json says the same for others.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "targets/engine/result.hpp"
#include "targets/report/reader.hpp"

namespace sallyport::report {

/// A result as it is reported.
struct Row {
  engine::Result result;
  std::string deviation;  // why this violation is expected; empty: it isn't
};
using Rows = std::vector<Row>;

[[nodiscard]] Json to_json(const Row& row);
/// {"schema":1,"command":…,"results":[…]}
[[nodiscard]] Json document(std::string_view command, const Rows& rows);
/// The row that to_json made `row` of. Throws Malformed.
[[nodiscard]] Row row_from(const Reader& row);

/// One object and a line end. Octets that aren't UTF-8 are replaced, as JSON can't carry them.
[[nodiscard]] std::string dumped(const Json& json);

/// Does a bound's member say how long something took? Those are for people only.
[[nodiscard]] bool is_duration(std::string_view bound);

/// What a witness of the result is called, without an ending: `exchange-2000-imap-explore-ADV-01`.
[[nodiscard]] std::string witness_name(const engine::Result& result);

}  // namespace sallyport::report
