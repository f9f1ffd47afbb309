"""What the fuzzing scripts make of what fuzzers say: names, findings, figures, verdicts."""

import json
import pathlib
import sys
import unittest

from script import CI, ScriptTest

sys.path.insert(0, str(CI))  # the scripts' own modules
import coverage
import promote
import stages

FINDING = "property PER-01\nsubject hardened\nprotocol imap\n0 authenticate NTLM alice\n0 respond lease 1\n0 respond\n"


class Promote(unittest.TestCase):
    def test_a_name_says_what_is_done(self):
        self.assertEqual(promote.name_of(FINDING), "imap-per-01-authenticate-respond")

    def test_the_line_that_repeats_gives_the_finding_back(self):
        finding = 'property PER-01\nsubject hardened\nprotocol imap\n0 send "100% \'x\' \\\\ \\r\\n"\n'
        escaped = (finding.replace("\\", "\\\\").replace("\n", "\\n").replace("%", "%%").replace("'", "'\\''"))
        said = f"Requirement: PER-01\nRepeat:      printf '{escaped}' > finding.script && sallyport replay finding.script\n"
        self.assertEqual(promote.repeated(said), finding)
        self.assertIsNone(promote.repeated("Done 4 runs"))


class Coverage(ScriptTest):
    def file(self, text, segments):
        path = self.write("models/wire/a.cpp", text)
        return {"filename": str(path), "segments": segments, "summary": {"lines": {"count": 10, "covered": 9}}}

    def test_what_nothing_reached_is_named_by_its_first_line(self):
        file = self.file("int f() {\n  if (x) {\n    bad();\n    worse();\n  }\n}\n",
                         [[1, 9, 5, True, True, False], [2, 10, 0, True, True, False], [5, 4, 5, True, False, False],
                          [6, 2, 0, False, False, False]])
        self.assertEqual(coverage.uncovered(file), [(3, "bad();")])

    def test_figures_are_by_folder(self):
        rows = [{"filename": str(CI.parent / name), "summary": {"lines": {"count": 10, "covered": hit}}}
                for name, hit in (("models/wire/a.cpp", 10), ("models/wire/b.cpp", 5), ("properties/adv/c.cpp", 9))]
        found = coverage.figures(rows)
        self.assertEqual({name: row["percent"] for name, row in found.items()},
                         {"models/wire": 75.0, "properties": 90.0, "all": 80.0})

    def test_a_region_without_a_reason_is_wrong_and_a_reason_without_a_region_is_named(self):
        file = self.file("int f() {\n  bad();\n}\n", [[1, 9, 0, True, True, False], [3, 2, 0, False, False, False]])
        page = self.write("UNCOVERED.md", "| `models/x.cpp` | `` gone(); `` | it was rare |\n")
        before, coverage.PAGE = coverage.PAGE, page
        self.addCleanup(setattr, coverage, "PAGE", before)
        wrong, unused = coverage.differences([file])
        self.assertEqual([line.split(": ", 1)[1] for line in wrong], ["covered by nothing, and not explained: bad();"])
        self.assertEqual(unused, [("models/x.cpp", "gone();")])
        self.write("UNCOVERED.md", "| `*/a.cpp` | `` bad*; `` | nobody is so bad |\n")
        self.assertEqual(coverage.differences([file]), ([], []))


class Stages(ScriptTest):
    def test_a_finding_has_its_property_or_is_a_crash(self):
        log = self.write("log", "Requirement: ADV-01\nActual:      a list offers NTLM\n")
        self.assertEqual(stages.finding(log, log)["property"], "ADV-01")
        log = self.write("log", "==1==ERROR: AddressSanitizer: heap-buffer-overflow on\nSUMMARY: AddressSanitizer: x\n")
        found = stages.finding(log, log)
        self.assertEqual((found["property"], found["detail"][:32]), ("CRASH", "AddressSanitizer: heap-buffer-ov"))

    def test_a_violation_comes_first_and_nothing_run_is_no_pass(self):
        self.assertEqual(stages.verdict(["x"], 0, ["y"]), "violated")
        self.assertEqual(stages.verdict([], 5, ["y"]), "inconclusive")
        self.assertEqual(stages.verdict([], 5), "holds")
        self.assertEqual(stages.verdict([], 0), "vacuous")

    def test_results_are_found_among_remarks(self):
        log = self.write("log", "a remark\n" + json.dumps({"results": []}) + "\nsallyport: another\n")
        self.assertEqual(stages.rows_of(pathlib.Path(log)), {"results": []})

    def test_a_program_in_the_folder_is_a_stage(self):
        self.write("nightly.d/README.md", "# no program\n")
        self.write("nightly.d/lab", "#!/bin/sh\n").chmod(0o755)
        self.assertEqual(list(stages.others(self.root / "nightly.d")), ["lab"])


if __name__ == "__main__":
    unittest.main()
