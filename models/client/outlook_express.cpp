// Outlook Express as KB 306874 shows it. POP3's error text is the article's; IMAP's is in its
// style, with the number that the article gives for IMAP.
#include "client/client.hpp"

namespace sallyport::client {
namespace {

constexpr std::uint8_t messages_max = 4;  // NTLM takes two, "*" is a third

/// "Account: 'alice', Server: 'server', Protocol: POP3, "
std::string particulars(std::string_view user, trace::Protocol protocol) {
  std::string text = "Account: '";
  text.append(user).append("', Server: 'server', Protocol: ");
  return text.append(protocol == trace::Protocol::imap ? "IMAP, " : "POP3, ");
}

/// POP3's shows the last line of the list, "." (the list has no NTLM), or the refusal to give one.
std::string unsupported_text(const Client& client, std::string_view user,
                             trace::Protocol protocol) {
  if (protocol == trace::Protocol::imap) {
    return "Unable to log on to the server using Secure Password Authentication: client and server "
           "support no common authentication mechanism. " +
           particulars(user, protocol) + "Port: 143, Secure(SSL): No, Error Number: 0x800CCCDF";
  }
  const bool refused = client.last_status() == trace::Status::no;
  std::string text = "Unable to logon to the server using Secure Password Authentication. ";
  text.append(particulars(user, protocol)).append("Server Response: '");
  text.append(refused ? "-ERR " : "").append(client.last_text());
  return text.append("', Port: 110, Secure(SSL): No, Error Number: 0x800CCC18");
}

}  // namespace

std::optional<Action> OutlookExpress::next(const Client& client, trace::Protocol protocol,
                                           std::string& shown) {
  shown.clear();
  const Action authenticate{
      .verb = Verb::authenticate, .mechanism = trace::Mechanism::ntlm, .account = account_};
  if (phase_ == Phase::looking) {
    if (step_ == 0) {
      step_ = 1;
      const bool imap = protocol == trace::Protocol::imap;
      return Action{.verb = imap ? Verb::capability : Verb::mechanisms};
    }
    step_ = 0;
    if (!client.offered().has(trace::Mechanism::ntlm)) {
      phase_ = Phase::unsupported;
      shown = unsupported_text(client, client.user(account_), protocol);
      return std::nullopt;
    }
    phase_ = Phase::trying;
    return authenticate;
  }
  if (phase_ != Phase::trying) return std::nullopt;
  if (client.authenticated()) {
    phase_ = Phase::logged_in;
    return std::nullopt;
  }
  if (client.challenged()) {
    if (step_ < messages_max) {
      ++step_;
      return Action{.verb = Verb::respond};
    }
    if (patience_ == endless) return Action{.verb = Verb::cancel};
    phase_ = Phase::gave_up;
    shown = "Outlook Express gives up: the server asks without end";
    return Action{.verb = Verb::close};
  }
  if (prompts_ == patience_) {
    phase_ = Phase::gave_up;
    shown = "Outlook Express gives up after " + std::to_string(prompts_) + " prompts";
    return std::nullopt;
  }
  if (patience_ != endless) ++prompts_;
  step_ = 0;
  shown = "Outlook Express asks for the password (prompt " + std::to_string(prompts_) + ")";
  return authenticate;
}

void OutlookExpress::canonical(trace::Canonical& out) const {
  out.enumerator(phase_);
  out.u8(account_);
  out.u8(patience_);
  out.u8(prompts_);
  out.u8(step_);
}

}  // namespace sallyport::client
