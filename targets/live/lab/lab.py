"""A lab: servers on loopback in one temporary folder, with one certificate and the same accounts everywhere.

What stands behind another server is started with it. Leaving the `with` block ends everything and removes
the folder; so does Ctrl-C, and a lab that is killed takes its processes along.
"""

import contextlib
import functools
import pathlib
import subprocess
import tempfile

import server
from processes import NotStarted, PATIENCE_S, find_tool

# Examples: they are in nobody's system, and what is written about them may be read by anybody.
ACCOUNTS = {"alice": "wonderland", "bob": "blancmange"}
# Servers know these as well. For findings: a password that a line of commands has no room for (RFC 2449 §4: 255 octets), and
# one of the characters that a quoted string has to escape (RFC 3501 §9). For churn: somebody with a message.
SPECIAL = {"carol": "c" * 240, "dave": 'da"ve\\9', "erin": "evergreen"}


@functools.cache
def servers():
    return server.load()


def make_certificate(folder):
    """A certificate of 127.0.0.1's own and its key, which a server's user can read: it is the lab's alone."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    if not find_tool("openssl"):
        raise NotStarted("openssl isn't installed (ci/bootstrap)")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-days", "1", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True, timeout=PATIENCE_S,
    )
    key.chmod(0o644)
    return certificate, key


def make_own_certificate(folder, user, certificate, key):
    """A certificate of a user's own and its key: the lab's certificate is the authority that issued it."""
    own, own_key, request = (folder / f"{user}.{end}" for end in ("certificate.pem", "key.pem", "request.pem"))
    for command in (
            ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={user}",
             "-keyout", own_key, "-out", request],
            ["openssl", "x509", "-req", "-days", "1", "-in", request, "-CA", certificate, "-CAkey", key,
             "-set_serial", "2", "-out", own]):
        subprocess.run([str(word) for word in command], check=True, capture_output=True, timeout=PATIENCE_S)
    return own, own_key


class Lab(contextlib.AbstractContextManager):
    def __init__(self, accounts=None):
        self.accounts = accounts or ACCOUNTS
        self.known = self.accounts if accounts else ACCOUNTS | SPECIAL  # to the servers
        self.running = {}
        self.failed = {}  # name: why
        self._stack = contextlib.ExitStack()

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sallyport-lab.")))
            self.folder.chmod(0o755)
            self.certificate, self.key = make_certificate(self.folder)
            self.own_certificate, self.own_key = make_own_certificate(
                self.folder, next(iter(self.accounts)), self.certificate, self.key)
            self.passwords = {}
            for user, password in self.known.items():
                self.passwords[user] = self.folder / f"{user}.password"
                self.passwords[user].write_text(password + "\n", encoding="utf-8")
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        for running in self.running.values():
            running.ask_to_end()
        for running in reversed(self.running.values()):
            running.end()
        self.running.clear()
        self._stack.close()

    def up(self, names):
        """Starts servers and what stands behind them, all at once. What can't be is in `failed`, with its reason."""
        wanted = set(names)
        wanted |= {servers()[name].backend for name in wanted} - {""}
        for behind in (False, True):
            layer = [each for each in servers().values() if each.name in wanted and bool(each.backend) == behind]
            for each in layer:
                if each.name in self.running:
                    continue
                self._try_to_begin(each, each.name)
            for each in layer:
                if each.name in self.running:
                    self._await(each.name)
        return {name: self.running[name] for name in servers() if name in self.running and name in names}

    def tapped(self, binary, names, *, churns=False):
        """Front-ends once more, each with an interposer between it and its back-end: by name and tap. The
        untapped ones are up already, and so is what stands behind them. With `churns`, those on which that is tried."""
        wanted = [(name, tap) for name in names if name in self.running and (servers()[name].churns or not churns)
                  for tap in servers()[name].taps]
        keys = [f"{name}+{'churn-' if churns else ''}{tap}" for name, tap in wanted]
        for key, (name, tap) in zip(keys, wanted, strict=True):
            self._try_to_begin(servers()[name], key, tap=tap, churns=churns, binary=binary)
        for key in keys:
            if key in self.running:
                self._await(key)
        return {key: self.running[key] for key in keys if key in self.running}

    def _try_to_begin(self, each, key, **tap):
        try:
            self.running[key] = self._begun(each, **tap)
        except (NotStarted, OSError, subprocess.SubprocessError) as failure:
            self.failed[key] = str(failure)

    def _begun(self, each, **tap):
        if why := each.missing():
            raise NotStarted(why)
        if each.backend and each.backend not in self.running:
            raise NotStarted(f"{each.backend}, which stands behind it, isn't there: {self.failed[each.backend]}")
        return server.Running(
            each, self.folder, certificate=self.certificate, key=self.key, accounts=self.known,
            backend=self.running.get(each.backend), **tap)

    def _await(self, name):
        try:
            self.running[name].wait()
        except (NotStarted, OSError) as failure:
            self.failed[name] = str(failure)
            self.running.pop(name).end()
