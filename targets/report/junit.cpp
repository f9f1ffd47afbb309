// JUnit XML as Jenkins and GitLab read it. What was not put to the test is skipped with the reason,
// never passed; what is inconclusive is an error, as a test that could not be run would be.
#include <fmt/format.h>

#include <algorithm>
#include <pugixml.hpp>
#include <sstream>

#include "targets/report/formats.hpp"

namespace sallyport::report {
namespace {

struct Suite {
  std::string name;
  std::vector<const Judged*> cases;
};

std::vector<Suite> suites_of(const Evidence& evidence) {
  std::vector<Suite> out;
  for (const Judged& judged : evidence.results) {
    const engine::Result& result = judged.row.result;
    const std::string name = fmt::format("{} {}", result.engine, result.subject);
    auto known = std::ranges::find(out, name, &Suite::name);
    if (known == out.end()) {
      out.push_back({.name = name, .cases = {}});
      known = std::prev(out.end());
    }
    known->cases.push_back(&judged);
  }
  return out;
}

// XML 1.0 has no way to write most control characters.
std::string writable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool control = static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t';
    out += control || c == 0x7f ? '?' : c;
  }
  return out;
}

void say(pugi::xml_node test, const char* how, std::string_view message, std::string_view text) {
  pugi::xml_node node = test.append_child(how);
  node.append_attribute("message") = writable(message).c_str();
  if (!text.empty()) node.text() = writable(text).c_str();
}

// The schema has no attribute for the reason.
void skip(pugi::xml_node test, std::string_view why) {
  test.append_child("skipped").text() = writable(why).c_str();
}

std::string lines_of(const Row& row) {
  std::string out;
  if (!row.result.witness) return out;
  for (const std::string& line : row.result.witness->dialogue) out += line + '\n';
  return out;
}

void add_case(pugi::xml_node suite, const Row& row) {
  const engine::Result& result = row.result;
  pugi::xml_node test = suite.append_child("testcase");
  test.append_attribute("name") =
      writable(fmt::format("{} {}", result.property, facts_of(result.property).statement)).c_str();
  test.append_attribute("classname") =
      writable(fmt::format("{}.{}", result.subject, result.engine)).c_str();
  const Status status = status_of(row);
  switch (status) {
    case Status::violated:
      say(test, "failure", result.detail, lines_of(row));
      return;
    case Status::inconclusive:
      say(test, "error", result.detail, {});
      return;
    case Status::deviation:
      skip(test, fmt::format("listed deviation: {}", row.deviation));
      return;
    case Status::vacuous:
    case Status::unobservable:
      skip(test, fmt::format("{}: {}", name(status), result.detail));
      return;
    case Status::holds:
      return;
  }
}

void add_stage(pugi::xml_node suite, const Json& stage) {
  pugi::xml_node test = suite.append_child("testcase");
  test.append_attribute("name") = stage["stage"].get<std::string>().c_str();
  test.append_attribute("classname") = "nightly";
  test.append_attribute("time") = fmt::format("{:.1f}", stage["seconds"].get<double>()).c_str();
  const auto verdict = stage["verdict"].get<std::string>();
  const auto detail = stage["detail"].get<std::string>();
  std::string found;
  for (const Json& finding : stage["findings"]) {
    found += fmt::format("{}: {}: {}\n", finding["property"].get<std::string>(),
                         finding["detail"].get<std::string>(), finding["file"].get<std::string>());
  }
  if (verdict == "violated") say(test, "failure", detail, found);
  if (verdict == "inconclusive") say(test, "error", detail, {});
  if (verdict != "violated" && verdict != "inconclusive" && verdict != "holds") {
    skip(test, fmt::format("{}: {}", verdict, detail));
  }
}

// The figures that readers expect on top, counted from what stands below.
void count(pugi::xml_node suite) {
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
  std::size_t skipped = 0;
  for (const pugi::xml_node test : suite.children("testcase")) {
    ++tests;
    failures += test.child("failure") ? 1 : 0;
    errors += test.child("error") ? 1 : 0;
    skipped += test.child("skipped") ? 1 : 0;
  }
  suite.append_attribute("tests") = tests;
  suite.append_attribute("failures") = failures;
  suite.append_attribute("errors") = errors;
  suite.append_attribute("skipped") = skipped;
}

}  // namespace

std::string junit(const Evidence& evidence) {
  pugi::xml_document document;
  pugi::xml_node root = document.append_child("testsuites");
  root.append_attribute("name") = "sallyport";
  for (const Suite& each : suites_of(evidence)) {
    pugi::xml_node suite = root.append_child("testsuite");
    suite.append_attribute("name") = writable(each.name).c_str();
    for (const Judged* judged : each.cases) add_case(suite, judged->row);
    count(suite);
  }
  if (!evidence.nightly.empty()) {
    pugi::xml_node suite = root.append_child("testsuite");
    suite.append_attribute("name") = "nightly";
    for (const Json& stage : evidence.nightly) add_stage(suite, stage);
    count(suite);
  }
  std::ostringstream out;
  document.save(out, "  ");
  return out.str();
}

}  // namespace sallyport::report
