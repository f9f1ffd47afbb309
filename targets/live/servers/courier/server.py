"""Courier as a proxy: `mailhost` of its user database names the back-end.

It verifies the login with its own hashes and logs in at the back-end with the same words.
"""

import dataclasses
import pathlib

import preload
from packages import cache, unpacked
from processes import find_tool, owner
from server import Server, run

RECORD = ("{name}\tuid={uid}|gid={gid}|home={home}|mail={home}|systempw={password}|hmac-md5pw={hmac}|"
          "options=mailhost={host}\n")
BACKEND = "127.0.0.2"  # to Courier a host of its own name is itself


@dataclasses.dataclass
class Courier(Server):
    slow: bool = True
    package: str = "courier-imap"
    programs: tuple = ("unshare",)
    backend: str = "dovecot-ntlm"
    taps: tuple = ("plain",)
    patience_s: int = 40
    answer_s: int = 20  # it sleeps five seconds on an error

    def missing(self):
        if not unpacked("courier"):
            return "courier isn't unpacked (ci/lab packages)"
        return super().missing() or preload.missing()

    def hash(self, password, *options):
        program = cache() / "courier/usr/sbin/userdbpw"
        libraries = cache() / "courier/usr/lib/x86_64-linux-gnu/courier-authlib"
        return run([program, *options], input=f"{password}\n{password}\n",
                   environment={"LD_LIBRARY_PATH": str(libraries)}).strip()

    def commands(self, place):
        place.make("run/courier/authdaemon", "etc/courier", "home")
        records = "".join(
            RECORD.format(name=name, uid=owner().pw_uid, gid=owner().pw_gid, home=place.folder / "home", host=BACKEND,
                          password=self.hash(password), hmac=self.hash(password, "-hmac-md5"))
            for name, password in place.accounts.items())
        place.file("etc/courier/userdb", records).chmod(0o600)
        place.fill("authdaemonrc.in", "etc/courier/authdaemonrc")
        # couriertls becomes the package's user, which isn't there where it is only unpacked.
        for file, record in [("passwd", "courier:x:0:0::/:/bin/false\n"), ("group", "courier:x:0:\n")]:
            place.file(f"etc/{file}", pathlib.Path("/etc", file).read_text(encoding="utf-8") + record)
        both = "".join(path.read_text(encoding="utf-8") for path in (place.key, place.certificate))
        place.file("certificate-and-key.pem", both)
        behind = place.behind
        environment = preload.deaths(place, preload.environment(place, ports={143: behind["imap"], 110: behind["pop3"]}))
        libraries = environment.pop("LD_PRELOAD")
        environment |= {f"{name.upper()}_PORT": str(port) for name, port in place.ports.items()}
        environment["CLIENTS_AUTHORITY"] = str(place.certificate) if self.certificates else ""
        script = place.fill("namespace.sh")  # the tree may be where only root reads
        # couriertcpd leaves its session, so that only the end of a PID namespace ends all of it for sure.
        yield [find_tool("unshare"), "--user", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child",
               "sh", script, place.folder, cache() / "courier", libraries], environment


SERVERS = [
    Courier(name="courier", title="proxy to the back-end that its user database names"),
    Courier(name="courier-external", title="the same proxy, told to take certificates of clients", certificates=True, churns=False),
]
