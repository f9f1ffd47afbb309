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
//
// What a server may do early. It may refuse a command before all of it came where the client has
// announced the rest by {n+} (RFC 7888 §4) or sends a line beyond what every server must take; the
// rest is then stepped over. Any other answer that comes before its command is one that answers no
// command. How the octets were cut into segments changes nothing of what is seen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "observe/literal_words.hpp"
#include "observe/messages.hpp"
#include "observe/nonces.hpp"
#include "observe/secrets.hpp"
#include "trace/canonical.hpp"
#include "trace/event.hpp"

namespace sallyport::observe {

// Whatever the peers send, an observer holds less than a megabyte.

/// A line that is longer is one malformed event; the rest of it, up to its LF, is stepped over.
inline constexpr std::size_t line_octets_max = 65536;
/// So is a command that is longer with its literals; the literals are stepped over too.
inline constexpr std::size_t frame_octets_max = 262144;
/// Octets of a client that wait for the server's answers. When there are more, that is one
/// malformed event, and nothing more that the client sends is read until TLS starts.
inline constexpr std::size_t waiting_octets_max = 524288;
/// Commands in flight at once on one connection; further ones wait for one to be completed.
inline constexpr std::size_t commands_max = 64;
/// A server may refuse a line without end from here on: IMAP (RFC 2683 §3.2.1.5), and a line inside
/// a SASL exchange; POP3 (RFC 2449 §4, less the line end and a little).
inline constexpr std::size_t imap_line_octets_early = 1000;
inline constexpr std::size_t pop3_line_octets_early = 250;
/// {n} is always told as a literal, {n+} where it announces more than this.
inline constexpr std::size_t literal_octets_told = 65536;

/// What the observers of a run have in common; both may be missing.
struct Shared {
  Nonces* nonces = nullptr;
  const Secrets* secrets = nullptr;
};

class Observer {
 public:
  /// `id` is the session for Point::client and the link for Point::backend.
  Observer(trace::Protocol protocol, trace::Point point, std::uint16_t id);

  void opened(trace::Trace& out);
  void from_client(std::string_view octets, trace::Trace& out, Shared shared = {});
  void from_server(std::string_view octets, trace::Trace& out, Shared shared = {});
  /// TLS stands; what is still unread on either side belongs to the time before it. On a client's
  /// wire with the user that his certificate stands for and what the channel is bound by; on a
  /// back-end's `valid` if that is who it has to be.
  void tls(trace::Trace& out, std::string_view user = {}, std::uint64_t binding = 0,
           bool valid = false);
  void closed(bool by_server, trace::Trace& out);

  /// What it watches has another number from now on.
  void rename(std::uint16_t id) { id_ = id; }

  void canonical(trace::Canonical& out) const;

 private:
  /// What the front of the client's unread octets waits for.
  enum class Reading : std::uint8_t {
    command,    // nothing: the next command can be read
    answer,     // the server's answer to AUTHENTICATE, AUTH, IDLE, STARTTLS or STLS
    response,   // nothing: the next line is a SASL response, or IDLE's DONE
    verdict,    // the server's answer to that
    leave,      // the server's leave for a synchronising literal
    handshake,  // TLS: STARTTLS or STLS was accepted
  };

  struct Command {
    bool in_flight = false;
    bool malformed = false;            // an untagged BAD answers it as well
    bool multi_line = false;           // POP3: an OK reply goes on until "."
    bool behind_literals = false;      // those that words_ is of
    std::uint8_t behind_nameless = 0;  // so many of nameless_ came before it
    trace::Verb verb = trace::Verb::none;
    trace::Mechanism mechanism = trace::Mechanism::none;
    std::string tag;
    Identity identity;  // presented so far
    std::string nonce;  // the client's in this exchange
  };

  /// The answer that a reply's first line is.
  struct Reply {
    std::uint64_t digest = 0;  // of the text behind the status; 0: there is none
    std::uint32_t octets = 0;  // of the line
    trace::Code code{};
  };

  /// Where events go while octets are read.
  struct Sink {
    trace::Events& events;
    Shared shared;
    std::uint32_t line_octets = 0;  // of the server's line that is being read, with its end
  };

  // observer.cpp: what both protocols share
  [[nodiscard]] trace::Event event(trace::Kind kind) const;
  [[nodiscard]] trace::Event event(trace::Kind kind, trace::CommandSlot slot) const;
  void record(std::string_view piece, bool from_server, trace::Trace& out);
  void flush_dialogue(trace::Trace& out);
  void read_client(Sink& out);
  [[nodiscard]] bool skip_rest();
  void read_server(std::string_view piece, Sink& out);
  [[nodiscard]] bool has_free_slot() const;
  trace::CommandSlot put_in_flight(Command command);
  void free(trace::CommandSlot slot, Reading then, Sink& out);
  void drop(trace::CommandSlot slot);
  void complete(trace::CommandSlot slot, trace::Status status, std::string_view tag,
                const Reply& reply, Sink& out);
  [[nodiscard]] static Reply reply_of(std::string_view text, const Sink& out);
  void offer(trace::MechanismSet mechanisms, trace::CapabilitySet capabilities,
             trace::OfferSource source, Sink& out) const;
  void malformed_from_server(std::string_view octets, Sink& out) const;
  void disclose(std::string_view octets, Sink& out) const;

  // exchange.cpp: commands, and the SASL exchanges behind them
  trace::CommandSlot emit_command(Command command, std::string_view initial,
                                  std::string_view octets, Sink& out);
  void read_message(std::string_view text, Command& command, std::uint8_t step, trace::Event& e,
                    const Sink& out) const;
  void read_challenge(std::string_view text, trace::Event& e, const Sink& out) const;
  [[nodiscard]] bool read_response(Sink& out);
  void continuation(std::string_view text, Sink& out);

  // imap_observer.cpp
  [[nodiscard]] bool read_imap_command(Sink& out);
  void announce(std::uint32_t octets, trace::Blob blob, bool waits, Sink& out);
  void grant_literal(Sink& out);
  trace::CommandSlot report_front(std::size_t size, bool whole, Sink& out);
  trace::CommandSlot imap_command(std::string_view frame, bool malformed, Sink& out);
  void follow_literals(std::string_view frame, Command& command);
  [[nodiscard]] bool stands_in_literal(std::string_view tag) const;
  [[nodiscard]] bool refuse_front(Sink& out);
  void imap_line(std::string_view line, Sink& out);
  void imap_response(std::string_view line, Sink& out);
  void imap_untagged(std::string_view rest, std::uint64_t digest, Sink& out);
  void untagged_bad(Sink& out);
  [[nodiscard]] bool answer_malformed(Sink& out);
  void imap_tagged(std::string_view tag, std::string_view rest, Sink& out);
  void imap_code(std::string_view text, trace::OfferSource source, Sink& out) const;
  void imap_list(std::string_view words, trace::OfferSource source, Sink& out) const;

  // pop3_observer.cpp
  [[nodiscard]] bool read_pop3_command(Sink& out);
  void pop3_command(std::string_view line, bool malformed, Sink& out);
  void pop3_line(std::string_view line, Sink& out);
  void pop3_reply(bool ok, std::string_view line, Sink& out);
  void pop3_list_line(std::string_view line, Sink& out);

  trace::Protocol protocol_;
  trace::Point point_;
  std::uint16_t id_;
  bool greeted_ = false;
  bool blind_ = false;      // the client isn't read any more: see waiting_octets_max
  bool spoilt_ = false;     // a line of the command at the front isn't well-formed
  bool skipping_ = false;   // the front is the rest of something that was reported already
  bool dropping_ = false;   // the rest of a server's line that was too long
  bool in_data_ = false;    // IMAP: inside untagged data with literals
  bool in_lines_ = false;   // POP3: inside a multi-line reply
  bool logged_in_ = false;  // Point::backend: what comes now is the client's to say
  Reading reading_ = Reading::command;
  /// The oldest `count` lines without a tag have their answer, or will get none.
  void pass_nameless(std::uint8_t count);

  std::uint8_t nameless_ = 0;  // IMAP: malformed lines without a tag, perhaps to be answered yet
  std::uint8_t step_ = 0;      // messages of the client in the exchange
  trace::CommandSlot exchange_ = trace::no_command;  // whose answer or response reading_ is about
  trace::CommandSlot partial_ = trace::no_command;   // of the command at the front, not yet whole
  std::uint32_t literal_octets_ = 0;                 // Reading::leave: announced
  std::uint32_t carried_octets_ = 0;                 // in literals of the command at the front
  std::uint32_t skip_octets_ = 0;                    // skipping_: of a literal, still to come
  std::uint32_t server_literal_ = 0;                 // of the server's literal, still to come
  std::size_t scanned_ = 0;  // of client_: whole lines and literals of the command at the front
  std::uint64_t data_digest_ = 0;  // in_data_: so far
  std::string data_;               // in_data_: its first line
  std::string client_;             // unread
  std::string server_;
  std::string shown_client_;  // of the dialogue: a line that hasn't ended
  std::string shown_server_;
  std::vector<Command> commands_;          // by slot
  std::vector<trace::CommandSlot> order_;  // in flight, oldest first
  LiteralWords words_;                     // of the last command that had literals
  std::string user_;                       // POP3: of the last USER
  Reply lines_reply_;                      // POP3: of the multi-line reply being read
  trace::MechanismSet list_mechanisms_;    // POP3: of the multi-line reply being read
  trace::CapabilitySet list_capabilities_;
};

}  // namespace sallyport::observe
