// What libetpan, an IMAP and POP3 client that we didn't write, makes of a server's octets. They
// come from memory, and what it says in return goes nowhere.
#pragma once

#include <string_view>

namespace sallyport::differential {

/// What a reader took a server's answer for.
enum class Answer { refused, ok, no, bad, preauth, bye, not_asked };
[[nodiscard]] std::string_view to_text(Answer answer);

/// The greeting of an IMAP server. What stands behind it counts for nothing, but libetpan reads on
/// when it is done: it isn't asked where etpan_imap_answer() wouldn't ask it about that.
[[nodiscard]] Answer etpan_imap_greeting(std::string_view octets);
/// The answer to a NOOP whose tag is 1, with whatever comes before it. libetpan 1.9.4 isn't asked
/// where a line ends in a response code: RFC 3501 §9 has text behind each.
[[nodiscard]] Answer etpan_imap_answer(std::string_view octets);
/// The greeting of a POP3 server.
[[nodiscard]] Answer etpan_pop3_greeting(std::string_view octets);

}  // namespace sallyport::differential
