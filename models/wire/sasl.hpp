// SASL as IMAP and POP3 frame it (RFC 4422, RFC 3501 §6.2.2, RFC 4959, RFC 5034): the line a client
// sends inside an exchange, the initial response, the "+" of a server; and the messages of PLAIN.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "wire/result.hpp"

namespace sallyport::wire::sasl {

/// mech-name = 1*20(UPPER / DIGIT / "-" / "_"), taken without case.
[[nodiscard]] bool is_mechanism_name(std::string_view name);

/// AUTHENTICATE's and AUTH's arguments: a mechanism and perhaps an initial response, where "="
/// stands for an empty one (RFC 4959 §3, RFC 5034 §4). bad_argument for a mechanism that is none or
/// nothing behind the space, bad_base64 for the rest.
struct Start {
  std::string_view mechanism;
  std::optional<std::string> initial;  // decoded
};
[[nodiscard]] Result<Start> parse_start(std::string_view arguments);

/// A client's line inside the exchange, without CRLF: "*" cancels ("* " too, as MS-OXIMAP4 clients
/// send it), everything else is base64 or bad_base64. "=" has no meaning here.
struct Line {
  bool cancel = false;
  std::string octets;  // decoded
};
[[nodiscard]] Result<Line> parse_line(std::string_view line);

/// The server's challenge line without CRLF: "+ " base64 (empty: "+ "). `bare_plus` leaves the
/// space out of an empty one, as Exchange does for IMAP (MS-OXIMAP4 §2.2.1).
[[nodiscard]] std::string challenge(std::string_view octets, bool bare_plus = false);

/// PLAIN: [authzid] NUL authcid NUL passwd (RFC 4616 §2): exactly two NULs, authcid and passwd not
/// empty, else bad_argument. What is built from parts that break this is refused by parse_plain.
struct Plain {
  std::string authzid;
  std::string authcid;
  std::string password;
};
[[nodiscard]] Result<Plain> parse_plain(std::string_view octets);
[[nodiscard]] std::string build_plain(const Plain& message);

/// saslname, as SCRAM's and OAUTHBEARER's headers have it: "," is =2C, "=" is =3D, and both stand
/// for nothing else (RFC 5801 §4). Not empty, no NUL; else nothing.
[[nodiscard]] std::optional<std::string> decode_name(std::string_view name);
[[nodiscard]] std::string encode_name(std::string_view name);

}  // namespace sallyport::wire::sasl
