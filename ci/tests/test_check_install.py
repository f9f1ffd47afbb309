"""An installation that lacks something isn't taken for a good one."""

import shutil
import unittest

from script import ScriptTest


@unittest.skipIf(shutil.which("cmake") is None, "cmake isn't installed")
class CheckInstall(ScriptTest):
    def test_an_empty_prefix(self):
        run = self.run_script("check-install", "--prefix", self.root)
        self.assertEqual(run.returncode, 1, run.stdout + run.stderr)
        self.assertIn("sallyport", run.stdout)

    def test_no_build(self):
        run = self.run_script("check-install", "--build", self.root)
        self.assertEqual((run.returncode, run.stderr.count("\n")), (2, 1), run.stderr)
        self.assertTrue(run.stderr.startswith("sallyport: "), run.stderr)


if __name__ == "__main__":
    unittest.main()
