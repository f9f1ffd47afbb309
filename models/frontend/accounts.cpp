// The account database: who is asked for, what is remembered of the answers, and what an account
// may do.
#include <algorithm>

#include "crypto/digests.hpp"
#include "frontend/frontend.hpp"
#include "frontend/replies.hpp"

namespace sallyport::frontend {

using trace::Mechanism;
using trace::Status;

namespace {

constexpr std::size_t cached_max = 4;
constexpr std::size_t cached_max_live = 4096;

}  // namespace

std::string canonical_user(std::string_view user) {
  std::string canonical(user);
  for (char& c : canonical) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return canonical;
}

/// Under which an answer is kept: the canonical name, whole.
std::string FrontEnd::cache_key(const Session& s, std::string_view user) const {
  if (faulty(Fault::cache_under_one_key)) return "user";
  if (faulty(Fault::cache_under_password) && !s.claim.secret.empty()) {
    return std::string(crypto::view(crypto::sha256(s.claim.secret)));
  }
  std::string key = canonical_user(user);
  if (faulty(Fault::cache_key_ends_at_space)) key.resize(std::min(key.find(' '), key.size()));
  return key;
}

void FrontEnd::look_up(trace::SessionId id, std::string_view user, Host& host) {
  Session& s = session(id);
  s.phase = Phase::lookup;
  s.wait_seconds = 0;
  const std::vector<Cached>& cache = shared().cache;
  const auto found = std::ranges::find(cache, cache_key(s, user),
                                       [](const Cached& c) -> const std::string& { return c.key; });
  if (!configuration_->profile.cache || found == cache.end()) return host.look_up(id, user);
  host.inside({.kind = trace::Kind::cached,
               .point = trace::Point::inside,
               .protocol = s.protocol,
               .session = id,
               .user = found->account.user});
  const Account account = found->account;
  account_known(id, &account, host);
}

void FrontEnd::looked_up(trace::SessionId id, const Account* account, Host& host) {
  if (id >= sessions_.size() || session(id).phase != Phase::lookup) return;
  if (account != nullptr && configuration_->profile.cache) {
    const bool live = configuration_->nonce_seed != 0;
    std::vector<Cached>& cache = shared().cache;
    if (cache.size() >= (live ? cached_max_live : cached_max)) cache.erase(cache.begin());
    Session& s = session(id);
    cache.push_back({.key = cache_key(s, s.claim.authcid), .account = *account});
  }
  account_known(id, account, host);
  advance(id, host);
}

void FrontEnd::look_up_failed(trace::SessionId id, Host& host) {
  if (id >= sessions_.size() || session(id).phase != Phase::lookup) return;
  if (faulty(Fault::wait_for_a_dead_verifier)) return;
  host.inside({.kind = trace::Kind::failure,
               .point = trace::Point::inside,
               .protocol = session(id).protocol,
               .session = id});
  complete(id, Status::no, unavailable(session(id).protocol), host);
  advance(id, host);
}

/// What is known of the user is known: the login goes on. A user whom nobody knows goes the same
/// way as a wrong password does, to a back-end that refuses him, so that the two look alike.
void FrontEnd::account_known(trace::SessionId id, const Account* account, Host& host) {
  Session& s = session(id);
  if (terminated().has(s.mechanism)) return judge_proof(id, account, host);
  if (account == nullptr && faulty(Fault::refuse_unknown_users_at_once)) {
    return complete(id, Status::no, "no such user", host);
  }
  if (!may_log_in(s, account)) return fail_login(id, Status::no, login_failed(s.protocol), host);
  begin_login(id, account == nullptr ? std::uint8_t{0} : account->route, host);
}

/// By the user's own policy: this way to log in, and for this other user.
bool FrontEnd::may_log_in(const Session& s, const Account* account) const {
  if (account == nullptr) return true;
  const bool password = s.claim.mechanism == Mechanism::none;
  const Mechanism mechanism = password ? Mechanism::plain : s.claim.mechanism;
  const bool others = faulty(Fault::judge_by_the_last_policy) && !shared().cache.empty();
  const Account& policy = others ? shared().cache.front().account : *account;
  if (!policy.mechanisms.has(mechanism)) return false;
  if (s.claim.authzid.empty() || faulty(Fault::let_anybody_act_for_others)) return true;
  if (s.claim.mechanism == Mechanism::external && faulty(Fault::take_any_name_with_a_certificate)) {
    return true;
  }
  return account->acts_for_others || canonical_user(s.claim.authzid) == account->user;
}

}  // namespace sallyport::frontend
