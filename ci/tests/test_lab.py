"""The lab without its servers: dialogues are played to the letter, a run is compared with what is listed both ways, two
runs with each other, nothing unreported is published, and what the lab starts ends with it."""

import argparse
import contextlib
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import unittest.mock

from script import CI

LAB = CI.parent / "targets" / "live" / "lab"
sys.path[:0] = [str(LAB), str(CI)]

import asking  # noqa: E402
import bench  # noqa: E402
import churn  # noqa: E402
import clients  # noqa: E402
import command  # noqa: E402
import deviations  # noqa: E402
import dialogue  # noqa: E402
import findings  # noqa: E402
import lab  # noqa: E402
import ntlm  # noqa: E402
import packages  # noqa: E402
import record  # noqa: E402
import survey  # noqa: E402
import table  # noqa: E402

ROW = """[[deviation]]
server = "nginx"
version = "1.22.1"
property = "STM-01"
protocol = "pop3"
reason = "NOOP before the login. Really"
source = "RFC 1939 §5"
date = 2026-11-25
dialogue = '''
  C0: NOOP
> S0: +OK
'''
"""


@contextlib.contextmanager
def answering(answers, greeting=b"+OK hello\r\n"):
    """A server of one session after the other that has an answer for each line, and otherwise none; its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        with contextlib.suppress(OSError):
            while True:
                session, _ = listener.accept()
                with session, session.makefile("rb") as lines:
                    session.sendall(greeting)
                    for line in lines:
                        session.sendall(answers.get(line.rstrip(b"\r\n"), b""))

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


class Dialogues(unittest.TestCase):
    def play(self, text, **answers):
        octets = {name.replace("_", " ").encode(): value for name, value in answers.items()}
        with answering(octets) as port:
            return dialogue.play("pop3\nS0: +OK…\n" + text, port, {"alice": "secret"})

    def test_the_server_speaks_its_part(self):
        played = self.play("C0: NOOP\n> S0: +OK f…e\n", NOOP=b"+OK fine\r\n")
        self.assertTrue(played.happened, played.why_not)
        self.assertEqual(played.lines, ["  S0: +OK hello", "  C0: NOOP", "> S0: +OK fine"])

    def test_another_answer_is_another_dialogue(self):
        played = self.play("C0: NOOP\n> S0: +OK…\n", NOOP=b"-ERR no\r\n")
        self.assertFalse(played.happened)
        self.assertIn("-ERR no", played.why_not)

    def test_a_line_too_many_is_not_overlooked_but_where_that_is_said(self):
        self.assertFalse(self.play("C0: X\n> S0: .\n", X=b"a\r\n.\r\n").happened)
        self.assertTrue(self.play("C0: X\n…\n> S0: .\n", X=b"a\r\n.\r\n").happened)

    def test_silence_is_that_nothing_comes(self):
        self.assertTrue(self.play("C0: X\n> ! silence s0 1\n", Y=b"+OK\r\n").happened)
        self.assertFalse(self.play("C0: X\n> ! silence s0 1\n", X=b"+OK\r\n").happened)

    def test_a_log_is_looked_into(self):
        with tempfile.TemporaryDirectory() as folder, answering({b"X": b"+OK\r\n"}) as port:
            log = pathlib.Path(folder, "log")
            for text, happened in [("a secret thing", True), ("nothing", False)]:
                log.write_text(text, encoding="utf-8")
                played = dialogue.play("pop3\nS0: +OK…\nC0: X\nS0: +OK\n> ! logged {password alice}\n", port,
                                       {"alice": "secret"}, log=log)
                self.assertEqual(played.happened, happened, played)
                self.assertNotIn("secret", "".join(played.lines))

    def test_no_password_is_in_what_is_written_down(self):
        played = self.play("C0: PASS {password alice}\n> S0: -ERR…\n", PASS_secret=b"-ERR secret is wrong\r\n")
        self.assertTrue(played.happened, played.why_not)
        self.assertNotIn("secret", "".join(played.lines))

    def test_what_cannot_be_read_is_said_in_one_line(self):
        for text in ["C0: NOOP", "smtp\n> C0: NOOP", "pop3\nC0: NOOP\n", "pop3\n> hello\n", "pop3\n> ! close s0\n",
                     "pop3\n> ! silence s0 client\n"]:
            with self.subTest(text), self.assertRaises(dialogue.Malformed) as raised:
                dialogue.read(text)
            self.assertNotIn("\n", str(raised.exception))

    def test_ntlm_is_that_of_its_specification(self):
        self.assertEqual(ntlm.md4(b"abc").hex(), "a448017aaf21d8525fc10ae87aa6729d")  # RFC 1320 A.5
        self.assertRaises(ValueError, ntlm.authenticate, b"NTLMSSP\0\2", "alice", "secret")


class Deviations(unittest.TestCase):
    def row(self, verdict="violated", transport="plain", version="1.22.1"):
        return {"server": "nginx", "version": version, "protocol": "pop3", "transport": transport, "exit": 1,
                "results": [{"property": "STM-01", "verdict": verdict, "detail": "why"}]}

    def compare(self, text, *rows, results=()):
        return list(command.compare(list(rows), deviations.read(text), list(results)))

    def test_as_listed(self):
        self.assertEqual(self.compare(ROW, self.row()), [])

    def test_a_violation_that_is_not_listed_is_a_difference(self):
        self.assertEqual(len(self.compare("", self.row())), 1)
        self.assertEqual(len(self.compare(ROW, self.row(version="1.26"))), 1, "listed for another version")
        self.assertEqual(len(self.compare(ROW + 'transports = ["tls"]', self.row(), self.row(transport="tls"))), 1)

    def test_a_listed_one_that_does_not_happen_is_a_difference(self):
        for verdict in ["holds", "vacuous", "inconclusive", "unobservable"]:
            with self.subTest(verdict):
                self.assertEqual(len(self.compare(ROW, self.row(verdict))), 1)
        self.assertEqual(len(self.compare(ROW, self.row(), self.row("holds", "tls"))), 1, "on one transport only")

    def test_where_connections_break_only_what_names_that_is_expected(self):
        self.assertEqual(self.compare(ROW, self.row("vacuous", "churn")), [])
        self.assertEqual(self.compare(ROW, self.row("violated", "churn")), [])
        for transports, verdict, differences in [("churn", "vacuous", 1), ("churn", "violated", 0), ("tap", "violated", 1)]:
            with self.subTest(transports, verdict=verdict):
                row = ROW + f'transports = ["{transports}"]'
                self.assertEqual(len(self.compare(row, self.row(verdict, "churn"))), differences)

    def test_a_finding_that_does_not_happen_is_a_difference(self):
        result = {"server": "nginx", "version": "1.22.1", "finding": "x", "verdict": "holds", "detail": "why"}
        self.assertEqual(len(self.compare("", results=[result])), 1)
        happened = result | {"verdict": "violated", "property": "STM-01", "monitor": "violated"}
        self.assertEqual(self.compare("", results=[happened]), [])
        self.assertEqual(self.compare("", results=[happened | {"monitor": "unobservable"}]), [])
        self.assertEqual(len(self.compare("", results=[happened | {"monitor": "holds"}])), 1)

    def test_a_death_at_a_finding_is_listed_for_its_way_or_not_at_all(self):
        result = {"server": "nginx", "version": "1.22.1", "protocol": "pop3", "transport": "tap", "finding": "x",
                  "verdict": "violated", "monitor": "violated", "property": "STM-01", "detail": "", "crash": "killed"}
        row = ROW.replace("STM-01", "CRASH") + 'finding = "nginx-noop-before-login"\ntransports = ["{}"]'
        self.assertEqual(self.compare(row.format("tap"), results=[result]), [])
        self.assertEqual(len(self.compare(row.format("plain"), results=[result])), 1)

    def test_a_finding_is_a_transcript(self):
        result = {"protocol": "pop3", "dialogue": ["  C0: NOOP", "> ! silence s0 3"]}
        self.assertEqual(findings.transcript(result), "pop3\nC0: NOOP\n! quiescent\n! quiescent\n")

    def test_a_row_says_neither_too_little_nor_too_much(self):
        for text in [ROW.replace("reason", "because"), ROW.replace("2026-11-25", '"today"'), ROW.replace("> S0", "  S0"),
                     ROW + 'disclosure = "secret"', ROW + 'finding = "nowhere"', ROW.replace('"pop3"', '"smtp"'),
                     ROW.replace("[[deviation]]", "[[deviations]]"), ROW.replace('source = "RFC 1939 §5"\n', "")]:
            with self.subTest(text), self.assertRaises(deviations.Malformed):
                deviations.read(text)

    def test_two_runs_are_compared_verdict_by_verdict(self):
        self.assertEqual(list(survey.differences([self.row()], [self.row()])), [])
        self.assertEqual(list(survey.differences([self.row()], [self.row("holds")])),
                         ["nginx pop3 plain STM-01: violated, then holds"])
        self.assertEqual(len(list(survey.differences([self.row()], []))), 1)

    def test_a_budget_is_a_time(self):
        self.assertEqual([command.seconds(text) for text in ("90s", "10m", "2h")], [90, 600, 7200])
        for text in ["10", "0s", "soon", "1d"]:
            with self.subTest(text), self.assertRaises(argparse.ArgumentTypeError):
                command.seconds(text)

    def test_nothing_unreported_is_published(self):
        for disclosure, shown in [("unreported", False), ("reported: 2026-11-25", True), ("public: CVE-1", True)]:
            with self.subTest(disclosure):
                row = ROW + f'disclosure = "{disclosure}"'
                if not shown:
                    self.assertRaises(deviations.Malformed, deviations.read, row)
                    row = row.partition("dialogue")[0] + f'disclosure = "{disclosure}"'
                page = record.track_record(deviations.read(row))
                self.assertEqual("C0: NOOP" in page, shown)
                self.assertIn("NOOP before the login", page)

    def test_a_finding_that_is_unreported_is_not_here(self):
        row = ROW.partition("dialogue")[0] + 'disclosure = "unreported"\nfinding = "{}"'
        here = next(deviations.FINDINGS.glob("*.dialogue")).stem
        self.assertRaises(deviations.Malformed, deviations.read, row.format(here))
        (hidden,) = deviations.read(row.format("hidden"))
        with unittest.mock.patch.dict(os.environ):
            os.environ.pop("SALLYPORT_PRIVATE_FINDINGS", None)
            self.assertIsNone(hidden.file)
            self.assertEqual(findings.play(None, lab.Lab(), hidden, "plain")["verdict"], "skipped")
            with tempfile.TemporaryDirectory() as folder:
                os.environ["SALLYPORT_PRIVATE_FINDINGS"] = folder
                self.assertIsNone(hidden.file)
                pathlib.Path(folder, "hidden.script").touch()
                self.assertEqual(hidden.file, pathlib.Path(folder, "hidden.script"))

    def test_what_is_listed_fits_what_is_there(self):
        listed = deviations.read()
        self.assertGreaterEqual(len({(each.server, each.property, each.protocol) for each in listed}), 12)
        there = {path.stem for kind in deviations.KINDS for path in deviations.FINDINGS.glob(f"*{kind}")}
        self.assertEqual({each.finding for each in listed if each.finding and each.may_be_shown}, there)
        for each in listed:
            with self.subTest(each.server, property=each.property):
                self.assertIn(each.server, lab.servers())
                if each.property != asking.CRASH:
                    group, number = each.property.lower().split("-")
                    self.assertTrue((CI.parent / "properties" / group / f"{group}_{number}.md").exists())
                for password in (lab.ACCOUNTS | lab.SPECIAL).values():
                    self.assertNotIn(password, each.dialogue)
                if each.finding and each.may_be_shown and each.file.suffix == ".dialogue":
                    self.assertEqual(dialogue.read(each.dialogue_of_finding())[0], each.protocol)

    def test_the_pages_are_up_to_date(self):
        self.assertEqual(command.main("", ["pages", "--check"]), command.OK)


class Broken(unittest.TestCase):
    def test_only_what_is_not_there_may_be_skipped(self):
        for server in lab.servers().values():
            expected = [] if server.missing() or lab.servers().get(server.backend, server).missing() else [server.name]
            with self.subTest(server.name):
                self.assertEqual(command.broken({server.name: "not ready after 60 s"}), expected)


class Certificates(unittest.TestCase):
    def test_a_client_has_one_that_the_lab_has_issued(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            certificate, key = lab.make_certificate(folder)
            own, own_key = lab.make_own_certificate(folder, "alice", certificate, key)
            said = subprocess.run(["openssl", "verify", "-CAfile", certificate, "-purpose", "sslclient", own],
                                  capture_output=True, text=True, check=False)
            self.assertEqual(said.returncode, 0, said.stderr)
            subject = subprocess.run(["openssl", "x509", "-noout", "-subject", "-in", own], capture_output=True, text=True,
                                     check=True).stdout
            self.assertEqual(subject.split("=", 1)[1].strip().replace(" ", ""), "CN=alice")
            self.assertIn("PRIVATE KEY", own_key.read_text())

    def test_only_a_server_that_takes_certificates_is_shown_one(self):
        def ways(name):
            server = lab.servers()[name]
            return [transport for protocol, transport, _ in server.urls(dict.fromkeys(server.listeners, 1))
                    if protocol == "imap"]

        self.assertEqual(ways("dovecot-external"), ["plain", "starttls", "certificate", "tls", "certificate-tls"])
        self.assertEqual(ways("dovecot"), ["plain", "starttls", "tls"])


class Tables(unittest.TestCase):
    def test_a_cell_has_a_letter_for_each_transport_that_differs(self):
        self.assertEqual(table.cell({"plain": "holds", "starttls": "holds", "tls": "holds"}), "H")
        self.assertEqual(table.cell({"plain": "holds", "tls": "violated"}), "HV")
        self.assertEqual(table.cell({}), "")

    def test_what_nobody_sees_has_no_column(self):
        rows = [{"server": "a", "protocol": "imap", "transport": "plain",
                 "results": [{"property": "ADV-01", "verdict": "holds"}, {"property": "ADV-04", "verdict": "unobservable"}]}]
        text = table.of_verdicts(rows)
        self.assertNotIn("ADV-04", text.splitlines()[0])
        self.assertIn("ADV-04", text)

    def test_a_tap_has_a_table_of_what_is_seen_only_so(self):
        def row(transport, **verdicts):
            return {"server": "a", "protocol": "imap", "transport": transport,
                    "results": [{"property": name.replace("_", "-"), "verdict": value} for name, value in verdicts.items()]}

        rows = [row("plain", ADV_01="holds", ADV_03="holds", PER_02="unobservable"),
                row("tap", ADV_01="holds", ADV_03="violated", PER_02="holds"),
                row("tap-tls", ADV_01="holds", ADV_03="holds", PER_02="vacuous")]
        text = table.of_taps(rows).splitlines()
        self.assertEqual([line.split() for line in text[:2]], [["server", "ADV-03", "PER-02"], ["a", "imap", "VH", "H·"]])
        self.assertEqual(table.of_verdicts(rows).splitlines()[0].split(), ["server", "ADV-01", "ADV-03"])

    def test_what_a_tap_does_not_show_has_a_reason(self):
        results = [{"property": name, "verdict": "unobservable", "detail": why}
                   for name, why in (("ADV-04", "inside"), ("PER-01", "no choice"), ("RES-01", "inside"))]
        rows = [{"server": "a", "protocol": "imap", "transport": "tap",
                 "results": [{"property": "PER-02", "verdict": "holds"}, *results]}]
        line = "unobservable with a tap, too: ADV-04, RES-01 (inside); PER-01 (no choice)"
        self.assertEqual(table.of_taps(rows).splitlines()[-1], line)
        kept = record.expanded(record.compact(rows))
        self.assertEqual(table.of_taps(kept, why=table.reasons(rows)).splitlines()[-1], line)

    def test_a_client_that_asks_for_ever_stands_out(self):
        row = {"client": "c", "protocol": "imap", "way": "NTLM", "server": "s", "outcome": "never gave up",
               "tried": ["NTLM"] * 2}
        self.assertIn("FOR EVER", table.of_client(row))


class Churn(unittest.TestCase):
    IMAP = ["  S0: * OK hi", "  C0: a1 LOGIN <redacted>", "  S0: a1 OK", "  C0: a2 SELECT INBOX"]
    END = ["  C0: a3 LOGOUT", "  S0: * BYE", "  S0: a3 OK", "  ! close s0 server"]

    def test_a_sessions_end_is_told_in_words(self):
        for lines, word in [([*self.IMAP, "  S0: a2 OK", *self.END], "fine"),
                            ([*self.IMAP, "  S0: a2 OK", *self.END[:2], "  ! close s0 server"], "LOGOUT hung up"),
                            ([*self.IMAP, "  S0: * 1 EX", "  ! close s0 server"], "SELECT hung up"),
                            ([*self.IMAP, "  S0: * 1 EX", "  ! close s0 client"], "SELECT silence"),
                            ([*self.IMAP, "  S0: a2 BAD what?"], "SELECT BAD"),
                            ([*self.IMAP, "  S1: a2 BAD what?", "  S0: a2 OK", *self.END], "fine"),
                            ([], "connecting silence")]:
            with self.subTest(word):
                self.assertEqual(churn.outcome(lines, 0, "imap"), word)
        pop3 = ["  S0: +OK hi", "  C0: STAT", "  S0: +OK 1"]  # half a line looks whole
        self.assertEqual(churn.outcome([*pop3, "  ! close s0 server"], 0, "pop3"), "STAT hung up")
        self.assertEqual(churn.outcome([*pop3, "  C0: QUIT", "  S0: +OK", "  ! close s0 server"], 0, "pop3"), "fine")

    def test_the_worst_of_all_deeds_counts(self):
        def result(verdict, detail=""):
            return [{"property": "FLT-02", "verdict": verdict, "detail": detail}]

        for verdicts, worst in [(["holds", "violated", "inconclusive"], "violated"), (["vacuous", "holds"], "holds"),
                                (["holds", "inconclusive"], "holds"), (["vacuous", "inconclusive"], "inconclusive")]:
            with self.subTest(worst):
                (found,) = churn.merged([(str(i), result(verdict, "why")) for i, verdict in enumerate(verdicts)])
                self.assertEqual(found["verdict"], worst)
        self.assertEqual(churn.merged([("close@answer", result("violated", "why"))])[0]["detail"], "close@answer: why")

    def test_there_is_no_deed_that_cannot_be(self):
        self.assertEqual(len(churn.deeds("imap", tls=False)), 25)
        self.assertEqual(len(churn.deeds("pop3", tls=True)), 16)

    def test_a_table_has_a_line_for_each_deed(self):
        def row(transport, met, verdict):
            return {"server": "a", "protocol": "imap", "transport": transport, "deeds": {"close@login": met},
                    "results": [{"property": "FLT-02", "verdict": verdict}]}

        rows = [row("churn", "fine", "holds"), row("churn-tls", "NOOP NO", "violated")]
        self.assertEqual([re.split(" {2,}", line) for line in table.of_churn(rows).splitlines()],
                         [["deed", "a imap"], ["close@login", "fine / NOOP NO"], ["violated", "nothing / FLT-02"]])
        self.assertNotIn("FLT-02", table.of_verdicts(rows))
        self.assertNotIn("FLT-02", table.of_taps(rows))


class Benchmarks(unittest.TestCase):
    def test_a_page_says_what_was_measured_and_what_was_not(self):
        subjects = [bench.OURS, "nginx 1", bench.BEHIND]
        rates = {f"imap plain {n} {name}": rate for n in (1, 32)
                 for name, rate in zip(subjects, (300.0, 100.0, 900.0), strict=True)}
        text = bench.page({"date": "2026-11-25", "machine": "here", "load": 0.5, "rounds": 3, "seconds": 1, "resting": 9,
                           "subjects": subjects, "rates": rates, "cpu": {f"imap plain 1 {bench.OURS}": 0.1,
                                                                         "imap plain 1 nginx 1": 0.3},
                           "kib": {f"imap plain {bench.OURS}": 1.25}}, table.markdown)
        self.assertIn("| IMAP plain, 1 at once | 300 | 100 | 900 | 3.0× |", text)
        self.assertIn("| POP3 plain, 32 at once | – | – | – | – |", text)
        self.assertIn("| IMAP plain, 1 at once | 0.10 | 0.30 | 3.0× |", text)
        self.assertIn("| IMAP plain, 32 at once | – | – | – |", text)
        self.assertIn("| IMAP plain | 1.2 | – |", text)


class Relays(unittest.TestCase):
    def test_what_a_client_tries_and_is_told_is_noted(self):
        with answering({b"AUTH NTLM": b"-ERR no\r\n", b"USER alice": b"+OK\r\n"}) as port:
            relay = clients.Relay(port, "pop3")
            with socket.create_connection(("127.0.0.1", relay.port)) as client, client.makefile("rwb") as stream:
                stream.readline()
                for line in [b"AUTH NTLM\r\n", b"USER alice\r\n"]:
                    stream.write(line)
                    stream.flush()
                    stream.readline()
            relay.close()
        self.assertEqual((relay.tried, relay.refusals), (["NTLM", "USER"], ["-ERR no"]))


class Processes(unittest.TestCase):
    def test_what_was_started_ends_with_whoever_started_it(self):
        program = ("import pathlib, sys; sys.path.insert(0, sys.argv[1]); import processes, time\n"
                   "p = processes.Process(['sleep', '60'], log=pathlib.Path(sys.argv[2]))\n"
                   "print(p.popen.pid, flush=True); time.sleep(60)")
        with tempfile.TemporaryDirectory() as folder:
            with subprocess.Popen([sys.executable, "-B", "-c", program, LAB, f"{folder}/log"], stdout=subprocess.PIPE,
                                  text=True) as parent:
                child = int(parent.stdout.readline())
                parent.send_signal(signal.SIGKILL)
            deadline = time.monotonic() + 30
            while _alive(child) and time.monotonic() < deadline:
                time.sleep(0.02)
            self.assertFalse(_alive(child))

    def test_a_version_is_upstreams(self):
        packages.version_of.cache_clear()
        self.assertIsNone(packages.version_of("there-is-no-such-package"))
        self.assertEqual(set(packages.wanted()), {"cyrus", "courier"})

    def test_every_server_says_what_it_is(self):
        for server in lab.servers().values():
            with self.subTest(server.name):
                self.assertIn(server.role, ("frontend", "backend"))
                self.assertTrue(server.title)
                self.assertIn(server.backend, ("", *lab.servers()))


def _alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as state:
            return state.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    unittest.main()
