"""imapproxy (up-imapproxy): the one front-end in Debian that reuses back-end connections, in IMAP alone."""

import dataclasses

from processes import find_tool
from preload import environment
from server import Server


@dataclasses.dataclass
class Imapproxy(Server):
    package: str = "imapproxy"
    programs: tuple = ("imapproxyd",)
    listeners: tuple = ("imap",)
    starttls: bool = False
    backend: str = "dovecot-ntlm"
    taps: tuple = ("plain", "tls")

    def commands(self, place):
        yield [find_tool("imapproxyd"), "-f", place.fill("imapproxy.conf.in", FORCE_TLS="yes" if place.tls_behind else "no"), "-p", place.folder / "pid"], \
            environment(place)


SERVERS = [Imapproxy(name="imapproxy", title="caching proxy, as shipped")]
