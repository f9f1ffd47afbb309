"""Dovecot, as a mailbox server and as a proxy before one, each without NTLM and with it.

The proxy gets its back-end from a static passdb, which takes any password and leaves the judgement to the
back-end: what most of Dovecot's own documentation shows. NTLM is Samba's, by its helper.
"""

import dataclasses
import pathlib

from processes import find_tool
from server import Server

PASSWORDS = "  driver = passwd-file\n  args = {folder}/passwd"
# By EXTERNAL nobody shows a password: whoever has an account can log in. A proxy that has to log in at a back-end with
# something can do so as itself, on the user's behalf.
CERTIFIED = """  driver = passwd-file
  args = {folder}/certified
  mechanisms = external
}}
passdb {{
  driver = passwd-file
  args = {folder}/masters
  master = yes
}}
passdb {{
"""
MASTER = "front-end"
MASTER_PASSWORD = "between-the-two"
ON_BEHALF = "{proxy} master={master} pass={password}\n  mechanisms = external\n}}\npassdb {{\n{proxy}"
PROXY = ("  driver = static\n  args = proxy=y host=127.0.0.1 "
         "port=%{{if;%s;eq;imap;{imap};{pop3}}} proxy_timeout=10 nopassword=y{tls}")

# Samba's helper with the one account that it is told: it needs no domain and no winbindd then.
HELPER = """#!/bin/sh
exec ntlm_auth --configfile={configuration} --helper-protocol=squid-2.5-ntlmssp --username={user} --domain=LAB \\
  --password={password} 2>>{log}
"""


@dataclasses.dataclass
class Dovecot(Server):
    package: str = "dovecot-core"
    mechanisms: str = "plain login cram-md5"
    on_behalf: bool = False  # of who comes with a certificate

    def __post_init__(self):
        self.certificates = "external" in self.mechanisms.split()

    @property
    def ntlm(self):
        return "ntlm" in self.mechanisms.split()

    def missing(self):
        if self.ntlm and not find_tool("ntlm_auth"):
            return "ntlm_auth isn't installed (ci/lab packages)"
        return next((f"{package} isn't installed (ci/bootstrap)" for program, package in [
            (find_tool("dovecot"), "dovecot-core"), (installed("imap-login"), "dovecot-imapd"),
            (installed("pop3-login"), "dovecot-pop3d")] if not program), None)

    def commands(self, place):
        place.make("run", "mail")
        place.file("passwd", "".join(f"{user}:{{PLAIN}}{password}::::::\n"
                                     for user, password in place.accounts.items()))
        if self.ntlm:
            place.make("samba")
            user, password = next(iter(place.accounts.items()))
            configuration = place.fill("smb.conf.in")
            helper = HELPER.format(configuration=configuration, user=user, password=password, log=place.folder / "log")
            place.file("ntlm_auth", helper).chmod(0o755)
        if self.certificates:
            place.file("certified", "".join(f"{user}:::::::nopassword=y\n" for user in place.accounts))
            place.file("masters", f"{MASTER}:{{PLAIN}}{MASTER_PASSWORD}\n")
        if place.backend:
            passdb = PROXY.format(**place.behind, tls=" starttls=yes" if place.tls_behind else "")
            if self.on_behalf:
                passdb = ON_BEHALF.format(proxy=passdb, master=MASTER, password=MASTER_PASSWORD)
        else:
            passdb = (CERTIFIED if self.certificates else "") + PASSWORDS
            passdb = passdb.format(folder=place.folder)
        file = place.fill("dovecot.conf.in", PASSDB=passdb, MECHANISMS=self.mechanisms,
                          WINBIND="yes" if self.ntlm else "no", CERTIFICATES="yes" if self.certificates else "no")
        yield [find_tool("dovecot"), "-F", "-c", file], {}


def installed(login):
    return pathlib.Path("/usr/lib/dovecot", login).exists()


SERVERS = [
    Dovecot(name="dovecot", title="mailbox server, without NTLM", role="backend"),
    Dovecot(name="dovecot-ntlm", title="mailbox server with every mechanism, NTLM by Samba's helper", role="backend",
            mechanisms="plain login cram-md5 digest-md5 apop scram-sha-1 scram-sha-256 ntlm"),
    Dovecot(name="dovecot-proxy", title="proxy by a static passdb, passwords only", mechanisms="plain login",
            backend="dovecot-ntlm", taps=("plain", "tls")),
    Dovecot(name="dovecot-proxy-ntlm", title="the same proxy, told to offer CRAM-MD5 and NTLM as well",
            mechanisms="plain login cram-md5 ntlm", backend="dovecot-ntlm", taps=("plain",), churns=False),
    Dovecot(name="dovecot-external", title="mailbox server that takes certificates of clients", role="backend",
            mechanisms="plain login external"),
    Dovecot(name="dovecot-proxy-external", title="the same proxy, told to offer EXTERNAL as well",
            mechanisms="plain login external", backend="dovecot-external", taps=("plain",), churns=False),
    Dovecot(name="dovecot-proxy-external-master", title="the same, with a password of its own for those who use EXTERNAL",
            mechanisms="plain login external", backend="dovecot-external", taps=("plain",), on_behalf=True, churns=False),
]
