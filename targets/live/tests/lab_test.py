"""The quick part of the lab: a server comes and goes without a trace, a finding repeats where it is and only there, and
what real clients are told by `sallyport serve`. The whole lab is `ci/lab check`.

Run by ctest; by hand: SALLYPORT=build/dev/bin/sallyport python3 targets/live/tests/lab_test.py
"""

import contextlib
import io
import pathlib
import signal
import subprocess
import sys
import unittest
import unittest.mock

from harness import SALLYPORT, TestCase, main

import asking  # of the lab, whose folder the harness has put into the path
import churn
import clients
import command
import deviations
import dialogue
import findings
import lab
import serve
import server
import survey
from processes import PATIENCE_S, find_tool, give, python

COMMAND = pathlib.Path(__file__).resolve().parents[3] / "ci" / "lab"
DROPPED = "dovecot-imap-initial-response-of-cram-md5"
FINDINGS = pathlib.Path(__file__).resolve().parent.parent / "findings"


def command_lines():
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            yield (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")


class Servers(TestCase):
    def setUp(self):
        super().setUp()
        if why := lab.servers()["dovecot"].missing():
            self.skipTest(why)

    def test_what_comes_up_goes_without_a_trace(self):
        # As a shell's background job, which is born deaf to SIGINT.
        with subprocess.Popen([sys.executable, "-B", COMMAND, "up", "dovecot"], stdout=subprocess.PIPE, text=True,
                              preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)) as up:
            said = []
            for line in up.stdout:
                said.append(line)
                if line.startswith("ready"):
                    break
            text = "".join(said)
            self.assertIn("imaps://127.0.0.1:", text)
            folder = pathlib.Path(text.split("their passwords: ")[1].split("/*")[0])
            self.assertTrue(any(str(folder) in line for line in command_lines()))
            up.send_signal(signal.SIGTERM)
            self.assertEqual(up.wait(timeout=PATIENCE_S), 0)
        self.assertFalse(folder.exists())
        self.assertEqual([line for line in command_lines() if str(folder) in line], [])

    def test_a_finding_happens_where_it_is_and_only_there(self):
        text = (FINDINGS / f"{DROPPED}.dialogue").read_text(encoding="utf-8")
        with lab.Lab() as here:
            ports = here.up(["dovecot"])["dovecot"].ports
            played = dialogue.play(text, ports["imap"], here.known)
            self.assertTrue(played.happened, played)
        with lab.Lab() as here, serve.profile(SALLYPORT, "hardened", ("alice", here.passwords["alice"])) as ports:
            played = dialogue.play(text, ports["imap"], here.known)
            self.assertFalse(played.happened, played)


# Hands everything on to a front-end without fault, until a browser comes, or a back-end that speaks SMTP: of these it dies.
MORTAL = """import asyncio, os, sys

async def hand_on(reader, writer):
    while octets := await reader.read(65536):
        if b"GET / HTTP" in octets or octets.startswith(b"220 "):
            print("cannot bear wonderland", flush=True)
            os.abort()
        writer.write(octets)
    writer.close()

async def relay(reader, writer):
    behind = await asyncio.open_connection("127.0.0.1", int(sys.argv[2]))
    await asyncio.gather(hand_on(reader, behind[1]), hand_on(behind[0], writer), return_exceptions=True)

async def main():
    await (await asyncio.start_server(relay, "127.0.0.1", int(sys.argv[1]))).serve_forever()

asyncio.run(main())
"""


class Mortal(server.Server):
    """A server that is planted into the lab, to die there."""

    def __init__(self, behind):
        super().__init__(name="mortal", title="dies of a browser", package="", listeners=("imap",), starttls=False,
                         patience_s=6)
        self.behind = behind

    def real_backend(self, place):
        return "127.0.0.1", {"imap": self.behind}

    def version(self):
        return "1"

    def commands(self, place):
        yield [python(), "-B", place.file("mortal.py", MORTAL), place.ports["imap"],
               place.tap.ports["imap"] if place.tap else self.behind], {}


class Deaths(TestCase):
    def setUp(self):
        super().setUp()
        password = self.file("password", lab.ACCOUNTS["alice"] + "\n")
        ports = self.cleanup.enter_context(serve.profile(SALLYPORT, "hardened", ("alice", password)))
        self.mortal = Mortal(ports["imap"])
        for module, name, value in [(lab, "servers", lambda: {"mortal": self.mortal}), (deviations, "LISTED", self.file("listed", "")),
                                    (command, "RESULTS", self.directory)]:
            self.cleanup.enter_context(unittest.mock.patch.object(module, name, value))

    def check(self):
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            status = command.main("", ["check", "mortal", "--binary", SALLYPORT])
        return status, said.getvalue()

    def test_a_server_that_dies_is_told_in_one_line(self):
        with lab.Lab() as here:
            rows, _ = survey.survey(SALLYPORT, here, ["mortal"])
        (result,) = [result for row in rows for result in row["results"] if result["verdict"] == "violated"]
        self.assertEqual(result["property"], asking.CRASH)
        for words in ["was killed by SIGABRT", "behind a browser", "its log ends: cannot bear <password>"]:
            self.assertIn(words, result["detail"])
        self.assertNotIn("\n", result["detail"])
        self.assertEqual(result["dialogue"][-1], f"> {pathlib.Path(python()).name} was killed by SIGABRT")

    def test_a_death_that_is_not_listed_fails_the_check(self):
        status, said = self.check()
        self.assertEqual(status, command.VIOLATED, said)
        self.assertIn("mortal 1 imap plain: CRASH is violated, which isn't listed", said)
        self.assertIn("1 not as listed, 0 verdicts differ", said)
        (self.directory / "listed").write_text(
            '[[deviation]]\nserver = "mortal"\nversion = "1"\nproperty = "CRASH"\nprotocol = "imap"\nreason = "Planted."\n'
            'source = "here"\ndate = 2026-11-26\ndialogue = "> dead"\n', encoding="utf-8")
        status, said = self.check()
        self.assertNotEqual(status, command.VIOLATED, said)
        self.assertIn("0 not as listed", said)

    def test_a_finding_is_played_where_it_was_found(self):
        self.cleanup.enter_context(unittest.mock.patch.object(deviations, "FINDINGS", self.directory))
        self.mortal.taps = ("plain",)
        self.file("smtp.script", "protocol imap\n0 login alice mishap greet-garbage\n")
        row = ('[[deviation]]\nserver = "mortal"\nversion = "1"\nproperty = "CRASH"\nprotocol = "imap"\nreason = "Planted."\n'
               'finding = "smtp"\ntransports = ["{}"]\nsource = "here"\ndate = 2026-11-26\ndialogue = "> dead"\n')
        for way, verdict in [("tap", "violated"), ("plain", "holds"), ("tls", "skipped")]:
            with self.subTest(way), lab.Lab() as here:
                (result,) = findings.play_all(SALLYPORT, here, deviations.read(row.format(way)), jobs=1)
                self.assertEqual(result["verdict"], verdict, result)
                unlisted = [text for text in command.compare([], [], [result]) if "didn't happen" in text]
                self.assertEqual(len(unlisted), verdict == "holds")

    def churned(self, deeds):
        """The row of a way that churns, and how the server stands then."""
        self.mortal.taps = ("plain",)
        for name, value in [("USER", "alice"), ("deeds", lambda *_, **__: deeds)]:
            self.cleanup.enter_context(unittest.mock.patch.object(churn, name, value))
        with lab.Lab() as here:
            here.up(["mortal"])
            each = here.tapped(SALLYPORT, ["mortal"], churns=True)["mortal+churn-plain"]
            self.each = each
            return churn.play(SALLYPORT, here, each, next(iter(each.ways())))

    def test_connections_break_when_they_should(self):
        row = self.churned(["close@answer", "delay@answer", "stall@answer", "close@exchange", "swap@connect"])
        self.assertNotIn("failure", row)
        self.assertEqual(row["transport"], "churn")
        self.assertEqual(row["deeds"], {"close@answer": "SELECT hung up", "delay@answer": "fine", "stall@answer": "SELECT silence",
                                        "close@exchange": "", "swap@connect": "fine"})
        verdicts = {result["property"]: result["verdict"] for result in row["results"]}
        self.assertEqual((verdicts["FLT-02"], verdicts[asking.CRASH]), ("holds", "holds"))

    def test_a_death_ends_a_way_that_churns(self):
        def dies(*_):
            self.each.processes[0].popen.kill()
            self.each.processes[0].popen.wait()
            return 1, ["LOGIN hung up"], []

        with unittest.mock.patch.object(churn, "one", dies):
            row = self.churned(["close@answer", "delay@answer"])
        self.assertEqual(row["deeds"], {"close@answer": "died"})
        self.assertIn("close@answer: python3 was killed by SIGKILL", row["results"][0]["detail"])

    def test_who_stays_alive_is_not_listed_in_vain(self):
        with lab.Lab() as here:
            each = here.up(["mortal"])["mortal"]
            row = {"results": []}
            self.assertEqual(asking.crash(row, each, {})["verdict"], "holds")
            each.processes[0].popen.kill()
            each.processes[0].popen.wait()
            self.assertIn("SIGKILL", asking.crash(row, each, {})["detail"])
            self.assertEqual(asking.crash(row, each, each.endings())["verdict"], "inconclusive")
            each.revive()
            self.assertEqual(asking.crash(row, each, {})["verdict"], "holds")
            each.log.write_text("worker process 7 exited on signal 11\n", encoding="utf-8")
            self.assertIn("exited on signal 11", asking.crash(row, each, {})["detail"])


class Clients(TestCase):
    ACCOUNT = ("alice", "wonderland")

    def outcomes(self, profile, name, way):
        """Of one client told to log in in one way, at a profile's front-end and at its back-end."""
        password = self.file("password", self.ACCOUNT[1] + "\n")
        client = next(each for each in clients.CLIENTS if each[0] == name)
        if not find_tool(client[2]):
            self.skipTest(f"{client[2]} isn't installed")
        with serve.profile(SALLYPORT, profile, (self.ACCOUNT[0], password)) as ports:
            return [clients.one(client, "imap", way, profile, ports[port], self.ACCOUNT) for port in ("imap", "backend-imap")]

    def test_a_password_works_everywhere(self):
        for profile in serve.PROFILES:
            for way in ["LOGIN", "PLAIN"]:
                with self.subTest(profile, way=way):
                    for row in self.outcomes(profile, "imaplib", way):
                        self.assertEqual((row["outcome"], row["tried"]), ("logged in", [way]), row)

    def test_ntlm_is_tried_once_and_refused_by_exchange_2000(self):
        front, back = self.outcomes("exchange-2000", "curl", "NTLM")
        self.assertEqual((front["outcome"], front["tried"]), ("gave up", ["NTLM"]), front)
        self.assertRegex(front["told"], r"^\S+ NO ")
        self.assertEqual(back["outcome"], "logged in", back)

    def test_what_is_not_offered_is_not_tried(self):
        front, _ = self.outcomes("exchange-2000-sp1", "curl", "NTLM")
        self.assertEqual((front["outcome"], front["tried"], front["told"]), ("gave up", [], ""), front)

    def test_an_index_of_the_mailbox_is_shown(self):
        password = self.file("password", self.ACCOUNT[1] + "\n")
        for name in ["mutt", "neomutt"]:
            if not find_tool(name):
                self.skipTest(f"{name} isn't installed")
            with self.subTest(name), serve.profile(SALLYPORT, "hardened", (self.ACCOUNT[0], password)) as ports:
                relay = clients.Relay(ports["imap"], "imap")
                try:
                    folder = self.directory / name
                    folder.mkdir()
                    give(folder)
                    status = clients.mutt("imap", relay.port, self.ACCOUNT, "LOGIN", folder, program=name)
                finally:
                    relay.close()
                self.assertEqual((status, [text for text in relay.refusals if " BAD" in text]), (0, []))
                self.assertTrue(any(b"HEADER.FIELDS" in line for line in relay.said), relay.said)

    @unittest.skipUnless(find_tool("mutt"), "mutt isn't installed")
    def test_a_person_is_asked_once(self):
        front, _ = self.outcomes("exchange-2000", "mutt", "NTLM")
        self.assertEqual((front["outcome"], front["prompts"]), ("gave up", 1), front)


if __name__ == "__main__":
    main()
