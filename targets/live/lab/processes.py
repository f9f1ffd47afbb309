"""Processes that end with whoever started them, on ports that were free, ready when they greet.

Nothing has a fixed port and nothing waits for a fixed time. Whatever is started here is an ordinary user's
process, also where root starts it, leads a session of its own, and dies with its parent even where that is
killed (PR_SET_PDEATHSIG).
"""

import concurrent.futures
import contextlib
import ctypes
import grp
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

PATIENCE_S = 60  # before something counts as hung


class NotStarted(Exception):
    """A server did not come up; one line and the end of its log say why."""


def find_tool(name):
    """The path of a program, in the places where daemons live as well; None where it isn't installed."""
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def python():
    """An interpreter that the owner may run: root's own may lie in root's home."""
    return find_tool("/usr/bin/python3") or sys.executable


def owner():
    """Whose processes servers are: the caller's own, or nobody's where root calls."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


def group():
    return grp.getgrgid(owner().pw_gid).gr_name


def as_owner():
    """Arguments of subprocess functions that make the process the owner's."""
    if os.geteuid() != 0:
        return {}
    return {"user": owner().pw_uid, "group": owner().pw_gid, "extra_groups": []}


def give(path):
    """Lets the owner write to what was just made."""
    if os.geteuid() == 0:
        os.chown(path, owner().pw_uid, owner().pw_gid)
    return path


def die_with_parent():
    """Of the thread that starts a process, to be exact: it has to live as long as the process shall."""
    ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


_given = set()


def free_ports(count):
    """Ports that are free now and weren't given before. Somebody else may be faster, so their users try again."""
    ports = []
    while len(ports) < count:
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            port = bound.getsockname()[1]
        if port not in _given:
            _given.add(port)
            ports.append(port)
    return ports


def listens(port, host="127.0.0.1"):
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0


def greets(port, host="127.0.0.1", limit_s=2):
    """Whether an IMAP or POP3 server says that it is ready. Dovecot asks for patience before it does."""
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=limit_s) as connection:
        for line in connection.makefile("rb"):
            if line.startswith((b"* OK", b"+OK")) and b"Waiting for authentication" not in line:
                return True
    return False


def wait_for(ready, what):
    """Polls, since servers don't say when they listen."""
    end = time.monotonic() + PATIENCE_S
    while not ready():
        if time.monotonic() > end:
            raise NotStarted(f"{what}: not ready after {PATIENCE_S} s")
        time.sleep(0.02)


_children = set()
_stopping = threading.Event()


def run_to_end(command, *, limit_s, stdin=None, **more):
    """subprocess.run, but ended with the Crew. Raises TimeoutExpired, and OSError where the Crew has ended."""
    if _stopping.is_set():
        raise InterruptedError("stopped")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more) as child:
        _children.add(child)
        try:
            stdout, stderr = child.communicate(stdin, timeout=limit_s)
        except BaseException:
            child.kill()
            raise
        finally:
            _children.discard(child)
        return subprocess.CompletedProcess(command, child.returncode, stdout, stderr)


class Crew(concurrent.futures.ThreadPoolExecutor):
    """Threads that wait for processes. Left by an exception, Ctrl-C's too, it waits for none of them."""

    def __exit__(self, kind, *rest):
        if kind is not None:
            _stopping.set()
            self.shutdown(wait=False, cancel_futures=True)
            while any(thread.is_alive() for thread in self._threads):
                for child in list(_children):
                    child.kill()
                time.sleep(0.05)
        return super().__exit__(kind, *rest)


FAULTS = (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGABRT)
# What servers write where a signal ended a process of theirs: Dovecot and servers/deaths.c, nginx, Cyrus, and Perdition, which
# says so of a signal that asks it to end as well.
KILLED = re.compile(r"[^\n]*(?:killed with signal|exited on signal|signaled to death by|"
                    rf"Exiting on signal (?:{'|'.join(str(int(each)) for each in FAULTS)})\b)[^\n]*")


class Process:
    """A server's process with all of its children, its output in a file."""

    def __init__(self, command, *, log, environment=None, directory="/", owned=True):
        self.log = log
        self.program = pathlib.PurePath(str(command[0])).name
        with log.open("ab") as output:
            self.popen = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                cwd=directory, env={**os.environ, **(environment or {})}, start_new_session=True,
                preexec_fn=die_with_parent, **(as_owner() if owned else {}))

    def wait_until(self, ready, what):
        def ready_or_dead():
            if self.popen.poll() is not None:
                raise NotStarted(f"{what}: ended with {self.popen.returncode}")
            return ready()
        try:
            wait_for(ready_or_dead, what)
        except NotStarted as failure:
            raise NotStarted(f"{failure}: {self.last_words()}") from None

    def ending(self):
        """How it ended, in words; empty while it runs. Before `end` nobody asked it to."""
        status = self.popen.poll()
        if status is None:
            return ""
        how = f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended with {status}"
        return f"{self.program} {how}"

    def last_words(self, lines=12):
        text = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def ask_to_end(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGTERM)

    def end(self):
        """SIGTERM, and SIGKILL to what of its session is left behind it."""
        self.ask_to_end()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.popen.wait(timeout=10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait()
