// What an interposer tells a probe of the connections between a front-end and its back-end, and
// what the probe answers: a line each, in turn. Nothing is handed on before it was answered, so
// that a probe sees causes before their effects, and can put something else in their place.
//
//   tap     = "opened" SP link / "tls" SP link / "failure" SP link
//           / "said" SP link SP side SP quoted / "closed" SP link SP side
//   side    = "F" / "B"                   ; the front-end, the back-end
//   verdict = "pass"                      ; as it is
//           / "say" SP quoted             ; this instead, to whom it was said
//           / "answer" SP quoted          ; this to the front-end, and nothing to the back-end
//           / "end" SP quoted             ; as answer, and then the connection ends
//           / "impostor"                  ; as it is, but the TLS behind it is another host's
//           / "weak"                      ; as it is, but the TLS behind it has weak ciphers alone
//
// Unasked a probe may say "flush": all connections end, so that a pool is empty again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "trace/event.hpp"

namespace sallyport::live {

inline constexpr std::string_view tap_greeting = "sallyport tap 1";
inline constexpr std::string_view tap_flush = "flush";
/// A line with all octets of one read, each of them escaped.
inline constexpr std::size_t tap_line_octets_max = std::size_t{1} << 18;

struct TapRecord {
  enum class What : std::uint8_t { opened, tls, failure, said, closed };
  What what{};
  trace::LinkId link = 0;
  bool from_backend = false;  // said, closed
  std::string octets = {};    // said
  friend bool operator==(const TapRecord&, const TapRecord&) = default;
};

struct TapVerdict {
  enum class What : std::uint8_t { pass, say, answer, end, impostor, weak };
  What what{};
  std::string octets = {};
  [[nodiscard]] bool has_octets() const {
    return what == What::say || what == What::answer || what == What::end;
  }
  friend bool operator==(const TapVerdict&, const TapVerdict&) = default;
};

/// Without a line end. Nothing for a line that is none of these.
[[nodiscard]] std::string to_text(const TapRecord& record);
[[nodiscard]] std::optional<TapRecord> record_from(std::string_view line);
[[nodiscard]] std::string to_text(const TapVerdict& verdict);
[[nodiscard]] std::optional<TapVerdict> verdict_from(std::string_view line);

}  // namespace sallyport::live
