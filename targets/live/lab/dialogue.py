"""Plays a dialogue with a live server and says whether the server spoke its part: a finding that repeats.

A dialogue is written as the project's transcripts are (models/observe/transcript.hpp), so that what came of it
can be read and judged as one:

    imap
    S0: * OK …
    C0: a LOGIN alice {password alice}
    …
    S0: a OK …
    ! close s0 client

A line of the server's must be the next one that comes, `…` in it standing for any octets; `…` on a line of its
own lets any lines pass until the next one that fits. A line of the client's is sent with CRLF, or without where it
ends in a backslash; \\r \\n \\\\ \\xNN are those octets. `{password NAME}`, `{quoted NAME}`, `{plain NAME}`,
`{plain-for OTHER NAME}`, `{cram-md5 NAME}`, `{apop NAME}` and `{ntlm-1}`, `{ntlm-3 NAME}` are filled in, from the
server's last line where they answer one.
`! tls s0` starts TLS, `! close s0 client` hangs up, `! close s0 server` waits for the server to; `! silence s0 3`
is right if nothing comes for so many seconds; `! logged TEXT` if the server's log has these octets before long.
`> ` stands before the line that makes the violation complete.
"""

import base64
import dataclasses
import hashlib
import hmac
import re
import socket
import ssl
import time

import ntlm

PATIENCE_S = 20
LOG_S = 3  # until a line is in a log
ANY = "…"
STEP = re.compile(r"(?P<mark>> )?(?:(?P<who>[CS])(?P<n>\d*):(?: (?P<text>.*))?|! (?P<fact>.*)|(?P<skip>…))$")


class Malformed(Exception):
    """A dialogue that can't be read."""


@dataclasses.dataclass
class Step:
    kind: str  # "C", "S", "skip", "tls", "close", "silence", "logged"
    session: int = 0
    text: str = ""
    marked: bool = False


@dataclasses.dataclass
class Played:
    """What came of it. `lines` is the dialogue as it was, the client's secrets as the dialogue has them."""

    happened: bool
    lines: list
    why_not: str = ""


def read(text):
    """(protocol, steps) of a dialogue's text."""
    protocol, steps = None, []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if protocol is None:
            if line not in ("imap", "pop3"):
                raise Malformed(f"line {number}: the first line is imap or pop3")
            protocol = line
            continue
        found = STEP.fullmatch(line)
        if not found:
            raise Malformed(f"line {number}: neither C:, S:, ! nor {ANY}: {line}")
        steps.append(_step(found, number))
    if not any(step.marked for step in steps):
        raise Malformed("no line is marked with '> '")
    return protocol, steps


def _step(found, number):
    marked = bool(found["mark"])
    if found["skip"]:
        return Step("skip")
    if found["who"]:
        return Step(found["who"], int(found["n"] or 0), found["text"] or "", marked)
    if found["fact"].startswith("logged "):
        return Step("logged", text=found["fact"].removeprefix("logged "), marked=marked)
    fact = re.fullmatch(r"(tls|close|silence) s(\d+)(?: (client|server|\d+))?", found["fact"])
    if not fact or not {"tls": not fact[3], "close": fact[3] in ("client", "server"),
                        "silence": (fact[3] or "").isdigit()}[fact[1]]:
        raise Malformed(f"line {number}: neither '! tls sN', '! close sN client|server', '! silence sN SECONDS' nor "
                        "'! logged TEXT'")
    return Step(fact[1], int(fact[2]), fact[3] or "", marked)


ESCAPE = re.compile(r"\\(r|n|\\|x[0-9A-Fa-f]{2})")


def octets(text):
    """What a written line stands for, in octets."""
    def one(found):
        return {"r": "\r", "n": "\n", "\\": "\\"}.get(found[1]) or chr(int(found[1][1:], 16))
    return ESCAPE.sub(one, text).encode("latin-1")


def shown(line):
    """Octets as they are written."""
    return "".join(chr(o) if 32 <= o < 127 and o != 92 else {13: "\\r", 10: "\\n", 92: "\\\\"}.get(o, f"\\x{o:02x}")
                   for o in line)


def fits(pattern, line):
    parts = [re.escape(octets(part)) for part in pattern.split(ANY)]
    return re.fullmatch(b".*".join(parts), line, re.DOTALL) is not None


class Session:
    def __init__(self, address, context):
        self.context = context
        self.socket = socket.create_connection(address, timeout=PATIENCE_S)
        self.buffer = b""
        self.last = b""
        self.greeting = b""

    def line(self):
        """The next line without its end, or None where the server hung up."""
        while b"\n" not in self.buffer:
            try:
                more = self.socket.recv(65536)
            except ConnectionResetError:
                more = b""
            if not more:
                return None
            self.buffer += more
        line, _, self.buffer = self.buffer.partition(b"\n")
        self.last = line.removesuffix(b"\r")
        self.greeting = self.greeting or self.last
        return self.last

    def is_silent(self, seconds):
        self.socket.settimeout(seconds)
        try:
            self.line()
            return False  # it spoke, or hung up
        except TimeoutError:
            return not self.buffer
        finally:
            self.socket.settimeout(PATIENCE_S)

    def send(self, sent):
        self.socket.sendall(sent)

    def start_tls(self):
        self.socket = self.context.wrap_socket(self.socket)

    def close(self):
        self.socket.close()


def challenge(line):
    return base64.b64decode(line.removeprefix(b"+").strip() or b"")


def filled(text, session, accounts):
    """A client's line with its {words} filled in."""
    def value(found):
        word, _, name = found[1].partition(" ")
        password = accounts.get(name, "")
        if word == "password":
            return password
        if word == "quoted":
            return '"' + re.sub(r'(["\\])', r"\\\1", password) + '"'
        if word == "plain":
            return base64.b64encode(f"\0{name}\0{password}".encode()).decode()
        if word == "plain-for":  # two names: for whom, and who asks
            other, _, asking = name.partition(" ")
            return base64.b64encode(f"{other}\0{asking}\0{accounts.get(asking, '')}".encode()).decode()
        if word == "cram-md5":
            digest = hmac.new(password.encode(), challenge(session.last), "md5").hexdigest()
            return base64.b64encode(f"{name} {digest}".encode()).decode()
        if word == "apop":
            stamp = re.search(rb"<[^>]*>", session.greeting)
            return name + " " + hashlib.md5((stamp[0] if stamp else b"") + password.encode()).hexdigest()
        if word == "ntlm-1":
            return base64.b64encode(ntlm.negotiate()).decode()
        if word == "ntlm-3":
            return base64.b64encode(ntlm.authenticate(challenge(session.last), name, password)).decode()
        raise Malformed(f"unknown word {{{found[1]}}}")
    return re.sub(r"\{([a-z][a-z0-9-]*(?: [^}]*)?)\}", value, text)


class Player:
    def __init__(self, port, accounts, *, implicit_tls=False, log=None):
        self.log = log
        self.address = ("127.0.0.1", port)
        self.accounts = accounts
        self.implicit_tls = implicit_tls
        self.context = ssl.create_default_context()
        self.context.check_hostname = False
        self.context.verify_mode = ssl.CERT_NONE  # the lab's own certificate; this isn't what is tested here
        self.sessions = {}
        self.lines = []

    def session(self, number):
        if number not in self.sessions:
            self.sessions[number] = Session(self.address, self.context)
            if self.implicit_tls:
                self.sessions[number].start_tls()
        return self.sessions[number]

    def note(self, who, number, text, marked=False):
        for password in self.accounts.values():
            text = text.replace(password, "<password>")
        self.lines.append(f"{'> ' if marked else '  '}{who}{number}: {text}")

    def play(self, steps):
        """Plays to the end, or to where the server says something else."""
        try:
            skipping = False
            for step in steps:
                why_not = self._play(step, skipping)
                if why_not:
                    return Played(False, self.lines, why_not)
                skipping = step.kind == "skip"
            return Played(True, self.lines)
        except (OSError, ValueError, IndexError) as failure:
            return Played(False, self.lines, f"{type(failure).__name__}: {failure}")
        finally:
            for session in self.sessions.values():
                session.close()

    def _play(self, step, skipping):
        """None, or why the server's part was another one."""
        if step.kind == "skip":
            return None
        if step.kind == "logged":
            return self._logged(step)
        session = self.session(step.session)
        if step.kind == "C":
            whole = not step.text.endswith("\\") or step.text.endswith("\\\\")
            text = step.text if whole else step.text[:-1]
            self.note("C", step.session, step.text, step.marked)
            sent = filled(octets(text).decode("latin-1"), session, self.accounts)
            session.send(sent.encode("latin-1") + (b"\r\n" if whole else b""))
        elif step.kind == "tls":
            session.start_tls()
            self.lines.append(f"  ! tls s{step.session}")
        elif step.kind == "silence":
            if not session.is_silent(int(step.text)):
                return f"the server spoke within {step.text} s: {shown(session.last)!r}"
            self.lines.append(f"{'> ' if step.marked else '  '}! silence s{step.session} {step.text}")
        elif step.text == "client":
            session.close()
            self.lines.append(f"  ! close s{step.session} client")
        elif step.kind == "close":
            while (line := session.line()) is not None:
                if not skipping:
                    return f"the server said {shown(line)!r} instead of hanging up"
                self.note("S", step.session, shown(line))
            self.lines.append(f"{'> ' if step.marked else '  '}! close s{step.session} server")
        else:
            return self._expect(step, session, skipping)
        return None

    def _logged(self, step):
        sought = filled(octets(step.text).decode("latin-1"), None, self.accounts).encode("latin-1")
        end = time.monotonic() + LOG_S
        while self.log is None or sought not in self.log.read_bytes():
            if self.log is None or time.monotonic() > end:
                return "the server's log has nothing of it"
            time.sleep(0.1)
        self.lines.append(f"{'> ' if step.marked else '  '}! logged {step.text}")
        return None

    def _expect(self, step, session, skipping):
        while True:
            line = session.line()
            if line is None:
                return f"the server hung up instead of saying {step.text!r}"
            matching = fits(step.text, line)
            self.note("S", step.session, shown(line), matching and step.marked)
            if matching:
                return None
            if not skipping:
                return f"the server said {shown(line)!r} instead of {step.text!r}"


def play(text, port, accounts, *, implicit_tls=False, log=None):
    _, steps = read(text)
    return Player(port, accounts, implicit_tls=implicit_tls, log=log).play(steps)
