"""What people see: everything fits the width, a colour means one thing, and whatever takes long shows that it lives.

Run by ctest; by hand: SALLYPORT=build/dev/bin/sallyport python3 targets/cli/tests/terminal_test.py
"""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import unittest

from cli_test import SALLYPORT, Command

COMMANDS = ["verify", "probe", "serve", "interpose", "audit", "load", "replay", "properties", "faults", "report", "help"]
ESCAPE = re.compile(r"\x1b\[([0-9;]*)m(.*?)\x1b\[0m", re.DOTALL)
NTLM = "imap\nS0: * OK hello\nC0: a1 CAPABILITY\nS0: * CAPABILITY IMAP4rev1 AUTH=NTLM\nS0: a1 OK done\n"
# There to be copied, and so in one piece.
WHOLE = re.compile(r"  (Repeat with  )?sallyport ")


def plain(text):
    return re.sub(r"\x1b\[[0-9;]*[mK]", "", text)


def too_wide(text, columns):
    return [line for line in re.split(r"[\r\n]", plain(text)) if len(line) > columns and not WHOLE.match(line)]


def on_a_terminal(columns, *arguments, **environment):
    """Everything that the command writes to a terminal so wide, and its exit status."""
    inherited = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "NO_COLOR"}}
    environment = {**inherited, "TERM": "xterm", **environment}
    size = struct.pack("HHHH", 40, columns, 0, 0)
    child, terminal = pty.fork()
    if child == 0:
        try:
            fcntl.ioctl(0, termios.TIOCSWINSZ, size)
            os.execve(SALLYPORT, [SALLYPORT, *arguments], environment)
        finally:
            os._exit(127)
    text = b""
    while True:
        try:
            octets = os.read(terminal, 65536)
        except OSError:  # it has ended
            break
        if not octets:
            break
        text += octets
    os.close(terminal)
    return text.decode().replace("\r\n", "\n"), os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


class Served:
    """A server to probe, on a port that it picks."""

    def __enter__(self):
        self.process = subprocess.Popen([SALLYPORT, "serve", "--quiet", "--profile", "exchange-2000", "--imap", "127.0.0.1:0"],
                                        stdout=subprocess.PIPE, text=True)
        return "imap://" + self.process.stdout.readline().split()[1]

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate(timeout=10)


class Terminal(Command):
    def results(self, profile):
        done = subprocess.run([SALLYPORT, "verify", "--profile", profile, "--engine", "explore", "--budget", "300x",
                               "--format", "json"], capture_output=True, text=True, check=False)
        return self.file(f"{profile}.json", done.stdout)


class Width(Terminal):
    def lines_of_work(self):
        quick = ["--budget", "300x", "--engine", "explore,rapid"]
        old, new = self.results("exchange-2000"), self.results("exchange-2000-sp1")
        yield ["verify", "--profile", "exchange-2000,hardened", *quick]
        yield ["properties"]
        yield ["properties", "ADV-03"]
        yield ["properties", "--mechanisms"]
        yield ["faults"]
        yield ["faults", "--matrix", "--fault", "advertise-ntlm,match-any-connection-without-credentials", *quick]
        yield ["audit", self.file("a-recording-of-monday.transcript", NTLM)]
        yield ["report", old, new, "--output", str(self.directory / "bundle")]
        yield ["report", "--diff", old, new]
        yield from ([*command, "--help"] for command in ([], *([name] for name in COMMANDS)))

    def test_everything_fits(self):
        for arguments in self.lines_of_work():
            for columns in (60, 80, 160):
                text, _ = on_a_terminal(columns, *arguments)
                self.assertGreater(len(text.splitlines()), 2, arguments)
                # A path can't be shortened.
                wide = [line for line in too_wide(text, columns) if str(self.directory) not in line]
                self.assertEqual(wide, [], (columns, arguments))

    def test_a_probe_fits(self):
        with Served() as url:
            password = self.file("alice.password", "wonderland")
            text, status = on_a_terminal(60, "probe", url, "--account", f"alice={password}", "--rate", "1000")
        self.assertEqual(status, 1, text)
        self.assertEqual([line for line in too_wide(text, 60) if str(self.directory) not in line], [])
        self.assertIn("violated ADV-01", plain(text))

    def test_what_is_too_wide_is_seen(self):
        self.assertEqual(too_wide("\x1b[1mabcdef\x1b[0m\nabc\r12345678\n  Repeat with  sallyport verify --x", 5), ["abcdef", "12345678"])


class Colour(Terminal):
    MEANING = {"holds": "32", "violated": "1;31", "vacuous": "33", "unobservable": "2", "inconclusive": "33"}

    def test_a_verdict_has_its_colour_wherever_it_stands(self):
        old, new = self.results("exchange-2000"), self.results("exchange-2000-sp1")
        seen = set()
        for arguments in (["verify", "--profile", "exchange-2000", "--engine", "explore", "--budget", "300x"],
                          ["audit", self.file("a.transcript", NTLM)],
                          ["report", old, new, "--output", str(self.directory / "bundle")]):
            for code, text in ESCAPE.findall(on_a_terminal(100, *arguments)[0]):
                words = [word for word in self.MEANING if re.search(rf"(^|\d ){word}( ×\d+)?$", text)]
                for word in words:
                    self.assertEqual(code, self.MEANING[word], (arguments, text))
                    seen.add(word)
        self.assertLessEqual({"holds", "violated", "vacuous"}, seen)

    def test_none_where_none_is_wanted(self):
        for arguments in (["verify", "--profile", "exchange-2000", "--engine", "explore", "--budget", "300x"], ["properties"],
                          ["faults"], ["audit", self.file("a.transcript", NTLM)]):
            self.assertRegex(on_a_terminal(80, *arguments)[0], ESCAPE)
            self.assertNotRegex(on_a_terminal(80, *arguments, NO_COLOR="1")[0], ESCAPE)
            self.assertNotRegex(on_a_terminal(80, *arguments, TERM="dumb")[0], ESCAPE)


class Progress(Terminal):
    def long_work(self, url):
        password = self.file("alice.password", "wonderland")
        yield "rapid hardened/imap", ["verify", "--profile", "hardened", "--protocol", "imap", "--engine", "rapid", "--budget", "3s"]
        yield "probe 127.0.0.1", ["probe", url, "--account", f"alice={password}", "--rate", "10", "--connections", "40"]
        yield "load imap://", ["load", url, "--account", f"alice={password}", "--budget", "3s"]

    def test_what_takes_long_says_so_unless_it_is_quiet(self):
        with Served() as url:
            for saying, arguments in self.long_work(url):
                text, _ = on_a_terminal(60, *arguments)
                lines = re.findall(r"\r([^\r\n]*)\x1b\[K", text)
                self.assertTrue(any(line.startswith(saying) for line in lines), (arguments, text[:300]))
                self.assertLess(max(map(len, lines)), 60)
                self.assertRegex(text, r"\r\x1b\[K")  # and takes it back
                self.assertNotIn("\x1b[K", on_a_terminal(60, *arguments, "--quiet")[0], arguments)

    def test_what_is_quick_says_nothing(self):
        self.assertNotIn("\x1b[K", on_a_terminal(80, "audit", self.file("a.transcript", NTLM))[0])


if __name__ == "__main__":
    unittest.main()
