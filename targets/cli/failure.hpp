// How the command ends when it cannot do what it was asked: wrong usage, or a failure of the tool
// or of its subject. A Failure reaches the user as one line on stderr and exit status 2.
#pragma once

#include <stdexcept>
#include <string>

namespace sallyport::cli {

class Failure : public std::runtime_error {
 public:
  /// `what` is one line without the program's name in front and without a line end.
  explicit Failure(const std::string& what) : std::runtime_error(what) {}
};

}  // namespace sallyport::cli
