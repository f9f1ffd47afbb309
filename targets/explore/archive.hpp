// What a search knows, on its way to a file and back. A class names its members once, in a member
// function archive(Archive&), which serves both ways.
//
// Numbers are written as this machine has them: a search is resumed by the program that began it.
// The last octets are a digest of all others, and no length is believed that the rest of the file
// doesn't hold; so a file that was cut or changed is refused, and never half read.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <istream>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "trace/event.hpp"

namespace sallyport::explore {

class Archive {
 public:
  /// What can't be written, or isn't an archive. `what` says why, without the file's name.
  struct Failure : std::runtime_error {
    using std::runtime_error::runtime_error;
  };

  explicit Archive(std::ostream& out) : out_(&out) {}
  /// Of `octets` in all.
  Archive(std::istream& in, std::uint64_t octets) : in_(&in), left_(octets) {
    if (left_ < sizeof digest_) throw Failure("is cut short");
    left_ -= sizeof digest_;
  }

  [[nodiscard]] bool reads() const { return in_ != nullptr; }

  template <class... Values>
  void operator()(Values&... values) {
    (one(values), ...);
  }
  /// Behind all values.
  void finish() {
    std::uint64_t digest = digest_;
    if (reads()) {
      in_->read(reinterpret_cast<char*>(&digest), sizeof digest);
      if (left_ != 0 || !*in_ || digest != digest_) throw Failure("is cut short or was changed");
    } else {
      out_->write(reinterpret_cast<const char*>(&digest), sizeof digest);
      out_->flush();
      if (!*out_) throw Failure("can't be written");
    }
  }

 private:
  template <class T>
  void one(T& value) {
    if constexpr (requires { value.archive(*this); }) {
      value.archive(*this);
    } else if constexpr (std::is_trivially_copyable_v<T>) {
      octets(reinterpret_cast<char*>(&value), sizeof value);
    } else {
      all_of(value);
    }
  }
  template <class T>
  void one(std::optional<T>& value) {
    bool is_there = value.has_value();
    one(is_there);
    if (is_there && !value) value.emplace();
    if (!is_there) value.reset();
    if (is_there) one(*value);
  }
  /// A string, or a vector.
  template <class Container>
  void all_of(Container& values) {
    using Value = typename Container::value_type;
    std::uint64_t size = values.size();
    one(size);
    if (reads()) {
      // Every value takes an octet or more.
      const std::uint64_t least = std::is_trivially_copyable_v<Value> ? sizeof(Value) : 1;
      if (size > left_ / least) throw Failure("is cut short or was changed");
      values.resize(size);
    }
    if constexpr (std::is_trivially_copyable_v<Value>) {
      octets(reinterpret_cast<char*>(values.data()), size * sizeof(Value));
    } else {
      for (Value& value : values) one(value);
    }
  }
  void octets(char* at, std::size_t count) {
    if (reads()) {
      if (count > left_) throw Failure("is cut short or was changed");
      in_->read(at, static_cast<std::streamsize>(count));
      left_ -= count;
    } else {
      out_->write(at, static_cast<std::streamsize>(count));
    }
    digest_ = trace::digest_of({at, count}, digest_);
  }

  std::istream* in_ = nullptr;
  std::ostream* out_ = nullptr;
  std::uint64_t left_ = 0;
  std::uint64_t digest_ = trace::digest_of("");
};

}  // namespace sallyport::explore
