// The front-end's connections to its back-end, in memory, and the queue that keeps them apart: what
// the front-end writes is delivered after its call has returned, in order, as a network would.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "backend/backend.hpp"
#include "frontend/frontend.hpp"
#include "frontend/host.hpp"

namespace sallyport::live {

/// What all connections to the back-end share, those of direct clients too. A Directory outlives
/// it.
class Mailboxes {
 public:
  explicit Mailboxes(const backend::Directory& directory);
  /// Each connection has a number of its own, from which its challenges are made.
  [[nodiscard]] backend::Connection connect(trace::Protocol protocol);
  /// To a back-end that offers STARTTLS and STLS.
  [[nodiscard]] backend::Connection connect_with_tls(trace::Protocol protocol);
  [[nodiscard]] backend::Store& store() { return store_; }

 private:
  const backend::Directory* directory_;
  backend::Directory with_tls_;
  backend::Store store_;
  std::uint16_t connections_ = 0;
};

class Links {
 public:
  explicit Links(Mailboxes& mailboxes) : mailboxes_(mailboxes) {}

  // As frontend::Host's calls of these names.
  void open(trace::LinkId link, trace::Protocol protocol);
  void write(trace::LinkId link, std::string_view octets);
  void close(trace::LinkId link);

  [[nodiscard]] bool idle() const { return queue_.empty(); }
  /// Delivers what was written first. Nothing where idle().
  void deliver(frontend::FrontEnd& front_end, frontend::Host& host);

 private:
  enum class To : std::uint8_t { back_end, front_end, hang_up };
  struct Delivery {
    To to{};
    trace::LinkId link = trace::no_link;
    std::uint64_t opening = 0;  // of the link: numbers are used again
    std::string octets{};
  };
  struct Link {
    backend::Connection connection;
    std::uint64_t opening;
  };

  Mailboxes& mailboxes_;
  std::map<trace::LinkId, Link> links_;
  std::deque<Delivery> queue_;
  std::uint64_t openings_ = 0;
};

}  // namespace sallyport::live
