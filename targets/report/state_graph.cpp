#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "targets/report/svg.hpp"

namespace sallyport::report {
namespace {

constexpr int box_left = 8;
constexpr int box_width = 440;
constexpr int box_right = box_left + box_width;
constexpr int line_height = 16;
constexpr int port_height = 20;  // between the ends of arrows on a box
constexpr int box_gap = 26;
constexpr int labels_width = 250;  // beside a box, before the lanes
constexpr int lane_width = 14;
constexpr std::size_t line_columns = 64;

struct Node {
  std::string state;
  std::vector<std::string> lines;
  std::size_t ports = 0;  // ends of arrows
  std::size_t used = 0;
  int top = 0;
  [[nodiscard]] int height() const {
    const int text = line_height * (static_cast<int>(lines.size()) + 1) + 12;
    return std::max(text, port_height * static_cast<int>(ports) + 10);
  }
  int next_port() { return top + 14 + port_height * static_cast<int>(used++); }
};

struct Edge {
  std::size_t from = 0;
  std::size_t to = 0;
  std::vector<std::string> commands;
};

// A session's life from top to bottom; what no protocol here has comes before its end.
std::size_t rank(std::string_view state) {
  static constexpr std::array<std::string_view, 7> order{"not authenticated",
                                                         "authorization",
                                                         "authenticated",
                                                         "transaction",
                                                         "selected",
                                                         "",
                                                         "ended"};
  const auto found = std::ranges::find(order, state);
  return static_cast<std::size_t>((found == order.end() ? order.end() - 2 : found) - order.begin());
}

void note(std::vector<std::string>& known, const std::string& word) {
  if (std::ranges::find(known, word) == known.end()) known.push_back(word);
}

// "accepted: A, B, …", broken into lines.
void append_list(std::vector<std::string>& lines, std::string_view what,
                 const std::vector<std::string>& words) {
  if (words.empty()) return;
  std::string line = fmt::format("{}:", what);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string word = words[i] + (i + 1 < words.size() ? "," : "");
    if (line.size() + 1 + word.size() > line_columns) {
      lines.push_back(line);
      line = " ";
    }
    line += ' ' + word;
  }
  lines.push_back(line);
}

bool is_ok(const Arc& arc) { return arc.status == "OK" || arc.status == "+OK"; }

std::vector<Node> nodes_of(const std::vector<Arc>& arcs) {
  std::vector<std::string> states;
  for (const Arc& arc : arcs) {
    note(states, arc.state);
    note(states, arc.next);
  }
  std::ranges::sort(states, [](const std::string& a, const std::string& b) {
    return std::pair(rank(a), a) < std::pair(rank(b), b);
  });
  std::vector<Node> nodes;
  for (const std::string& state : states) {
    Node node{.state = state, .lines = {}};
    std::vector<std::string> accepted;
    std::vector<std::string> refused;
    for (const Arc& arc : arcs) {
      if (arc.state == state && arc.next == state)
        note(is_ok(arc) ? accepted : refused, arc.command);
    }
    append_list(node.lines, "accepted", accepted);
    append_list(node.lines, "refused", refused);
    nodes.push_back(std::move(node));
  }
  return nodes;
}

std::vector<Edge> edges_of(const std::vector<Arc>& arcs, std::vector<Node>& nodes) {
  const auto place = [&](const std::string& state) {
    return static_cast<std::size_t>(std::ranges::find(nodes, state, &Node::state) - nodes.begin());
  };
  std::vector<Edge> edges;
  for (const Arc& arc : arcs) {
    if (arc.state == arc.next) continue;
    const std::size_t from = place(arc.state);
    const std::size_t to = place(arc.next);
    auto edge = std::ranges::find_if(
        edges, [&](const Edge& each) { return each.from == from && each.to == to; });
    if (edge == edges.end()) {
      edges.push_back({.from = from, .to = to, .commands = {}});
      edge = std::prev(edges.end());
      ++nodes[from].ports;
      ++nodes[to].ports;
    }
    note(edge->commands, is_ok(arc) ? arc.command : fmt::format("{} {}", arc.command, arc.status));
  }
  return edges;
}

std::string box(const Node& node) {
  std::string out = fmt::format(
      "<rect class=\"head\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"4\"/>"
      "<text class=\"state\" x=\"{}\" y=\"{}\">{}</text>\n",
      box_left, node.top, box_width, node.height(), box_left + 10, node.top + 19,
      markup(node.state));
  for (std::size_t i = 0; i < node.lines.size(); ++i) {
    out +=
        fmt::format("<text class=\"stays\" x=\"{}\" y=\"{}\">{}</text>\n", box_left + 10,
                    node.top + 19 + line_height * static_cast<int>(i + 1), markup(node.lines[i]));
  }
  return out;
}

}  // namespace

std::string state_graph(const std::vector<Arc>& arcs, std::string_view title) {
  std::vector<Node> nodes = nodes_of(arcs);
  const std::vector<Edge> edges = edges_of(arcs, nodes);
  int top = 8;
  for (Node& node : nodes) {
    node.top = top;
    top += node.height() + box_gap;
  }
  const int lanes = box_right + labels_width;
  const int width = lanes + lane_width * static_cast<int>(edges.size()) + 12;
  std::string out = fmt::format(
      "<svg class=\"states\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\" "
      "aria-label=\"{2}\">\n",
      width, top - box_gap + 10, markup(title));
  for (const Node& node : nodes) out += box(node);
  int lane = lanes;
  for (const Edge& edge : edges) {
    lane += lane_width;
    const int from = nodes[edge.from].next_port();
    const int to = nodes[edge.to].next_port();
    out += fmt::format(
        "<path class=\"arrow\" d=\"M{0} {1}H{2}V{3}H{0}\"/>"
        "<path class=\"tip\" d=\"M{0} {3}l7 -4v8z\"/>",
        box_right, from, lane, to);
    out += fmt::format("<text class=\"said\" x=\"{}\" y=\"{}\">{} →</text>\n", box_right + 10,
                       from - 4, markup(fmt::format("{}", fmt::join(edge.commands, ", "))));
  }
  return out + "</svg>\n";
}

}  // namespace sallyport::report
