// IMAP commands that read mail (RFC 3501 §6.3, §6.4). There is one mailbox, INBOX, read-only; a
// message's UID is its place in the account, so that it never changes.
#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include "backend/imap.hpp"

namespace sallyport::backend {
namespace {

using trace::equal_fold;

/// First to last, both 1-based and included.
struct Range {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
};

// sequence-set = (seq-number / seq-range) *("," sequence-set)                   (RFC 3501 §9)
// seq-range    = seq-number ":" seq-number        seq-number = nz-number / "*"
/// "*" is `largest`, which is 0 for an empty mailbox. Empty: `text` is no sequence-set.
std::vector<Range> parse_sequence_set(std::string_view text, std::uint32_t largest) {
  const auto number = [largest](std::string_view word) -> std::optional<std::uint32_t> {
    if (word == "*") return largest;
    std::uint32_t value = 0;
    const char* const end = word.data() + word.size();
    const auto [stop, failure] = std::from_chars(word.data(), end, value);
    if (failure != std::errc{} || stop != end || value == 0) return std::nullopt;
    return value;
  };
  std::vector<Range> ranges;
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view item = text.substr(0, comma);
    const std::size_t colon = item.find(':');
    const auto first = number(item.substr(0, colon));
    const auto last = colon == std::string_view::npos ? first : number(item.substr(colon + 1));
    if (!first || !last) return {};
    ranges.push_back({std::min(*first, *last), std::max(*first, *last)});
    if (comma == std::string_view::npos) return ranges;
    text.remove_prefix(comma + 1);
  }
}

bool covers(std::span<const Range> ranges, std::uint32_t number) {
  return std::ranges::any_of(ranges, [number](const Range& range) {
    return range.first <= number && number <= range.last;
  });
}

/// What FETCH can tell of a message.
struct Item {
  enum class Part : std::uint8_t { flags, uid, size, date, whole, header, body };
  std::string_view request;
  std::string_view answer;
  Part part;
};
constexpr Item items[] = {
    {"FLAGS", "FLAGS", Item::Part::flags},
    {"UID", "UID", Item::Part::uid},
    {"RFC822.SIZE", "RFC822.SIZE", Item::Part::size},
    {"INTERNALDATE", "INTERNALDATE", Item::Part::date},
    {"BODY[]", "BODY[]", Item::Part::whole},
    {"BODY.PEEK[]", "BODY[]", Item::Part::whole},
    {"RFC822", "RFC822", Item::Part::whole},
    {"BODY[HEADER]", "BODY[HEADER]", Item::Part::header},
    {"BODY.PEEK[HEADER]", "BODY[HEADER]", Item::Part::header},
    {"RFC822.HEADER", "RFC822.HEADER", Item::Part::header},
    {"BODY[TEXT]", "BODY[TEXT]", Item::Part::body},
    {"BODY.PEEK[TEXT]", "BODY[TEXT]", Item::Part::body},
    {"RFC822.TEXT", "RFC822.TEXT", Item::Part::body},
};
struct Items {
  std::array<bool, std::size(items)> wanted{};  // each at most once
  std::string_view fields;                      // names of header fields; empty: none
};

// section     = "[" "HEADER.FIELDS" SP header-list "]"
// header-list = "(" header-fld-name *(SP header-fld-name) ")"                   (RFC 3501 §9)
/// Takes the one item that has spaces in it off `list`; its field names. False: it has no end.
bool take_fields(std::string& list, std::string_view& names, std::string_view text) {
  for (const std::string_view begin : {"BODY.PEEK[HEADER.FIELDS (", "BODY[HEADER.FIELDS ("}) {
    for (std::size_t at = 0; at + begin.size() <= text.size(); ++at) {
      if (!equal_fold(text.substr(at, begin.size()), begin)) continue;
      const std::size_t end = text.find(")]", at);
      if (end == text.npos || (at > 0 && text[at - 1] != ' ')) return false;
      names = text.substr(at + begin.size(), end - at - begin.size());
      list = text.substr(0, at);
      std::string_view rest = text.substr(end + 2);
      if (list.ends_with(' ') && (rest.empty() || rest.starts_with(' '))) list.pop_back();
      if (list.empty() && rest.starts_with(' ')) rest.remove_prefix(1);
      list += rest;
      return !names.empty();
    }
  }
  list = text;
  return true;
}

// fetch = "FETCH" SP sequence-set SP ("FAST" / fetch-att / "(" fetch-att *(SP fetch-att) ")")
//
// Of the macros FAST alone: ALL and FULL need ENVELOPE, which nobody here asks for.
std::optional<Items> parse_items(std::string_view text) {
  if (equal_fold(text, "FAST")) text = "(FLAGS INTERNALDATE RFC822.SIZE)";
  const bool list = text.starts_with('(') && text.ends_with(')');
  if (list) text = text.substr(1, text.size() - 2);
  Items out;
  std::string words;
  if (!take_fields(words, out.fields, text)) return std::nullopt;
  if (words.empty() && !out.fields.empty()) return out;
  const bool several = words.contains(' ') || !out.fields.empty();
  if (words.empty() || (!list && several)) return std::nullopt;
  bool known = true;
  wire::imap::for_each_word(words, [&](std::string_view word) {
    const auto* const item = std::ranges::find_if(
        items, [word](const Item& each) { return equal_fold(each.request, word); });
    if (item == std::end(items)) {
      known = false;
    } else {
      out.wanted[static_cast<std::size_t>(item - std::begin(items))] = true;
    }
  });
  if (!known) return std::nullopt;
  return out;
}

void append_literal(std::string& out, std::string_view octets) {
  append(out, {"{", std::to_string(octets.size()), "}\r\n", octets});
}

void append_item(std::string& out, const Item& item, std::string_view message, std::uint32_t uid) {
  const std::size_t blank = message.find("\r\n\r\n");
  const std::size_t header_octets = blank == std::string_view::npos ? message.size() : blank + 4;
  append(out, {item.answer, " "});
  switch (item.part) {
    case Item::Part::flags:
      out.append("()");
      return;
    case Item::Part::uid:
      out.append(std::to_string(uid));
      return;
    case Item::Part::size:
      out.append(std::to_string(message.size()));
      return;
    case Item::Part::date:
      out.append("\"14-Jul-2003 09:00:00 +0000\"");
      return;
    case Item::Part::whole:
      append_literal(out, message);
      return;
    case Item::Part::header:
      append_literal(out, message.substr(0, header_octets));
      return;
    case Item::Part::body:
      append_literal(out, message.substr(header_octets));
      return;
  }
}

/// Those of the header's fields that are named, each with the lines that go on with it, and the
/// empty line behind them.
void append_fields(std::string& out, std::string_view names, std::string_view message) {
  std::string found;
  bool named = false;
  while (!message.empty() && !message.starts_with("\r\n")) {
    const std::size_t end = std::min(message.find('\n'), message.size() - 1) + 1;
    const std::string_view line = message.substr(0, end);
    if (!line.starts_with(' ') && !line.starts_with('\t')) {
      named = false;
      wire::imap::for_each_word(names, [&](std::string_view word) {
        named = named || equal_fold(word, line.substr(0, line.find(':')));
      });
    }
    if (named) found += line;
    message.remove_prefix(end);
  }
  append(out, {"BODY[HEADER.FIELDS (", names, ")] "});
  append_literal(out, found + "\r\n");
}

/// A word of STATUS's list.
struct Count {
  std::string_view name;
  std::string_view value;
};

}  // namespace

/// SELECT and EXAMINE. A failed one deselects (RFC 3501 §6.3.1).
void Connection::Imap::select() {
  const auto words = wire::imap::astrings(arguments);
  if (!words || words->size() != 1) return bad("one mailbox");
  connection.state_ = State::authenticated;
  connection.hidden_ = 0;
  if (!equal_fold(words->front(), "INBOX")) return no("[NONEXISTENT] no such mailbox");
  connection.state_ = State::selected;
  connection.hidden_ = connection.removed(store);
  untagged({"FLAGS (\\Seen \\Deleted)"});
  untagged({std::to_string(connection.visible(connection.hidden_).size()), " EXISTS"});
  untagged({"0 RECENT"});
  untagged({"OK [UIDVALIDITY 1] UIDs are for ever"});
  untagged({"OK [UIDNEXT ", std::to_string(connection.account().messages.size() + 1), "] next"});
  untagged({"OK [PERMANENTFLAGS ()] nothing can be changed"});
  ok("[READ-ONLY] INBOX is selected");
}

/// CLOSE and UNSELECT: there is nothing to expunge.
void Connection::Imap::close() {
  if (!arguments.empty()) return bad("no arguments here");
  connection.state_ = State::authenticated;
  connection.hidden_ = 0;
  ok("no mailbox is selected");
}

// status = "STATUS" SP mailbox SP "(" status-att *(SP status-att) ")"
void Connection::Imap::status() {
  std::string_view rest = arguments;
  const auto mailbox = wire::imap::take_astring(rest);
  if (!mailbox || !rest.starts_with(" (") || !rest.ends_with(')')) return bad("STATUS arguments");
  if (!equal_fold(*mailbox, "INBOX")) return no("[NONEXISTENT] no such mailbox");
  const std::string all = std::to_string(connection.account().messages.size() + 1);
  const auto now = connection.visible(connection.removed(store));  // as a SELECT would find it
  const std::string exists = std::to_string(now.size());
  const Count counts[] = {{"MESSAGES", exists},
                          {"RECENT", "0"},
                          {"UIDNEXT", all},
                          {"UIDVALIDITY", "1"},
                          {"UNSEEN", exists}};
  std::string list;
  bool known = true;
  wire::imap::for_each_word(rest.substr(2, rest.size() - 3), [&](std::string_view word) {
    const auto* const count = std::ranges::find_if(
        counts, [word](const Count& each) { return equal_fold(each.name, word); });
    if (count == std::end(counts)) {
      known = false;
    } else {
      append(list, {list.empty() ? "" : " ", count->name, " ", count->value});
    }
  });
  if (!known || list.empty()) return bad("STATUS of what?");
  untagged({"STATUS INBOX (", list, ")"});
  ok("STATUS completed");
}

// list         = "LIST" SP mailbox SP list-mailbox
// list-mailbox = 1*list-char / string        list-char = ATOM-CHAR / "%" / "*" / "]"
/// LIST and LSUB: INBOX where the pattern can mean it.
void Connection::Imap::list() {
  std::string_view rest = arguments;
  const auto reference = wire::imap::take_astring(rest);
  if (!reference || rest.size() < 2) return bad("a reference and a pattern");
  std::string pattern(rest.substr(1));
  if (pattern.front() == '"' || pattern.front() == '{') {
    const auto decoded = wire::imap::take_astring(rest);
    if (!decoded || !rest.empty()) return bad("a reference and a pattern");
    pattern = *decoded;
  }
  const std::string_view verb = equal_fold(name, "LSUB") ? "LSUB" : "LIST";
  if (pattern.empty()) {
    untagged({verb, " (\\Noselect) \"/\" \"\""});
  } else if (pattern == "*" || pattern == "%" || equal_fold(pattern, "INBOX")) {
    untagged({verb, " () \"/\" INBOX"});
  }
  ok("completed");
}

void Connection::Imap::fetch() { fetch_as(false); }
void Connection::Imap::search() { search_as(false); }

// uid = "UID" SP (copy / fetch / search / store)
void Connection::Imap::uid() {
  const std::size_t space = arguments.find(' ');
  const trace::Verb verb = trace::verb(arguments.substr(0, space));
  arguments = space == std::string_view::npos ? std::string_view{} : arguments.substr(space + 1);
  if (verb == trace::Verb::fetch) return fetch_as(true);
  if (verb == trace::Verb::search) return search_as(true);
  if (verb == trace::Verb::store || verb == trace::Verb::copy) return read_only();
  bad("UID of what?");
}

void Connection::Imap::fetch_as(bool by_uid) {
  const std::vector<std::uint32_t> indices = connection.visible(connection.hidden_);
  const std::size_t space = arguments.find(' ');
  if (space == std::string_view::npos) return bad("a sequence set and items");
  const auto exists = static_cast<std::uint32_t>(indices.size());
  const std::uint32_t largest = by_uid && exists > 0 ? indices.back() + 1 : exists;
  const std::vector<Range> ranges = parse_sequence_set(arguments.substr(0, space), largest);
  auto wanted = parse_items(arguments.substr(space + 1));
  if (ranges.empty() || !wanted) return bad("a sequence set and items");
  const bool beyond = std::ranges::any_of(
      ranges, [exists](const Range& range) { return range.first == 0 || range.last > exists; });
  if (!by_uid && beyond) return bad("no such message");
  if (by_uid) wanted->wanted[1] = true;  // RFC 3501 §6.4.8
  for (std::uint32_t i = 0; i < exists; ++i) {
    const std::uint32_t uid = indices[i] + 1;
    if (!covers(ranges, by_uid ? uid : i + 1)) continue;
    append(out, {"* ", std::to_string(i + 1), " FETCH ("});
    std::string_view separator;
    const std::string_view message = connection.account().messages[indices[i]];
    for (std::size_t k = 0; k < wanted->wanted.size(); ++k) {
      if (!wanted->wanted[k]) continue;
      out.append(separator);
      separator = " ";
      append_item(out, items[k], message, uid);
    }
    if (!wanted->fields.empty()) {
      out.append(separator);
      append_fields(out, wanted->fields, message);
    }
    out.append(")\r\n");
  }
  ok("FETCH completed");
}

/// SEARCH ALL; no other key is known.
void Connection::Imap::search_as(bool by_uid) {
  if (arguments.empty()) return bad("search for what?");
  if (!equal_fold(arguments, "ALL")) return no("[CANNOT] only SEARCH ALL");
  const std::vector<std::uint32_t> indices = connection.visible(connection.hidden_);
  out.append("* SEARCH");
  for (std::uint32_t i = 0; i < indices.size(); ++i) {
    append(out, {" ", std::to_string(by_uid ? indices[i] + 1 : i + 1)});
  }
  out.append("\r\n");
  ok("SEARCH completed");
}

/// All commands that would change something.
void Connection::Imap::read_only() { no("[CANNOT] mailboxes are read-only here"); }

}  // namespace sallyport::backend
