"""A planted bug counts as found only if its program fails with its own report, and only with the bug."""

import unittest

from script import ScriptTest

REPORT = "ERROR: AddressSanitizer: heap-buffer-overflow"


class ExpectReport(ScriptTest):
    def judge(self, *, well="exit 0", bug="exit 1"):
        program = self.write("program", f'#!/bin/sh\nif [ $# = 0 ]; then {well}; else {bug}; fi\n')
        program.chmod(0o755)
        return self.run_script("expect-report", REPORT, program)

    def test_the_report_is_shown(self):
        run = self.judge(bug=f"echo '==1=={REPORT} on address' >&2; exit 1")
        self.assertEqual((run.returncode, run.stdout), (0, f"==1=={REPORT} on address\n"))

    def test_a_bug_that_goes_unnoticed(self):
        run = self.judge(bug="exit 0")
        self.assertEqual(run.returncode, 1)
        self.assertIn("went unnoticed", run.stderr)

    def test_another_report(self):
        self.assertEqual(self.judge(bug="echo 'ERROR: AddressSanitizer: SEGV' >&2; exit 1").returncode, 1)

    def test_a_report_that_fails_nothing(self):
        self.assertEqual(self.judge(bug=f"echo '{REPORT}' >&2; exit 0").returncode, 1)

    def test_a_false_alarm(self):
        run = self.judge(well=f"echo '{REPORT}' >&2; exit 1", bug=f"echo '{REPORT}' >&2; exit 1")
        self.assertEqual(run.returncode, 1)
        self.assertIn("without its bug", run.stderr)


if __name__ == "__main__":
    unittest.main()
