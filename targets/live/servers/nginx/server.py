"""nginx's mail proxy: as its documentation shows it, and told to show AUTH=NTLM, which it can't speak.

The second is the KB's front-end today: nginx shows `imap_capabilities` and `pop3_capabilities` to the
letter, and an operator who copies a back-end's list into them promises what only the back-end can do.
"""

import dataclasses
import pathlib

from processes import find_tool, python
from server import Server

HONEST = {"imap.conf": "imap_auth plain login cram-md5;\n", "pop3.conf": "pop3_auth plain apop cram-md5;\n"}
FALSE = {
    "imap.conf": "imap_auth plain login;\nimap_capabilities IMAP4rev1 LITERAL+ SASL-IR UIDPLUS IDLE AUTH=NTLM;\n",
    "pop3.conf": 'pop3_auth plain;\npop3_capabilities TOP UIDL USER "SASL PLAIN NTLM";\n',
}
EXTERNAL = {f"{protocol}.conf": f"{protocol}_auth plain external;\nssl_verify_client optional;\nssl_client_certificate "
                                "{certificate};\n" for protocol in ("imap", "pop3")}


@dataclasses.dataclass
class Nginx(Server):
    package: str = "nginx-light"
    inner: tuple = ("auth",)
    programs: tuple = ("nginx",)
    backend: str = "dovecot-ntlm"
    taps: tuple = ("plain",)
    configuration: dict = None
    quick: bool = False  # asks nobody else whether a login is right: for benchmarks

    def missing(self):
        if not pathlib.Path("/usr/lib/nginx/modules/ngx_mail_module.so").exists():
            return "libnginx-mod-mail isn't installed (ci/lab packages)"
        return super().missing()

    def commands(self, place):
        accounts = place.file("accounts", "".join(f"{n}:{p}\n" for n, p in place.accounts.items()))
        for name, text in self.configuration.items():
            place.file(name, text.format(certificate=place.certificate))
        if self.quick:
            place.make("temporary")
            place.fill("quick_auth.conf.in", "auth.conf")
        else:
            place.file("auth.conf", "")
            yield [python(), "-B", place.fill("auth_http.py"), place.ports["auth"], place.behind["imap"],
                   place.behind["pop3"], accounts], {}
        yield [find_tool("nginx"), "-e", place.folder / "log", "-p", place.folder, "-c", place.fill("nginx.conf.in")], {}


SERVERS = [
    Nginx(name="nginx", title="mail proxy as its documentation shows it", configuration=HONEST),
    Nginx(name="nginx-ntlm", title="mail proxy, its capabilities copied from a back-end that has NTLM",
          configuration=FALSE, churns=False),
    Nginx(name="nginx-external", title="mail proxy that takes certificates of clients, and has their passwords from auth_http",
          configuration=EXTERNAL, certificates=True, churns=False),
]
