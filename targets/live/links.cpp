#include "targets/live/links.hpp"

#include <utility>

namespace sallyport::live {

Mailboxes::Mailboxes(const backend::Directory& directory)
    : directory_(&directory), with_tls_(directory) {
  with_tls_.tls = true;
  store_.removed.resize(directory.accounts.size());
}

backend::Connection Mailboxes::connect(trace::Protocol protocol) {
  return {*directory_, protocol, ++connections_};
}

backend::Connection Mailboxes::connect_with_tls(trace::Protocol protocol) {
  return {with_tls_, protocol, ++connections_};
}

void Links::open(trace::LinkId link, trace::Protocol protocol) {
  const std::uint64_t opening = ++openings_;
  Link& opened = links_
                     .insert_or_assign(
                         link, Link{.connection = mailboxes_.connect(protocol), .opening = opening})
                     .first->second;
  std::string greeting;
  opened.connection.open(greeting);
  queue_.push_back({To::front_end, link, opening, std::move(greeting)});
}

void Links::write(trace::LinkId link, std::string_view octets) {
  const auto found = links_.find(link);
  if (found == links_.end()) return;
  queue_.push_back({To::back_end, link, found->second.opening, std::string(octets)});
}

void Links::close(trace::LinkId link) { links_.erase(link); }

void Links::deliver(frontend::FrontEnd& front_end, frontend::Host& host) {
  if (queue_.empty()) return;
  const Delivery delivery = std::move(queue_.front());
  queue_.pop_front();
  const auto found = links_.find(delivery.link);
  if (found == links_.end() || found->second.opening != delivery.opening) return;  // closed since
  switch (delivery.to) {
    case To::back_end: {
      std::string answer;
      backend::Connection& connection = found->second.connection;
      connection.receive(delivery.octets, mailboxes_.store(), answer);
      if (!answer.empty()) {
        queue_.push_back({To::front_end, delivery.link, delivery.opening, std::move(answer)});
      }
      if (connection.closing()) queue_.push_back({To::hang_up, delivery.link, delivery.opening});
      return;
    }
    case To::front_end:
      return front_end.backend_octets(delivery.link, delivery.octets, host);
    case To::hang_up:
      return front_end.backend_closed(delivery.link, host);
  }
}

}  // namespace sallyport::live
