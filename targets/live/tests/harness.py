"""What the tests of live servers share: servers that end with the test, a certificate, curl.

Servers other than our own are the lab's (targets/live/lab).
"""

import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lab"))

import lab  # noqa: E402
import serve  # noqa: E402
from processes import PATIENCE_S, NotStarted, find_tool  # noqa: E402

SALLYPORT = os.environ.get("SALLYPORT", "sallyport")


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
        try:
            return lab.make_certificate(self.directory)
        except NotStarted as why:
            self.skipTest(str(why))

    def run_sallyport(self, *arguments):
        return subprocess.run(
            [SALLYPORT, *map(str, arguments)], capture_output=True, text=True, timeout=2 * PATIENCE_S,
            check=False,
        )

    def serve(self, *arguments):
        return self.cleanup.enter_context(serve.serving(SALLYPORT, *arguments))

    def dovecot(self, user, password):
        return self.cleanup.enter_context(dovecot(self, user, password))


@contextlib.contextmanager
def dovecot(test, user, password):
    """A private Dovecot with one account: the port of each listener by name."""
    with lab.Lab(accounts={user: password}) as here:
        running = here.up(["dovecot"])
        if not running:
            test.skipTest(here.failed["dovecot"])
        test.file("certificate.pem", here.certificate.read_text(encoding="utf-8"))
        yield running["dovecot"].ports


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
