// Writes the dictionaries of corpora/dictionaries, one for each grammar: the words that the
// grammars and the vocabulary know, so that nobody keeps them twice. ci/generate-dictionaries calls
// it.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "client/phrases.hpp"
#include "targets/engine/random_script.hpp"
#include "trace/event.hpp"
#include "trace/vocabulary.hpp"
#include "wire/ntlm.hpp"
#include "world/script.hpp"

namespace {

using namespace sallyport;
using Words = std::set<std::string>;  // in the order of their octets

/// From one enumerator to another, by their names.
template <class E>
void add_names(Words& words, E first, E last, std::string_view behind = "") {
  for (auto i = static_cast<unsigned>(first); i <= static_cast<unsigned>(last); ++i) {
    words.insert(std::string(trace::name(static_cast<E>(i))).append(behind));
  }
}

void add_telling(Words& words, trace::Protocol protocol) {
  for (const std::string_view octets : engine::telling_octets(protocol)) {
    if (octets.size() <= 64) words.emplace(octets);
  }
}

Words imap_command() {
  Words words{"\r\n", " ", "{0}\r\n", "{5}\r\n", "{5+}\r\n", "{4294967295}", "{4294967296}", "\"",
              "\\",   "*", "a ",      "INBOX",   "DONE\r\n", "(FLAGS)",      "BODY[]",       "1:*"};
  add_names(words, trace::Verb::list, trace::Verb::uid, " ");
  add_names(words, trace::Mechanism::plain, trace::Mechanism::skey);
  add_telling(words, trace::Protocol::imap);
  return words;
}

Words imap_response() {
  Words words{"\r\n",
              "* ",
              "+ ",
              "a OK ",
              "* OK ",
              "* NO ",
              "* BAD ",
              "* BYE ",
              "* PREAUTH ",
              "EXISTS",
              "RECENT",
              "FETCH (BODY[] {5}\r\n",
              "FLAGS ",
              "SEARCH",
              "[CAPABILITY ",
              "[ALERT] ",
              "[UNAVAILABLE] ",
              "[AUTHENTICATIONFAILED] ",
              "[REFERRAL imap://a@b/] ",
              "[READ-WRITE] ",
              "IMAP4rev1",
              "* CAPABILITY "};
  add_names(words, trace::Capability::starttls, trace::Capability::id);
  for (auto i = static_cast<unsigned>(trace::Mechanism::plain);
       i <= static_cast<unsigned>(trace::Mechanism::skey); ++i) {
    words.insert("AUTH=" + std::string(trace::name(static_cast<trace::Mechanism>(i))));
  }
  return words;
}

Words pop3() {
  Words words{"\r\n",        ".\r\n",
              "..",          "+OK ",
              "-ERR ",       "+ ",
              "+OK\r\n",     "SASL ",
              "RESP-CODES",  "[AUTH] ",
              "[SYS/TEMP] ", "[SYS/PERM] ",
              "[IN-USE] ",   "<1896.697170952@dbc>"};
  add_names(words, trace::Verb::user, trace::Verb::quit, " ");
  add_names(words, trace::Mechanism::plain, trace::Mechanism::skey);
  add_telling(words, trace::Protocol::pop3);
  return words;
}

Words sasl() {
  Words words{std::string(1, '\0'),
              "\1\1",
              "n,,",
              "y,,",
              "p=tls-exporter,,",
              "n,a=",
              "n=",
              "r=",
              "s=",
              "i=4096",
              "c=biws",
              "p=",
              "v=",
              "e=",
              "m=",
              "=2C",
              "=3D",
              "*",
              "=",
              "auth=Bearer ",
              "user=",
              "host=",
              "port=",
              "\1"};
  add_names(words, trace::Mechanism::plain, trace::Mechanism::skey);
  return words;
}

Words ntlm() {
  Words words{wire::ntlm::to_utf16le("Domain"), wire::ntlm::to_utf16le("alice")};
  words.insert(wire::ntlm::build(wire::ntlm::Negotiate{}).substr(0, 12));
  words.insert(wire::ntlm::build(wire::ntlm::Challenge{}).substr(0, 12));
  words.insert(wire::ntlm::build(wire::ntlm::Authenticate{}).substr(0, 12));
  words.insert(wire::ntlm::build_target_info({}));
  for (std::uint16_t id = 1; id <= 10; ++id) {
    words.insert(wire::ntlm::build_target_info({{.id = id, .value = "ab"}}).substr(0, 4));
  }
  return words;
}

Words script() {
  Words words{"\n",
              "protocol imap\n",
              "protocol pop3\n",
              "property ",
              "subject ",
              "0 ",
              "1 ",
              " wrong",
              " misbound",
              " lease 1",
              " split 1",
              " wait 60",
              " mishap ",
              "vary 0 ",
              "plaintext",
              "inject",
              "secrets",
              "unknown-user",
              "\\x0d",
              "\""};
  for (std::size_t i = 0; i < client::verb_count; ++i) {
    words.emplace(client::facts(static_cast<client::Verb>(i)).name);
  }
  for (std::size_t i = 0; i < world::mishap_count; ++i) {
    words.emplace(world::facts(static_cast<world::Mishap>(i)).name);
  }
  for (const auto& account : world::accounts) words.emplace(account.name);
  for (const auto& phrase : client::phrases()) words.emplace(phrase.name);
  add_names(words, trace::Mechanism::plain, trace::Mechanism::apop);
  return words;
}

Words trace_text() {
  Words words{"client s0 imap ", "client s1 pop3 ", "backend k0 imap ", "inside ",
              "given ",          " verb=",          " status=OK",       " status=NO",
              " command=0",      " user=",          " secret=1",        " digest=~1",
              " amount=",        " tag=a",          " mechanisms=",     " capabilities=",
              " valid",          " from-server",    " repeated",        " from-literal"};
  for (std::size_t i = 0; i <= static_cast<std::size_t>(trace::Kind::quiescent); ++i) {
    std::string line = trace::to_text({{.kind = static_cast<trace::Kind>(i)}});
    line.pop_back();
    words.insert(line.substr(line.rfind(' ')));
  }
  add_names(words, trace::Verb::list, trace::Verb::http);
  return words;
}

std::string text_of(const Words& words) {
  std::string out =
      "# Generated by ci/generate-dictionaries, for libFuzzer's -dict= and AFL++'s -x.\n";
  for (const std::string& word : words) {
    out += '"';
    for (const char c : word) {
      constexpr std::string_view digits = "0123456789abcdef";
      const auto octet = static_cast<unsigned char>(c);
      const bool plain = octet >= 0x20 && octet < 0x7f && c != '"' && c != '\\';
      if (plain) {
        out += c;
      } else {
        out.append("\\x").append({digits[octet >> 4U], digits[octet & 0xfU]});
      }
    }
    out += "\"\n";
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("sallyport: expected the name of a directory\n", stderr);
    return 2;
  }
  const std::pair<const char*, Words> dictionaries[] = {{"imap-command", imap_command()},
                                                        {"imap-response", imap_response()},
                                                        {"pop3", pop3()},
                                                        {"sasl", sasl()},
                                                        {"ntlm", ntlm()},
                                                        {"script", script()},
                                                        {"trace", trace_text()}};
  for (const auto& [name, words] : dictionaries) {
    const auto path = std::filesystem::path(argv[1]) / (std::string(name) + ".dict");
    if (std::ofstream(path, std::ios::binary) << text_of(words)) continue;
    std::fprintf(stderr, "sallyport: %s: cannot be written\n", path.c_str());
    return 2;
  }
  return 0;
}
