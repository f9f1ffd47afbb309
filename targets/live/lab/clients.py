"""Real mail clients, each told to log in in one way: what they try, what they are told, and when they give up.

A client talks to a relay, which passes everything on and notes the ways to log in that it tries and the server's last
word on each. The outcome is the client's own: its exit status, or what its library raised.
"""

import contextlib
import imaplib
import os
import poplib
import pty
import re
import select
import socket
import subprocess
import tempfile
import threading
import time
import pathlib

from processes import Crew, as_owner, find_tool, give, run_to_end

LIMIT_S = 60  # for one client; one that is still at it then didn't give up
TRIES_MAX = 6  # prompts that are answered before a client counts as one that asks for ever
STARTS = {
    "imap": re.compile(rb"\S+ (?:AUTHENTICATE ([A-Z0-9-]+)|(LOGIN) )", re.IGNORECASE),
    "pop3": re.compile(rb"(?:AUTH ([A-Z0-9-]+)|(USER|APOP) )", re.IGNORECASE),
}
PROMPT = re.compile(rb"Password for [^\r\n]*: ?(?:\x1b\[[0-9;?]*[A-Za-z]|\x1b=)*$")
INSIDE = re.compile(rb"Selecting |Msgs:")  # past the login; whether it likes the mailbox is another matter
REFUSALS = {"imap": re.compile(rb"\S+ (?:NO|BAD)\b.*", re.IGNORECASE), "pop3": re.compile(rb"-ERR.*", re.IGNORECASE)}


class Relay:
    """Between one client and one server; what it heard is in `tried`, `refusals` and `said`."""

    def __init__(self, port, protocol):
        self.to = port
        self.protocol = protocol
        self.tried, self.refusals, self.connections, self.sockets = [], [], 0, []
        self.said = []  # by the client behind its login
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                self.connections += 1
                server = socket.create_connection(("127.0.0.1", self.to))
                self.sockets += [client, server]
                threading.Thread(target=self._pump, args=(client, server, self._of_client), daemon=True).start()
                threading.Thread(target=self._pump, args=(server, client, self._of_server), daemon=True).start()

    def _pump(self, source, sink, note):
        rest = b""
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    note(line.rstrip(b"\r"))
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _of_client(self, line):
        if self.tried and not STARTS[self.protocol].match(line):
            self.said.append(line)
        if start := STARTS[self.protocol].match(line):
            self.tried.append((start[1] or start[2]).decode().upper())

    def _of_server(self, line):
        if self.tried and REFUSALS[self.protocol].match(line):
            self.refusals.append(line.decode("ascii", "replace"))

    def close(self):
        for each in (self.listener, *self.sockets):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits on it
            each.close()


def quietly(command, *, stdin=None, environment=None):
    """The exit status; None for a client that had to be stopped."""
    try:
        return run_to_end(command, stdin=stdin, limit_s=LIMIT_S, cwd="/", env={**os.environ, **(environment or {})},
                          **as_owner()).returncode
    except subprocess.TimeoutExpired:
        return None


def curl(protocol, port, account, way, _folder):
    behind = ["--request", "EXAMINE INBOX"] if protocol == "imap" else ["--request", "STAT", "--head"]
    options = ["--login-options", f"AUTH={'+' if way == 'APOP' else ''}{way}"] if way else []
    return quietly(["curl", "--silent", "--noproxy", "*", "--max-time", str(LIMIT_S), "--config", "-", *behind, *options,
                    f"{protocol}://127.0.0.1:{port}/"], stdin=f'user = "{account[0]}:{account[1]}"\n'.encode())


def fetchmail(protocol, port, account, way, folder):
    words = {"": "any", "PLAIN": "password", "NTLM": "ntlm", "CRAM-MD5": "cram-md5"}
    rc = folder / "fetchmailrc"
    rc.write_text(f'poll 127.0.0.1 protocol {protocol} port {port} auth {words[way]} '
                  f'user "{account[0]}" password "{account[1]}" sslproto "" keep\n', encoding="utf-8")
    give(rc).chmod(0o600)
    status = quietly(["fetchmail", "--check", "--nosyslog", "-f", str(rc)], environment={"FETCHMAILHOME": str(folder)})
    return 0 if status in (0, 1) else status  # 1: logged in, and there is no mail


def gsasl(protocol, port, account, way, _folder):
    return quietly(["gsasl", "--imap", "--no-starttls", "--connect", f"127.0.0.1:{port}", "--mechanism", way,
                    "--authentication-id", account[0], "--password", account[1]], stdin=b"")


def mutt(protocol, port, account, way, folder, program="mutt"):
    """On a terminal of its own, asked for the password as a person is, and answered up to TRIES_MAX times."""
    rc = folder / "muttrc"
    url = f"{protocol}://{account[0]}@127.0.0.1:{port}/" + ("INBOX" if protocol == "imap" else "")
    rc.write_text(f'set {protocol}_user="{account[0]}" {protocol}_authenticators="{way.lower()}"\n'
                  f'set ssl_starttls=no ssl_force_tls=no spoolfile="{url}" folder="{url}" record="" postponed=""\n'
                  'set move=no header_cache="" quit=yes sleep_time=0 tunnel=""\n', encoding="utf-8")
    terminal, end_of_client = pty.openpty()
    process = subprocess.Popen(
        [program, "-n", "-F", str(rc), "-f", url], cwd=folder, stdin=end_of_client, stdout=end_of_client,
        stderr=end_of_client,
        start_new_session=True, **as_owner(), env={**os.environ, "TERM": "vt100", "HOME": str(folder), "LC_ALL": "C"})
    os.close(end_of_client)
    try:
        return Outcome(*_at_terminal(process, terminal, account[1]))
    finally:
        process.kill()
        process.wait()
        os.close(terminal)


def neomutt(*arguments):
    return mutt(*arguments, program="neomutt")


def _at_terminal(process, terminal, password):
    """(0 where a mailbox opened, else 1; how often the password was asked for)."""
    screen, end, prompts = b"", time.monotonic() + LIMIT_S, 0
    with contextlib.suppress(OSError):  # the client ended
        while process.poll() is None and time.monotonic() < end:
            if not select.select([terminal], [], [], 0.5)[0]:
                if INSIDE.search(screen):
                    return 0, prompts
                if prompts and screen:
                    os.write(terminal, b"q")
                continue
            screen += os.read(terminal, 65536)
            if PROMPT.search(screen):
                prompts += 1
                if prompts > TRIES_MAX:
                    return 1, prompts
                os.write(terminal, password.encode() + b"\r")
                screen = b""
    return 0 if INSIDE.search(screen) else 1, prompts


class Outcome(int):
    """An exit status that knows how often a person would have been asked for the password."""

    def __new__(cls, status, prompts):
        outcome = super().__new__(cls, status)
        outcome.prompts = prompts
        return outcome


def imaplib_(protocol, port, account, way, _folder):
    try:
        with imaplib.IMAP4("127.0.0.1", port, timeout=LIMIT_S) as session:
            if way == "CRAM-MD5":
                session.login_cram_md5(*account)
            elif way == "PLAIN":
                session.authenticate("PLAIN", lambda _: f"\0{account[0]}\0{account[1]}".encode())
            else:
                session.login(*account)
            return 0 if session.select(readonly=True)[0] == "OK" else 1
    except (imaplib.IMAP4.error, OSError):
        return 1


def poplib_(protocol, port, account, way, _folder):
    try:
        session = poplib.POP3("127.0.0.1", port, timeout=LIMIT_S)
        if way == "APOP":
            session.apop(*account)
        else:
            session.user(account[0])
            session.pass_(account[1])
        session.stat()
        session.quit()
        return 0
    except (poplib.error_proto, OSError):
        return 1


CLIENTS = [  # name, function, program, {protocol: ways}; "" leaves the choice to the client
    ("curl", curl, "curl", {"imap": ["", "NTLM", "PLAIN", "CRAM-MD5"], "pop3": ["", "NTLM", "PLAIN", "CRAM-MD5", "APOP"]}),
    ("fetchmail", fetchmail, "fetchmail", {"imap": ["", "NTLM", "CRAM-MD5", "PLAIN"], "pop3": ["", "NTLM", "PLAIN"]}),
    ("gsasl", gsasl, "gsasl", {"imap": ["NTLM", "PLAIN", "CRAM-MD5", "SCRAM-SHA-256"]}),
    ("mutt", mutt, "mutt", {"imap": ["NTLM", "LOGIN", "CRAM-MD5"]}),
    ("neomutt", neomutt, "neomutt", {"imap": ["NTLM", "LOGIN", "CRAM-MD5"]}),
    ("imaplib", imaplib_, "python3", {"imap": ["LOGIN", "PLAIN", "CRAM-MD5"]}),
    ("poplib", poplib_, "python3", {"pop3": ["USER", "APOP"]}),
]


def one(client, protocol, way, server, port, account):
    """What came of one client at one server."""
    name, function, program, _ = client
    row = {"client": name, "protocol": protocol, "way": way or "its own choice", "server": server}
    if not find_tool(program):
        return row | {"outcome": "skipped", "detail": f"{program} isn't installed"}
    relay = Relay(port, protocol)
    try:
        with tempfile.TemporaryDirectory(prefix="sallyport-client.") as folder:
            status = function(protocol, relay.port, account, way, give(pathlib.Path(folder)))
    finally:
        relay.close()
    # gsasl ends well where there is nothing that it could try.
    outcome = "never gave up" if status is None else "logged in" if status == 0 and relay.tried else "gave up"
    row |= {"outcome": outcome, "tried": relay.tried, "connections": relay.connections,
            "told": relay.refusals[-1] if relay.refusals and outcome != "logged in" else ""}
    if isinstance(status, Outcome):
        row["prompts"] = status.prompts
    return row


def all_of(servers, account, *, jobs, clients=tuple(CLIENTS)):
    """Every client in every way at every server, one after the other at each: a server may not bear two exchanges at
    once, and that is not what is asked here. `servers` is {name: {protocol: port}}."""
    def at_one(name, ports):
        return [one(client, protocol, way, name, ports[protocol], account)
                for client in clients for protocol, ways in client[3].items() if protocol in ports for way in ways]
    with Crew(jobs) as pool:
        return [row for rows in pool.map(at_one, servers, servers.values()) for row in rows]
