"""A night keeps what it has, says what it found, and ends by the contract; here with fuzzers that a test makes up."""

import json
import os
import signal
import subprocess
import time
import unittest

from script import CI, ScriptTest

FUZZER = """#!/bin/sh
for argument; do
  case $argument in -artifact_prefix=*) prefix=${argument#*=} ;; esac
done
"""
WELL = "echo 'stat::number_of_executed_units: 100'\n"
SEARCH = """#!/bin/sh
[ "$1" = verify ] || exit 0
echo "$@" >> arguments
while [ "$1" != --checkpoint ]; do shift; done
mkdir -p "$2" && touch "$2/any.checkpoint"
echo '{"results": [{"property": "ADV-01", "subject": "hardened/imap", "verdict": "holds", "bound": {"states": 3}}]}'
"""
VIOLATED = """echo x > ${prefix}crash-1
echo 'Requirement: ADV-01'
echo 'Actual:      a list offers NTLM'
echo "artifact_prefix='...'; Test unit written to ${prefix}crash-1"
exit 77
"""


class Nightly(ScriptTest):
    def builds(self, **fuzzers):
        """The folder of a build of which each fuzz target does what its text says."""
        folder = self.root / "builds" / "fuzz-fast"
        (folder / "bin").mkdir(parents=True)
        self.write("builds/fuzz-fast/fuzz-targets.txt",
                   "".join(f"sallyport-fuzz-{name}\n" for name in ("canary", *fuzzers)))
        for name, text in fuzzers.items():
            self.write(f"builds/fuzz-fast/bin/sallyport-fuzz-{name}", FUZZER + text).chmod(0o755)
        seeds = 'mkdir -p "$1/$2" && echo x > "$1/$2/seed"\n'
        self.write("builds/fuzz-fast/bin/sallyport-fuzz-seeds", "#!/bin/sh\n" + seeds).chmod(0o755)

    def start(self, *options):
        return subprocess.Popen([str(CI / "nightly"), "--output", str(self.root / "out"), *options],
                                env={**os.environ, "SALLYPORT_BUILDS": str(self.root / "builds")},
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def night(self, *options):
        process = self.start(*options)
        said, failed = process.communicate(timeout=60)
        return process.returncode, said + failed

    def results(self):
        return json.loads((self.root / "out" / "results.json").read_text(encoding="utf-8"))["results"]

    def test_all_well(self):
        self.builds(session=WELL, base64=WELL)
        status, said = self.night("--stages", "fast", "--budget", "2s")
        self.assertEqual(status, 0, said)
        (row,) = self.results()
        self.assertEqual((row["stage"], row["verdict"], row["executions"]), ("fast", "holds", 200))

    def test_how_coverage_grew_is_kept(self):
        grows = "printf '#2\\tINITED cov: 5 ft: 6\\n#90\\tNEW    cov: 12 ft: 20\\n'\n"
        self.builds(session=grows + WELL, base64=WELL)
        self.night("--stages", "fast", "--budget", "2s")
        (row,) = self.results()
        self.assertEqual(row["series"], [{"name": "sallyport-fuzz-session", "points": [[2, 5], [90, 12]]}])

    def test_a_bundle_is_made_where_the_command_is_built(self):
        self.builds(session=WELL, base64=WELL)
        self.assertIn("report: none: ", self.night("--stages", "fast", "--budget", "2s")[1])
        (self.root / "builds" / "release" / "bin").mkdir(parents=True)
        self.write("builds/release/bin/sallyport", f"#!/bin/sh\necho \"$@\" > {self.root}/asked\n").chmod(0o755)
        status, said = self.night("--stages", "fast", "--budget", "2s")
        self.assertEqual(status, 0, said)
        self.assertIn("report/index.html", said)
        self.assertIn(f"report {self.root}/out/results.json --output {self.root}/out/report",
                      (self.root / "asked").read_text(encoding="utf-8"))

    def test_a_violation_is_kept_and_does_not_end_the_night(self):
        self.builds(session=VIOLATED, base64=WELL)
        status, said = self.night("--stages", "fast", "--budget", "2s")
        self.assertEqual(status, 1, said)
        (row,) = self.results()
        self.assertEqual((row["verdict"], row["executions"]), ("violated", 100))
        (finding,) = row["findings"]
        self.assertEqual((finding["property"], finding["detail"]), ("ADV-01", "a list offers NTLM"))
        self.assertTrue((self.root / "out" / "findings" / "sallyport-fuzz-session" / "fuzz-fast-crash-1").exists())

    def test_a_fuzzer_that_fails_without_a_finding_leaves_things_open(self):
        self.builds(session="exit 1\n", base64=WELL)
        status, said = self.night("--stages", "fast", "--budget", "2s")
        self.assertEqual(status, 2, said)
        self.assertIn("sallyport-fuzz-session (exit 1", said)

    def test_the_search_goes_on_where_the_same_program_ended_last_night(self):
        self.builds()
        said = self.root / "arguments"
        search = SEARCH.replace("arguments", str(said))
        for text in (search, search, search + "# another build\n"):
            self.write("builds/release/bin/sallyport", text).chmod(0o755)
            status, output = self.night("--budget", "1s", "--stages", "explore")
            self.assertEqual(status, 0, output)
        self.assertEqual(["--resume" in line for line in said.read_text(encoding="utf-8").splitlines()],
                         [False, True, False])
        self.assertEqual(len(list((self.root / "out" / "checkpoints").iterdir())), 1)

    def test_nothing_run_is_3(self):
        self.builds(session="")
        self.assertEqual(self.night("--stages", "fast", "--budget", "2s")[0], 3)

    def test_an_interrupt_keeps_what_was_found(self):
        self.builds(session="sleep 60\n")
        for sign in (signal.SIGINT, signal.SIGTERM):
            process = self.start("--stages", "fast", "--budget", "60s", "--jobs", "1")
            log = self.root / "out" / "logs" / "fuzz-fast-sallyport-fuzz-session.log"
            for _ in range(300):
                if log.exists():
                    break
                time.sleep(0.1)
            process.send_signal(sign)
            said, failed = process.communicate(timeout=30)
            self.assertEqual(process.returncode, 2, said + failed)
            (row,) = self.results()
            self.assertEqual((row["verdict"], row["detail"][:22]), ("inconclusive", "stopped before its end"))
            log.unlink()

    def test_what_was_found_before_an_interrupt_counts(self):
        self.builds(session=VIOLATED, base64="sleep 60\n")
        process = self.start("--stages", "fast", "--budget", "60s", "--jobs", "2")
        for _ in range(300):
            if (self.root / "out" / "findings" / "sallyport-fuzz-session" / "fuzz-fast-crash-1").exists():
                break
            time.sleep(0.1)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        self.assertEqual(process.returncode, 1)
        self.assertEqual(self.results()[0]["findings"][0]["property"], "ADV-01")

    def test_wrong_usage_is_one_line(self):
        status, said = self.night("--stages", "nonsense")
        self.assertEqual((status, said.count("\n")), (2, 1), said)
        self.assertIn("there is no stage 'nonsense'; expected: fast, afl", said)
        self.assertEqual(self.night("--budget", "soon")[0], 2)


if __name__ == "__main__":
    unittest.main()
