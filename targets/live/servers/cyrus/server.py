"""Cyrus: as a mailbox server with an NTLM that is real, and as a Murder, whose front-end ends logins itself.

A Murder is three of them: a mupdate master that knows where mailboxes are, a back-end on 127.0.0.2, and the
front-end. That one verifies logins, NTLM among them, and tells the back-end by a credential of its own whom it
speaks for; so its offer of NTLM rests on no connection but the client's.
"""

import dataclasses
import imaplib

import preload
from packages import cache, unpacked
from processes import NotStarted, listens, wait_for
from server import Server, run

MURDER_HOST = "127.0.0.2"
# The front-end's and the back-end's own accounts.
INTERNAL = {"cyrus": "cyrus-internal", "mupdate": "mupdate-internal", "murder": "murder-internal"}
MUPDATE_CLIENT = """mupdate_server: 127.0.0.1
mupdate_port: {port}
mupdate_config: standard
mupdate_username: mupdate
mupdate_authname: mupdate
mupdate_realm: localhost
mupdate_password: mupdate-internal
force_sasl_client_mech: PLAIN
"""
PROXY_CREDENTIAL = """proxy_authname: murder
proxy_realm: localhost
proxy_password: murder-internal
127_password: murder-internal
"""


def binary(name):
    return cache() / "cyrus/usr/lib/cyrus/bin" / name


def service(role, name, program, listen, options=""):
    return (f'  {name} cmd="{binary(program)} {options} -C @DIRECTORY@/{role}.imapd.conf" '
            f'listen="{listen}" prefork=1 maxchild=50')


def opens(port, name, password):
    with imaplib.IMAP4("127.0.0.1", port, timeout=30) as session:
        session.login(name, password)
        return session.select()[0] == "OK"


@dataclasses.dataclass
class Cyrus(Server):
    slow: bool = True
    package: str = "cyrus-imapd"
    programs: tuple = ("saslpasswd2",)

    @property
    def mechanisms(self):
        return "PLAIN LOGIN EXTERNAL" if self.certificates else "PLAIN LOGIN CRAM-MD5 NTLM"

    def missing(self):
        if not unpacked("cyrus"):
            return "cyrus isn't unpacked (ci/lab packages)"
        return super().missing() or preload.missing()

    def accounts(self, place, *realms):
        for realm in ("localhost", *realms):
            for name, password in {**place.accounts, **INTERNAL}.items():
                run(["saslpasswd2", "-p", "-c", "-f", place.folder / "sasldb2", "-u", realm, name], input=password)
        (place.folder / "sasldb2").chmod(0o644)

    def instance(self, place, role, services, *, name="localhost", more="", admins="", start="", environment=None):
        """One of the masters: its command and its environment."""
        place.make(*(f"{role}/{part}" for part in [
            "db", "log", "msg", "proc", "ptclient", "quota", "user", "sieve", "socket", "lock", "spool"]))
        if self.certificates:
            more += f"tls_client_ca_file: {place.certificate}\ntls_client_certs: optional\n"
        imapd = place.fill("imapd.conf.in", f"{role}.imapd.conf", ROLE=role, NAME=name, MORE=more, MORE_ADMINS=admins,
                           MECHANISMS=self.mechanisms)
        services = "\n".join(services).replace("@DIRECTORY@", str(place.folder))
        cyrus = place.fill("cyrus.conf.in", f"{role}.cyrus.conf", ROLE=role, SERVICES=services,
                           MORE_START=start.replace("@DIRECTORY@", str(place.folder)))
        return [binary("master"), "-C", imapd, "-M", cyrus, "-p", place.folder / f"{role}.pid"], {
            "LD_LIBRARY_PATH": str(cache() / "cyrus/usr/lib/x86_64-linux-gnu"),
            **preload.environment(place, services=environment)}

    def client_services(self, place, role, host="127.0.0.1", names=None):
        for name in names or self.listeners:
            options = "-s" if name.endswith("s") else ""
            yield service(role, name, "imapd" if name.startswith("imap") else "pop3d",
                          f"{host}:{place.ports[name]}", f"-U 30 {options}")

    def make_mailboxes(self, place, host, port):
        """An INBOX for each account; POP3 has nothing to show without."""
        try:
            with imaplib.IMAP4(host, port, timeout=30) as session:
                session.login("cyrus", INTERNAL["cyrus"])
                for name in place.accounts:
                    kind, said = session.create(f"user/{name}")
                    if kind != "OK":
                        raise NotStarted(f"{self.name}: no mailbox for {name}: {said}")
        except imaplib.IMAP4.error as error:
            raise NotStarted(f"{self.name}: no mailboxes: {error}") from error

    def settle(self, place):
        self.make_mailboxes(place, "127.0.0.1", place.ports["imap"])

    def commands(self, place):
        self.accounts(place)
        yield self.instance(place, "alone", self.client_services(place, "alone"))


@dataclasses.dataclass
class Murder(Cyrus):
    package: str = "cyrus-murder"
    taps: tuple = ("plain",)
    inner: tuple = ("mupdate", "mupdate_slave", "backend_imap", "backend_pop3")

    def __post_init__(self):
        self.hosts = {"backend_imap": MURDER_HOST, "backend_pop3": MURDER_HOST}

    def real_backend(self, place):
        return MURDER_HOST, {protocol: place.ports[f"backend_{protocol}"] for protocol in ("imap", "pop3")}

    def settle(self, place):
        self.make_mailboxes(place, MURDER_HOST, place.ports["backend_imap"])
        for name, password in place.accounts.items():  # until the front-end has heard of them
            wait_for(lambda n=name, p=password: opens(place.ports["imap"], n, p), f"{self.name}: the mailbox of {name}")

    def commands(self, place):
        self.accounts(place, MURDER_HOST)
        ports = place.ports
        member = MUPDATE_CLIENT.format(port=ports["mupdate"])
        seen_by_all = {"imap": ports["backend_imap"], "pop3": ports["backend_pop3"], "mupdate": ports["mupdate"]}
        yield self.instance(
            place, "mupdate", [service("mupdate", "mupdate", "mupdate", f"127.0.0.1:{ports['mupdate']}", "-m")],
            admins="mupdate", environment=seen_by_all)
        wait_for(lambda: listens(ports["mupdate"]), "the mupdate master")  # the others push to it as they start
        push = (f'push cmd="{binary("ctl_mboxlist")} -C @DIRECTORY@/behind.imapd.conf -m"')
        yield self.instance(
            place, "behind", [
                service("behind", "imap", "imapd", f"{MURDER_HOST}:{ports['backend_imap']}", "-U 30"),
                service("behind", "pop3", "pop3d", f"{MURDER_HOST}:{ports['backend_pop3']}", "-U 30")],
            name=MURDER_HOST, more=member + "proxyservers: murder\n", start=push, environment=seen_by_all)
        yield self.instance(
            place, "front", [
                service("front", "mupdate", "mupdate", f"127.0.0.1:{ports['mupdate_slave']}"),
                *self.client_services(place, "front")],
            more=member + PROXY_CREDENTIAL, environment=seen_by_all | (place.behind if place.tap else {}))


SERVERS = [
    Cyrus(name="cyrus", title="mailbox server, NTLM by its SASL plug-in", role="backend"),
    Cyrus(name="cyrus-external", title="mailbox server that takes certificates of clients", role="backend", certificates=True),
    Murder(name="cyrus-murder", title="Murder front-end, which verifies logins itself"),
    Murder(name="cyrus-murder-external", title="Murder front-end that takes certificates of clients", certificates=True,
           churns=False),
]
