// Stands between a front-end and its back-end: hands everything on, lets a probe see it
// (tap_line.hpp) and lets things go wrong on purpose (churn.hpp).
//
//   front-end ──► listen ── Interposer ──► backend
//                              │
//                              └── tap ──► a probe, one at a time
//
// TLS that is started by STARTTLS or STLS, or from the first octet where that is asked for, ends
// here and is begun anew towards the back-end: a front-end has to trust the certificate that it is
// shown.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "targets/live/churn.hpp"
#include "targets/live/tls.hpp"
#include "trace/vocabulary.hpp"

namespace sallyport::live {

struct InterposeOptions {
  trace::Protocol protocol{};
  std::string listen;              // ADDR:PORT; port 0 picks a free one
  std::string backend;             // ADDR:PORT
  std::optional<std::string> tap;  // ADDR:PORT, where a probe is waited for
  bool implicit_tls = false;       // on both sides
  std::string certificate;         // a PEM file, for TLS towards the front-end
  std::string key;                 // a PEM file; empty: in the certificate's
  Trust trust;                     // whom to believe on the back-end's side
  Churn churn;
  std::chrono::milliseconds delay = std::chrono::seconds(2);  // of a deed that delays
  std::size_t links_max = 256;  // connections beyond it are closed at once
};

class Interposer {
 public:
  /// Listens. The error is one line: what failed, where, and what was expected.
  [[nodiscard]] static std::expected<Interposer, std::string> open(InterposeOptions options);
  Interposer(Interposer&&) noexcept;
  Interposer& operator=(Interposer&&) noexcept;
  ~Interposer();

  [[nodiscard]] const std::string& listening() const;
  [[nodiscard]] const std::string& tap() const;  // empty: there is none

  /// How often its churn has let something go wrong. Not while it runs.
  [[nodiscard]] std::uint64_t struck() const;

  /// Until stop().
  void run();
  /// From any thread.
  void stop();
  /// SIGTERM and SIGINT mean stop() from now on.
  void stop_on_signals();

 private:
  class Implementation;
  explicit Interposer(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace sallyport::live
