// POP3's side of a Connection: what a line does and how it is answered.
#pragma once

#include "backend/backend.hpp"
#include "backend/text.hpp"
#include "wire/result.hpp"

namespace sallyport::backend {

struct Connection::Pop3 {
  Connection& connection;
  Store& store;
  std::string& out;
  std::string_view arguments = {};  // of the command that is being answered

  static void greet(const Connection& connection, std::string& out);
  /// A whole command with its CRLF.
  void command(std::string_view line);
  /// A line that broke its grammar.
  void refuse(const wire::Error& error);
  /// The client's line inside an exchange, without CRLF.
  void response(std::string_view line);
  /// Says what became of an exchange, or of PASS.
  void finish(const Outcome& outcome);
  /// Hangs up, saying why.
  void bye(std::string_view why);

  // The commands.
  void capa();
  void stls();
  void auth();
  void user();
  void pass();
  void stat();
  void list();
  void uidl();
  void retr();
  void top();
  void dele();
  void rset();
  void noop();
  void quit();

 private:
  /// A message of this session.
  struct Message {
    std::uint32_t number = 0;  // 1-based
    std::uint32_t index = 0;   // in the account
    std::string_view text;
  };
  [[nodiscard]] std::vector<Message> messages() const;
  [[nodiscard]] std::optional<Message> message(std::string_view number) const;
  /// LIST and UIDL: one line of each message, or of the one that is named.
  template <class Line>
  void listing(Line&& line);
  void send(const Message& message, std::size_t body_lines_max);

  void ok(std::string_view text);
  void err(std::string_view text);
};

}  // namespace sallyport::backend
