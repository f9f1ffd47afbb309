#include "targets/report/page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "crypto/digests.hpp"
#include "targets/report/embedded.hpp"
#include "targets/report/page_data.hpp"
#include "wire/base64.hpp"

namespace sallyport::report {
namespace {

// For the page's policy: this style sheet and this script run, nothing else, and nothing is
// fetched (CSP Level 3 §2.3.1).
std::string hash_of(std::string_view part) {
  return "sha256-" + wire::base64_encode(crypto::view(crypto::sha256(part)));
}

Data sources_data(const Evidence& evidence) {
  Data sources = list();
  for (const Source& source : evidence.sources) {
    Data row;
    row.set("name", source.name);
    row.set("command", source.command);
    row.set("sha256", source.sha256);
    sources.push_back(row);
  }
  return sources;
}

template <class Range>
Data choices(const Range& words) {
  Data out = list();
  for (const auto& word : words) {
    Data choice;
    choice.set("word", std::string(word));
    out.push_back(choice);
  }
  return out;
}

// What the filters offer: only what occurs.
void set_filters(Data& data, const View& view) {
  std::vector<std::string_view> verdicts;
  std::vector<std::string> groups;
  std::vector<std::string_view> kinds;
  const auto note = [](auto& known, auto word) {
    if (std::ranges::find(known, word) == known.end()) known.push_back(word);
  };
  for (std::size_t i = 0; i < statuses; ++i) {
    const auto status = static_cast<Status>(i);
    const bool occurs =
        std::ranges::find(view.standings, status, &Standing::status) != view.standings.end();
    if (occurs) verdicts.push_back(name(status));
  }
  for (const std::string& id : view.properties()) {
    note(groups, id.substr(0, id.find('-')));
    note(kinds, properties::name(facts_of(id).kind));
  }
  data.set("verdict_choices", choices(verdicts));
  data.set("group_choices", choices(groups));
  data.set("kind_choices", choices(kinds));
}

}  // namespace

View::View(const Evidence& gathered)
    : evidence(gathered), standings(report::standings(gathered)), places(places_of(gathered)) {
  for (const std::string& subject : subjects_of(gathered)) {
    const bool live = std::ranges::any_of(gathered.results, [&](const Judged& judged) {
      return judged.command == "probe" && judged.row.result.subject == subject;
    });
    (live ? servers : subjects).push_back(subject);
  }
  for (const Judged& judged : gathered.results) {
    const std::string& engine = judged.row.result.engine;
    if (std::ranges::find(engines, engine) == engines.end()) engines.push_back(engine);
  }
}

const Standing* View::find(std::string_view property, std::string_view subject) const {
  const auto found = std::ranges::find_if(standings, [&](const Standing& each) {
    return each.property == property && each.subject == subject;
  });
  return found == standings.end() ? nullptr : &*found;
}

std::vector<std::string> View::properties() const {
  std::vector<std::string> out;
  for (const Standing& standing : standings) {
    if (out.empty() || out.back() != standing.property) out.push_back(standing.property);
  }
  return out;
}

Data list() { return Data(Data::type::list); }

Data verdict(Status status) {
  static constexpr std::string_view signs[statuses] = {"✗", "?", "!", "✓", "○", "–"};
  static constexpr std::string_view styles[statuses] = {"violated", "inconclusive", "deviation",
                                                        "holds",    "vacuous",      "unobservable"};
  Data out;
  out.set("word", std::string(name(status)));
  out.set("sign", std::string(signs[static_cast<std::size_t>(status)]));
  out.set("style", std::string(styles[static_cast<std::size_t>(status)]));
  return out;
}

std::string grouped(std::uint64_t number) {
  std::string out = fmt::format("{}", number);
  for (std::size_t at = out.size(); at > 3; at -= 3) out.insert(at - 3, "\u202f");
  return out;
}

std::string counted(std::uint64_t number, std::string_view noun) {
  return fmt::format("{} {}{}", grouped(number), noun, number == 1 ? "" : "s");
}

Data facts_data(const std::string& property) {
  const properties::Facts facts = facts_of(property);
  const bool known = !facts.source.empty();
  Data out;
  out.set("id", property);
  out.set("statement", std::string(facts.statement));
  out.set("group", property.substr(0, property.find('-')));
  out.set("kind", std::string(properties::name(facts.kind)));
  out.set("severity", std::string(properties::name(facts.severity)));
  static constexpr std::string_view ranks[] = {"3", "2", "1"};  // high first when sorted
  out.set("severity_rank", std::string(ranks[static_cast<std::size_t>(facts.severity)]));
  out.set("needs", std::string(properties::name(facts.needs)));
  out.set("source", std::string(facts.source));
  out.set("known", known);
  std::string why(rationale_of(property));
  std::erase(why, '`');
  out.set("has_why", !why.empty());
  out.set("why", why);
  return out;
}

std::string page(const Evidence& evidence, std::string_view version, std::string_view written) {
  const PageParts parts = page_parts();
  const View view(evidence);
  Data data;
  data.set("version", std::string(version));
  data.set("written", std::string(written));
  data.set("style", std::string(parts.style));
  data.set("script", std::string(parts.script));
  data.set("style_hash", hash_of(parts.style));
  data.set("script_hash", hash_of(parts.script));
  data.set("summary", summary_data(view));
  data.set("has_results", !view.standings.empty());
  data.set("bounds", bounds_data(view));
  set_filters(data, view);
  data.set("table", table_data(view));
  data.set("servers", servers_data(view));
  data.set("reached", reached_data(view));
  data.set("matrix", matrix_data(view));
  data.set("nightly", nightly_data(view));
  data.set("coverage", coverage_data(view));
  data.set("sections", sections_data(view));
  data.set("sources", sources_data(evidence));
  kainjow::mustache::mustache templated{std::string(parts.page)};
  return templated.render(data);
}

}  // namespace sallyport::report
