"""Every finding in corpora/regressions still shows what its first line expects."""

import json
import os
import pathlib
import subprocess
import unittest

SALLYPORT = os.environ["SALLYPORT"]
FOLDER = pathlib.Path(__file__).resolve().parents[3] / "corpora" / "regressions"
EXIT = {"holds": 0, "violated": 1}


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
                ran = subprocess.run([SALLYPORT, "replay", script, "--format", "json"], capture_output=True,
                                     text=True, timeout=60, check=False)
                verdicts = {r["property"]: r["verdict"] for r in json.loads(ran.stdout)["results"]}
                self.assertEqual((ran.returncode, verdicts.get(wanted)), (EXIT[verdict], verdict), ran.stdout)


if __name__ == "__main__":
    unittest.main()
