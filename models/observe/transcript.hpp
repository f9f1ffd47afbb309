// A readable record of a session → a trace. Witnesses in the property pages are written so, and
// recorded traffic can be.
//
//   imap
//   ! policy mechanisms=PLAIN
//   S0: * OK ready
//   C0: a1 CAPABILITY
//   S0: * CAPABILITY IMAP4rev1 AUTH=NTLM
//   S0: a1 OK done
//   ! quiescent
//
//   transcript = ("imap" / "pop3") *(line / fact / end / comment)
//   line  = ("C" / "S" / "F" / "B") [n] ":" [SP text]
//   fact  = "!" kind ["s" n] ["k" n] *(key "=" value / flag)
//   end   = "!" "close" ("s" / "k") n who
//         / "!" "tls" ("s" / "k") n ["user=" name] ["binding=" octets] ["valid"]
//
// C and S are client n and what it is answered, F and B the front-end on back-end connection n and
// what it is answered there; n is 0 where it is left out. A connection opens with its first line.
// Text goes out with CRLF, or without where the line ends in a single backslash. Octets that aren't
// printable stand as \r \n \\ \xNN. A fact is an event as in to_text, without its point and
// protocol: lease and release are seen inside, the others are given. `close` says who hangs up:
// client, server, front-end or back-end. `tls` has the user that a client's certificate stands for
// and the octets that a SCRAM client-final must hold for this channel, or for a back-end's wire
// `valid`, if the peer is who it has to be. Lines that begin with "#" don't count.
#pragma once

#include <expected>
#include <string_view>

#include "trace/event.hpp"

namespace sallyport::observe {

/// The events of both wires through Observers, and the dialogue.
[[nodiscard]] std::expected<trace::Trace, trace::TextError> read_transcript(std::string_view text);

}  // namespace sallyport::observe
