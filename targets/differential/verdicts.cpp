#include "targets/differential/verdicts.hpp"

#include "targets/differential/etpan.hpp"
#include "targets/differential/gnu.hpp"
#include "trace/vocabulary.hpp"
#include "wire/base64.hpp"
#include "wire/imap.hpp"
#include "wire/pop3.hpp"
#include "wire/sasl.hpp"

namespace sallyport::differential {

namespace {

using wire::imap::Framer;
using wire::imap::ResponseKind;

constexpr std::string_view refused = "refused";

/// The first response in `octets`, taken off them; empty where there is none.
std::string_view take_response(std::string_view& octets) {
  Framer framer({}, false);
  if (framer.scan(octets) != Framer::State::complete) return {};
  const std::string_view frame = octets.substr(0, framer.size());
  octets.remove_prefix(frame.size());
  return frame;
}

/// `name` as the names of Answer are written, where it is one of `allowed`.
std::string status_in(std::string_view name, std::initializer_list<std::string_view> allowed) {
  for (const std::string_view status : allowed) {
    if (trace::equal_fold(name, status)) return std::string(status);
  }
  return std::string(refused);
}

std::string our_imap_greeting(std::string_view octets) {
  const auto response = wire::imap::parse_response(take_response(octets));
  const bool status =
      response && response->kind == ResponseKind::untagged && response->number.empty();
  if (!status) return std::string(refused);
  return status_in(response->name, {"OK", "PREAUTH", "BYE"});
}

std::string our_imap_answer(std::string_view octets) {
  while (true) {
    const auto response = wire::imap::parse_response(take_response(octets));
    if (!response) return std::string(refused);
    const bool bye =
        response->kind == ResponseKind::untagged && status_in(response->name, {"BYE"}) == "BYE";
    if (bye) return std::string(refused);  // as a client that has to log in again sees it
    if (response->kind != ResponseKind::tagged) continue;
    return response->tag == "1" ? status_in(response->name, {"OK", "NO", "BAD"})
                                : std::string(refused);
  }
}

std::string our_pop3_greeting(std::string_view octets) {
  wire::pop3::LineFramer framer;
  if (framer.scan(octets, 512) != wire::pop3::LineFramer::State::complete)
    return std::string(refused);
  const auto reply = wire::pop3::parse_reply(octets.substr(0, framer.size()));
  if (!reply || reply->kind == wire::pop3::ReplyKind::continuation) return std::string(refused);
  return reply->kind == wire::pop3::ReplyKind::ok ? "OK" : "NO";
}

std::string shown(const wire::sasl::Plain& message) {
  const std::string& acts_as = message.authzid.empty() ? message.authcid : message.authzid;
  return message.authcid + " as " + acts_as + " with " + message.password;
}

}  // namespace

Verdicts read_imap_greeting(std::string_view octets) {
  return {our_imap_greeting(octets), std::string(to_text(etpan_imap_greeting(octets)))};
}

Verdicts read_imap_answer(std::string_view octets) {
  return {our_imap_answer(octets), std::string(to_text(etpan_imap_answer(octets)))};
}

Verdicts read_pop3_greeting(std::string_view octets) {
  return {our_pop3_greeting(octets), std::string(to_text(etpan_pop3_greeting(octets)))};
}

Verdicts read_base64(std::string_view octets) {
  const auto ours = wire::base64_decode(octets);
  const auto theirs = gnu_base64_decode(octets);
  return {ours ? *ours : std::string(refused), theirs ? *theirs : std::string(refused)};
}

Verdicts read_plain(std::string_view octets) {
  const auto ours = wire::sasl::parse_plain(octets);
  const auto theirs = gnu_plain(octets);
  return {ours ? shown(*ours) : std::string(refused),
          theirs ? shown(*theirs) : std::string(refused)};
}

}  // namespace sallyport::differential
