"""The bundle from outside, by tools that aren't ours: every command's JSON and results.json by docs/schema/ and
python3-jsonschema, results.sarif by SARIF's schema, junit.xml by Jenkins' and xmllint, digests by coreutils.

Run by ctest; by hand: SALLYPORT=build/dev/bin/sallyport /usr/bin/python3 targets/report/tests/bundle_test.py
"""

import copy
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

try:
    import jsonschema
except ImportError:
    jsonschema = None

ROOT = pathlib.Path(__file__).resolve().parents[3]
SALLYPORT = os.environ.get("SALLYPORT", "sallyport")
SCHEMAS = ROOT / "build" / "schemas"
QUICK = ["--engine", "explore,rapid", "--budget", "3000x", "--seed", "7"]
NIGHT = {"schema": 1, "command": "nightly", "results": [
    {"stage": "fast", "verdict": "violated", "detail": "200 executions", "seconds": 2.5, "executions": 200,
     "findings": [{"property": "ADV-01", "detail": "a list offers NTLM", "file": "findings/crash-1"}],
     "series": [{"name": "sallyport-fuzz-session", "points": [[2, 5], [100, 12]]}]},
    {"stage": "memory", "verdict": "skipped", "detail": "no libc++", "seconds": 0.1, "findings": []}]}
COVERAGE = {"schema": 1, "command": "coverage", "uncovered": {},
            "folders": {"models/wire": {"lines": 10, "covered": 9, "percent": 90.0}}}
TRANSCRIPT = "imap\nS0: * OK hello\nC0: a1 CAPABILITY\nS0: * CAPABILITY IMAP4rev1 AUTH=NTLM\nS0: a1 OK done\n"


def run(*arguments, **environment):
    return subprocess.run([SALLYPORT, *map(str, arguments)], capture_output=True, text=True, timeout=300, check=False,
                          env={**os.environ, "COLUMNS": "100", **environment})


class Bundle(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.root = pathlib.Path(temporary.name)
        cls.documents = {}
        cls.keep("night", json.dumps(NIGHT))
        cls.keep("coverage", json.dumps(COVERAGE))
        cls.keep("verify", run("verify", "--profile", "exchange-2000", *QUICK, "--format", "json").stdout)
        cls.keep("sp1", run("verify", "--profile", "exchange-2000-sp1", *QUICK, "--format", "json").stdout)
        cls.keep("matrix", run("faults", "--matrix", "--fault", "advertise-ntlm,refuse-id", *QUICK, "--format",
                               "json").stdout)
        (cls.root / "seen.txt").write_text(TRANSCRIPT, encoding="utf-8")
        cls.keep("audit", run("audit", cls.root / "seen.txt", "--format", "json").stdout)
        script = ROOT / "corpora" / "regressions" / "pop3-front-end-offers-ntlm.script"
        cls.keep("replay", run("replay", script, "--format", "json").stdout)
        # Nobody listens there: a probe that fails is a result as well.
        cls.keep("probe", run("probe", "imap://127.0.0.1:1", "--format", "json").stdout)
        cls.files = [cls.root / f"{name}.json" for name in cls.documents]
        cls.bundle = cls.report(cls.root / "bundle", *cls.files)

    @classmethod
    def keep(cls, name, text):
        (cls.root / f"{name}.json").write_text(text, encoding="utf-8")
        cls.documents[name] = json.loads(text)

    @classmethod
    def report(cls, output, *results, **environment):
        done = run("report", *results, "--output", output, "--attest", f"corpora={ROOT / 'corpora'}", **environment)
        if done.returncode != 0:
            raise AssertionError(done)
        return output

    def read(self, name):
        return json.loads((self.bundle / name).read_text(encoding="utf-8"))


@unittest.skipUnless(jsonschema, "python3-jsonschema isn't installed")
class Schema(Bundle):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        schema = json.loads((ROOT / "docs" / "schema" / "results.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        cls.schema = jsonschema.Draft202012Validator(schema)

    def test_every_commands_output_is_as_published(self):
        self.documents["lab"] = json.loads((ROOT / "docs" / "servers.json").read_text(encoding="utf-8"))
        self.documents["kept matrix"] = json.loads((ROOT / "docs" / "kill-matrix.json").read_text(encoding="utf-8"))
        self.documents["report"] = self.read("results.json")
        diff = run("report", "--diff", self.root / "verify.json", self.root / "sp1.json", "--format", "json")
        self.documents["diff"] = json.loads(diff.stdout)
        for name, document in self.documents.items():
            with self.subTest(document=name):
                self.schema.validate(document)

    def test_the_loader_refuses_what_the_schema_refuses(self):
        def spoilt(change):
            document = copy.deepcopy(self.documents["verify"])
            change(document)
            return document
        def row(name, value):
            return spoilt(lambda document: document["results"][0].update({name: value}))
        cases = {
            "schema": spoilt(lambda document: document.update(schema=2)),
            "command": spoilt(lambda document: document.update(command="dance")),
            "results": spoilt(lambda document: document.update(results={})),
            "verdict": row("verdict", "fine"),
            "engine": row("engine", "two words"),
            "subject": row("subject", ""),
            "exercised": row("exercised", -1),
            "bound": row("bound", {"budget": []}),
            "dialogue": row("witness", {"dialogue": "C0: a"}),
            "missing": spoilt(lambda document: document["results"][0].pop("detail")),
        }
        for name, document in cases.items():
            with self.subTest(case=name):
                self.assertFalse(self.schema.is_valid(document))
                file = self.root / "spoilt.json"
                file.write_text(json.dumps(document), encoding="utf-8")
                done = run("report", file, "--output", self.root / "none")
                self.assertEqual((done.returncode, done.stdout), (2, ""), done)
                self.assertRegex(done.stderr, r"\Asallyport: .*spoilt\.json: .+\n\Z")
                self.assertFalse((self.root / "none").exists())


class Formats(Bundle):
    def schema(self, name):
        file = SCHEMAS / name
        if not file.exists():
            self.skipTest(f"{file.relative_to(ROOT)} isn't there: see ci/fetch-schemas")
        return file

    @unittest.skipUnless(jsonschema, "python3-jsonschema isn't installed")
    def test_sarif_is_valid(self):
        schema = json.loads(self.schema("sarif.json").read_text(encoding="utf-8"))
        jsonschema.Draft4Validator(schema).validate(self.read("results.sarif"))
        broken = self.read("results.sarif")
        broken["runs"][0]["results"][0]["level"] = "loud"
        self.assertFalse(jsonschema.Draft4Validator(schema).is_valid(broken), "the schema sees something")

    def test_junit_is_valid(self):
        if not shutil.which("xmllint"):
            self.skipTest("xmllint isn't installed")
        check = ["xmllint", "--noout", "--schema", self.schema("junit.xsd")]
        done = subprocess.run([*check, self.bundle / "junit.xml"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        broken = self.root / "broken.xml"
        broken.write_text((self.bundle / "junit.xml").read_text(encoding="utf-8").replace("<testcase name=", "<testcase no="),
                          encoding="utf-8")
        self.assertNotEqual(subprocess.run([*check, broken], capture_output=True, check=False).returncode, 0)

    def test_sarif_has_a_rule_for_each_invariant_and_a_result_for_each_violation(self):
        (sarif,) = self.read("results.sarif")["runs"]
        rules = sarif["tool"]["driver"]["rules"]
        catalogue = json.loads(run("properties", "--format", "json").stdout)["properties"]
        self.assertEqual([rule["id"] for rule in rules], ["CRASH", *(each["id"] for each in catalogue)])
        for rule in rules[1:]:
            self.assertGreater(len(rule["help"]["text"]), len(rule["shortDescription"]["text"]) + 20, rule["id"])
        violated = {(row["property"], row["subject"]) for row in self.read("results.json")["results"]
                    if row["verdict"] == "violated"}
        found = [(result["ruleId"], result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"])
                 for result in sarif["results"]]
        self.assertEqual(len(found), len(set(found)))
        self.assertEqual({each for each in found if not each[1].startswith("nightly/")}, violated)
        for result in sarif["results"]:
            self.assertEqual(rules[result["ruleIndex"]]["id"], result["ruleId"])
            uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            self.assertTrue(uri.startswith("findings/") or (self.bundle / uri).exists(), uri)

    def test_fingerprints_outlive_another_witness(self):
        def fingerprints(bundle):
            (sarif,) = json.loads((bundle / "results.sarif").read_text(encoding="utf-8"))["runs"]
            return {(r["ruleId"], r["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]):
                    r["partialFingerprints"]["propertyAndSubject/v1"] for r in sarif["results"]}
        other = run("verify", "--profile", "exchange-2000", "--engine", "rapid", "--budget", "5000x", "--seed", "99",
                    "--format", "json").stdout
        (self.root / "other.json").write_text(other, encoding="utf-8")
        new = fingerprints(self.report(self.root / "other", self.root / "other.json"))
        old = fingerprints(self.bundle)
        common = old.keys() & new.keys()
        self.assertGreater(len(common), 2)
        self.assertEqual({key: old[key] for key in common}, {key: new[key] for key in common})
        self.assertEqual(len(set(old.values())), len(old))

    def test_the_statement_names_what_was_tested_by_digests_that_coreutils_agree_with(self):
        statement = self.read("attestation.json")
        self.assertEqual(statement["_type"], "https://in-toto.io/Statement/v1")
        self.assertEqual(statement["predicateType"], "https://in-toto.io/attestation/test-result/v0.1")
        digests = {subject["name"]: subject["digest"] for subject in statement["subject"]}
        def sha256(file):
            return subprocess.run(["sha256sum", file], capture_output=True, text=True, check=True).stdout.split()[0]
        self.assertEqual(digests["results.json"], {"sha256": sha256(self.bundle / "results.json")})
        self.assertEqual(digests["sallyport"], {"sha256": sha256(SALLYPORT)})
        tree = subprocess.run("find . -type f | cut -c3- | LC_ALL=C sort | xargs -r sha256sum | sha256sum | cut -f1 -d' '",
                              shell=True, cwd=ROOT / "corpora", capture_output=True, text=True, check=True).stdout
        self.assertEqual(digests["corpora"], {"dirHash": tree.strip()})
        predicate = statement["predicate"]
        self.assertEqual(predicate["result"], "FAILED")
        self.assertIn("ADV-01 exchange-2000/imap", predicate["failedTests"])
        self.assertIn("ADV-01 exchange-2000-sp1/imap", predicate["passedTests"])
        self.assertEqual([each["name"] for each in predicate["configuration"]], [file.name for file in self.files])

    def test_what_was_not_exercised_is_no_pass(self):
        vacuous = {f"{row['property']} {row['subject']}" for row in self.documents["sp1"]["results"]
                   if row["verdict"] == "vacuous"}
        holding = {f"{row['property']} {row['subject']}" for row in self.documents["sp1"]["results"]
                   if row["verdict"] == "holds"}
        passed = set(self.read("attestation.json")["predicate"]["passedTests"])
        self.assertTrue(vacuous - holding)
        self.assertFalse((vacuous - holding) & passed)
        junit = (self.bundle / "junit.xml").read_text(encoding="utf-8")
        self.assertEqual(len(re.findall("<skipped>vacuous: ", junit)), sum(
            row["verdict"] == "vacuous" for row in self.read("results.json")["results"]))

    def test_witnesses_can_be_run_again(self):
        script = next((self.bundle / "traces").glob("exchange-2000-pop3-*-ADV-01.script"))
        self.assertEqual(run("replay", script).returncode, 1)
        self.assertIn("> S0: ", script.with_suffix(".dialogue").read_text(encoding="utf-8"))


class Command(Bundle):
    def test_two_runs_are_the_same_to_the_octet(self):
        again = self.root / "again"
        again.mkdir(exist_ok=True)
        for name, profile in (("verify", "exchange-2000"), ("sp1", "exchange-2000-sp1")):
            text = run("verify", "--profile", profile, *QUICK, "--format", "json").stdout
            (again / f"{name}.json").write_text(text, encoding="utf-8")
        first = self.report(self.root / "first", self.root / "verify.json", self.root / "sp1.json",
                            SOURCE_DATE_EPOCH="1000000000")
        second = self.report(self.root / "second", again / "verify.json", again / "sp1.json",
                             SOURCE_DATE_EPOCH="1000000000")
        names = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
        self.assertEqual(names, sorted(path.relative_to(second) for path in second.rglob("*") if path.is_file()))
        for name in names:
            self.assertEqual((first / name).read_bytes(), (second / name).read_bytes(), name)
        self.assertIn("2001-09-09 01:46 UTC", (first / "index.html").read_text(encoding="utf-8"))

    def test_only_the_page_says_when(self):
        old, new = (self.report(self.root / name, self.root / "sp1.json", SOURCE_DATE_EPOCH=epoch)
                    for name, epoch in (("old", "1"), ("new", "1000000000")))
        differing = [path.name for path in old.rglob("*")
                     if path.is_file() and path.read_bytes() != (new / path.relative_to(old)).read_bytes()]
        self.assertEqual(differing, ["index.html"])

    def test_a_bundle_is_read_like_the_results_that_it_was_made_of(self):
        again = self.report(self.root / "of-a-bundle", self.bundle)
        new, old = (json.loads((folder / "results.json").read_text(encoding="utf-8")) for folder in (again, self.bundle))
        self.assertEqual(new.pop("sources")[0]["command"], "report")
        old.pop("sources")
        self.assertEqual(new, old)

    def test_an_older_bundles_witnesses_go(self):
        bundle = self.report(self.root / "reused", self.root / "verify.json")
        self.assertTrue(list((bundle / "traces").iterdir()))
        self.report(bundle, self.root / "coverage.json")
        self.assertEqual(list((bundle / "traces").iterdir()), [])

    def test_bad_input_gets_one_line(self):
        def file(name, octets):
            path = self.root / name
            path.write_bytes(octets)
            return path
        whole = (self.root / "verify.json").read_bytes()
        for arguments, saying in [
            ([file("empty.json", b"")], "not JSON"),
            ([file("cut.json", whole[:len(whole) // 2])], "not JSON"),
            ([file("list.json", b"[]")], "expected an object"),
            ([file("faults.json", run("faults", "--format", "json").stdout.encode())], "'schema'"),
            ([file("deep.json", b"[" * 200_000)], "not JSON"),
            ([file("latin.json", b'{"schema":1,"command":"verify\xff"}')], "not JSON"),
            (["/nowhere.json"], "No such file"),
            ([self.root], "results.json"),
            ([self.root / "sp1.json", "--attest", "corpora"], "NAME=PATH"),
            ([self.root / "sp1.json", "--attest", "it=/nowhere"], "/nowhere"),
        ]:
            with self.subTest(arguments=arguments):
                done = run("report", *arguments, "--output", self.root / "none")
                self.assertEqual((done.returncode, done.stdout), (2, ""), done)
                self.assertRegex(done.stderr, r"\Asallyport: .+\n\Z")
                self.assertIn(saying, done.stderr)
                self.assertFalse((self.root / "none").exists())
        done = run("report", self.root / "sp1.json")
        self.assertEqual((done.returncode, done.stderr), (2, "sallyport: report: --output is required\n"))
        done = run("report", self.root / "sp1.json", "--output", self.root / "sp1.json" / "x")
        self.assertEqual(done.returncode, 2)

    def test_no_name_leads_out_of_the_bundle(self):
        document = copy.deepcopy(self.documents["verify"])
        row = next(row for row in document["results"] if "witness" in row)
        row["subject"], row["property"] = "../../../../tmp/x", "../A"
        (self.root / "evil.json").write_text(json.dumps(document), encoding="utf-8")
        bundle = self.report(self.root / "evil", self.root / "evil.json")
        names = [path.name for path in (bundle / "traces").iterdir()]
        self.assertTrue(any("tmp-x" in name for name in names), names)
        self.assertFalse(any(name.startswith(".") for name in names))


class Diff(Bundle):
    def diff(self, old, new, *options):
        return run("report", "--diff", old, new, *options)

    def json_of(self, old, new):
        return json.loads(self.diff(old, new, "--format", "json").stdout)

    def test_a_service_pack_fixes(self):
        done = self.diff(self.root / "verify.json", self.root / "sp1.json")
        self.assertEqual(done.returncode, 0, done)
        self.assertIn("fixed", done.stdout)
        found = self.json_of(self.root / "verify.json", self.root / "sp1.json")
        self.assertEqual(found["violated"], [])
        self.assertIn(("ADV-01", "exchange-2000-sp1/imap"), {(row["property"], row["subject"]) for row in found["fixed"]})
        # Never called fixed: without NTLM in a list there is nothing to judge.
        self.assertIn("ADV-04", {row["property"] for row in found["lost"]})

    def test_what_is_newly_violated_comes_first_and_is_1(self):
        done = self.diff(self.root / "sp1.json", self.root / "verify.json")
        self.assertEqual(done.returncode, 1, done)
        self.assertTrue(done.stdout.startswith("newly violated\n"), done.stdout)
        found = self.json_of(self.root / "sp1.json", self.root / "verify.json")
        self.assertIn("ADV-01", {row["property"] for row in found["violated"]})

    def test_nothing_new_between_equals(self):
        done = self.diff(self.bundle, self.bundle)
        self.assertEqual(done.returncode, 0)
        found = self.json_of(self.bundle, self.bundle)
        self.assertGreater(found.pop("compared"), 100)
        self.assertEqual([value for value in found.values() if isinstance(value, list) and value], [])

    def test_bounds_and_nights_are_compared(self):
        other = run("verify", "--profile", "exchange-2000", "--engine", "explore,rapid", "--budget", "4000x", "--seed", "8",
                    "--format", "json").stdout
        (self.root / "larger.json").write_text(other, encoding="utf-8")
        bounds = self.json_of(self.root / "verify.json", self.root / "larger.json")["bounds"]
        self.assertIn(("rapid", "seed", "7", "8"), {(b["engine"], b["name"], b["before"], b["after"]) for b in bounds})
        quiet = copy.deepcopy(NIGHT)
        quiet["results"][0].update(verdict="holds", findings=[])
        (self.root / "quiet.json").write_text(json.dumps(quiet), encoding="utf-8")
        done = self.diff(self.root / "quiet.json", self.root / "night.json")
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("a list offers NTLM", done.stdout)
        self.assertEqual(self.diff(self.root / "night.json", self.root / "quiet.json").returncode, 0)

    def test_nothing_in_common_is_3(self):
        done = self.diff(self.root / "night.json", self.root / "sp1.json")
        self.assertEqual((done.returncode, done.stderr.count("\n")), (3, 1), done)

    def test_it_takes_two(self):
        self.assertEqual(self.diff(self.bundle, self.bundle, self.bundle).returncode, 2)


if __name__ == "__main__":
    unittest.main()
