"""What the tests of live servers share: servers that end with the test, a certificate, curl.

Nothing has a fixed port and nothing waits for a fixed time. A server's process dies with the test's even
where that is killed (PR_SET_PDEATHSIG).
"""

import contextlib
import ctypes
import grp
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

SALLYPORT = os.environ.get("SALLYPORT", "sallyport")
SERVERS = pathlib.Path(__file__).resolve().parent.parent / "servers"
PATIENCE_S = 60  # before something counts as hung


def find_tool(name):
    """The path of a program, in the places where daemons live as well; None where it isn't installed."""
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def die_with_parent():
    ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


class TestCase(unittest.TestCase):
    """With a directory and servers that are gone behind the test, however it ends."""

    def setUp(self):
        if not find_tool(SALLYPORT):
            self.skipTest(f"no command at {SALLYPORT}: set SALLYPORT")
        self.cleanup = contextlib.ExitStack()
        self.addCleanup(self.cleanup.close)
        self.directory = pathlib.Path(self.cleanup.enter_context(tempfile.TemporaryDirectory()))
        self.directory.chmod(0o755)

    def file(self, name, text):
        path = self.directory / name
        path.write_text(text, encoding="utf-8")
        return path

    def certificate(self):
        """A certificate of 127.0.0.1's own and its key."""
        certificate, key = self.directory / "certificate.pem", self.directory / "key.pem"
        if not find_tool("openssl"):
            self.skipTest("openssl isn't installed")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-days", "1", "-subj", "/CN=sallyport test", "-addext", "subjectAltName=IP:127.0.0.1",
             "-keyout", str(key), "-out", str(certificate)],
            check=True, capture_output=True, timeout=PATIENCE_S,
        )
        return certificate, key

    def run_sallyport(self, *arguments):
        return subprocess.run(
            [SALLYPORT, *map(str, arguments)], capture_output=True, text=True, timeout=2 * PATIENCE_S,
            check=False,
        )

    def serve(self, *arguments):
        return self.cleanup.enter_context(serving(*arguments))

    def dovecot(self, user, password):
        return self.cleanup.enter_context(dovecot(self, user, password))


@contextlib.contextmanager
def serving(*arguments):
    """`sallyport serve`: the port of each listener by name. Must end with 0 on SIGTERM."""
    with subprocess.Popen(
        [SALLYPORT, "serve", *map(str, arguments)], stdout=subprocess.PIPE, text=True,
        preexec_fn=die_with_parent,
    ) as process:
        try:
            ports = {}
            for line in process.stdout:
                if line == "ready\n":
                    break
                name, address = line.split()
                ports[name] = int(address.rpartition(":")[2])
            else:
                raise AssertionError(f"sallyport serve ended with {process.wait()}")
            yield ports
            process.send_signal(signal.SIGTERM)
            status = process.wait(timeout=PATIENCE_S)
            if status != 0:
                raise AssertionError(f"SIGTERM ended sallyport serve with {status}, not 0")
        finally:
            process.kill()


def free_ports(count):
    """Ports that are free now. Somebody else may be faster, so their users try again."""
    with contextlib.ExitStack() as sockets:
        bound = [sockets.enter_context(socket.socket()) for _ in range(count)]
        for each in bound:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in bound]


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def dovecot(test, user, password):
    """A private Dovecot with one account: the port of each listener by name."""
    program = find_tool("dovecot")
    if not program:
        test.skipTest("dovecot isn't installed")
    certificate, key = test.certificate()
    root = os.geteuid() == 0
    owner = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.geteuid())
    names = ["IMAP", "POP3", "IMAPS", "POP3S"]
    mail = test.directory / "mail"
    mail.mkdir()
    if root:
        os.chown(mail, owner.pw_uid, owner.pw_gid)
    (test.directory / "run").mkdir()
    test.file("passwd", f"{user}:{{PLAIN}}{password}::::::\n")
    for _ in range(5):
        ports = dict(zip(names, free_ports(len(names)), strict=True))
        words = {
            "DIRECTORY": test.directory, "CERTIFICATE": certificate, "KEY": key,
            "USER": owner.pw_name, "GROUP": grp.getgrgid(owner.pw_gid).gr_name,
            **{f"{name}_PORT": port for name, port in ports.items()},
        }
        for template in sorted((SERVERS / "dovecot").glob("*.in")):
            if root and template.stem == "unprivileged.conf":
                continue
            text = template.read_text(encoding="utf-8")
            for word, value in words.items():
                text = text.replace(f"@{word}@", str(value))
            test.file(template.stem, text)
        process = subprocess.Popen(
            [program, "-F", "-c", str(test.directory / "dovecot.conf")], preexec_fn=die_with_parent,
            stderr=subprocess.PIPE, text=True,
        )
        log = test.directory / "dovecot.log"
        try:
            if started(process, ports.values()):
                yield {name.lower(): port for name, port in ports.items()}
                return
        finally:
            process.terminate()
            try:
                process.wait(timeout=PATIENCE_S)
            finally:
                process.kill()
                errors = process.communicate()[1] + (log.read_text() if log.exists() else "")
        if "Address already in use" not in errors:
            break
    raise AssertionError(f"dovecot does not start: {errors}")


def started(process, ports):
    """Whether all ports listen before the process ends."""
    for port in ports:
        while not listens(port):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.02)
                return False
    return True


class Curl:
    """curl with one account, which it reads from standard input rather than from its arguments."""

    def __init__(self, user, password):
        self.config = f'user = "{user}:{password}"\n'

    @staticmethod
    def speaks_ntlm():
        if not find_tool("curl"):
            return False
        version = subprocess.run(["curl", "-V"], capture_output=True, text=True, check=True).stdout
        return " NTLM " in version + " "

    def __call__(self, url, *arguments):
        return subprocess.run(
            ["curl", "--verbose", "--silent", "--show-error", "--noproxy", "*", "--max-time",
             str(PATIENCE_S), "--config", "-", *arguments, url],
            input=self.config, capture_output=True, text=True, check=False, timeout=2 * PATIENCE_S,
        )


def main():
    """unittest.main, but a run in which everything was skipped ends with 77, as ctest expects."""
    program = unittest.main(exit=False, verbosity=2)
    result = program.result
    if not result.wasSuccessful():
        sys.exit(1)
    sys.exit(77 if result.testsRun and len(result.skipped) == result.testsRun else 0)
