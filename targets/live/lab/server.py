"""A server of the lab: what it is, what it needs, and how one private instance of it is started and ended.

Each folder of targets/live/servers has a server.py, which describes one or more of them as `SERVERS`, beside
its configuration as templates. A template is filled in with the words of its Place, `@IMAP_PORT@` and so on.
"""

import dataclasses
import importlib.util
import os
import pathlib
import subprocess

from packages import cache, unpacked, version_of
from processes import KILLED, PATIENCE_S, NotStarted, Process, find_tool, free_ports, give, greets, group, listens, owner

SERVERS = pathlib.Path(__file__).resolve().parent.parent / "servers"
TRIES = 5  # a port that was free may be taken by the time that it is used


@dataclasses.dataclass
class Place:
    """Where one instance runs, and what it is told."""

    folder: pathlib.Path
    ports: dict
    certificate: pathlib.Path
    key: pathlib.Path
    accounts: dict  # name: password; an instance knows all of them
    backend: "Running | None"
    templates: pathlib.Path
    tap: "Tap | None" = None

    @property
    def behind(self):
        """The ports by which a front-end reaches its back-end: an interposer's where there is a tap."""
        return self.tap.ports if self.tap else self.backend.ports

    @property
    def tls_behind(self):
        """Whether the back-end is to be reached by STARTTLS and STLS."""
        return self.tap is not None and self.tap.tls

    def words(self):
        words = {"DIRECTORY": self.folder, "CERTIFICATE": self.certificate, "KEY": self.key,
                 "USER": owner().pw_name, "GROUP": group(), "CACHE": cache()}
        words |= {f"{name.upper()}_PORT": port for name, port in self.ports.items()}
        if self.backend:
            words |= {f"BACKEND_{name.upper()}_PORT": port for name, port in self.behind.items()}
        return words

    def fill(self, template, name=None, **more):
        """Writes a template's text with its words filled in; the file's path."""
        text = (self.templates / template).read_text(encoding="utf-8")
        for word, value in {**self.words(), **more}.items():
            text = text.replace(f"@{word}@", str(value))
        return self.file(name or template.removesuffix(".in"), text)

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return give(path)

    def make(self, *names):
        """Folders that the server may write to."""
        for name in names:
            path = self.folder
            for part in pathlib.PurePath(name).parts:
                path = path / part
                if not path.exists():
                    path.mkdir()
                    give(path)


@dataclasses.dataclass
class Server:
    """Subclasses say in `commands` what is started in a Place."""

    name: str
    title: str  # what a reader should know of this configuration
    package: str  # whose version counts
    role: str = "frontend"  # or backend, as `sallyport probe --role`
    listeners: tuple = ("imap", "pop3", "imaps", "pop3s")
    starttls: bool = True
    inner: tuple = ()  # ports that are the server's own affair
    programs: tuple = ()
    backend: str = ""  # the server behind it
    folder: pathlib.Path = None  # where its templates are; filled in by load()
    answer_s: int = 5  # how long an answer may take
    slow: bool = False  # sleeps on errors, each session in a process of its own
    hosts: dict = dataclasses.field(default_factory=dict)  # of ports that aren't on 127.0.0.1
    taps: tuple = ()  # how an interposer can stand behind it: plain, tls
    churns: bool = True  # it is tried what it makes of connections that break; no use of two configurations of one proxy
    patience_s: int = 20  # longer than it waits for a back-end that hangs
    certificates: bool = False  # who shows one may log in by EXTERNAL

    def real_backend(self, place):
        """(host, ports) of what is behind it, for an interposer."""
        return "127.0.0.1", place.backend.ports

    def missing(self):
        """Why it can't be started here, in one line; None where it can."""
        for program in self.programs:
            if not find_tool(program):
                return f"{program} isn't installed (ci/lab packages)"
        return None

    def version(self):
        return version_of(self.package)

    def commands(self, place):
        """(command, environment) of each process, in the order in which they start."""
        raise NotImplementedError

    def settle(self, place):
        """What is left to do once it is ready; raises NotStarted or OSError."""

    def urls(self, ports):
        """The ways to talk to it: (protocol, transport, URL)."""
        for protocol in ("imap", "pop3"):
            if protocol not in self.listeners:
                continue
            plain = f"{protocol}://127.0.0.1:{ports[protocol]}"
            yield protocol, "plain", plain
            if self.starttls:
                yield protocol, "starttls", plain
            if self.certificates:
                yield protocol, "certificate", plain
            if protocol + "s" in self.listeners:
                under_tls = f"{protocol}s://127.0.0.1:{ports[protocol + 's']}"
                yield protocol, "tls", under_tls
                if self.certificates:
                    yield protocol, "certificate-tls", under_tls

    def protocols(self):
        return [protocol for protocol in ("imap", "pop3") if protocol in self.listeners]


class Tap:
    """`sallyport interpose` between a front-end and its back-end, one for each protocol, which a probe can look into.
    TLS that the front-end begins ends there, with the lab's certificate, and is begun anew."""

    def __init__(self, server, place, *, binary, tls):
        self.tls = tls
        self.folder = place.folder
        self.ports, self.taps, self.processes, self.commands = {}, {}, {}, {}
        host, real = server.real_backend(place)
        for protocol in server.protocols():
            self.ports[protocol], self.taps[protocol] = free_ports(2)
            self.commands[protocol] = [
                binary, "interpose", "--quiet", "--protocol", protocol, "--listen", f"{host}:{self.ports[protocol]}",
                "--backend", f"{host}:{real[protocol]}", "--tap", f"127.0.0.1:{self.taps[protocol]}",
                "--certificate", place.certificate, "--key", place.key, "--insecure"]
            self.start(protocol)

    def start(self, protocol, *options):
        log = self.folder / f"interpose-{protocol}.log"
        log.write_text("", encoding="utf-8")
        self.processes[protocol] = Process([*self.commands[protocol], *options], log=log, owned=False)
        return log

    def churn(self, protocol, policy):
        """One of them, anew, with all that was connected to it gone, and what goes wrong from now on."""
        self.processes[protocol].end()
        log = self.start(protocol, "--churn", policy)
        self.processes[protocol].wait_until(lambda: "ready\n" in log.read_text(encoding="utf-8"), "sallyport interpose")

    def struck(self, protocol):
        """Ends one, which says then how often something went wrong."""
        self.processes[protocol].end()
        return int(self.processes[protocol].last_words().rpartition("struck ")[2] or 0)


class Running:
    """A started instance. wait() before use, end() when done."""

    def __init__(self, server, lab_folder, *, certificate, key, accounts, backend=None, tap="", churns=False, binary=None):
        self.server = server
        self.tap, self.churns, self.binary = tap, churns, binary
        self.given = {"certificate": certificate, "key": key, "accounts": accounts, "backend": backend,
                      "templates": server.folder}
        self.lab_folder = lab_folder
        self.processes = []
        self.tries = 0
        self.lives = 1
        self.start()

    def start(self):
        self.tries += 1
        names = [*self.server.listeners, *self.server.inner]
        self.ports = dict(zip(names, free_ports(len(names)), strict=True))
        which = f"{'churn' if self.churns else 'tap'}-{self.tap}" if self.tap else "plain"
        folder = self.lab_folder / f"{self.server.name}-{which}-{self.lives}-{self.tries}"
        folder.mkdir()
        give(folder)
        self.place = Place(folder=folder, ports=self.ports, **self.given)
        self.log = folder / "log"
        give(self.place.file("log", ""))
        try:
            if self.tap:
                self.place.tap = Tap(self.server, self.place, binary=self.binary, tls=self.tap == "tls")
            for command, environment in self.server.commands(self.place):
                self.processes.append(Process(command, log=self.log, environment=environment, directory=folder))
        except BaseException:
            self.end()
            raise

    def ways(self):
        """As Server.urls. A tap shows the back-end's wire, whatever the client's is: that one is plain."""
        for protocol, transport, url in self.server.urls(self.ports):
            if not self.tap:
                yield protocol, transport, url
            elif transport == "plain":
                yield protocol, ("churn" if self.churns else "tap") + ("-tls" if self.tap == "tls" else ""), url

    def way(self, of):
        """As it is now, after a revival, say: protocol, transport and URL; `of` begins with the first two. None: no such way."""
        return next((each for each in self.ways() if each[:2] == of[:2]), None)

    def ready(self):
        for name, port in self.ports.items():
            host = self.server.hosts.get(name, "127.0.0.1")
            is_ready = greets if name in ("imap", "pop3") else listens
            if not is_ready(port, host):
                return False
        return True

    def wait(self):
        while True:
            try:
                for process in self.everything():
                    process.wait_until(self.ready, self.server.name)
                self.server.settle(self.place)
                return
            except NotStarted as failure:
                self.end()
                if self.tries >= TRIES or not any(word in str(failure) for word in ("in use", "EADDRINUSE")):
                    raise
                self.start()

    def endings(self):
        """{which: how} of its processes that ended though nobody asked."""
        ended = {number: process.ending() for number, process in enumerate(self.processes) if process.ending()}
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return ended | {f"log {found.start()}": found[0].strip() for found in KILLED.finditer(text)}

    def last_words(self, lines):
        """The end of its log, without anybody's password."""
        text = self.log.read_text(encoding="utf-8", errors="replace")
        for password in self.given["accounts"].values():
            text = text.replace(password, "<password>")
        return text.splitlines()[-lines:]

    def everything(self):
        """With what stands between it and its back-end."""
        return [*(self.place.tap.processes.values() if self.place.tap else []), *self.processes]

    def revive(self):
        """Starts it anew, on other ports; raises as wait()."""
        self.end()
        self.tries = 0
        self.lives += 1
        self.start()
        self.wait()

    def ask_to_end(self):
        for process in self.everything():
            process.ask_to_end()

    def end(self):
        for process in reversed(self.everything()):
            process.end()
        self.processes.clear()


def load():
    """All servers, by name. Those behind which others stand come first."""
    found = []
    for file in sorted(SERVERS.glob("*/server.py")):
        spec = importlib.util.spec_from_file_location(f"servers.{file.parent.name}", file)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for server in module.SERVERS:
            server.folder = file.parent
            found.append(server)
    return {server.name: server for server in sorted(found, key=lambda s: (bool(s.backend), s.name))}


def run(command, **more):
    """A step of preparation, which must go well."""
    environment = {**os.environ, **more.pop("environment", {})}
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False,
                          env=environment, timeout=PATIENCE_S, **more)
    if done.returncode != 0:
        raise NotStarted(f"{command[0]} failed: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


__all__ = ["Place", "Running", "Server", "load", "run", "unpacked"]
