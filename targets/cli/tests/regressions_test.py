"""Every finding in corpora/regressions still shows what its first line expects."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

SALLYPORT = os.environ["SALLYPORT"]
FOLDER = pathlib.Path(__file__).resolve().parents[3] / "corpora" / "regressions"
EXIT = {"holds": 0, "violated": 1}


def judged(script):
    """The exit status of `replay`, and the verdict on each property."""
    ran = subprocess.run([SALLYPORT, "replay", script, "--format", "json"], capture_output=True, text=True, timeout=60,
                         check=False)
    return ran.returncode, {r["property"]: r["verdict"] for r in json.loads(ran.stdout)["results"]}


class Regressions(unittest.TestCase):
    def test_each_shows_what_it_says(self):
        scripts = sorted(FOLDER.glob("*.script"))
        self.assertTrue(scripts, f"no script in {FOLDER}")
        for script in scripts:
            with self.subTest(script=script.name):
                lines = script.read_text().splitlines()
                verdict = lines[0].removeprefix("# expect ")
                self.assertIn(verdict, EXIT, "the first line says '# expect holds' or '# expect violated'")
                wanted = next(line.split()[1] for line in lines if line.startswith("property "))
                status, verdicts = judged(script)
                self.assertEqual((status, verdicts.get(wanted)), (EXIT[verdict], verdict))

    def test_without_its_fault_no_front_end_does_what_a_fault_shows(self):
        faulty = [s for s in sorted(FOLDER.glob("*.script")) if "+" in s.read_text().split("subject ")[1].split("\n")[0]]
        self.assertTrue(faulty, f"no witness of a fault in {FOLDER}")
        for script in faulty:
            with self.subTest(script=script.name), tempfile.NamedTemporaryFile("w", suffix=".script") as unfaulted:
                text = script.read_text()
                subject = text.split("subject ")[1].split("\n")[0]
                unfaulted.write(text.replace(subject, subject.split("+")[0]))
                unfaulted.flush()
                _, verdicts = judged(unfaulted.name)
                self.assertNotIn("violated", verdicts.values())


if __name__ == "__main__":
    unittest.main()
