// Passwords come from files or from the environment, never from an argument: arguments are for all
// of a machine's users to read. Nothing here prints one, and no message quotes one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace sallyport::cli {

struct Account {
  std::string user;
  std::string password;
};

/// The password in `file`: its octets without one line end (LF or CRLF) at the end. Fails where the
/// file can't be read, is empty, or holds more than one line. A failure calls the file `label`.
[[nodiscard]] std::string password_from(const std::string& file, std::string_view label);

/// What the options --user, --password-file and --account say.
struct AccountOptions {
  std::string user;
  std::string password_file;
  std::vector<std::string> accounts;  // NAME=FILE
};

/// The accounts in the order given, --user first. The password of --user comes from --password-file
/// or, without it, from the environment variable SALLYPORT_PASSWORD.
[[nodiscard]] std::vector<Account> accounts_from(const AccountOptions& options);

inline constexpr std::string_view password_variable = "SALLYPORT_PASSWORD";

void add_account_options(CLI::App& app, AccountOptions& options);

}  // namespace sallyport::cli
