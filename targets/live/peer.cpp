#include "targets/live/peer.hpp"

#include <array>
#include <asio/buffer.hpp>
#include <asio/post.hpp>
#include <asio/write.hpp>
#include <utility>

#include "targets/live/tls.hpp"

namespace sallyport::live {

namespace {

constexpr std::size_t read_octets = 16384;
constexpr std::size_t tls_read_octets = 4096;  // each peer has these

/// Plain octets are done with before the next are read, so that all peers of a thread share their
/// room: a session that says nothing takes next to none. TLS reads ahead into room of its own.
std::array<char, read_octets>& scratch() {
  thread_local std::array<char, read_octets> octets;
  return octets;
}

}  // namespace

Peer::Peer(asio::ip::tcp::socket socket, Owner& owner, Limits limits)
    : socket_(std::move(socket)), timer_(socket_.get_executor()), owner_(owner), limits_(limits) {
  asio::error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
}

void Peer::start() {
  arm(limits_.idle);
  read();
}

void Peer::write(std::string_view octets) {
  if (phase_ != Phase::reading) return;
  unsent_.append(octets);
  flush();
}

void Peer::start_tls(asio::ssl::context& context, Side side) {
  if (phase_ != Phase::reading || tls_) return;
  context_ = &context;
  side_ = side;
  phase_ = Phase::upgrading;
  arm(limits_.patience);
  flush();
}

void Peer::close() {
  if (phase_ == Phase::handshaking) return finish();  // nothing can be said in the middle of it
  if (phase_ != Phase::reading && phase_ != Phase::upgrading) return;
  phase_ = Phase::closing;
  arm(limits_.patience);
  flush();
}

void Peer::reset() {
  asio::error_code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  finish();
}

void Peer::read() {
  if (phase_ != Phase::reading || read_pending_) return;
  if (sending_.size() + unsent_.size() > limits_.unsent_octets) return;  // sent() comes back here
  read_pending_ = true;
  if (!tls_) return read_plain();
  tls_->async_read_some(asio::buffer(input_), [self = shared_from_this()](
                                                  const asio::error_code& error, std::size_t size) {
    self->read_pending_ = false;
    self->took(error, std::string_view(self->input_.data(), size));
  });
}

// Waits first and takes octets only when they may be taken: a read that was under way when STARTTLS
// is answered would swallow the start of the handshake.
void Peer::read_plain() {
  socket_.async_wait(asio::socket_base::wait_read,
                     [self = shared_from_this()](asio::error_code error) {
                       self->read_pending_ = false;
                       if (self->phase_ != Phase::reading) return;
                       if (self->tls_) return self->read();
                       std::size_t size = 0;
                       if (!error) {
                         size = self->socket_.read_some(asio::buffer(scratch()), error);
                       }
                       if (error == asio::error::would_block) return self->read();
                       self->took(error, std::string_view(scratch().data(), size));
                     });
}

void Peer::took(const asio::error_code& error, std::string_view octets) {
  if (phase_ != Phase::reading) return;
  if (error) {
    const bool hung_up = error == asio::error::eof || error == asio::ssl::error::stream_truncated;
    if (!hung_up) return leave();
    owner_.peer_left(*this);
    return close();  // it may still want to read what was written
  }
  arm(limits_.idle);
  owner_.peer_said(*this, octets);
  read();
}

void Peer::flush() {
  if (write_pending_ || phase_ == Phase::handshaking || phase_ == Phase::gone) return;
  if (unsent_.empty()) {
    if (phase_ == Phase::upgrading) return handshake();
    if (phase_ == Phase::closing) return shut_down();
    return;
  }
  write_pending_ = true;
  sending_.swap(unsent_);
  const auto done = [self = shared_from_this()](const asio::error_code& error, std::size_t) {
    self->sent(error);
  };
  if (tls_) {
    asio::async_write(*tls_, asio::buffer(sending_), done);
  } else {
    asio::async_write(socket_, asio::buffer(sending_), done);
  }
}

void Peer::sent(const asio::error_code& error) {
  write_pending_ = false;
  sending_.clear();
  if (phase_ == Phase::gone) return;
  if (error) return leave();
  if (phase_ == Phase::reading) arm(limits_.idle);
  flush();
  read();
}

std::string Peer::binding() {
  return tls_ ? exporter_binding(tls_->native_handle()) : std::string();
}

std::string Peer::certified_name() {
  return tls_ ? live::certified_name(tls_->native_handle()) : std::string();
}

void Peer::handshake() {
  phase_ = Phase::handshaking;
  input_.resize(tls_read_octets);
  tls_ = std::make_unique<Tls>(socket_, *context_);
  const auto side = side_ == Side::server ? Tls::server : Tls::client;
  tls_->async_handshake(side, [self = shared_from_this()](const asio::error_code& error) {
    if (self->phase_ != Phase::handshaking) return;
    if (error) return self->leave();
    self->phase_ = Phase::reading;
    self->arm(self->limits_.idle);
    self->owner_.peer_under_tls(*self);
    self->flush();
    self->read();
  });
}

void Peer::shut_down() {
  phase_ = Phase::lingering;
  arm(limits_.linger);
  if (tls_) {
    return tls_->async_shutdown(
        [self = shared_from_this()](const asio::error_code&) { self->finish(); });
  }
  asio::error_code error;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
  if (error) return finish();
  linger();
}

// Reads the other side's last octets away: a socket that is closed with unread input resets the
// connection, and the answers that were just sent may be lost.
void Peer::linger() {
  socket_.async_wait(asio::socket_base::wait_read,
                     [self = shared_from_this()](asio::error_code error) {
                       if (self->phase_ != Phase::lingering) return;
                       if (!error) self->socket_.read_some(asio::buffer(scratch()), error);
                       if (error && error != asio::error::would_block) return self->finish();
                       self->linger();
                     });
}

// Leaves without another word, because none would arrive.
void Peer::leave() {
  if (phase_ == Phase::gone) return;
  const bool known = phase_ == Phase::closing || phase_ == Phase::lingering;
  finish();
  if (!known) owner_.peer_left(*this);
}

void Peer::finish() {
  if (phase_ == Phase::gone) return;
  phase_ = Phase::gone;
  timer_.cancel();
  asio::error_code ignored;
  socket_.close(ignored);
  asio::post(socket_.get_executor(),
             [self = shared_from_this()] { self->owner_.peer_gone(*self); });
}

void Peer::arm(std::chrono::milliseconds limit) {
  timer_.expires_after(limit);
  timer_.async_wait([self = shared_from_this()](const asio::error_code& error) {
    // A wait that had already ended when the time was set anew still arrives: it is not meant.
    if (error || self->timer_.expiry() > asio::steady_timer::clock_type::now()) return;
    self->timed_out();
  });
}

void Peer::timed_out() {
  switch (phase_) {
    case Phase::reading:
      return owner_.peer_idles(*this);
    case Phase::upgrading:
    case Phase::handshaking:
    case Phase::closing:
      return leave();
    case Phase::lingering:
      return finish();
    case Phase::gone:
      return;
  }
}

}  // namespace sallyport::live
