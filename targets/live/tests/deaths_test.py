"""Whether a signal that ends a server's child is told: by each server of the lab, in its log or by servers/deaths.c, and by the
probe under which it happens. A child that leaves, or is asked to, is no death.

Run by ctest; by hand: SALLYPORT=build/dev/bin/sallyport python3 targets/live/tests/deaths_test.py
"""

import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time
import unittest.mock

from harness import SALLYPORT, TestCase, main

import asking  # of the lab, whose folder the harness has put into the path
import lab
import preload
import serve
import server
import survey
from processes import FAULTS, PATIENCE_S, python

# Hands everything on to a front-end without fault, in a child for each connection. If a browser comes, the child does as it is
# told.
FORKING = """import ctypes, os, select, signal, socket, socketserver, sys

class Child(socketserver.BaseRequestHandler):
    def handle(self):
        behind = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
        to = {self.request: behind, behind: self.request}
        while True:
            for one in select.select(list(to), [], [])[0]:
                octets = one.recv(65536)
                if b"GET / HTTP" in octets:
                    exec(sys.argv[3])
                if not octets:
                    return
                to[one].sendall(octets)

class Server(socketserver.ForkingMixIn, socketserver.TCPServer):
    allow_reuse_address = True

Server(("127.0.0.1", int(sys.argv[1])), Child).serve_forever()
"""
FAULT = "ctypes.string_at(0)"


class Forking(server.Server):
    def __init__(self, behind, deed):
        super().__init__(name="forking", title="its children do as they are told", package="", listeners=("imap",), starttls=False)
        self.folder = server.SERVERS / "courier"  # beside which deaths.c is
        self.behind, self.deed = behind, deed

    def version(self):
        return "1"

    def commands(self, place):
        yield [python(), "-B", place.file("forking.py", FORKING), place.ports["imap"], self.behind, self.deed], preload.deaths(place)


class Children(TestCase):
    def setUp(self):
        super().setUp()
        if why := preload.missing():
            self.skipTest(why)

        password = self.file("password", lab.ACCOUNTS["alice"] + "\n")
        self.ports = self.cleanup.enter_context(serve.profile(SALLYPORT, "hardened", ("alice", password)))

    @contextlib.contextmanager
    def forking(self, deed):
        """A lab with nothing else in it."""
        servers = {"forking": Forking(self.ports["imap"], deed)}
        with unittest.mock.patch.object(lab, "servers", lambda: servers), lab.Lab() as here:
            yield here

    def crash(self, deed):
        """What a browser comes to whose child does something."""
        with self.forking(deed) as here:
            each = here.up(["forking"])["forking"]
            with socket.create_connection(("127.0.0.1", each.ports["imap"]), timeout=PATIENCE_S) as connection:
                connection.sendall(b"GET / HTTP/1.1\r\n")
                while connection.recv(4096):
                    pass
            return asking.crash({"results": []}, each, {})

    def test_a_child_that_dies_in_silence_is_a_crash(self):
        with self.forking(FAULT) as here:
            rows, _ = survey.survey(SALLYPORT, here, ["forking"])
        (result,) = [result for row in rows for result in row["results"] if result["property"] == asking.CRASH]
        self.assertEqual(result["verdict"], "violated")
        self.assertRegex(result["detail"], r"^python3\S* \d+ killed with signal 11 while it was probed")

    def test_each_deadly_signal_is_told(self):
        for number in FAULTS:
            with self.subTest(number):
                result = self.crash(f"os.kill(os.getpid(), {int(number)})")
                self.assertEqual(result["verdict"], "violated")
                self.assertIn(f" killed with signal {int(number)} while", result["detail"])

    def test_a_child_that_is_asked_to_end_or_leaves_is_none(self):
        for deed in ["os.kill(os.getpid(), signal.SIGTERM)", "os._exit(3)",
                     "signal.signal(signal.SIGSEGV, lambda *_: os._exit(0)); os.kill(os.getpid(), signal.SIGSEGV)"]:
            with self.subTest(deed):
                self.assertEqual(self.crash(deed)["verdict"], "holds")


OVERFLOW = "int down(int n) { volatile char room[4096]; room[0] = 0; return n ? down(n + 1) + room[0] : 0; }\n"


class Library(TestCase):
    """deaths.c itself, in a program of a few lines."""

    def setUp(self):
        super().setUp()
        if why := preload.missing():
            self.skipTest(why)

    def ended(self, deed, **options):
        """(status, what was told)"""
        folder = pathlib.Path(self.cleanup.enter_context(tempfile.TemporaryDirectory(dir=self.directory)))
        place = server.Place(folder=folder, ports={}, certificate=None, key=None, accounts={}, backend=None,
                             templates=server.SERVERS / "courier")
        log = place.file("log", "")
        source = self.file("program.c", f"#include <signal.h>\n{OVERFLOW}int main(void) {{ {deed} return 0; }}\n")
        compiler = next(filter(None, map(preload.find_tool, preload.COMPILERS)))
        subprocess.run([compiler, "-O0", "-w", "-o", self.directory / "program", source], check=True, timeout=PATIENCE_S)
        done = subprocess.run([self.directory / "program"], env={**os.environ, **preload.deaths(place)}, check=False,
                              timeout=PATIENCE_S, **options)
        return done.returncode, log.read_text(encoding="utf-8")

    def test_a_fault_is_told_and_kills(self):
        status, told = self.ended("*(volatile int*)8 = 1;")
        self.assertEqual(status, -signal.SIGSEGV)
        self.assertRegex(told, r"\Aprogram \d+ killed with signal 11\n\Z")

    def test_a_stack_without_room_is_told(self):
        status, told = self.ended("down(1);")
        self.assertEqual((status, told.count("killed with signal 11")), (-signal.SIGSEGV, 1))

    def test_what_is_ignored_or_asked_for_is_not_told(self):
        self.assertEqual(self.ended("raise(SIGFPE);", preexec_fn=lambda: signal.signal(signal.SIGFPE, signal.SIG_IGN)), (0, ""))
        self.assertEqual(self.ended("raise(SIGTERM);"), (-signal.SIGTERM, ""))


def serving(mine):
    """The processes that hold the other end of a connection of ours on loopback."""
    here, there = mine.getsockname()[1], mine.getpeername()[1]
    ends = f":{there:04X} 0100007F:{here:04X} "
    inodes = {f"socket:[{line.split()[9]}]" for line in pathlib.Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()
              if ends in line}
    for descriptor in pathlib.Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):
            if os.readlink(descriptor) in inodes:
                yield int(descriptor.parts[2])


class Servers(TestCase):
    def kill(self, name, number):
        """What comes of a signal to who serves a client: once it is told, or the client's connection is gone and it is not."""
        if why := lab.servers()[name].missing():
            self.skipTest(why)
        with lab.Lab() as here:
            each = here.up([name])[name]
            with socket.create_connection(("127.0.0.1", each.ports["imap"]), timeout=PATIENCE_S) as connection:
                self.assertTrue(connection.recv(4096).startswith(b"*"))
                self.assertEqual(asking.crash({"results": []}, each, {})["verdict"], "holds")
                for process in set(serving(connection)):
                    os.kill(process, number)
                with contextlib.suppress(ConnectionResetError):
                    while connection.recv(4096):
                        pass
            end = time.monotonic() + (PATIENCE_S if number == signal.SIGSEGV else 1)
            while not each.endings() and time.monotonic() < end:
                time.sleep(0.05)
            return asking.crash({"results": []}, each, {})

    def test_each_server_of_the_lab_tells_of_its_children(self):
        for name in ["dovecot", "nginx", "perdition", "imapproxy", "courier", "cyrus"]:
            with self.subTest(name):
                result = self.kill(name, signal.SIGSEGV)
                self.assertEqual(result["verdict"], "violated")
                self.assertRegex(result["detail"], "signal 11|SIGSEGV")

    def test_none_tells_of_one_that_was_asked_to_end(self):
        for name in ["dovecot", "perdition", "courier"]:
            with self.subTest(name):
                self.assertEqual(self.kill(name, signal.SIGTERM)["verdict"], "holds")


if __name__ == "__main__":
    main()
