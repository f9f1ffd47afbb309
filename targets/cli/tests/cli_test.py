"""The command's contract, from outside: exit statuses, one line on stderr for what goes wrong, JSON
that is one object and repeats to the octet, findings that replay, secrets that stay where they are.

Run by ctest; by hand: SALLYPORT=build/dev/bin/sallyport python3 targets/cli/tests/cli_test.py
"""

import json
import os
import pathlib
import pty
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest

SALLYPORT = os.environ.get("SALLYPORT", "sallyport")
SECRET = "correct-horse-battery"
BOTH = ["--imap", "127.0.0.1:0", "--pop3", "127.0.0.1:0"]
# Quick and repeatable: counts, not times.
QUICK = ["--engine", "explore,rapid", "--budget", "2000x", "--seed", "7"]


def run(*arguments, stdin="", environment=None, timeout=120):
    return subprocess.run(
        [SALLYPORT, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        env={**os.environ, "COLUMNS": "100", **(environment or {})},
    )


class Command(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = pathlib.Path(temporary.name)

    def file(self, name, text):
        path = self.directory / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def json_of(self, *arguments, status=None, **keywords):
        """The one object on stdout, and nothing else."""
        done = run(*arguments, "--format", "json", **keywords)
        if status is not None:
            self.assertEqual(done.returncode, status, done)
        value = json.loads(done.stdout)
        self.assertIsInstance(value, dict)
        return value

    def assert_fails(self, *arguments, saying=(), **keywords):
        """Exit 2, one line on stderr, nothing on stdout."""
        done = run(*arguments, **keywords)
        with self.subTest(arguments=arguments):
            self.assertEqual(done.returncode, 2, done)
            self.assertEqual(done.stdout, "", done)
            self.assertTrue(done.stderr.startswith("sallyport: "), done)
            self.assertEqual(done.stderr.count("\n"), 1, done)
            self.assertTrue(done.stderr.endswith("\n"), done)
            for part in [saying] if isinstance(saying, str) else saying:
                self.assertIn(part, done.stderr)
        return done


class WrongUsage(Command):
    def test_every_slip_is_one_line_and_2(self):
        for arguments, saying in [
            ([], "no command given"),
            (["verfy"], ["'verfy'", "verify"]),
            (["--bogus"], "--bogus"),
            (["verify", "--budgt", "3s"], ["--budgt", "--budget"]),
            (["verify", "--budget"], "--budget takes a value"),
            (["verify", "--budget", "soon"], ["'soon'", "200000x"]),
            (["verify", "--budget", "0s"], "0s"),
            (["verify", "--budget", "-3s"], "--budget"),
            (["verify", "--profile", "exchange2000"], ["'exchange2000'", "exchange-2000", "hard"]),
            (["verify", "--fault", "advertise-ntml"], ["advertise-ntml", "advertise-ntlm"]),
            (["verify", "--engine", "exploer"], ["'exploer'", "explore", "rapid", "fuzz"]),
            (["verify", "--protocol", "smtp"], ["'smtp'", "imap, pop3"]),
            (["verify", "--property", "ADV-99"], ["'ADV-99'", "ADV-01"]),
            (["verify", "--require", "nonsense"], "'nonsense'"),
            (["verify", "--seed", "x"], ["--seed", "'x'"]),
            (["verify", "--clients", "9"], "from 1 to 2"),
            (["verify", "--depth", "0"], "--depth"),
            (["verify", "--engine", "explore", "--resume"], "--checkpoint"),
            (["verify", "--engine", "explore", "--checkpoint", "/proc/there"], "/proc/there"),
            (["verify", "--engine", "explore", "--checkpoint", "/tmp", "--resume"], "no checkpoint"),
            (["verify", "--format", "xml"], "text, json"),
            (["verify", "extra"], "too many"),
            (["verify", "--output", "/dev/null/there"], "/dev/null/there"),
            (["properties", "ADV-1"], ["'ADV-1'", "ADV-01"]),
            (["faults", "--format", "yaml"], "yaml"),
            (["replay"], "FINDING"),
            (["replay", "/nowhere/to/be.found"], ["/nowhere/to/be.found", "No such file"]),
            (["replay", "/"], "/"),
            (["serve", "--profile", "dovecot"], "'dovecot'"),
            (["serve", "--imap", "nowhere"], "nowhere"),
            (["serve", "--schedule", "sometimes"], "sometimes"),
            (["serve", "--imaps", "127.0.0.1:0"], "--certificate"),
            (["serve", "--to-ca-file", "x"], "--to-tls"),
            (["serve", "--to-tls"], "isn't in this process"),
            (["serve", "--clients-ca-file", "x"], "--certificate"),
            (["probe", "imap://127.0.0.1:1", "--patience", "5s"], "--backend-tap"),
            (["probe", "imap://127.0.0.1:1", "--backend-tls"], "--backend-tap"),
            (["probe", "imap://127.0.0.1:1", "--own-key", "x"], "--own-certificate"),
            (["load", "imap://127.0.0.1:1"], "--user"),
            (["load", "smtp://127.0.0.1:1"], "imap://"),
            (["serve", "--password-file", "x"], "--user"),
            (["serve", "--account", "alice"], "NAME=FILE"),
            (["probe"], "URL"),
            (["probe", "smtp://127.0.0.1:25"], "smtp"),
            (["probe", "imap://127.0.0.1:1", "--user", "alice"], "--password-file"),
            (["probe", "imap://127.0.0.1:1", "--role", "middle"], ["'middle'", "frontend"]),
            (["probe", "imap://127.0.0.1:1", "--deviations", "/nowhere"], "/nowhere"),
            (["probe", "imap://127.0.0.1:1", "--rate", "0"], "--rate"),
            (["probe", "imap://127.0.0.1:1", "--silence", "long"], "--silence"),
            (["probe", "imap://127.0.0.1:1", "--backend-tap", "nowhere"], "nowhere"),
            (["interpose", "--listen", "127.0.0.1:0"], "--backend"),
            (["interpose", "--listen", "127.0.0.1:0", "--backend", "x"], "x"),
            (["interpose", "--listen", "x", "--backend", "x", "--churn", "close@noon"], "noon"),
            (["audit", "/nowhere"], "/nowhere"),
            (["audit"], "FILE"),
        ]:
            self.assert_fails(*arguments, saying=saying)

    def test_a_bad_line_of_a_finding_is_named(self):
        path = self.file("bad.script", "protocol imap\n0 capability\n0 dance\n")
        self.assert_fails("replay", path, saying=f"{path}:3: ")
        bad = "protocol imap\n0 dance\n"
        self.assert_fails("replay", "-", stdin=bad, saying="standard input:2: ")
        path = self.file("unknown.script", "property ADV-99\nsubject hardened\nprotocol imap\n")
        self.assert_fails("replay", path, saying="ADV-99")
        path = self.file("nobody.script", "property ADV-01\nsubject nobody\nprotocol imap\n")
        self.assert_fails("replay", path, saying="nobody")

    def test_octets_that_are_no_text_do_no_harm(self):
        path = self.directory / "noise.script"
        path.write_bytes(bytes(range(256)) * 8)
        self.assert_fails("replay", str(path))

    def test_a_full_disk_is_no_success(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run(
                [SALLYPORT, "properties"],
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
        self.assertEqual(done.returncode, 2)
        self.assertTrue(done.stderr.startswith("sallyport: standard output"))

    def test_help_and_version(self):
        self.assertRegex(run("--version").stdout, r"^sallyport \d+\.\d+\.\d+\n$")
        for command in ["", "verify", "probe", "audit", "load", "serve", "interpose", "replay",
                        "properties", "faults"]:
            for columns in ["60", "200"]:
                done = run(*command.split(), "--help", environment={"COLUMNS": columns})
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertIn("Usage: sallyport", done.stdout)


class Catalogue(Command):
    def test_properties(self):
        listed = self.json_of("properties", status=0)["properties"]
        self.assertGreaterEqual(len(listed), 10)
        for entry in listed:
            self.assertEqual(
                list(entry), ["id", "statement", "kind", "severity", "source", "needs"]
            )
            self.assertRegex(entry["id"], r"^[A-Z]{3}-\d\d$")
            self.assertTrue(all(isinstance(v, str) and v for v in entry.values()), entry)
        one = self.json_of("properties", "adv-01", status=0)["properties"]
        self.assertEqual([entry["id"] for entry in one], ["ADV-01"])
        self.assertIn(one[0]["source"], run("properties", "ADV-01").stdout)

    def test_faults(self):
        ids = {entry["id"] for entry in self.json_of("properties")["properties"]}
        listed = self.json_of("faults", status=0)["faults"]
        self.assertGreaterEqual(len(listed), 10)
        for entry in listed:
            self.assertEqual(list(entry), ["name", "property", "source"])
            self.assertIn(entry["property"], ids)

    def test_tables_fit_their_page(self):
        for columns in [60, 100, 200]:
            for command in ["properties", "faults"]:
                done = run(command, environment={"COLUMNS": str(columns)})
                for line in done.stdout.splitlines():
                    self.assertLessEqual(len(line), columns, line)

    def test_colours_on_a_terminal_only_and_not_if_unwanted(self):
        self.assertNotIn("\x1b", run("properties").stdout)
        self.assertIn("\x1b[1m", self.on_a_terminal("properties"))
        self.assertNotIn("\x1b", self.on_a_terminal("properties", NO_COLOR="1"))
        self.assertNotIn("\x1b", self.on_a_terminal("properties", TERM="dumb"))

    def on_a_terminal(self, *arguments, **environment):
        controller, terminal = pty.openpty()
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100", **environment}
        environment = {k: v for k, v in environment.items() if k != "NO_COLOR" or v == "1"}
        process = subprocess.Popen([SALLYPORT, *arguments], stdout=terminal, env=environment)
        os.close(terminal)
        shown = b""
        try:
            while piece := os.read(controller, 4096):
                shown += piece
        except OSError:  # the other end is closed
            pass
        os.close(controller)
        self.assertEqual(process.wait(timeout=10), 0)
        return shown.decode()


class Verify(Command):
    def check_row(self, row):
        self.assertIn(
            row["verdict"], ["holds", "violated", "vacuous", "unobservable", "inconclusive"]
        )
        for key, kind in [
            ("property", str),
            ("engine", str),
            ("subject", str),
            ("exercised", int),
            ("detail", str),
            ("bound", dict),
        ]:
            self.assertIsInstance(row[key], kind, row)
        self.assertEqual(row["verdict"] == "violated", "witness" in row, row)
        self.assertFalse([key for key in row["bound"] if "second" in key], row)
        if row["engine"] == "explore":
            self.assertIsInstance(row["bound"]["states"], int)
            self.assertIsInstance(row["bound"]["exhausted"], bool)
        if "witness" in row:
            self.assertIsInstance(row["witness"]["script"], str)
            self.assertTrue(row["witness"]["dialogue"])

    def test_the_knowledge_base_article(self):
        """KB 306874: the release advertises NTLM, the service pack doesn't."""
        before = self.json_of("verify", "--profile", "exchange-2000", *QUICK, status=1)
        self.assertEqual((before["schema"], before["command"]), (1, "verify"))
        for row in before["results"]:
            self.check_row(row)
        violated = {
            (row["property"], row["engine"], row["subject"])
            for row in before["results"]
            if row["verdict"] == "violated"
        }
        for protocol in ["imap", "pop3"]:
            self.assertIn(("ADV-01", "explore", f"exchange-2000/{protocol}"), violated)
        after = self.json_of("verify", "--profile", "exchange-2000-sp1", *QUICK, status=0)
        self.assertNotIn("violated", {row["verdict"] for row in after["results"]})

    def test_a_count_and_a_seed_repeat_to_the_octet(self):
        arguments = ["verify", "--profile", "exchange-2000", *QUICK, "--format", "json"]
        first, second = run(*arguments), run(*arguments)
        self.assertEqual(first.stdout, second.stdout)
        self.assertEqual(first.returncode, second.returncode)

    def test_a_walk_is_the_same_on_any_number_of_threads(self):
        arguments = ["verify", "--profile", "exchange-2000", "--protocol", "imap", "--engine", "walk",
                     "--budget", "1000x"]
        one = self.json_of(*arguments, "--threads", "1", status=1)
        self.assertEqual({row["engine"] for row in one["results"]}, {"walk"})
        self.assertEqual(self.json_of(*arguments, "--threads", "3", status=1), one)

    def test_every_witness_replays(self):
        output = self.directory / "findings"
        done = self.json_of(
            "verify", "--profile", "exchange-2000", *QUICK, "--output", str(output), status=1
        )
        self.assertEqual(json.loads((output / "results.json").read_text("utf-8")), done)
        witnesses = [row for row in done["results"] if "witness" in row]
        self.assertTrue(witnesses)
        self.assertEqual(len(list(output.glob("*.script"))), len(witnesses))
        for row in witnesses:
            name = f"{row['subject'].replace('/', '-')}-{row['engine']}-{row['property']}.script"
            with self.subTest(name=name):
                path = output / name
                self.assertEqual(path.read_text("utf-8"), row["witness"]["script"])
                self.assert_replays(str(path), row)

    def assert_replays(self, path, row):
        again = self.json_of("replay", path, status=1)
        self.assertEqual((again["schema"], again["command"]), (1, "replay"))
        (result,) = again["results"]
        self.assertEqual(result["property"], row["property"])
        self.assertEqual(result["subject"], row["subject"])
        self.assertEqual(result["verdict"], "violated")
        self.assertEqual(result["witness"], row["witness"])
        text = run("replay", path)
        self.assertEqual(text.returncode, 1)
        for heading in ["Requirement", "Source", "Expected", "Actual", "Repeat with"]:
            self.assertIn(heading, text.stdout)
        self.assertRegex(text.stdout, r"(?m)^  > ")

    def test_a_fault_is_put_into_hardened(self):
        arguments = ["--fault", "advertise-ntlm", "--protocol", "imap", *QUICK]
        done = self.json_of("verify", *arguments, status=1)
        self.assertEqual(
            {row["subject"] for row in done["results"]}, {"hardened+advertise-ntlm/imap"}
        )

    def test_a_required_property_that_was_not_exercised(self):
        arguments = ["--profile", "hardened", "--protocol", "imap", "--property", "ADV-01", *QUICK]
        self.json_of("verify", *arguments, status=0)
        self.json_of("verify", *arguments, "--require", "ADV-01", status=0)
        done = run("verify", *arguments, "--require", "PER-01", "--format", "json")
        self.assertEqual(done.returncode, 3)
        self.assertRegex(done.stderr, r"^sallyport: .*PER-01\n$")

    def test_a_violation_comes_before_all_else(self):
        arguments = ["--profile", "exchange-2000", "--property", "ADV-01", "--require", "PER-01"]
        self.json_of("verify", *arguments, *QUICK, status=1)

    def test_the_report_for_people(self):
        for columns in ["60", "200"]:
            arguments = ["verify", "--profile", "exchange-2000", *QUICK]
            done = run(*arguments, environment={"COLUMNS": columns})
            self.assertEqual(done.returncode, 1)
            self.assertEqual(done.stderr, "")
            for part in ["exchange-2000/imap", "ADV-01", "violated", "Requirement", "Repeat with"]:
                self.assertIn(part, done.stdout)
            self.assertNotIn("\x1b", done.stdout)

    def test_an_interrupt_leaves_the_results_so_far(self):
        arguments = ["--profile", "hardened", "--engine", "rapid", "--budget", "60s"]
        with subprocess.Popen(
            [SALLYPORT, "verify", *arguments, "--format", "json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                process.communicate(timeout=2)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGINT)
            stdout, stderr = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 2, stderr)
        self.assertRegex(stderr, r"^sallyport: interrupted[^\n]*\n$")
        self.assertTrue(json.loads(stdout)["results"])


class Replay(Command):
    def test_holding_is_0_and_vacuous_is_3(self):
        holds = "property ADV-01\nsubject hardened\nprotocol imap\n0 capability\n"
        self.json_of("replay", "-", stdin=holds, status=0)
        vacuous = "property PER-02\nsubject hardened\nprotocol imap\n0 noop\n"
        done = run("replay", "-", stdin=vacuous)
        self.assertEqual(done.returncode, 3)
        self.assertRegex(done.stderr, r"^sallyport: [^\n]+\n$")

    def test_another_front_end(self):
        finding = "property ADV-01\nsubject exchange-2000\nprotocol imap\n0 capability\n"
        self.json_of("replay", "-", stdin=finding, status=1)
        override = ["--profile", "exchange-2000-sp1"]
        fixed = self.json_of("replay", "-", *override, stdin=finding, status=0)
        self.assertEqual(fixed["results"][0]["subject"], "exchange-2000-sp1/imap")
        override = ["--profile", "hardened", "--fault", "advertise-ntlm"]
        broken = self.json_of("replay", "-", *override, stdin=finding, status=1)
        self.assertEqual(broken["results"][0]["subject"], "hardened+advertise-ntlm/imap")

    def test_a_plain_script_is_judged_by_every_property(self):
        done = self.json_of("replay", "-", stdin="protocol imap\n0 capability\n", status=1)
        self.assertGreater(len(done["results"]), 5)
        self.assertIn(
            ("ADV-01", "violated"), {(row["property"], row["verdict"]) for row in done["results"]}
        )

    def test_a_finding_is_reduced_to_what_violates(self):
        finding = "property ADV-01\nsubject exchange-2000\nprotocol imap\n1 noop\n1 noop\n1 capability split 3\n"
        done = self.json_of("replay", "-", "--reduce", stdin=finding, status=1)
        script = done["results"][0]["witness"]["script"]
        self.assertEqual(script, "property ADV-01\nsubject exchange-2000\nprotocol imap\n0 capability\n")
        holds = finding.replace("exchange-2000", "hardened")
        self.json_of("replay", "-", "--reduce", stdin=holds, status=0)

    def test_what_a_fuzzer_left_is_a_finding(self):
        path = self.directory / "crash"
        path.write_bytes(bytes(range(256)))  # every string of octets is a script
        done = self.json_of("replay", str(path), "--bytes", "--reduce", status=1)
        shown = next(row for row in done["results"] if row["verdict"] == "violated")
        again = self.json_of("replay", "-", stdin=shown["witness"]["script"], status=1)
        self.assertEqual([(r["property"], r["verdict"]) for r in again["results"]], [(shown["property"], "violated")])

    def test_a_crash_that_does_not_happen_any_more(self):
        finding = "property CRASH\nsubject hardened\nprotocol imap\n0 capability\n"
        done = self.json_of("replay", "-", stdin=finding, status=0)
        self.assertEqual(
            [(row["property"], row["verdict"]) for row in done["results"]], [("CRASH", "holds")]
        )


class Sibling(Command):
    """The instrumented sibling is whatever stands beside the command; here it is one that dies."""

    def setUp(self):
        super().setUp()
        # A copy, as the command looks beside the file that it was loaded from.
        self.command = shutil.copy(SALLYPORT, self.directory / "sallyport")
        fuzzer = self.directory / "sallyport-fuzz-session"
        fuzzer.write_text(
            "#!/bin/sh\n"
            "echo '==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x1' >&2\n"
            "echo 'SUMMARY: AddressSanitizer: heap-use-after-free world.cpp:1 in step' >&2\n"
            "exit 77\n",
            encoding="utf-8",
        )
        fuzzer.chmod(0o755)

    def test_a_sibling_in_the_private_folder(self):
        private = self.directory / "libexec" / "sallyport"
        private.mkdir(parents=True)
        shutil.move(self.directory / "sallyport-fuzz-session", private)
        (self.directory / "bin").mkdir()
        self.command = shutil.move(self.command, self.directory / "bin")
        finding = "property CRASH\nsubject hardened\nprotocol imap\n0 capability\n"
        self.assertEqual(self.run_copy("replay", "-", stdin=finding).returncode, 1)

    def run_copy(self, *arguments, stdin=""):
        return subprocess.run(
            [self.command, *arguments, "--format", "json"],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def test_a_crash_that_only_a_sanitizer_sees_is_repeated(self):
        finding = "property CRASH\nsubject hardened\nprotocol imap\n0 capability\n"
        done = self.run_copy("replay", "-", stdin=finding)
        self.assertEqual(done.returncode, 1, done)
        (row,) = json.loads(done.stdout)["results"]
        self.assertEqual((row["property"], row["verdict"]), ("CRASH", "violated"))
        self.assertIn("heap-use-after-free", row["detail"])
        self.assertEqual(row["witness"]["script"], finding)

    def test_a_fuzzer_that_fails_leaves_things_open(self):
        arguments = ["--profile", "hardened", "--protocol", "imap", "--engine", "fuzz"]
        done = self.run_copy("verify", *arguments, "--budget", "10x", "--require", "ADV-01")
        self.assertEqual(done.returncode, 2, done)
        self.assertRegex(done.stderr, r"^sallyport: [^\n]+\n$")
        verdicts = {row["verdict"] for row in json.loads(done.stdout)["results"]}
        self.assertEqual(verdicts, {"inconclusive"})


class Secrets(Command):
    def test_never_in_what_is_said(self):
        secret = self.file("secret", SECRET + "\n")
        two_lines = self.file("two-lines", SECRET + "\n" + SECRET + "\n")
        empty = self.file("empty", "\n")
        for arguments in [
            ["serve", "--password", SECRET],
            ["serve", f"--password={SECRET}"],
            ["serve", "--user", "alice", SECRET],
            ["serve", "--user", "alice", "--password-file", two_lines],
            ["serve", "--user", "alice", "--password-file", empty],
            ["serve", "--account", f"alice={SECRET}"],
            ["serve", "--account", f"alice={secret}", "--account", f"alice={secret}"],
            ["serve", "--account", f"alice={secret}", "--imap", "nowhere"],
            ["probe", f"imap://alice:{SECRET}@127.0.0.1:1"],
            ["probe", "imap://127.0.0.1:1", "--password", SECRET],
            ["probe", "imap://127.0.0.1:1", "--account", f"alice={SECRET}"],
        ]:
            done = self.assert_fails(*arguments)
            self.assertNotIn(SECRET, done.stderr)


class Served:
    """A `sallyport serve` with its addresses, ended by SIGTERM."""

    def __init__(self, *arguments, environment=None):
        self.process = subprocess.Popen(
            [SALLYPORT, "serve", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **(environment or {})},
        )
        self.addresses = {}
        for line in self.process.stdout:
            if line == "ready\n":
                break
            name, address = line.split()
            self.addresses[name] = address

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.stdout, self.stderr = self.process.communicate(timeout=10)

    def talk(self, name, *lines):
        host, port = self.addresses[name].rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=5) as connection:
            stream = connection.makefile("rw", newline="\r\n", encoding="latin-1")
            heard = [stream.readline()]
            for line in lines:
                stream.write(line + "\n")  # as CRLF
                stream.flush()
                heard.append(stream.readline())
            return heard


class Live(Command):
    def test_serve_prints_where_it_is_and_ends_with_0(self):
        with Served("--profile", "exchange-2000-sp1", *BOTH) as served:
            self.assertEqual(set(served.addresses), {"imap", "pop3"})
            self.assertTrue(served.talk("imap")[0].startswith("* OK"))
            self.assertTrue(served.talk("pop3")[0].startswith("+OK"))
        self.assertEqual(served.process.returncode, 0, served.stderr)
        self.assertRegex(served.stderr, r"^sallyport: [^\n]*example accounts[^\n]*\n$")

    def test_accounts_are_those_of_the_files(self):
        carol = self.file("carol", SECRET + "\n")
        arguments = [*BOTH, "--user", "dave", "--account", f"carol={carol}"]
        environment = {"SALLYPORT_PASSWORD": "from-the-environment"}
        with Served(*arguments, environment=environment) as served:
            self.assertIn("+OK", served.talk("pop3", "USER carol", f"PASS {SECRET}")[2])
            self.assertIn("+OK", served.talk("pop3", "USER dave", "PASS from-the-environment")[2])
            self.assertIn("-ERR", served.talk("pop3", "USER alice", "PASS wonderland")[2])
        self.assertEqual((served.process.returncode, served.stderr), (0, ""))
        self.assertNotIn(SECRET, served.stdout)

    def test_a_port_that_is_taken(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            done = run("serve", "--imap", address, "--quiet")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertRegex(done.stderr, r"^sallyport: [^\n]*\n$")
        self.assertIn(address, done.stderr)

    def probe(self, served, name, *arguments, status=None):
        password = self.file("alice", "wonderland\n")
        url = f"{name}://{served.addresses[name]}"
        account = ["--user", "alice", "--password-file", password]
        done = run("probe", url, *account, "--format", "json", *arguments)
        self.assertNotIn("wonderland", done.stdout + done.stderr)
        if status is not None:
            self.assertEqual(done.returncode, status, done)
        value = json.loads(done.stdout)
        self.assertEqual((value["schema"], value["command"]), (1, "probe"))
        return {row["property"]: row for row in value["results"]}

    def test_a_dry_run_sends_nothing_and_says_what_it_would(self):
        done = run("probe", "imap://127.0.0.1:1", "pop3://127.0.0.1:1", "--dry-run")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for part in ["127.0.0.1:1/imap", "127.0.0.1:1/pop3", "0 capability", "STARTTLS"]:
            self.assertIn(part, done.stdout)
        self.assertNotIn("alice", done.stdout)  # without an account nobody logs in

    def test_a_transcript_is_audited(self):
        path = self.directory / "monday.transcript"
        path.write_text("pop3\nS0: +OK ready\nC0: AUTH\nS0: +OK\nS0: NTLM\nS0: .\n", encoding="utf-8")
        done = run("audit", str(path), "--format", "json", "--property", "ADV-01")
        self.assertEqual(done.returncode, 1, done)
        (row,) = json.loads(done.stdout)["results"]
        self.assertEqual((row["verdict"], row["subject"]), ("violated", "monday.transcript/pop3"))

    def test_probe_tells_the_release_from_the_service_pack(self):
        with Served("--profile", "exchange-2000", *BOTH) as served:
            for name in ["imap", "pop3"]:
                rows = self.probe(served, name, status=1)
                self.assertEqual(rows["ADV-01"]["verdict"], "violated")
        with Served("--profile", "exchange-2000-sp1", *BOTH) as served:
            for name in ["imap", "pop3"]:
                rows = self.probe(served, name)
                self.assertEqual(rows["ADV-01"]["verdict"], "holds")
                self.assertEqual(rows["PER-02"]["verdict"], "unobservable")

    def test_listed_deviations_do_not_fail_the_run(self):
        with Served("--profile", "exchange-2000", "--imap", "127.0.0.1:0") as served:
            violated = {
                name: row
                for name, row in self.probe(served, "imap", status=1).items()
                if row["verdict"] == "violated"
            }
            listed = self.file(
                "deviations.toml",
                "".join(
                    f'[[deviation]]\nproperty = "{name}"\nsubject = "127.0.0.1:*/imap"\n'
                    'reason = "the release of the year 2000"\n'
                    for name in violated
                ),
            )
            rows = self.probe(served, "imap", "--deviations", listed, status=0)
            self.assertEqual(rows["ADV-01"]["verdict"], "violated")
            self.assertEqual(rows["ADV-01"]["deviation"], "the release of the year 2000")

    def test_nobody_answers(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        done = run("probe", f"imap://127.0.0.1:{port}", "--format", "json")
        self.assertEqual(done.returncode, 2, done)
        self.assertRegex(done.stderr, r"^sallyport: [^\n]*\n$")


if __name__ == "__main__":
    unittest.main()
