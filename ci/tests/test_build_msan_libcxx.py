"""Where the instrumented library can't be had, that is said with the reason; nothing is downloaded to say so."""

import os
import shutil
import subprocess
import unittest

from script import CI, ScriptTest

TOOLS = ("bash", "dirname", "readlink", "sed", "sha256sum", "cut", "mkdir", "mktemp", "rm", "head", "cat")


@unittest.skipUnless(shutil.which("clang++-19"), "clang++-19 is missing")
class BuildMsanLibcxx(ScriptTest):
    def build(self, *arguments, without=(), **programs):
        """Runs it with few programs on the path: TOOLS, and what `programs` say."""
        folder = self.root / "bin"
        folder.mkdir()
        for name in {*TOOLS, "clang++-19", "cmake", "ninja", "python3"} - set(without):
            (folder / name).symlink_to(shutil.which(name))
        for name, text in programs.items():
            self.write(f"bin/{name}", f"#!/bin/sh\n{text}\n").chmod(0o755)
        return subprocess.run([str(CI / "build-msan-libcxx"), *arguments], capture_output=True, text=True, check=False,
                              env={**os.environ, "PATH": str(folder), "SALLYPORT_CACHE": str(self.root / "cache")})

    def assert_skipped(self, run, reason):
        self.assertEqual((run.returncode, run.stdout), (3, ""), run.stderr)
        self.assertRegex(run.stderr, f"^build-msan-libcxx: skipped: .*{reason}")

    def test_not_built_yet(self):
        self.assert_skipped(self.build("--where"), "nothing was built yet")

    def test_a_compiler_that_is_missing(self):
        self.assert_skipped(self.build(without=["clang++-19"]), "there is no clang")

    def test_a_machine_that_is_not_debian(self):
        self.assert_skipped(self.build(), "apt-get is missing")

    def test_a_mirror_that_cannot_be_reached(self):
        programs = {"apt-get": 'case "$1" in indextargets) echo http://mirror.invalid/debian ;; *) exit 100 ;; esac'}
        run = self.build(**programs)
        self.assertEqual(run.returncode, 3)
        self.assertIn("can't be downloaded", run.stderr)
        self.assertEqual([p.name for p in (self.root / "cache").iterdir()], ["msan-libcxx.log"])

    def test_wrong_usage(self):
        self.assertEqual(self.build("--nonsense").returncode, 2)


if __name__ == "__main__":
    unittest.main()
