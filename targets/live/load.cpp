#include "targets/live/load.hpp"

#include <fmt/format.h>

#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read_until.hpp>
#include <asio/signal_set.hpp>
#include <asio/ssl/stream.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>
#include <csignal>
#include <exception>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "targets/live/address.hpp"
#include "wire/imap.hpp"

namespace sallyport::live {

using asio::ip::tcp;
using Clock = std::chrono::steady_clock;
using Done = asio::awaitable<void>;

namespace {

constexpr std::size_t answer_octets_max = std::size_t{1} << 16;

/// What a server said instead; its words may hold whatever the client said.
struct Refused : std::runtime_error {
  explicit Refused(std::string_view step)
      : std::runtime_error(fmt::format("{} is refused; expected it to go well", step)) {}
};

class Session {
 public:
  Session(asio::io_context& io, const LoadOptions& options, asio::ssl::context& tls)
      : options_(options), stream_(io, tls), timer_(io) {}

  Done log_in(const tcp::endpoint& where);
  Done log_out();

 private:
  [[nodiscard]] bool imap() const { return options_.endpoint.protocol() == trace::Protocol::imap; }
  Done start_tls();
  /// Says `line` and takes the answer, which begins as `good` does if it is one.
  Done say(std::string line, std::string_view step, std::string_view good);
  Done expect(std::string_view step, std::string_view good);
  asio::awaitable<std::string> line();
  void arm();

  const LoadOptions& options_;
  asio::ssl::stream<tcp::socket> stream_;
  asio::steady_timer timer_;
  std::string input_;
  bool under_tls_ = false;
};

/// A server that doesn't answer in time loses its connection, so that what is waited for ends.
void Session::arm() {
  timer_.expires_after(options_.answer);
  timer_.async_wait([this](const asio::error_code& error) {
    asio::error_code ignored;
    if (!error) stream_.next_layer().close(ignored);
  });
}

asio::awaitable<std::string> Session::line() {
  const auto into = asio::dynamic_buffer(input_, answer_octets_max);
  const std::size_t size =
      under_tls_
          ? co_await asio::async_read_until(stream_, into, '\n', asio::use_awaitable)
          : co_await asio::async_read_until(stream_.next_layer(), into, '\n', asio::use_awaitable);
  std::string out = input_.substr(0, size);
  input_.erase(0, size);
  co_return out;
}

Done Session::expect(std::string_view step, std::string_view good) {
  while (true) {
    const std::string said = co_await line();
    if (said.starts_with(good)) co_return;
    if (!said.starts_with("* ")) throw Refused(step);
  }
}

Done Session::say(std::string line, std::string_view step, std::string_view good) {
  arm();
  line += "\r\n";
  if (under_tls_) {
    co_await asio::async_write(stream_, asio::buffer(line), asio::use_awaitable);
  } else {
    co_await asio::async_write(stream_.next_layer(), asio::buffer(line), asio::use_awaitable);
  }
  co_await expect(step, good);
}

Done Session::start_tls() {
  co_await stream_.async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
  under_tls_ = true;
}

Done Session::log_in(const tcp::endpoint& where) {
  arm();
  co_await stream_.next_layer().async_connect(where, asio::use_awaitable);
  stream_.next_layer().set_option(tcp::no_delay(true));
  if (options_.endpoint.implicit_tls()) co_await start_tls();
  co_await expect("the greeting", imap() ? "* OK" : "+OK");
  if (options_.starttls) {
    co_await say(imap() ? "s STARTTLS" : "STLS", "STARTTLS", imap() ? "s OK" : "+OK");
    co_await start_tls();
  }
  const std::string& user = options_.credential.user;
  const std::string& password = options_.credential.password;
  if (imap()) {
    std::string login = "a LOGIN ";
    wire::imap::append_astring(login, user, true);
    login += ' ';
    wire::imap::append_astring(login, password, true);
    co_await say(std::move(login), "the login", "a OK");
  } else {
    co_await say("USER " + user, "USER", "+OK");
    co_await say("PASS " + password, "the login", "+OK");
  }
  timer_.cancel();
}

Done Session::log_out() {
  co_await say(imap() ? "b LOGOUT" : "QUIT", "the end", imap() ? "b OK" : "+OK");
  timer_.cancel();
}

class Load {
 public:
  Load(const LoadOptions& options, const Address& address, asio::ssl::context tls)
      : options_(options),
        where_(asio::ip::make_address(address.host), address.port),
        tls_(std::move(tls)) {}

  LoadResult run();

 private:
  Done cycle();
  Done hold();
  void failed(const std::exception& error);

  const LoadOptions& options_;
  asio::io_context io_{1};
  tcp::endpoint where_;
  asio::ssl::context tls_;
  Clock::time_point end_;
  LoadResult result_;
  std::size_t held_ = 0;
};

void Load::failed(const std::exception& error) {
  ++result_.failed;
  if (result_.failure.empty()) result_.failure = error.what();
}

Done Load::cycle() {
  while (Clock::now() < end_) {
    try {
      Session session(io_, options_, tls_);
      co_await session.log_in(where_);
      co_await session.log_out();
      ++result_.sessions;
    } catch (const std::exception& error) {
      failed(error);
      co_return;  // a server that fails is not to be hammered at
    }
  }
}

Done Load::hold() {
  Session session(io_, options_, tls_);
  try {
    co_await session.log_in(where_);
    ++result_.sessions;
  } catch (const std::exception& error) {
    failed(error);
  }
  if (++held_ == options_.at_once && options_.on_held) options_.on_held();
  asio::steady_timer forever(io_, Clock::time_point::max());
  co_await forever.async_wait(asio::use_awaitable);
}

LoadResult Load::run() {
  const auto began = Clock::now();
  end_ = began + options_.duration;
  asio::signal_set signals(io_, SIGTERM, SIGINT);
  signals.async_wait([this](const asio::error_code& error, int) {
    if (!error) io_.stop();
  });
  std::size_t left = options_.at_once;
  for (std::size_t i = 0; i < options_.at_once; ++i) {
    asio::co_spawn(io_, options_.hold ? hold() : cycle(), [&](const std::exception_ptr&) {
      if (--left == 0) io_.stop();
    });
  }
  io_.run();
  result_.seconds = std::chrono::duration<double>(Clock::now() - began).count();
  return result_;
}

}  // namespace

std::expected<LoadResult, std::string> load(const LoadOptions& options) {
  const std::string& host = options.endpoint.host;
  const auto address = address_from(to_text({.host = host, .port = options.endpoint.port}));
  if (!address) return std::unexpected(address.error());
  auto tls = client_context(options.trust, options.endpoint.host);
  if (!tls) return std::unexpected(tls.error());
  return Load(options, *address, std::move(*tls)).run();
}

}  // namespace sallyport::live
