// The table of visits, and how its rows become scripts: {lists} asks for the lists (IMAP has one,
// POP3 two), {mechanism} stands for each mechanism that a row names and the server offers,
// {silence} for the seconds that were allowed.
#include "targets/live/plan.hpp"

#include <utility>

#include "targets/live/visit_rows.hpp"

namespace sallyport::live {

using Manner = Conversation::Manner;
using trace::Capability;
using trace::Mechanism;
using trace::MechanismSet;
using trace::Protocol;

namespace {

constexpr std::string_view unoffered = "a mechanism that is not offered";

void replace(std::string& text, std::string_view name, std::string_view value) {
  for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos; at += value.size()) {
    text.replace(at, name.size(), value);
  }
}

std::string_view steps_of(const VisitRow& row, Protocol protocol) {
  return protocol == Protocol::imap || row.pop3 == same_as_imap ? row.imap : row.pop3;
}

/// The script's text, with TLS in front where that is asked for.
std::string script_of(std::string_view steps, const Known& known, std::string_view mechanism) {
  std::string text(steps);
  const bool begins_with_tls = text.starts_with("0 starttls");
  const bool two = text.find("\n1 ") != std::string::npos;
  if (known.starttls && !begins_with_tls)
    text.insert(0, two ? "0 starttls\n1 starttls\n" : "0 starttls\n");
  if (known.implicit_tls) replace(text, "\n1 starttls\n", "\n");  // it has it
  const bool imap = known.protocol == Protocol::imap;
  replace(text, "{lists}", imap ? "0 capability\n" : "0 capability\n0 mechanisms\n");
  replace(text, "{mechanism}", mechanism);
  replace(text, "{silence}", std::to_string(known.silence_seconds));
  return "protocol " + std::string(name(known.protocol)) + '\n' + text + '\n';
}

/// Every row's text is a script: plan_test.cpp.
world::Script parsed(const std::string& text) {
  return world::script_from_text(text).value_or(world::Script{});
}

Visit visit_of(const VisitRow& row, const Known& known, std::string_view mechanism,
               world::Mishap mishap = world::Mishap::none) {
  const std::string_view named = facts(mishap).name;
  std::string steps(steps_of(row, known.protocol));
  std::string purpose(row.purpose);
  replace(steps, "{mishap}", named);
  replace(purpose, "{mishap}", named);
  return {.purpose = std::move(purpose),
          .script = parsed(script_of(steps, known, mechanism)),
          .manner = row.manner,
          .proves_account = row.proves_account,
          .trusts_anybody = row.trusts_anybody,
          .failed_logins = row.failed_logins,
          .variation = row.variation};
}

/// Exchanges that the client can speak, so that it can cancel them; where the server offers these,
/// one that it doesn't, in raw octets, after which there is nothing to do but to hang up.
void add_unoffered(const Known& known, std::vector<Visit>& visits) {
  const auto add = [&](std::string_view steps, Mechanism mechanism) {
    visits.push_back({.purpose = std::string(unoffered),
                      .script = parsed(script_of(steps, known, trace::name(mechanism))),
                      .manner = Manner::provoking});
  };
  bool spoken = false;
  for (const Mechanism mechanism : {Mechanism::ntlm, Mechanism::cram_md5}) {
    if (known.offered.has(mechanism)) continue;
    spoken = true;
    add("{lists}0 authenticate {mechanism} nobody wrong\n0 cancel\n0 logout", mechanism);
  }
  if (spoken) return;
  for (const Mechanism mechanism : {Mechanism::kerberos_v4, Mechanism::skey, Mechanism::otp}) {
    if (known.offered.has(mechanism)) continue;
    return add(known.protocol == Protocol::imap
                   ? "{lists}0 send \"x1 AUTHENTICATE {mechanism}\\r\\n\"\n0 close"
                   : "{lists}0 send \"AUTH {mechanism}\\r\\n\"\n0 close",
               mechanism);
  }
}

void append(std::string& text, std::string_view more) {
  if (!text.empty()) text += ", ";
  text += more;
}

std::string conditions(const VisitRow& row) {
  std::string text;
  row.when.each([&](When when) { append(text, description(when)); });
  if (row.each == every_mechanism) {
    append(text, "for each mechanism that is offered and spoken");
  } else if (!row.each.empty()) {
    std::string names;
    row.each.each([&](Mechanism mechanism) {
      names += (names.empty() ? "" : " ") + std::string(trace::name(mechanism));
    });
    append(text,
           (row.first_only ? "for the first that is offered of " : "for each that is offered of ") +
               names);
  }
  if (!row.strikes.empty()) {
    std::string names;
    for (const world::Mishap mishap : row.strikes) {
      names += (names.empty() ? "" : " ") + std::string(facts(mishap).name);
    }
    append(text, "for each of " + names);
  }
  if (row.failed_logins > 0) append(text, "as often as --failed-logins allows");
  return text;
}

bool takes_passwords(const Known& known) {
  if (known.protocol == Protocol::imap) return !known.capabilities.has(Capability::login_disabled);
  // Without CAPA nothing is known, and USER is what every server of that age has.
  return known.capabilities.empty() || known.capabilities.has(Capability::user);
}

}  // namespace

std::string_view description(When when) {
  switch (when) {
    case When::account:
      return "with an account";
    case When::other_account:
      return "with a second account";
    case When::third_account:
      return "with a third account";
    case When::passwords:
      return "where LOGIN, or USER and PASS, are not ruled out";
    case When::no_passwords:
      return "where LOGINDISABLED is shown and the password may be exposed";
    case When::starttls:
      return "where STARTTLS or STLS is shown";
    case When::tls:
      return "where TLS can be had";
    case When::initial:
      return "where an initial response may be there";
    case When::certificate:
      return "with --own-certificate";
    case When::silence:
      return "with --silence";
    case When::tap:
      return "with --backend-tap";
    case When::backend_tls:
      return "with --backend-tls";
    case When::patience:
      return "with --patience";
  }
  return "";
}

WhenSet Known::met() const {
  WhenSet set;
  const auto add = [&set](bool condition, When when) {
    if (condition) set.add(when);
  };
  add(accounts > 0, When::account);
  add(accounts > 1, When::other_account);
  add(accounts > 2, When::third_account);
  add(takes_passwords(*this), When::passwords);
  add(protocol == Protocol::imap && !takes_passwords(*this) && !tls() && exposes_password,
      When::no_passwords);
  const bool begins_tls = !implicit_tls && (starttls || capabilities.has(Capability::starttls));
  add(begins_tls, When::starttls);
  add(begins_tls || implicit_tls, When::tls);
  add(protocol == Protocol::pop3 || capabilities.has(Capability::sasl_ir), When::initial);
  add(certificate, When::certificate);
  add(silence_seconds > 0, When::silence);
  add(tap, When::tap);
  add(tap && backend_tls, When::backend_tls);
  add(tap && patience, When::patience);
  return set;
}

Visit first_visit(Protocol protocol, bool starttls) {
  const Known known{.protocol = protocol};
  const std::string_view steps =
      starttls ? "{lists}0 starttls\n{lists}{lists}0 logout" : "{lists}{lists}0 logout";
  return {.purpose = "the lists", .script = parsed(script_of(steps, known, ""))};
}

std::vector<Visit> further_visits(const Known& known) {
  std::vector<Visit> visits;
  const WhenSet met = known.met();
  add_unoffered(known, visits);
  for (const VisitRow& row : visit_rows()) {
    if (steps_of(row, known.protocol).empty() || !(row.when - met).empty()) continue;
    for (const world::Mishap mishap : row.strikes) {
      if (facts(mishap).imap_only && known.protocol == Protocol::pop3) continue;
      visits.push_back(visit_of(row, known, "", mishap));
    }
    if (!row.strikes.empty()) continue;
    if (row.each.empty()) {
      visits.push_back(visit_of(row, known, ""));
      continue;
    }
    MechanismSet mechanisms = row.each & known.offered & known.speaks;
    if (row.first_only && !mechanisms.empty()) {
      mechanisms = MechanismSet::from_bits(mechanisms.bits & (~mechanisms.bits + 1));
    }
    mechanisms.each([&](Mechanism mechanism) {
      visits.push_back(visit_of(row, known, trace::name(mechanism)));
    });
  }
  return visits;
}

std::vector<Intention> intentions(const Known& known) {
  const auto lines = [](std::string text) {
    text.erase(0, text.find('\n') + 1);  // the protocol's line
    return text;
  };
  std::vector<Intention> out;
  const Visit first = first_visit(known.protocol, known.starttls);
  out.push_back({first.purpose, "", lines(world::to_text(first.script))});
  out.push_back(
      {std::string(unoffered), "for NTLM, CRAM-MD5, or another that is not offered",
       lines(script_of("{lists}0 authenticate {mechanism} nobody wrong\n0 cancel\n0 logout", known,
                       "MECHANISM"))});
  for (const VisitRow& row : visit_rows()) {
    const std::string_view steps = steps_of(row, known.protocol);
    // What depends on the caller alone is known.
    const WhenSet given(When::account, When::other_account, When::third_account, When::silence,
                        When::certificate, When::tap, When::backend_tls, When::patience);
    if (steps.empty() || !((row.when & given) - known.met()).empty()) continue;
    std::string purpose(row.purpose);
    std::string text = lines(script_of(steps, known, "MECHANISM"));
    replace(purpose, "{mishap}", "MISHAP");
    replace(text, "{mishap}", "MISHAP");
    out.push_back({std::move(purpose), conditions(row), std::move(text)});
  }
  return out;
}

}  // namespace sallyport::live
