"""A broken fuzz target fails the check of the OSS-Fuzz build, each for its own reason; a good one doesn't."""

import shutil
import subprocess
import unittest
import zipfile

from script import ScriptTest

COMPILER = shutil.which("clang++-19")
# Edges and calls enough for the thresholds; the seed "bad" crashes it where it was told to be broken.
SOURCE = """
#include <cstddef>
#include <cstdint>
#include <cstdlib>
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
#ifdef ENDS_AT_ONCE
  std::exit(0);
#endif
#ifdef CRASHES_ON_A_SEED
  if (size == 3 && data[0] == 'b' && data[1] == 'a' && data[2] == 'd') std::abort();
#endif
  volatile int kept[8] = {};
#define BRANCH(n) if (size > n && data[n] == n) kept[data[n] % 8] = kept[data[size - 1] % 8] + n;
#define TEN(n) BRANCH(n##0) BRANCH(n##1) BRANCH(n##2) BRANCH(n##3) BRANCH(n##4) BRANCH(n##5) BRANCH(n##6) BRANCH(n##7)
  TEN(1) TEN(2) TEN(3) TEN(4) TEN(5) TEN(6) TEN(7) TEN(8) TEN(9) TEN(10) TEN(11) TEN(12)
  return kept[0] < 0;
}
"""


@unittest.skipUnless(COMPILER, "clang++-19 is missing")
class OssFuzzRules(ScriptTest):
    def build(self, *flags, name="target"):
        """One fuzz target with everything beside it, in the folder `out`."""
        source = self.write("target.cpp", SOURCE)
        out = self.root / "out"
        out.mkdir(exist_ok=True)
        subprocess.run([COMPILER, "-O1", str(source), "-o", str(out / name), *flags], check=True)
        with zipfile.ZipFile(out / f"{name}_seed_corpus.zip", "w") as archive:
            archive.writestr("good", "good")
            archive.writestr("bad", "bad")
        self.write(f"out/{name}.dict", '"good"\n')
        self.write(f"out/{name}.options", "[libfuzzer]\nmax_len = 64\n")
        return out

    def judge(self, out, build="address"):
        run = self.run_script("oss-fuzz/check", "--rules", out, build)
        return run.returncode, run.stdout

    def broken(self, reason, *flags, build="address"):
        status, said = self.judge(self.build(*flags), build)
        self.assertEqual(status, 1, said)
        self.assertIn(reason, said)

    def test_no_target_is_no_pass(self):
        (self.root / "out").mkdir()
        status, said = self.judge(self.root / "out")
        self.assertEqual(status, 1)
        self.assertIn("no fuzz target", said)

    def test_a_good_target_until_something_beside_it_is_missing_or_bad(self):
        out = self.build("-fsanitize=address,fuzzer")
        self.assertEqual(self.judge(out)[0], 0)
        self.write("out/target.dict", "not a dictionary\n")
        self.assertIn("its dictionary can't be read", self.judge(out)[1])
        self.write("out/target.dict", '"good"\n')
        self.write("out/target.options", "max_len = 64\n")
        self.assertIn("target.options: ", self.judge(out)[1])
        (out / "target_seed_corpus.zip").unlink()
        self.assertIn("there is no target_seed_corpus.zip beside it", self.judge(out)[1])

    def test_a_seed_that_crashes(self):
        self.broken("a seed crashes it", "-fsanitize=address,fuzzer", "-DCRASHES_ON_A_SEED")

    def test_a_target_that_ends_at_once(self):
        self.broken("it doesn't start, or ends at once", "-fsanitize=address,fuzzer", "-DENDS_AT_ONCE")

    def test_the_wrong_sanitizer(self):
        self.broken("expected 0 at most: built with address?", "-fsanitize=address,fuzzer", build="memory")
        self.broken("not built with address?", "-fsanitize=fuzzer")

    def test_a_library_that_a_bare_system_lacks(self):
        self.broken("it needs libnettle.so", "-fsanitize=address,fuzzer", "-Wl,--no-as-needed", "-lnettle")

    def test_no_coverage_instrumentation(self):
        self.broken("it has no coverage instrumentation", "-fsanitize=address,fuzzer", "-fno-sanitize-coverage="
                    "inline-8bit-counters,indirect-calls,trace-cmp,pc-table,trace-gep,trace-div,edge,bb,func,trace-pc-guard")


if __name__ == "__main__":
    unittest.main()
