// The four messages of SCRAM (RFC 5802 §7), both ways. What they prove is crypto/scram.hpp's
// business.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "wire/result.hpp"

namespace sallyport::wire::scram {

/// gs2-cbind-flag: does the client bind its channel?
enum class Binding : std::uint8_t {
  unsupported,  // "n": it can't
  supported,    // "y": it could, but thinks that the server can't
  used,         // "p=": it does
};

struct ClientFirst {
  Binding binding{};
  std::string binding_name;  // of Binding::used: "tls-exporter"
  std::string authzid;
  std::string user;
  std::string nonce;
  std::string gs2_header;  // as it was sent, with its commas: part of what client-final binds
  std::string bare;        // what stands behind it: part of the transcript
};

struct ServerFirst {
  std::string nonce;  // the client's, and the server's behind it
  std::string salt;   // octets
  std::uint32_t iterations = 0;
};

struct ClientFinal {
  std::string binding;  // octets: the gs2 header, and the channel's data where it is bound
  std::string nonce;
  std::string proof;          // octets
  std::string without_proof;  // as it was sent: part of the transcript
};

/// server-final is "v=" and a signature, or "e=" and an error.
struct ServerFinal {
  std::string signature;  // octets
  std::string error;
};

/// All of it, or bad_argument at the attribute that breaks it; bad_base64. Extensions are stepped
/// over where the grammar has them; a mandatory one, "m=" in front, is an error (§5.1). That names
/// are UTF-8 isn't checked.
[[nodiscard]] Result<ClientFirst> parse_client_first(std::string_view octets);
[[nodiscard]] Result<ServerFirst> parse_server_first(std::string_view octets);
[[nodiscard]] Result<ClientFinal> parse_client_final(std::string_view octets);
[[nodiscard]] Result<ServerFinal> parse_server_final(std::string_view octets);

/// `gs2_header` and `bare` are made from the other members: see also gs2_header_of and bare_of.
[[nodiscard]] std::string build(const ClientFirst& message);
[[nodiscard]] std::string gs2_header_of(const ClientFirst& message);
[[nodiscard]] std::string bare_of(const ClientFirst& message);
[[nodiscard]] std::string build(const ServerFirst& message);
/// Without its proof, from the first two members.
[[nodiscard]] std::string without_proof_of(const ClientFinal& message);
[[nodiscard]] std::string build(const ClientFinal& message);
[[nodiscard]] std::string build_server_final(std::string_view signature);

}  // namespace sallyport::wire::scram
