#include "targets/cli/secrets.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "targets/cli/failure.hpp"
#include "targets/cli/files.hpp"

namespace sallyport::cli {
namespace {

void check_password(std::string_view password, std::string_view source) {
  if (password.empty()) throw Failure(fmt::format("{}: there is no password in it", source));
  const bool control =
      std::ranges::any_of(password, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
  if (control) {
    throw Failure(fmt::format(
        "{}: a password is one line; there is a line end or NUL within this one", source));
  }
}

void check_user(const std::string& user, std::string_view option) {
  const auto bad = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  if (user.empty() || std::ranges::any_of(user, bad)) {
    throw Failure(fmt::format("{} takes a user name without control characters", option));
  }
}

}  // namespace

std::string password_from(const std::string& file, std::string_view label) {
  std::string password = read_file(file, label);
  if (password.ends_with('\n')) password.pop_back();
  if (password.ends_with('\r')) password.pop_back();
  check_password(password, label);
  return password;
}

std::vector<Account> accounts_from(const AccountOptions& options) {
  std::vector<Account> accounts;
  const char* from_environment = std::getenv(std::string(password_variable).c_str());
  if (!options.user.empty()) {
    check_user(options.user, "--user");
    if (!options.password_file.empty()) {
      accounts.push_back(
          {options.user, password_from(options.password_file, options.password_file)});
    } else if (from_environment != nullptr) {
      accounts.push_back({options.user, from_environment});
      check_password(accounts.back().password, password_variable);
    } else {
      throw Failure(fmt::format("--user {} needs --password-file FILE, or {} in the environment",
                                options.user, password_variable));
    }
  } else if (!options.password_file.empty()) {
    throw Failure("--password-file needs --user NAME");
  }
  for (const std::string& account : options.accounts) {
    const std::size_t equals = account.find('=');
    if (equals == std::string::npos || equals + 1 == account.size()) {
      throw Failure("--account takes NAME=FILE, where FILE holds the password");
    }
    const std::string user = account.substr(0, equals);
    check_user(user, "--account");
    // The failure names the account only: someone may have put the password itself behind the '='.
    accounts.push_back(
        {user, password_from(account.substr(equals + 1),
                             fmt::format("the password file of --account {}", user))});
  }
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (accounts[i].user == accounts[j].user) {
        throw Failure(fmt::format("the account '{}' is given twice", accounts[i].user));
      }
    }
  }
  return accounts;
}

void add_account_options(CLI::App& app, AccountOptions& options) {
  app.add_option("--user", options.user, "A valid user's name")->type_name("NAME");
  app.add_option("--password-file", options.password_file,
                 "The file that holds the password of --user; without it the environment variable "
                 "SALLYPORT_PASSWORD is taken")
      ->type_name("FILE");
  app.add_option("--account", options.accounts,
                 "One more account: its name and the file that holds its password; repeatable")
      ->type_name("NAME=FILE")
      ->allow_extra_args(false);
}

}  // namespace sallyport::cli
