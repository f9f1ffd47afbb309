// The table of visits, and how its rows become scripts: {lists} asks for the lists (IMAP has one,
// POP3 two), {mechanism} stands for each mechanism that a row names and the server offers,
// {silence} for the seconds that were allowed.
#include "targets/live/plan.hpp"

#include <array>
#include <utility>

namespace sallyport::live {

using Manner = Conversation::Manner;
using trace::Capability;
using trace::Mechanism;
using trace::MechanismSet;
using trace::Protocol;
using trace::Variation;

namespace {

constexpr std::string_view same = "=";  // as in IMAP

struct Row {
  std::string_view purpose;
  std::string_view imap;  // steps; empty: there is no such visit
  std::string_view pop3;
  WhenSet when{};
  MechanismSet each{};      // not empty: once for each of these that is offered
  bool first_only = false;  // once for the first of them
  Manner manner = Manner::proper;
  bool trusts_anybody = false;
  std::uint8_t failed_logins = 0;
  bool proves_account = false;
  Variation variation = Variation::none;
};

constexpr MechanismSet begun{Mechanism::cram_md5,  Mechanism::ntlm,          Mechanism::login,
                             Mechanism::plain,     Mechanism::scram_sha_256, Mechanism::scram_sha_1,
                             Mechanism::digest_md5};
constexpr MechanismSet every = MechanismSet::from_bits(0xffffffff);
constexpr MechanismSet scram{Mechanism::scram_sha_1, Mechanism::scram_sha_256};

// In this order: what shows whether the account is valid comes before all that rests on it.
constexpr std::array rows{
    Row{.purpose = "a log-in",
        .imap = "{lists}0 login alice\n{lists}0 select\n0 noop\n0 logout",
        .pop3 = same,
        .when = WhenSet(When::account, When::passwords),
        .proves_account = true},
    Row{.purpose = "a log-in by an offered mechanism",
        .imap = "{lists}0 authenticate {mechanism} alice\n0 respond\n0 respond\n0 respond\n"
                "0 respond\n{lists}0 select\n0 noop\n0 logout",
        .pop3 = same,
        .when = WhenSet(When::account),
        .each = every},
    Row{.purpose = "commands out of their state",
        // In this order: a server that takes both must not find a message to fetch.
        .imap = "0 fetch\n0 select\n0 logout",
        .pop3 = same,
        .manner = Manner::provoking},
    Row{.purpose = "an unknown command",
        .imap = "0 capability\n0 say unknown nobody\n0 capability\n0 noop\n0 logout",
        .pop3 = "{lists}0 say unknown nobody\n0 capability\n0 logout",
        .manner = Manner::provoking},
    Row{.purpose = "two commands at once",
        .imap = "0 say capability-twice nobody\n0 logout",
        .pop3 = same,
        .manner = Manner::provoking},
    Row{.purpose = "who are you?", .imap = "0 capability\n0 say id nobody\n0 logout", .pop3 = ""},
    Row{.purpose = "a login that is none",
        .imap = "0 capability\n0 say login-without-arguments nobody\n0 capability\n0 logout",
        .pop3 = same,
        .manner = Manner::provoking},
    Row{.purpose = "a browser",
        .imap = "0 say http nobody",
        .pop3 = same,
        .manner = Manner::lingering},
    Row{.purpose = "a line that is no command",
        .imap = "0 say garbage nobody\n0 capability\n0 logout",
        .pop3 = same,
        .manner = Manner::provoking},
    // Literals
    Row{.purpose = "a literal's count below zero",
        .imap = "0 capability\n0 say literal-negative nobody\n0 close",
        .pop3 = "",
        .manner = Manner::open_ended},
    Row{.purpose = "a literal's count of 31 bits",
        .imap = "0 capability\n0 say literal-of-31-bits nobody\n0 close",
        .pop3 = "",
        .manner = Manner::open_ended},
    Row{.purpose = "a literal's count of 33 bits",
        .imap = "0 capability\n0 say literal-of-33-bits nobody\n0 close",
        .pop3 = "",
        .manner = Manner::open_ended},
    Row{.purpose = "a literal's count that nearly overflows",
        .imap = "0 capability\n0 say literal-nearly-4g nobody\n0 close",
        .pop3 = "",
        .manner = Manner::open_ended},
    Row{.purpose = "a command in a literal",
        .imap = "0 capability\n0 say literal-of-commands nobody\n0 close",
        .pop3 = "",
        .manner = Manner::open_ended},
    // One that waits for leave: where it is refused, what follows is a command, and a proper one.
    Row{.purpose = "a command in a literal that waits",
        .imap = "0 capability\n0 send \"x1 LOGIN {9}\\r\\n\"\n0 send \"x2 LOGOUT\\r\\n\"\n0 close",
        .pop3 = "",
        .manner = Manner::open_ended},
    Row{.purpose = "a login in literals",
        .imap = "0 capability\n0 send \"x1 LOGIN {9}\\r\\n\"\n0 send \"sallyport {9}\\r\\n\"\n"
                "0 send \"sallyport\\r\\n\"\n0 close",
        .pop3 = "",
        .when = WhenSet(When::passwords),
        .manner = Manner::open_ended},
    // Exchanges
    Row{.purpose = "a cancelled exchange",
        .imap = "{lists}0 authenticate {mechanism} nobody wrong\n0 cancel\n0 capability\n0 logout",
        .pop3 = same,
        .each = begun,
        .manner = Manner::provoking},
    Row{.purpose = "a message that is no base64",
        .imap = "0 capability\n0 say plain-junk nobody\n0 capability\n0 logout",
        .pop3 = same,
        .each = MechanismSet(Mechanism::plain),
        .manner = Manner::provoking},
    Row{.purpose = "an empty initial response",
        .imap = "0 capability\n0 say plain-equals nobody\n0 capability\n0 logout",
        .pop3 = "{lists}0 say plain-equals nobody\n0 capability\n0 logout",
        .when = WhenSet(When::initial),
        .each = MechanismSet(Mechanism::plain),
        .manner = Manner::provoking},
    Row{.purpose = "an initial response where the server speaks first",
        .imap = "{lists}0 say cram-initial nobody\n0 capability\n0 logout",
        .pop3 = same,
        .each = MechanismSet(Mechanism::cram_md5),
        .manner = Manner::provoking},
    Row{.purpose = "SCRAM's last message first",
        .imap = "{lists}0 say scram-final-first nobody\n0 capability\n0 logout",
        .pop3 = same,
        .each = MechanismSet(Mechanism::scram_sha_256),
        .manner = Manner::provoking},
    Row{.purpose = "NTLM's last message first",
        .imap = "{lists}0 say ntlm-third-first nobody\n0 capability\n0 logout",
        .pop3 = same,
        .each = MechanismSet(Mechanism::ntlm),
        .manner = Manner::provoking},
    Row{.purpose = "a login and a command that doesn't wait for it",
        .imap = "0 say pipelined-wrong nobody\n0 capability\n0 logout",
        .pop3 = "",
        .when = WhenSet(When::passwords),
        .manner = Manner::provoking},
    Row{.purpose = "two clients, one of them malformed",
        .imap = "0 capability\n1 capability\n0 say plain-junk nobody\n1 capability\n"
                "0 say nul nobody\n1 capability\n1 logout\n0 close",
        .pop3 = same,
        .manner = Manner::provoking},
    Row{.purpose = "commands in plaintext behind STARTTLS",
        .imap = "0 starttls\n{lists}0 logout",
        .pop3 = same,
        .when = WhenSet(When::starttls),
        .manner = Manner::provoking,
        .trusts_anybody = true,
        .variation = Variation::plaintext_before_tls},
    // Octet by octet
    Row{.purpose = "commands octet by octet",
        .imap = "{lists}0 say unknown nobody\n0 capability\n0 logout",
        .pop3 = same,
        .manner = Manner::provoking,
        .variation = Variation::segmentation},
    Row{.purpose = "a log-in octet by octet",
        .imap = "0 login alice\n0 select\n0 noop\n0 logout",
        .pop3 = same,
        .when = WhenSet(When::account, When::passwords),
        .variation = Variation::segmentation},
    Row{.purpose = "an exchange octet by octet",
        .imap = "0 authenticate {mechanism} alice\n0 respond\n0 respond\n0 respond\n0 respond\n"
                "0 select\n0 logout",
        .pop3 = same,
        .when = WhenSet(When::account),
        .each = begun,
        .first_only = true,
        .variation = Variation::segmentation},
    // With an account
    Row{.purpose = "a second log-in",
        .imap = "{lists}0 login alice\n0 login alice\n0 authenticate PLAIN alice wrong\n0 cancel\n"
                "0 logout",
        .pop3 = same,
        .when = WhenSet(When::account, When::passwords),
        .manner = Manner::provoking},
    Row{.purpose = "a log-in of another account",
        .imap = "0 login bob\n0 select\n0 logout",
        .pop3 = same,
        .when = WhenSet(When::other_account, When::passwords)},
    Row{.purpose = "a log-in of a third account",
        .imap = "0 login carol\n0 select\n0 logout",
        .pop3 = same,
        .when = WhenSet(When::third_account, When::passwords)},
    Row{.purpose = "two users in turn",
        .imap =
            "0 login alice\n1 login bob\n0 select\n1 select\n0 noop\n1 noop\n0 logout\n1 logout",
        .pop3 = same,
        .when = WhenSet(When::other_account, When::passwords)},
    Row{.purpose = "a log-in and commands that don't wait for it",
        .imap = "0 say pipelined-login alice\n0 noop\n0 logout",
        .pop3 = "",
        .when = WhenSet(When::account, When::passwords)},
    Row{.purpose = "a log-in by an initial response",
        .imap = "{lists}0 say plain-initial alice\n0 select\n0 logout",
        .pop3 = same,
        .when = WhenSet(When::account, When::initial),
        .each = MechanismSet(Mechanism::plain)},
    Row{.purpose = "a mailbox that isn't there",
        .imap = "0 login alice\n0 say select-nowhere nobody\n0 say status nobody\n0 noop\n0 logout",
        .pop3 = "",
        .when = WhenSet(When::account, When::passwords)},
    Row{.purpose = "a password in the clear where none may be",
        .imap = "{lists}0 login alice\n0 logout",
        .pop3 = same,
        .when = WhenSet(When::account, When::no_passwords),
        .manner = Manner::provoking},
    Row{.purpose = "EXTERNAL without a certificate",
        .imap = "{lists}0 say external-as-user alice\n0 capability\n0 logout",
        .pop3 = same,
        .when = WhenSet(When::account),
        .manner = Manner::provoking},
    Row{.purpose = "a line of an exchange as long as may be",
        .imap = "{lists}0 authenticate {mechanism} alice\n0 respond-long\n0 respond\n0 logout",
        .pop3 = same,
        .when = WhenSet(When::account),
        .each = MechanismSet(Mechanism::oauthbearer)},
    Row{.purpose = "a wrong password, and a user who isn't there",
        .imap = "{lists}0 login alice wrong\n0 select\n0 capability\n0 logout",
        .pop3 = same,
        .when = WhenSet(When::account, When::passwords),
        .manner = Manner::provoking,
        .failed_logins = 1,
        .variation = Variation::unknown_user},
    Row{.purpose = "a proof once more",
        .imap = "0 authenticate {mechanism} alice\n0 respond\n0 replay\n0 cancel\n0 capability\n"
                "0 logout",
        .pop3 = same,
        .when = WhenSet(When::account),
        .each = scram,
        .manner = Manner::provoking,
        .failed_logins = 1},
    Row{.purpose = "a proof once more",
        .imap = "0 authenticate {mechanism} alice\n0 replay\n0 cancel\n0 capability\n0 logout",
        .pop3 = same,
        .when = WhenSet(When::account),
        .each = MechanismSet(Mechanism::cram_md5, Mechanism::digest_md5),
        .manner = Manner::provoking,
        .failed_logins = 1},
    Row{.purpose = "a long silence",
        .imap = "0 login alice\n0 select\n0 wait {silence}\n0 noop\n0 logout",
        .pop3 = same,
        .when = WhenSet(When::account, When::passwords, When::silence)},
};

constexpr std::string_view unoffered = "a mechanism that is not offered";

void replace(std::string& text, std::string_view name, std::string_view value) {
  for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos; at += value.size()) {
    text.replace(at, name.size(), value);
  }
}

std::string_view steps_of(const Row& row, Protocol protocol) {
  return protocol == Protocol::imap || row.pop3 == same ? row.imap : row.pop3;
}

/// The script's text, with TLS in front where that is asked for.
std::string script_of(std::string_view steps, const Known& known, std::string_view mechanism) {
  std::string text(steps);
  const bool begins_with_tls = text.starts_with("0 starttls");
  const bool two = text.find("\n1 ") != std::string::npos;
  if (known.starttls && !begins_with_tls)
    text.insert(0, two ? "0 starttls\n1 starttls\n" : "0 starttls\n");
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

Visit visit_of(const Row& row, const Known& known, std::string_view mechanism) {
  return {.purpose = row.purpose,
          .script = parsed(script_of(steps_of(row, known.protocol), known, mechanism)),
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
    visits.push_back({.purpose = unoffered,
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

std::string conditions(const Row& row) {
  std::string text;
  row.when.each([&](When when) { append(text, description(when)); });
  if (row.each == every) {
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
    case When::initial:
      return "where an initial response may be there";
    case When::silence:
      return "with --silence";
    case When::tap:
      return "with --backend-tap";
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
  add(!implicit_tls && (starttls || capabilities.has(Capability::starttls)), When::starttls);
  add(protocol == Protocol::pop3 || capabilities.has(Capability::sasl_ir), When::initial);
  add(silence_seconds > 0, When::silence);
  add(tap, When::tap);
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
  for (const Row& row : rows) {
    if (steps_of(row, known.protocol).empty() || !(row.when - met).empty()) continue;
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
      {unoffered, "for NTLM, CRAM-MD5, or another that is not offered",
       lines(script_of("{lists}0 authenticate {mechanism} nobody wrong\n0 cancel\n0 logout", known,
                       "MECHANISM"))});
  for (const Row& row : rows) {
    const std::string_view steps = steps_of(row, known.protocol);
    // What depends on the caller alone is known.
    const WhenSet given(When::account, When::other_account, When::third_account, When::silence,
                        When::tap);
    if (steps.empty() || !((row.when & given) - known.met()).empty()) continue;
    out.push_back({row.purpose, conditions(row), lines(script_of(steps, known, "MECHANISM"))});
  }
  return out;
}

}  // namespace sallyport::live
