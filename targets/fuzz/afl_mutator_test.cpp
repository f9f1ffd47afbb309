// The library that afl-fuzz loads, loaded as afl-fuzz loads it.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <string>

#include "world/script.hpp"

namespace sallyport::fuzz {
namespace {

using Init = void* (*)(void*, unsigned);
using Fuzz = std::size_t (*)(void*, std::uint8_t*, std::size_t, std::uint8_t**, std::uint8_t*,
                             std::size_t, std::size_t);
using Deinit = void (*)(void*);

TEST(AflMutator, MakesScriptsOfScripts) {
  void* const library = dlopen(AFL_MUTATOR, RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(library, nullptr) << dlerror();
  const auto init = reinterpret_cast<Init>(dlsym(library, "afl_custom_init"));
  const auto fuzz = reinterpret_cast<Fuzz>(dlsym(library, "afl_custom_fuzz"));
  const auto deinit = reinterpret_cast<Deinit>(dlsym(library, "afl_custom_deinit"));
  ASSERT_TRUE(init != nullptr && fuzz != nullptr && deinit != nullptr);

  const auto script = world::script_from_text("protocol pop3\n0 login alice\n1 login bob\n");
  std::string input = world::to_bytes(*script);
  std::string other = input;
  const auto octets = [](std::string& text) {
    return reinterpret_cast<std::uint8_t*>(text.data());
  };
  void* const mutator = init(nullptr, 1);
  std::size_t changed = 0;
  for (int i = 0; i < 200; ++i) {
    std::uint8_t* out = nullptr;
    const std::size_t size =
        fuzz(mutator, octets(input), input.size(), &out, octets(other), other.size(), 64);
    const std::string made(reinterpret_cast<const char*>(out), size);
    EXPECT_LE(made.size(), 64U);
    if (made.empty()) continue;  // it would have been longer
    EXPECT_EQ(world::to_bytes(world::script_from_bytes(made)), made);
    changed += made != input ? 1 : 0;
  }
  deinit(mutator);
  EXPECT_GT(changed, 100U);
  dlclose(library);
}

}  // namespace
}  // namespace sallyport::fuzz
