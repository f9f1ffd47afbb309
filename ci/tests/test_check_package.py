"""What ci/check-package can't try, it says in one line."""

import os
import shutil
import subprocess
import unittest

from script import CI, ScriptTest


class CheckPackage(ScriptTest):
    def expect_one_line(self, run, saying):
        self.assertEqual((run.returncode, run.stderr.count("\n")), (2, 1), run.stderr)
        self.assertIn(saying, run.stderr)

    def test_wrong_usage(self):
        self.expect_one_line(self.run_script("check-package", "--root"), "usage: ci/check-package")

    @unittest.skipIf(shutil.which("setpriv") is None, "setpriv isn't installed")
    def test_without_root(self):
        drop = ["setpriv", "--reuid", "65534", "--clear-groups"] if os.geteuid() == 0 else []
        script = (CI / "check-package").read_text(encoding="utf-8")
        run = subprocess.run([*drop, "bash", "-s"], input=script, cwd="/", capture_output=True, text=True, check=False)
        self.expect_one_line(run, "needs root")


if __name__ == "__main__":
    unittest.main()
