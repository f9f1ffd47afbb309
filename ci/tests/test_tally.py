"""The closing line counts what passed and failed; nothing run, not built or not readable is no pass."""

import unittest

from script import ScriptTest

CASES = """<testsuite>
  <testcase name="a" status="run"/>
  <testcase name="b" status="run"/>
  {}
</testsuite>"""


class Tally(ScriptTest):
    def tally(self, *cases, options=()):
        path = self.write("release.junit.xml", CASES.format("".join(cases)))
        run = self.run_script("tally", *options, path)
        return run.returncode, run.stdout.splitlines()

    def test_all_passed(self):
        self.assertEqual(self.tally(), (0, ["2 passed, 0 failed"]))

    def test_a_failure_is_named(self):
        status, lines = self.tally('<testcase name="c" status="fail"><failure/></testcase>')
        self.assertEqual((status, lines), (1, ["failed: release: c", "2 passed, 1 failed"]))

    def test_a_test_that_was_never_built_has_failed(self):
        status, lines = self.tally('<testcase name="c" status="notrun"><skipped message="Unable to find executable"/></testcase>')
        self.assertEqual((status, lines[-1]), (1, "2 passed, 1 failed"))

    def test_a_skipped_test_is_named_and_does_not_count(self):
        status, lines = self.tally('<testcase name="c" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/></testcase>')
        self.assertEqual((status, lines), (0, ["skipped: release: c", "2 passed, 0 failed"]))

    def test_a_build_that_failed_counts(self):
        self.assertEqual(self.tally(options=("--plus-failed", "1")), (1, ["2 passed, 1 failed"]))

    def test_a_run_without_results_has_failed(self):
        run = self.run_script("tally", self.root / "absent.xml")
        self.assertEqual((run.returncode, run.stdout.splitlines()[-1]), (1, "0 passed, 1 failed"))

    def test_nothing_run_is_no_pass(self):
        run = self.run_script("tally")
        self.assertEqual((run.returncode, run.stdout.splitlines()[-1]), (1, "0 passed, 0 failed"))


if __name__ == "__main__":
    unittest.main()
