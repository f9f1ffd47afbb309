#include "targets/live/endpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "targets/live/address.hpp"

namespace sallyport::live {

namespace {

struct SchemeFacts {
  std::string_view name;
  Scheme scheme;
  trace::Protocol protocol;
  bool implicit_tls;
  std::uint16_t port;
};

// In the order of the enumeration.
constexpr std::array schemes{
    SchemeFacts{"imap", Scheme::imap, trace::Protocol::imap, false, 143},
    SchemeFacts{"pop3", Scheme::pop3, trace::Protocol::pop3, false, 110},
    SchemeFacts{"imaps", Scheme::imaps, trace::Protocol::imap, true, 993},
    SchemeFacts{"pop3s", Scheme::pop3s, trace::Protocol::pop3, true, 995},
};

const SchemeFacts& facts(Scheme scheme) { return schemes[static_cast<std::size_t>(scheme)]; }

bool is_host_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
  });
}

bool is_ipv6(std::string_view text) {
  return text.contains(':') && text.find_first_not_of("0123456789abcdefABCDEF:.") == text.npos;
}

}  // namespace

trace::Protocol Endpoint::protocol() const { return facts(scheme).protocol; }

bool Endpoint::implicit_tls() const { return facts(scheme).implicit_tls; }

std::string Endpoint::subject() const {
  return to_text(Address{.host = host, .port = port}) + '/' + std::string(name(protocol()));
}

// url = ("imap" / "pop3" / "imaps" / "pop3s") "://" (name / IPv4 / "[" IPv6 "]") [":" port] ["/"]
std::expected<Endpoint, std::string> endpoint_from(std::string_view url) {
  if (url.contains('@')) {
    return std::unexpected(
        "a URL with a user in it: expected imap://HOST:PORT, and accounts apart from it");
  }
  const auto refuse = [&](std::string_view expected) {
    return std::unexpected(fmt::format("\"{}\": expected {}", url, expected));
  };
  const std::size_t separator = url.find("://");
  const auto known = std::ranges::find_if(schemes, [&](const SchemeFacts& each) {
    return trace::equal_fold(each.name, url.substr(0, separator));
  });
  if (separator == url.npos || known == schemes.end()) {
    return refuse("imap://HOST:PORT, pop3://, imaps:// or pop3s://");
  }
  std::string_view rest = url.substr(separator + 3);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.find_first_of("/?#") != rest.npos) return refuse("nothing behind the port");

  std::string_view host = rest.substr(0, rest.rfind(':'));
  std::string_view port = host.size() == rest.size() ? "" : rest.substr(host.size());
  if (rest.starts_with('[')) {
    const std::size_t bracket = rest.find(']');
    if (bracket == rest.npos) return refuse("\"]\" behind an IPv6 address");
    host = rest.substr(1, bracket - 1);
    port = rest.substr(bracket + 1);
    if (!is_ipv6(host)) return refuse("an IPv6 address between \"[\" and \"]\"");
  } else if (!is_host_name(host)) {
    return refuse("a host name or address, IPv6 in brackets, as imap://[::1]:143");
  }
  std::uint16_t number = known->port;
  if (!port.empty()) {
    const auto given = port.starts_with(':') ? port_from(port.substr(1)) : std::nullopt;
    if (!given || *given == 0) return refuse("a port from 1 to 65535 behind \":\"");
    number = *given;
  }
  return Endpoint{.scheme = known->scheme, .host = std::string(host), .port = number};
}

}  // namespace sallyport::live
