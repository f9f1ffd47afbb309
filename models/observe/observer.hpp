// Bytes on one connection, in the order they crossed it → events.
//
// The observer stands outside: it sees both directions and decides what the bytes mean by what the
// *other side answered*, not by what the front-end believes. It has its own line and literal
// splitter, so it can't share the front-end's mistakes. A client's bytes are read only as far as
// the server's answers settle how to read them: behind `AUTHENTICATE` the next line is a SASL
// response if the server says "+" and a command if it says NO; behind `{n}` octets are a literal if
// the server says "+" and commands if it says BAD. Until then they wait.
//
// A command in flight has a slot, the smallest free number; its completion frees it. Events refer
// to commands by slot, so that a monitor's state is the same whatever the tags were called.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "trace/canonical.hpp"
#include "trace/event.hpp"

namespace sallyport::observe {

/// A line (or a frame with literals) longer than this is one malformed event; the rest of it, up to
/// its line feed, is dropped. So the observer's memory stays bounded whatever the peers send.
inline constexpr std::size_t frame_octets_max = 262144;
/// Commands in flight at once on one connection; further ones are malformed.
inline constexpr std::size_t commands_max = 64;

class Observer {
 public:
  /// `id` is the session for Point::client and the link for Point::backend.
  Observer(trace::Protocol protocol, trace::Point point, std::uint16_t id);

  void opened(trace::Trace& out);
  void from_client(std::string_view octets, trace::Trace& out);
  void from_server(std::string_view octets, trace::Trace& out);
  /// TLS stands; what is still unread on either side belongs to the time before it.
  void tls(trace::Trace& out);
  void closed(bool by_server, trace::Trace& out);

  void canonical(trace::Canonical& out) const;

 private:
  /// What the front of the client's unread octets waits for.
  enum class Reading : std::uint8_t {
    command,   // nothing: the next command can be read
    answer,    // the server's answer to AUTHENTICATE, AUTH, STARTTLS or STLS
    response,  // nothing: the next line is a SASL response
    verdict,   // the server's answer to a SASL response
    leave,     // the server's leave for a synchronising literal
  };

  struct Command {
    bool in_flight = false;
    bool has_tag = true;      // false: malformed; an untagged BAD answers it as well
    bool multi_line = false;  // POP3: an OK reply goes on until "."
    trace::Verb verb = trace::Verb::none;
    trace::Mechanism mechanism = trace::Mechanism::none;
    std::string tag;
    std::string user;  // presented so far
    std::uint64_t secret = 0;
  };

  // observer.cpp: what both protocols share
  [[nodiscard]] trace::Event event(trace::Kind kind) const;
  [[nodiscard]] trace::Event event(trace::Kind kind, trace::CommandSlot slot) const;
  void record_client(std::string_view octets, trace::Trace& out);
  void record_server(std::string_view octets, trace::Trace& out) const;
  void read_client(trace::Trace& out);
  void read_server(trace::Trace& out);
  [[nodiscard]] bool read_response(trace::Trace& out);
  [[nodiscard]] bool too_long(std::string& unread, bool& dropping, bool from_server,
                              trace::Trace& out) const;
  trace::CommandSlot put_in_flight(Command command);
  void emit_command(Command command, std::string_view initial, std::string_view octets,
                    trace::Trace& out);
  void malformed_command(std::string_view tag, std::string_view octets, trace::Trace& out);
  void describe_message(std::string_view text, Command& command, trace::Event& e) const;
  void continuation(std::string_view text, trace::Trace& out);
  void complete(trace::CommandSlot slot, trace::Status status, std::string_view tag,
                trace::Trace& out);
  void offer(trace::MechanismSet mechanisms, trace::CapabilitySet capabilities,
             trace::OfferSource source, trace::Trace& out) const;

  // imap_observer.cpp
  [[nodiscard]] bool read_imap_command(trace::Trace& out);
  void imap_command(std::string_view frame, trace::Trace& out);
  [[nodiscard]] bool read_imap_literal(trace::Trace& out);
  void imap_line(std::string_view line, trace::Trace& out);
  void imap_response(std::string_view line, trace::Trace& out);
  void imap_untagged(std::string_view rest, trace::Trace& out);
  void imap_tagged(std::string_view tag, std::string_view rest, trace::Trace& out);
  void imap_code(std::string_view text, trace::OfferSource source, trace::Trace& out) const;
  void imap_list(std::string_view words, trace::OfferSource source, trace::Trace& out) const;

  // pop3_observer.cpp
  [[nodiscard]] bool read_pop3_command(trace::Trace& out);
  void pop3_command(std::string_view line, trace::Trace& out);
  void pop3_line(std::string_view line, trace::Trace& out);
  void pop3_list_line(std::string_view line, trace::Trace& out);

  trace::Protocol protocol_;
  trace::Point point_;
  std::uint16_t id_;
  bool greeted_ = false;
  bool dropping_client_ = false;  // the rest of a line that was too long
  bool dropping_server_ = false;
  bool in_lines_ = false;  // POP3: inside a multi-line reply
  Reading reading_ = Reading::command;
  std::uint8_t step_ = 0;                            // SASL responses in the exchange so far
  trace::CommandSlot exchange_ = trace::no_command;  // whose answer or response reading_ is about
  std::uint32_t literal_octets_ = 0;                 // Reading::leave: announced
  std::size_t scanned_ = 0;  // of client_: whole lines and literals of the command being read
  std::uint32_t server_literal_ = 0;  // octets of the server's literal that are still to come
  std::uint64_t data_digest_ = 0;     // of the untagged data being read; 0: none is
  std::string data_;                  // its first line
  std::string client_;                // unread
  std::string server_;
  std::string shown_;                      // of the dialogue: the client's line that hasn't ended
  std::vector<Command> commands_;          // by slot
  std::vector<trace::CommandSlot> order_;  // POP3: in flight, oldest first
  std::string user_;                       // POP3: of the last USER
  trace::MechanismSet list_mechanisms_;    // POP3: of the multi-line reply being read
  trace::CapabilitySet list_capabilities_;
};

}  // namespace sallyport::observe
