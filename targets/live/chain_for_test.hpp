// A front-end, an interposer and a back-end on loopback, each in a thread of its own.
#pragma once

#include <chrono>
#include <expected>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "targets/engine/result.hpp"
#include "targets/live/interpose.hpp"
#include "targets/live/probe.hpp"
#include "targets/live/serve.hpp"

namespace sallyport::live::test {

/// Stopped with this object.
template <class Subject>
class Running {
 public:
  explicit Running(std::expected<Subject, std::string> subject) : subject_(std::move(subject)) {
    if (!subject_) throw std::runtime_error(subject_.error());
    thread_ = std::thread([this] { subject_->run(); });
  }
  ~Running() {
    subject_->stop();
    thread_.join();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  const Subject* operator->() const { return &*subject_; }

 private:
  std::expected<Subject, std::string> subject_;
  std::thread thread_;
};

inline std::string listening(const Running<Server>& server, std::string_view name) {
  for (const Server::Listening& each : server->listening()) {
    if (each.name == name) return each.address;
  }
  throw std::runtime_error("no such listener");
}

inline ServeOptions serving(std::string_view front_end) {
  ServeOptions options;
  options.configuration = *engine::configuration_from(front_end);
  options.configuration.profile.limits.failure_seconds = 0;  // nobody is to wait for it here
  options.directory = backend::example_directory();
  options.own_password = "between the two";
  return options;
}

inline ServeOptions serving_back_end() {
  ServeOptions options = serving("hardened");
  options.backend_imap = "127.0.0.1:0";
  return options;
}

inline InterposeOptions before(std::string back_end, std::string_view churn) {
  InterposeOptions options;
  options.listen = "127.0.0.1:0";
  options.backend = std::move(back_end);
  options.tap = "127.0.0.1:0";
  options.churn = *churn_from(churn);
  options.delay = std::chrono::milliseconds(50);
  return options;
}
inline InterposeOptions before(const Running<Server>& back_end, std::string_view churn) {
  return before(listening(back_end, "backend-imap"), churn);
}

inline ServeOptions serving_before(const Running<Interposer>& interposer,
                                   std::string_view front_end, std::size_t connections_max = 0,
                                   Schedule::Kind schedule = Schedule::Kind::rotate) {
  ServeOptions options = serving(front_end);
  options.schedule.kind = schedule;
  options.connections_max = connections_max;
  options.imap = "127.0.0.1:0";
  options.to_imap = interposer->listening();
  return options;
}

struct Chain {
  explicit Chain(std::string_view front_end, std::string_view churn = "none",
                 std::size_t connections_max = 0, Schedule::Kind schedule = Schedule::Kind::rotate)
      : back(Server::open(serving_back_end())),
        between(Interposer::open(before(back, churn))),
        front(Server::open(serving_before(between, front_end, connections_max, schedule))) {}

  [[nodiscard]] std::uint16_t port() const { return address_from(listening(front, "imap"))->port; }
  [[nodiscard]] ProbeOptions options() const {
    ProbeOptions options;
    options.endpoints = {{Scheme::imap, "127.0.0.1", port()}};
    options.credentials = {{"alice", "wonderland"}, {"bob", "builder"}};
    options.limits.settle = std::chrono::milliseconds(10);
    options.manners.connections_per_second = 1e6;
    options.manners.failed_logins_max = 20;
    options.tap = *address_from(between->tap());
    return options;
  }

  Running<Server> back;
  Running<Interposer> between;
  Running<Server> front;
};

}  // namespace sallyport::live::test
