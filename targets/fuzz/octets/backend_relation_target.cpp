// Octets are what a client sends to a back-end that offers all that it speaks, behind an I for IMAP
// or a P for POP3: what it answers doesn't depend on how they were cut into packets.
#include <algorithm>

#include "backend/backend.hpp"
#include "targets/fuzz/input.hpp"

namespace {

using namespace sallyport;
constexpr fuzz::Claim cut{"A back-end answers the same however octets are cut", "RFC 9293 §3.8"};

std::string answers(trace::Protocol protocol, std::string_view octets, std::size_t piece) {
  static backend::Directory directory = backend::example_directory();
  directory.mechanisms = backend::spoken;
  backend::Connection connection(directory, protocol, 1);
  backend::Store store;
  std::string said;
  connection.open(said);
  while (!octets.empty() && !connection.closing()) {
    connection.receive(octets.substr(0, piece), store, said);
    octets.remove_prefix(std::min(piece, octets.size()));
  }
  return said;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input("backend-relation", data, size);
  if (size == 0) return 0;
  const auto protocol = data[0] == 'P' ? trace::Protocol::pop3 : trace::Protocol::imap;
  const std::string_view octets = input.octets().substr(1);
  input.equal(cut, answers(protocol, octets, std::max<std::size_t>(octets.size(), 1)),
              answers(protocol, octets, 1));
  return 0;
}
