"""`sallyport serve` as one more server of the lab."""

import contextlib
import signal
import subprocess

from processes import PATIENCE_S, die_with_parent

PROFILES = ["exchange-2000", "exchange-2000-sp1", "hardened"]
ANY = "127.0.0.1:0"


@contextlib.contextmanager
def serving(binary, *arguments):
    """The port of each listener by name. Must end with 0 on SIGTERM."""
    with subprocess.Popen(
        [binary, "serve", *map(str, arguments)], stdout=subprocess.PIPE, text=True,
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


def profile(binary, name, account):
    """A profile's front-end and its back-end, with one account: (user, file of the password)."""
    user, password = account
    return serving(binary, "--profile", name, "--imap", ANY, "--pop3", ANY, "--backend-imap", ANY, "--backend-pop3", ANY,
                   "--user", user, "--password-file", password)
