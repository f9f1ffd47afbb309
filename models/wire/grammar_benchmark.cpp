// How fast the grammars read, in octets per second. The streams are what a busy session sends, in
// one buffer of about a mebibyte; framing and parsing are both counted.
#include <benchmark/benchmark.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "wire/base64.hpp"
#include "wire/imap.hpp"
#include "wire/ntlm.hpp"
#include "wire/pop3.hpp"

namespace sallyport::wire {
namespace {

constexpr std::size_t stream_octets = 1 << 20;

template <std::size_t N>
std::string stream_of(const std::array<std::string_view, N>& lines) {
  std::string stream;
  for (std::size_t i = 0; stream.size() < stream_octets; ++i) stream += lines[i % N];
  return stream;
}

void count_octets(benchmark::State& state, std::size_t octets) {
  state.SetBytesProcessed(static_cast<std::int64_t>(octets) * state.iterations());
}

/// Frames and parses the whole of `stream`; false where any of it is refused.
bool read_imap(std::string_view stream) {
  imap::Framer framer;
  bool good = true;
  while (!stream.empty()) {
    const imap::Framer::State found = framer.scan(stream);
    if (found == imap::Framer::State::continuation) {
      framer.grant();
      continue;
    }
    if (found != imap::Framer::State::complete) return false;
    const auto command = imap::parse_command(stream.substr(0, framer.size()));
    good = good && command.has_value();
    benchmark::DoNotOptimize(command);
    stream.remove_prefix(framer.size());
  }
  return good;
}

template <std::size_t N>
void run_imap(benchmark::State& state, const std::array<std::string_view, N>& lines) {
  const std::string stream = stream_of(lines);
  for (auto _ : state) {
    if (!read_imap(stream)) state.SkipWithError("a command was refused");
  }
  count_octets(state, stream.size());
}

void imap_commands(benchmark::State& state) {
  constexpr std::array<std::string_view, 12> lines{
      "a0001 CAPABILITY\r\n",
      "a0002 LOGIN alice@example.org \"correct horse battery staple\"\r\n",
      "a0003 LIST \"\" \"*\"\r\n",
      "a0004 SELECT INBOX\r\n",
      "a0005 UID FETCH 1:* (FLAGS)\r\n",
      "a0006 UID FETCH 4827:4831 (UID RFC822.SIZE FLAGS BODY.PEEK[HEADER.FIELDS (From To Cc Bcc "
      "Subject Date Message-ID Priority X-Priority References Newsgroups In-Reply-To "
      "Content-Type Reply-To)])\r\n",
      "a0007 UID FETCH 4831 (UID RFC822.SIZE BODY.PEEK[])\r\n",
      "a0008 UID STORE 4831 +FLAGS (\\Seen)\r\n",
      "a0009 STATUS \"Sent Items\" (UIDNEXT MESSAGES UNSEEN RECENT)\r\n",
      "a0010 UID SEARCH RETURN (ALL) UNDELETED SINCE 1-Nov-2025 FROM \"bob@example.net\"\r\n",
      "a0011 NOOP\r\n",
      "a0012 LOGOUT\r\n"};
  run_imap(state, lines);
}
BENCHMARK(imap_commands);

void imap_commands_with_literals(benchmark::State& state) {
  constexpr std::array<std::string_view, 4> lines{
      "a0001 LOGIN {5}\r\nalice {28+}\r\ncorrect horse battery staple\r\n",
      "a0002 SELECT {5+}\r\nINBOX\r\n",
      "a0003 APPEND Drafts (\\Seen) {96+}\r\nFrom: alice@example.org\r\nTo: bob@example.net\r\n"
      "Subject: a draft\r\n\r\nIt says little, in one line.\r\n\r\n",
      "a0004 UID SEARCH SUBJECT {7}\r\nwitness TEXT {8+}\r\nschedule\r\n"};
  run_imap(state, lines);
}
BENCHMARK(imap_commands_with_literals);

void pop3_lines(benchmark::State& state) {
  constexpr std::array<std::string_view, 8> lines{"USER alice@example.org\r\n",
                                                  "PASS correct horse battery staple\r\n",
                                                  "STAT\r\n",
                                                  "UIDL\r\n",
                                                  "LIST 4831\r\n",
                                                  "RETR 4831\r\n",
                                                  "DELE 4831\r\n",
                                                  "QUIT\r\n"};
  const std::string stream = stream_of(lines);
  const pop3::Limits limits;
  for (auto _ : state) {
    std::string_view rest = stream;
    pop3::LineFramer framer;
    while (!rest.empty()) {
      if (framer.scan(rest, limits.command_octets) != pop3::LineFramer::State::complete) {
        state.SkipWithError("a line was refused");
        break;
      }
      const auto command = pop3::parse_command(rest.substr(0, framer.size()));
      benchmark::DoNotOptimize(command);
      rest.remove_prefix(framer.size());
    }
  }
  count_octets(state, stream.size());
}
BENCHMARK(pop3_lines);

/// As long as the state's range says.
void base64(benchmark::State& state) {
  std::string octets(static_cast<std::size_t>(state.range(0)), '\0');
  for (std::size_t i = 0; i < octets.size(); ++i) octets[i] = static_cast<char>(i * 7 + 3);
  const std::string text = base64_encode(octets);
  for (auto _ : state) {
    const auto decoded = base64_decode(text);
    benchmark::DoNotOptimize(decoded);
  }
  count_octets(state, text.size());
}
BENCHMARK(base64)->Arg(64)->Arg(512)->Arg(65536);

void ntlm_authenticate(benchmark::State& state) {
  const std::string message =
      ntlm::build(ntlm::Authenticate{.flags = ntlm::unicode | ntlm::ntlm | ntlm::version,
                                     .lm_response = std::string(24, 'l'),
                                     .nt_response = std::string(150, 'n'),
                                     .domain = ntlm::to_utf16le("EXAMPLE"),
                                     .user = ntlm::to_utf16le("alice"),
                                     .workstation = ntlm::to_utf16le("WORKSTATION"),
                                     .session_key = std::string(16, 'k')});
  for (auto _ : state) {
    const auto parsed = ntlm::parse_authenticate(message);
    benchmark::DoNotOptimize(parsed);
  }
  count_octets(state, message.size());
}
BENCHMARK(ntlm_authenticate);

}  // namespace
}  // namespace sallyport::wire

BENCHMARK_MAIN();
