// IMAP's side of a Connection: what a frame does and how it is answered.
#pragma once

#include "backend/backend.hpp"
#include "backend/text.hpp"
#include "wire/result.hpp"

namespace sallyport::backend {

struct Connection::Imap {
  Connection& connection;
  Store& store;
  std::string& out;
  std::string_view tag = {};        // of the command that is being answered
  std::string_view name = {};       // as the client wrote it
  std::string_view arguments = {};  // behind it

  static void greet(const Connection& connection, std::string& out);
  /// A whole command with its CRLF.
  void command(std::string_view frame);
  /// A command that broke its grammar.
  void refuse(std::string_view frame, const wire::Error& error);
  /// The client's line inside an exchange, without CRLF.
  void response(std::string_view line);
  /// Says what became of an exchange, or of LOGIN.
  void finish(const Outcome& outcome);
  /// Hangs up, saying why.
  void bye(std::string_view why);

  // The commands.
  void capability();
  void noop();
  void logout();
  void starttls();
  void login();
  void authenticate();
  void select();
  void status();
  void list();
  void close();
  void fetch();
  void search();
  void uid();
  void read_only();
  void fetch_as(bool by_uid);
  void search_as(bool by_uid);

 private:
  static std::string capabilities(const Connection& connection);
  void untagged(std::initializer_list<std::string_view> pieces);
  void ok(std::string_view text);
  void no(std::string_view text);
  void bad(std::string_view text);
};

}  // namespace sallyport::backend
