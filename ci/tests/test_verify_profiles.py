"""The main job passes on exactly the expected violations, in every engine and over both protocols."""

import json
import tomllib
import unittest

from script import CI, ScriptTest

ENGINES = ("explore", "rapid", "fuzz")
EXPECTED = set(tomllib.loads((CI / "expected.toml").read_text(encoding="utf-8"))["exchange-2000"]["violated"])


def results(profile, violated, engines=ENGINES, protocols=("imap", "pop3")):
    return [{"property": name, "engine": engine, "subject": f"{profile}/{protocol}",
             "verdict": "violated" if name in violated else "holds"}
            for name in sorted(EXPECTED | {"STM-01"}) for engine in engines for protocol in protocols]


class VerifyProfiles(ScriptTest):
    def judge(self, before, after, *options, exits=(1, 0)):
        """Runs the job with a command that answers `before` for exchange-2000 and `after` for SP1."""
        for name, rows in (("exchange-2000", before), ("exchange-2000-sp1", after)):
            self.write(f"{name}.out", json.dumps({"schema": 1, "command": "verify", "results": rows}))
        command = self.write("sallyport", f"""#!/bin/sh
echo "$@" >> {self.root}/asked
cat {self.root}/$3.out
case $3 in exchange-2000) exit {exits[0]};; *) exit {exits[1]};; esac
""")
        command.chmod(0o755)
        return self.run_script("verify-profiles", command, self.root / "out", *options)

    def test_what_the_article_tells_is_expected(self):
        self.assertLessEqual({"ADV-01", "PER-01"}, EXPECTED)

    def test_the_expected_violations_pass(self):
        run = self.judge(results("exchange-2000", EXPECTED), results("exchange-2000-sp1", ()))
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertTrue((self.root / "out" / "exchange-2000.json").exists())

    def test_an_engine_that_misses_one_fails(self):
        rows = results("exchange-2000", EXPECTED, engines=("explore", "rapid"))
        rows += results("exchange-2000", EXPECTED - {"PER-01"}, engines=("fuzz",))
        run = self.judge(rows, results("exchange-2000-sp1", ()))
        self.assertEqual(run.returncode, 1)
        self.assertIn("PER-01 was not found violated by fuzz", run.stdout)

    def test_an_engine_that_says_nothing_fails(self):
        run = self.judge(results("exchange-2000", EXPECTED, engines=("explore", "rapid")),
                         results("exchange-2000-sp1", ()))
        self.assertEqual(run.returncode, 1)
        self.assertIn("no result from fuzz/imap, fuzz/pop3", run.stdout)

    def test_an_unexpected_violation_fails(self):
        run = self.judge(results("exchange-2000", EXPECTED | {"STM-01"}), results("exchange-2000-sp1", ()))
        self.assertEqual(run.returncode, 1)
        self.assertIn("STM-01 was found violated by explore/imap", run.stdout)

    def test_a_violated_service_pack_fails(self):
        run = self.judge(results("exchange-2000", EXPECTED),
                         results("exchange-2000-sp1", {"PER-01"}), exits=(1, 1))
        self.assertEqual(run.returncode, 1)

    def test_a_command_that_fails_is_told_apart(self):
        run = self.judge(results("exchange-2000", EXPECTED), [], exits=(1, 2))
        self.assertEqual(run.returncode, 2)

    def test_options_are_passed_on_and_narrow_what_is_expected(self):
        run = self.judge(results("exchange-2000", EXPECTED, engines=("explore",)),
                         results("exchange-2000-sp1", (), engines=("explore",)),
                         "--engine", "explore", "--budget", "1s")
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertIn("--engine explore --budget 1s --format json", (self.root / "asked").read_text())


if __name__ == "__main__":
    unittest.main()
