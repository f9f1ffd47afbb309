// Which messages a session sees. Messages never change; the Store says which are removed. A session
// keeps the removals that it found when it looked (`hidden_`), so its message numbers stay what
// they are whatever other sessions do.
#include "backend/backend.hpp"

namespace sallyport::backend {

void Store::canonical(trace::Canonical& out) const {
  // A missing entry and an empty one mean the same.
  std::size_t size = removed.size();
  while (size > 0 && removed[size - 1] == 0) --size;
  out.u16(static_cast<std::uint16_t>(size));
  for (std::size_t i = 0; i < size; ++i) out.u32(removed[i]);
}

std::uint32_t Connection::removed(const Store& store) const {
  return account_ < store.removed.size() ? store.removed[account_] : 0;
}

bool Connection::has_bit(std::uint32_t bits, std::uint32_t index) {
  return index < Store::removable_max && (bits >> index & 1U) != 0;
}

/// The messages but the `hidden` ones, by their index in the account, in order of their numbers.
std::vector<std::uint32_t> Connection::visible(std::uint32_t hidden) const {
  std::vector<std::uint32_t> indices;
  for (std::uint32_t i = 0; i < account().messages.size(); ++i) {
    if (!has_bit(hidden, i)) indices.push_back(i);
  }
  return indices;
}

/// POP3's UPDATE state (RFC 1939 §6).
void Connection::commit(Store& store) const {
  if (marked_ == 0) return;
  if (store.removed.size() <= account_) store.removed.resize(std::size_t{account_} + 1);
  store.removed[account_] |= marked_;
}

}  // namespace sallyport::backend
