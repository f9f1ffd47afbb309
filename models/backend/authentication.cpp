// Who is it? The same for both protocols: a password, or the messages of a SASL mechanism.
//
//   mechanism  server says   client says               then
//   PLAIN      (nothing)     NUL user NUL password     done
//   LOGIN      "Username:"   user                      "Password:", password, done
//   CRAM-MD5   <nonce@host>  user SP hmac              done
//   NTLM       (nothing)     message 1                 message 2 (challenge), message 3, done
//
// Exactly these messages in this order; anything else fails the exchange. Secrets are compared in
// constant time, and an unknown user costs the same work as a wrong password.
#include <array>

#include "backend/backend.hpp"
#include "crypto/digests.hpp"
#include "wire/ntlm.hpp"
#include "wire/oauth.hpp"
#include "wire/sasl.hpp"

namespace sallyport::backend {
namespace {

using trace::Mechanism;

// More than the longest list and what stands before it, so that it is allocated once.
constexpr std::size_t list_octets = 192;
/// The order in which lists show them: NTLM first, as Exchange does.
constexpr std::array shown{Mechanism::ntlm,  Mechanism::plain,       Mechanism::cram_md5,
                           Mechanism::login, Mechanism::oauthbearer, Mechanism::xoauth2};

bool server_first(Mechanism mechanism) { return mechanism == Mechanism::cram_md5; }

/// The account of that name, and what its password is; a stand-in where there is none.
struct Found {
  std::optional<std::uint16_t> index;
  std::string_view password;
};
Found find(const Directory& directory, std::string_view user) {
  for (std::size_t i = 0; i < directory.accounts.size(); ++i) {
    const Account& account = directory.accounts[i];
    if (trace::equal_fold(account.user, user))
      return {static_cast<std::uint16_t>(i), account.password};
  }
  return {std::nullopt, "nobody's password"};
}

/// "be1.example" → "BE1", as a NetBIOS name.
std::string server_name(std::string_view host) {
  std::string name(host.substr(0, host.find('.')));
  for (char& c : name) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return name;
}

}  // namespace

bool Connection::offers(Mechanism mechanism) const {
  return (directory_->mechanisms & spoken).has(mechanism);
}

/// The offered mechanisms' names, each with `separator` before it.
std::string Connection::offered(std::string_view separator) const {
  std::string list;
  list.reserve(list_octets);
  for (const Mechanism mechanism : shown) {
    if (offers(mechanism)) list.append(separator).append(trace::name(mechanism));
  }
  return list;
}

/// Success or failure.
Connection::Outcome Connection::check_password(std::string_view user,
                                               std::string_view password) const {
  const Found found = find(*directory_, user);
  const bool equal = crypto::equal_constant_time(found.password, password);
  if (!equal || !found.index) {
    return {.kind = Outcome::Kind::failure, .unknown_user = !found.index.has_value()};
  }
  return {.kind = Outcome::Kind::success, .account = *found.index};
}

/// Begins an exchange with an offered mechanism. An initial response is refused where the server
/// speaks first (RFC 4959 §3, RFC 5034 §4).
Connection::Outcome Connection::start(Mechanism mechanism,
                                      const std::optional<std::string>& initial) {
  exchange_.mechanism = mechanism;
  exchange_.step = 0;
  ++exchanges_;
  if (initial) {
    if (server_first(mechanism)) return {.kind = Outcome::Kind::malformed};
    return advance(*initial);
  }
  switch (mechanism) {
    case Mechanism::cram_md5:
      return {.kind = Outcome::Kind::challenge, .challenge = cram_md5_challenge()};
    case Mechanism::login:
      return {.kind = Outcome::Kind::challenge, .challenge = "Username:"};
    default:
      return {.kind = Outcome::Kind::challenge};
  }
}

/// Takes the client's next message.
Connection::Outcome Connection::advance(std::string_view octets) {
  const std::uint8_t step = exchange_.step++;
  switch (exchange_.mechanism) {
    case Mechanism::plain:
      return plain(octets);
    case Mechanism::oauthbearer:
    case Mechanism::xoauth2:
      return bearer(octets);
    case Mechanism::cram_md5:
      return cram_md5(octets);
    case Mechanism::login:
      return login(octets);
    case Mechanism::ntlm:
      return step == 0 ? ntlm_negotiate(octets) : ntlm_authenticate(octets);
    default:
      return {.kind = Outcome::Kind::failure};
  }
}

/// Who may act for another is for his account to say.
Connection::Outcome Connection::check_identities(std::string_view authzid, std::string_view authcid,
                                                 std::string_view password) const {
  const Outcome own = check_password(authcid, password);
  if (own.kind != Outcome::Kind::success || authzid.empty()) return own;
  const Found other = find(*directory_, authzid);
  if (other.index == own.account) return own;
  if (!other.index || !directory_->accounts[own.account].acts_for_others) {
    return {.kind = Outcome::Kind::failure};
  }
  return {.kind = Outcome::Kind::success, .account = *other.index};
}

/// RFC 4616.
Connection::Outcome Connection::plain(std::string_view octets) const {
  const auto message = wire::sasl::parse_plain(octets);
  if (!message) return {.kind = Outcome::Kind::failure};
  return check_identities(message->authzid, message->authcid, message->password);
}

/// RFC 7628 §3, XOAUTH2. The error comes without its JSON.
Connection::Outcome Connection::bearer(std::string_view octets) const {
  const auto message = exchange_.mechanism == Mechanism::oauthbearer
                           ? wire::oauth::parse_oauthbearer(octets)
                           : wire::oauth::parse_xoauth2(octets);
  if (!message) return {.kind = Outcome::Kind::failure};
  const Found found = find(*directory_, message->user);
  const std::string right = token_of(found.index ? directory_->accounts[*found.index].user : "");
  const bool equal = crypto::equal_constant_time(right, message->token);
  if (!equal || !found.index) return {.kind = Outcome::Kind::failure};
  return {.kind = Outcome::Kind::success, .account = *found.index};
}

Connection::Outcome Connection::login(std::string_view octets) {
  if (exchange_.step == 1) {
    user_ = octets;
    return {.kind = Outcome::Kind::challenge, .challenge = "Password:"};
  }
  return check_password(user_, octets);
}

/// RFC 2195 §2: user SP digest. The user's name may have spaces, the digest has none.
Connection::Outcome Connection::cram_md5(std::string_view octets) const {
  const std::size_t space = octets.rfind(' ');
  if (space == std::string_view::npos) return {.kind = Outcome::Kind::failure};
  const Found found = find(*directory_, octets.substr(0, space));
  const std::string digest = crypto::cram_md5(found.password, cram_md5_challenge());
  const bool equal = crypto::equal_constant_time(digest, octets.substr(space + 1));
  if (!equal || !found.index) return {.kind = Outcome::Kind::failure};
  return {.kind = Outcome::Kind::success, .account = *found.index};
}

/// Message 1 → message 2 (MS-NLMP §3.2.5.1.1). Characters are UTF-16 if the client can, else OEM.
Connection::Outcome Connection::ntlm_negotiate(std::string_view octets) const {
  namespace ntlm = wire::ntlm;
  const auto message = ntlm::parse_negotiate(octets);
  if (!message) return {.kind = Outcome::Kind::failure};
  const bool oem = (message->flags & (ntlm::unicode | ntlm::oem)) == ntlm::oem;
  constexpr std::uint32_t kept =
      ntlm::request_target | ntlm::always_sign | ntlm::extended_session_security;
  const std::string domain = ntlm::to_utf16le(directory_->domain);
  const ntlm::Challenge challenge{
      .flags = (oem ? ntlm::oem : ntlm::unicode) | ntlm::ntlm | ntlm::target_type_domain |
               ntlm::target_info | (message->flags & kept),
      .target_name = oem ? directory_->domain : domain,
      .server_challenge = nonce(),
      .target_info = ntlm::build_target_info(
          {{.id = 2, .value = domain},
           {.id = 1, .value = ntlm::to_utf16le(server_name(directory_->host))}})};
  return {.kind = Outcome::Kind::challenge, .challenge = ntlm::build(challenge)};
}

/// Message 3 (MS-NLMP §3.2.5.1.2). The domain is the one that the client names; NTLMv2 only.
Connection::Outcome Connection::ntlm_authenticate(std::string_view octets) const {
  namespace ntlm = wire::ntlm;
  const auto message = ntlm::parse_authenticate(octets);
  if (!message) return {.kind = Outcome::Kind::failure};
  const bool unicode = (message->flags & ntlm::unicode) != 0;
  const std::string user16 = unicode ? message->user : ntlm::to_utf16le(message->user);
  const std::string domain16 = unicode ? message->domain : ntlm::to_utf16le(message->domain);
  const auto user = ntlm::from_utf16le(user16);
  if (!user) return {.kind = Outcome::Kind::failure};
  const Found found = find(*directory_, *user);
  const crypto::Digest128 key =
      crypto::ntowf_v2(user16, domain16, ntlm::to_utf16le(found.password));
  const bool proven = crypto::verify_ntlmv2(key, nonce(), message->nt_response);
  if (!proven || !found.index) return {.kind = Outcome::Kind::failure};
  return {.kind = Outcome::Kind::success, .account = *found.index};
}

/// The challenge of the exchange in progress: SplitMix64's finaliser over id and count. It is a
/// bijection, so that two exchanges never share one.
crypto::Nonce Connection::nonce() const {
  std::uint64_t x = (std::uint64_t{id_} << 32 | exchanges_) + 0x9e3779b97f4a7c15;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
  x = (x ^ x >> 27) * 0x94d049bb133111eb;
  x ^= x >> 31;
  crypto::Nonce octets{};
  for (std::uint8_t& octet : octets) {
    octet = static_cast<std::uint8_t>(x);
    x >>= 8;
  }
  return octets;
}

/// RFC 2195 §2: in the form of a message identifier.
std::string Connection::cram_md5_challenge() const {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "<";
  for (const std::uint8_t octet : nonce()) {
    text.push_back(digits[octet >> 4]);
    text.push_back(digits[octet & 15]);
  }
  return text.append("@").append(directory_->host).append(">");
}

std::string token_of(std::string_view user) { return "token-of-" + std::string(user); }

void Connection::enter(std::uint16_t account, const Store& store) {
  if (told_ != nullptr) {
    told_->push_back({.kind = trace::Kind::identified,
                      .point = trace::Point::inside,
                      .protocol = protocol_,
                      .user = directory_->accounts[account].user});
  }
  state_ = State::authenticated;
  account_ = account;
  hidden_ = protocol_ == trace::Protocol::pop3 ? removed(store) : 0;  // IMAP looks at SELECT
  failures_ = 0;
  exchange_ = {};
  user_.clear();
}

/// Counts a failed log-in, ends its exchange; true where the connection has had its share.
bool Connection::fail() {
  exchange_ = {};
  user_.clear();
  if (directory_->failures_max == 0) return false;
  return ++failures_ >= directory_->failures_max;
}

}  // namespace sallyport::backend
