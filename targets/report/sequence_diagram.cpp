#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "targets/report/svg.hpp"

namespace sallyport::report {
namespace {

using trace::Point;

constexpr int row_height = 30;
constexpr int head_height = 58;
constexpr int margin_left = 92;  // numbers of lines, and the word at the violation
constexpr int margin_right = 76;
constexpr int gap = 320;    // between the front-end and its neighbours: labels stand here
constexpr int crowd = 132;  // between clients, and between connections
constexpr std::size_t label_columns_max = 46;

struct Bar {
  std::size_t link = 0;  // index into Lanes::links
  int from = 0;
  int to = 0;
  std::uint16_t session = 0;
};

/// Who stands where. The lowest numbers stand next to the front-end.
struct Lanes {
  std::vector<std::uint16_t> clients;
  std::vector<std::uint16_t> links;

  explicit Lanes(const trace::Trace& trace) {
    for (const trace::DialogueLine& line : trace.dialogue) {
      if (line.point == Point::client) note(clients, line.id);
      if (line.point == Point::backend) note(links, line.id);
    }
    std::ranges::sort(clients, std::greater{});
    std::ranges::sort(links);
  }
  [[nodiscard]] int front_end() const {
    return margin_left + gap + (clients.empty() ? 0 : static_cast<int>(clients.size()) - 1) * crowd;
  }
  [[nodiscard]] int client(std::uint16_t id) const {
    return margin_left + crowd * static_cast<int>(std::ranges::find(clients, id) - clients.begin());
  }
  [[nodiscard]] int link(std::size_t place) const {
    return front_end() + gap + crowd * static_cast<int>(place);
  }
  [[nodiscard]] std::size_t place_of(std::uint16_t id) const {
    return static_cast<std::size_t>(std::ranges::find(links, id) - links.begin());
  }
  [[nodiscard]] int width() const {
    return (links.empty() ? front_end() : link(links.size() - 1)) + margin_right;
  }

 private:
  static void note(std::vector<std::uint16_t>& known, std::uint16_t id) {
    if (std::ranges::find(known, id) == known.end()) known.push_back(id);
  }
};

int y_of(std::size_t line) { return head_height + 24 + static_cast<int>(line) * row_height; }

// Just below the last line that the event came behind.
int y_of_event(const trace::Dialogue& dialogue, std::size_t event) {
  const auto before = std::ranges::count_if(
      dialogue, [&](const trace::DialogueLine& line) { return line.first_event <= event; });
  return before == 0 ? head_height : y_of(static_cast<std::size_t>(before) - 1) + row_height / 3;
}

std::vector<Bar> leases(const trace::Trace& trace, const Lanes& lanes, int bottom) {
  std::vector<Bar> bars;
  std::vector<std::optional<std::size_t>> open(lanes.links.size());
  for (std::size_t i = 0; i < trace.events.size(); ++i) {
    const trace::Event& event = trace.events[i];
    const bool lease = event.kind == trace::Kind::lease;
    if (!lease && event.kind != trace::Kind::release) continue;
    const std::size_t place = lanes.place_of(event.link);
    if (place == lanes.links.size()) continue;
    const int y = y_of_event(trace.dialogue, i);
    if (open[place]) bars[*open[place]].to = y;
    open[place].reset();
    if (!lease) continue;
    open[place] = bars.size();
    bars.push_back({.link = place, .from = y, .to = bottom, .session = event.session});
  }
  return bars;
}

std::string clipped_label(std::string_view octets, std::string_view meaning) {
  std::string text = engine::escaped(octets);
  if (!meaning.empty()) text = fmt::format("{}: {}", meaning, text);
  if (text.size() > label_columns_max) {
    text.resize(label_columns_max - 1);
    return markup(text) + "…";
  }
  return markup(text);
}

// What a line of base64 is, where the observer knew it.
std::string_view meaning_of(trace::Blob blob) {
  switch (blob) {
    case trace::Blob::ntlm_negotiate:
      return "NTLM negotiate";
    case trace::Blob::ntlm_challenge:
      return "NTLM challenge";
    case trace::Blob::ntlm_authenticate:
      return "NTLM authenticate";
    case trace::Blob::scram_client_first:
      return "SCRAM client first";
    case trace::Blob::scram_server_first:
      return "SCRAM server first";
    case trace::Blob::scram_client_final:
      return "SCRAM client final";
    case trace::Blob::scram_server_final:
      return "SCRAM server final";
    default:
      return {};
  }
}

// By line of the dialogue; empty where nothing is known. An event comes of the last line before it
// that ran the same way on the same connection.
std::vector<std::string_view> meanings_of(const trace::Trace& trace) {
  std::vector<std::string_view> out(trace.dialogue.size());
  for (std::size_t i = 0; i < trace.events.size(); ++i) {
    const trace::Event& event = trace.events[i];
    const std::string_view meaning = meaning_of(event.blob);
    const bool client = event.point == Point::client;
    if (meaning.empty() || (!client && event.point != Point::backend)) continue;
    const bool from_server = event.kind == trace::Kind::continuation;
    const std::uint16_t id = client ? event.session : event.link;
    for (std::size_t j = trace.dialogue.size(); j-- > 0;) {
      const trace::DialogueLine& line = trace.dialogue[j];
      if (line.first_event > i || line.point != event.point || line.id != id) continue;
      if (line.from_server != from_server) continue;
      out[j] = meaning;
      break;
    }
  }
  return out;
}

std::string head(int x, std::string_view name, std::string_view below) {
  return fmt::format(
      "<rect class=\"head\" x=\"{}\" y=\"8\" width=\"116\" height=\"38\" rx=\"4\"/>"
      "<text class=\"who\" x=\"{}\" y=\"24\">{}</text><text class=\"below\" x=\"{}\" "
      "y=\"39\">{}</text>\n",
      x - 58, x, name, x, below);
}

std::string heads(const Lanes& lanes, int bottom) {
  std::string out;
  const auto lifeline = [&](int x) {
    out +=
        fmt::format("<line class=\"life\" x1=\"{0}\" y1=\"46\" x2=\"{0}\" y2=\"{1}\"/>", x, bottom);
  };
  for (const std::uint16_t id : lanes.clients) {
    lifeline(lanes.client(id));
    out += head(lanes.client(id), fmt::format("client {}", id), fmt::format("session {}", id));
  }
  lifeline(lanes.front_end());
  out += head(lanes.front_end(), "front-end", "under test");
  for (std::size_t i = 0; i < lanes.links.size(); ++i) {
    lifeline(lanes.link(i));
    out += head(lanes.link(i), "back-end", fmt::format("connection {}", lanes.links[i]));
  }
  return out;
}

std::string arrow(int from, int to, int y, bool marked) {
  const int tip = to > from ? -7 : 7;
  return fmt::format(
      "<line class=\"arrow{0}\" x1=\"{1}\" y1=\"{3}\" x2=\"{2}\" y2=\"{3}\"/>"
      "<path class=\"tip{0}\" d=\"M{2} {3}l{4} -4v8z\"/>",
      marked ? " bad" : "", from, to, y, tip);
}

std::string line_of(const trace::DialogueLine& line, const Lanes& lanes, std::size_t number,
                    std::string_view meaning, bool marked) {
  const int y = y_of(number);
  std::string out;
  if (marked) {
    out += fmt::format(
        "<rect class=\"band\" x=\"0\" y=\"{}\" width=\"{}\" height=\"{}\"/>"
        "<text class=\"flag\" x=\"4\" y=\"{}\">✗ violation</text>",
        y - 21, lanes.width(), row_height - 1, y - 8);
  }
  out += fmt::format("<text class=\"number\" x=\"4\" y=\"{}\">{}</text>", y + 4, number + 1);
  const std::string label = clipped_label(line.octets, meaning);
  const int middle = lanes.front_end();
  if (line.point == Point::given) {
    return out + fmt::format("<text class=\"note\" x=\"{}\" y=\"{}\">{}</text>\n", margin_left + 12,
                             y, label);
  }
  const bool client = line.point == Point::client;
  const int other = client ? lanes.client(line.id) : lanes.link(lanes.place_of(line.id));
  // A server's line runs from right to left on either side.
  const bool leftwards = line.from_server;
  const int left = std::min(middle, other);
  const int right = std::max(middle, other);
  out += arrow(leftwards ? right : left, leftwards ? left : right, y, marked);
  const int label_x = (client ? middle - gap : middle) + gap / 2;
  return out +
         fmt::format("<text class=\"said\" x=\"{}\" y=\"{}\">{}</text>\n", label_x, y - 5, label);
}

std::string closings(const trace::Trace& trace, const Lanes& lanes) {
  std::string out;
  for (std::size_t i = 0; i < trace.events.size(); ++i) {
    const trace::Event& event = trace.events[i];
    const bool client = event.point == Point::client;
    if (event.kind != trace::Kind::closed || (!client && event.point != Point::backend)) continue;
    const std::size_t place = lanes.place_of(event.link);
    const bool there = client
                           ? std::ranges::find(lanes.clients, event.session) != lanes.clients.end()
                           : place < lanes.links.size();
    if (!there) continue;
    out += fmt::format("<text class=\"closed\" x=\"{}\" y=\"{}\">✕ closed</text>\n",
                       client ? lanes.client(event.session) : lanes.link(place),
                       y_of_event(trace.dialogue, i) + 6);
  }
  return out;
}

}  // namespace

std::string markup(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool control = static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t';
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else {
      out += control || c == 0x7f ? '?' : c;
    }
  }
  return out;
}

std::string sequence_diagram(const engine::Run& run, std::string_view title) {
  const Lanes lanes(run.trace);
  const trace::Dialogue& dialogue = run.trace.dialogue;
  const int bottom = y_of(dialogue.size());
  std::string out = fmt::format(
      "<svg class=\"sequence\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\" "
      "aria-label=\"{2}\">\n",
      lanes.width(), bottom + 8, markup(title));
  std::string lines;
  std::string bands;
  const std::vector<std::string_view> meanings = meanings_of(run.trace);
  for (std::size_t i = 0; i < dialogue.size(); ++i) {
    std::string line = line_of(dialogue[i], lanes, i, meanings[i], run.marked == i);
    (run.marked == i ? bands : lines) += line;
  }
  // What is marked first, so that its band lies under the lifelines.
  const std::size_t band_end = bands.find("/>");
  const std::string band = bands.empty() ? "" : bands.substr(0, band_end + 2);
  out += band + heads(lanes, bottom);
  for (const Bar& bar : leases(run.trace, lanes, bottom)) {
    const int x = lanes.link(bar.link);
    out += fmt::format(
        "<rect class=\"lease\" x=\"{}\" y=\"{}\" width=\"10\" height=\"{}\"/>"
        "<text class=\"lessee\" x=\"{}\" y=\"{}\">s{}</text>\n",
        x - 5, bar.from, std::max(6, bar.to - bar.from), x + 9, bar.from + 11, bar.session);
  }
  out += lines + (bands.empty() ? "" : bands.substr(band_end + 2)) + closings(run.trace, lanes);
  return out + "</svg>\n";
}

}  // namespace sallyport::report
