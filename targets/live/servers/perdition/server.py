"""Perdition: with the capabilities that it has, and with a back-end's copied into its configuration.

One process a port, all told by options alone. Passwords are the back-end's affair.
"""

import dataclasses

from processes import find_tool, group, owner
from server import Server

HONEST = {"imap": ["--imap_capability", "IMAP4 IMAP4REV1"], "pop3": ["--pop_capability", "UIDL.USER"]}
FALSE = {"imap": ["--imap_capability", "IMAP4 IMAP4REV1 LITERAL+ SASL-IR AUTH=NTLM"],
         "pop3": ["--pop_capability", "UIDL.USER.SASL NTLM"]}


@dataclasses.dataclass
class Perdition(Server):
    slow: bool = True
    package: str = "perdition"
    programs: tuple = ("perdition.imap4", "perdition.pop3")
    backend: str = "dovecot-ntlm"
    taps: tuple = ("plain", "tls")
    answer_s: int = 20  # it sleeps three seconds on an error
    capabilities: dict = None

    def commands(self, place):
        for listener, port in place.ports.items():
            protocol = listener.removesuffix("s")
            under_tls = listener != protocol
            yield [
                find_tool("perdition.imap4" if protocol == "imap" else "perdition.pop3"), "-f", "/dev/null", "--no_daemon",
                "-b", "127.0.0.1", "-l", port, "--no_lookup", "-s", f"127.0.0.1:{place.behind[protocol]}",
                "-M", "", "-F", place.folder / "log", "--pid_file", place.folder / f"{listener}.pid",
                "-u", owner().pw_name, "-g", group(),
                "--ssl_mode", ("ssl_listen" if under_tls else "tls_listen") + (",tls_outgoing_force" if place.tls_behind else ""),
                "--ssl_ca_file", place.certificate,
                "--ssl_cert_file", place.certificate, "--ssl_key_file", place.key, *self.capabilities[protocol],
            ], {}


SERVERS = [
    Perdition(name="perdition", title="proxy with the capabilities that it has", capabilities=HONEST),
    Perdition(name="perdition-ntlm", title="proxy, its capabilities copied from a back-end that has NTLM",
              capabilities=FALSE, churns=False),
]
