// Who is there: the back-end's accounts, what the front-end's database says of them, and what the
// clients know.
#include <algorithm>

#include "crypto/scram.hpp"
#include "world/world.hpp"

namespace sallyport::world {
namespace {

using trace::Mechanism;
using trace::MechanismSet;

// RFC 7677 §4 asks for 4096 at least. They are counted once for each password: see
// crypto::salted_password.
constexpr std::uint32_t iterations = 4096;

constexpr MechanismSet proofs{Mechanism::cram_md5, Mechanism::scram_sha_256,
                              Mechanism::scram_sha_256_plus, Mechanism::external};
constexpr MechanismSet passwords{Mechanism::plain, Mechanism::oauthbearer, Mechanism::xoauth2};

MechanismSet policy_of(const backend::Account& account) {
  return account.proofs_only ? proofs : proofs | passwords;
}

frontend::Account record_of(const backend::Account& account) {
  frontend::Account record{.user = account.user,
                           .password = account.password,
                           .salt = "salt of " + account.user,
                           .iterations = iterations,
                           .scram = {},
                           .mechanisms = policy_of(account),
                           .acts_for_others = account.acts_for_others,
                           .route = 0};
  record.scram =
      crypto::scram_keys(crypto::salted_password(record.password, record.salt, record.iterations));
  return record;
}

}  // namespace

std::vector<frontend::Account> accounts_of(const backend::Directory& directory) {
  std::vector<frontend::Account> records;
  for (const backend::Account& account : directory.accounts) {
    if (account.user != frontend::front_end_user) records.push_back(record_of(account));
  }
  return records;
}

Setting::Setting(frontend::Configuration configuration, trace::Protocol protocol_,
                 bool other_secrets)
    : front_end(configuration), protocol(protocol_), directory(backend::example_directory()) {
  directory.tls = configuration.tls_to_backends;
  if (other_secrets) {
    directory.accounts[0].password = "through-the-glass";
    directory.accounts[0].messages.pop_back();
    directory.accounts[0].messages[0] += "A line more.\r\n";
  }
  old_directory = directory;
  old_directory.mechanisms = {};
  old_directory.literal_plus = false;
  telling_directory = directory;
  telling_directory.tells_what_is_wrong = true;
  std::vector<observe::Secret> known;
  for (const backend::Account& account : directory.accounts) {
    known.push_back({.user = account.user, .secret = account.password});
    known.push_back({.user = account.user, .secret = backend::token_of(account.user)});
  }
  secrets = observe::Secrets(known);
  database = accounts_of(directory);
  for (const AccountFacts& account : accounts) {
    const auto found = std::ranges::find(directory.accounts, account.user, &backend::Account::user);
    credentials.push_back(
        {.user = std::string(account.user),
         // Shaped like the others: a space would make it another message to CRAM-MD5.
         .password = found == directory.accounts.end() ? "nobodys-password" : found->password,
         .token = backend::token_of(account.user),
         .authzid = std::string(account.acts_for)});
  }
}

bool Setting::allows(const client::Action& action) const {
  if (action.account >= std::size(accounts) || !action.bound) return false;
  const AccountFacts& account = accounts[action.account];
  const auto found = std::ranges::find(database, account.user, &frontend::Account::user);
  if (found == database.end()) return false;
  const bool password = action.mechanism == Mechanism::none || action.mechanism == Mechanism::login;
  // LOGIN can't name another user, and a token is its own user's.
  const bool names_another =
      !account.acts_for.empty() && !password && action.mechanism != Mechanism::oauthbearer &&
      action.mechanism != Mechanism::xoauth2 && action.mechanism != Mechanism::cram_md5;
  if (names_another && !found->acts_for_others) return false;
  const Mechanism mechanism = password ? Mechanism::plain : action.mechanism;
  return mechanism == Mechanism::ntlm || found->mechanisms.has(mechanism);
}

}  // namespace sallyport::world
