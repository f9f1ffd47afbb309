"""`sallyport serve` under load for a while: nothing may be lost or mixed up, nothing may grow, and it must end when asked.

    thousands of POP3 sessions under TLS that rest ─┐
    hostile clients: garbage, halves, slow, gone ───┼─► serve ──► interpose, which breaks connections ──► back-end
    a script of two users, over and over, judged ───┘                  │
                       └───────── what both wires show ────────────────┘

The script is played by `sallyport replay --live` and judged on the live trace. Memory is what the front-end's processes
hold once they are warm, and again when the last client is gone.
"""

import contextlib
import json
import pathlib
import random
import resource
import socket
import ssl
import subprocess
import threading
import time

import bench
import serve
from processes import PATIENCE_S, die_with_parent, listens, wait_for

CHURN = "close@answer/23,reset@exchange/29,delay@login/31"
JUDGED = ("ISO-", "RSP-", "STM-04")
ROUND = ("0 login alice\n1 login bob\n0 select\n1 say status bob\n0 noop\n1 select\n0 logout\n1 logout\n"
         "0 say pipelined-login alice\n0 noop\n0 logout\n0 login alice\n0 say idle alice\n0 close\n"
         "1 login alice\n1 noop\n1 select\n1 logout\n0 login alice\n0 say status alice\n0 logout\n"
         "1 login bob mishap untagged-at-login\n1 noop\n1 logout\n0 login alice mishap die-at-login\n0 close\n"
         "1 login bob\n1 select mishap die-in-answer\n1 close\n")
ROUNDS = 3
FILES_EACH = 3  # of the front-end, for one session that rests: its client's, its back-end's, and one to spare
# What may be held more at the end than when it was warm: an allocator keeps pages that it may need again.
GROWTH_MAX, SLACK_KIB = 0.25, 8 * 1024
LINGER_S = 3  # a socket does so for two after its client is gone
HOSTILE = [  # what they say; some under TLS
    b"\xff" * 3000 + b"\r\n",
    b"a LOGIN {10+}\r\n0123456789 {4294967295}\r\n",
    b"a1 AUTHENTICATE PLAIN\r\nAGFsa",
    b"GET / HTTP/1.1\r\nHost: mail.example\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 40,  # half a handshake
]


class Hostile:
    """Clients that never do what is asked of them, until the end of the `with` block."""

    def __init__(self, ports, seed):
        self.ports, self.seed = ports, seed
        self.stop = threading.Event()
        self.sessions = 0
        self.threads = [threading.Thread(target=self._run, args=(number,), daemon=True) for number in range(4)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self.threads:
            thread.join(timeout=PATIENCE_S)

    def _run(self, number):
        chance = random.Random(self.seed + number)
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        while not self.stop.is_set():
            with contextlib.suppress(OSError):
                self._one(chance, context)
            self.sessions += 1
            self.stop.wait(0.01)

    def _one(self, chance, context):
        name = chance.choice(list(self.ports))
        with socket.create_connection(("127.0.0.1", self.ports[name]), timeout=2) as plain:
            said = chance.choice(HOSTILE)
            under_tls = name.endswith("s") and chance.random() < 0.8
            with (context.wrap_socket(plain) if under_tls else contextlib.nullcontext(plain)) as client:
                if chance.random() < 0.2:  # slowly
                    for octet in said[:20]:
                        client.sendall(bytes([octet]))
                        if self.stop.wait(0.05):
                            return
                else:
                    client.sendall(said)
                if chance.random() < 0.5:
                    client.recv(4096)


class Interposer:
    """(where the front-end connects to, where a probe taps)."""

    def __init__(self, stack, binary, backend):
        process = stack.enter_context(subprocess.Popen(
            [str(binary), "interpose", "--quiet", "--listen", serve.ANY, "--backend", f"127.0.0.1:{backend}", "--tap",
             serve.ANY, "--churn", CHURN], stdout=subprocess.PIPE, text=True, preexec_fn=die_with_parent))
        stack.callback(process.terminate)
        lines = dict(line.split() for line in iter(process.stdout.readline, "ready\n"))
        self.listen, self.tap = lines["listen"], lines["tap"]


def allow_files(count):
    """How many files may be open, at most `count`."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = count if hard == resource.RLIM_INFINITY else min(count, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return allowed


def judged(binary, here, script, port, tap):
    """({property: (verdict, exercised, detail)}, what kept it from judging)."""
    users = list(here.accounts)
    done = subprocess.run(
        [str(word) for word in [
            binary, "replay", script, "--live", f"imaps://127.0.0.1:{port}", "--ca-file", here.certificate, "--backend-tap",
            tap, "--user", users[0], "--password-file", here.passwords[users[0]],
            *[f"--account={name}={here.passwords[name]}" for name in users[1:]], "--format", "json"]],
        capture_output=True, text=True, check=False, timeout=4 * PATIENCE_S)
    try:
        results = json.loads(done.stdout)["results"]
    except ValueError:
        return {}, done.stderr.strip()
    found = {each["property"]: (each["verdict"], each.get("exercised", 0), each.get("detail", "")) for each in results
             if each["property"].startswith(JUDGED)}
    return found, done.stderr.strip() if done.returncode == 2 else ""


def grew(warm_kib, end_kib):
    """Whether memory grew beyond its bound."""
    return end_kib > warm_kib * (1 + GROWTH_MAX) + SLACK_KIB


def is_sanitized(binary):
    """Whether a sanitizer keeps what is freed for a while, so that memory tells nothing."""
    return b"AddressSanitizer" in pathlib.Path(binary).read_bytes()


def soak(binary, here, *, seconds, resting, fault=None, seed=1, settle_s=LINGER_S):
    """What came of it: {"wrong": [what is violated, or grew, or didn't end], "failures": [what couldn't be judged], …}"""
    began = time.monotonic()
    resting = min(resting, (allow_files(FILES_EACH * resting + 500) - 500) // FILES_EACH)
    own = here.folder / "own.password"
    own.write_text("between the two\n", encoding="utf-8")
    accounts = ["--own-password-file", own, *[f"--account={name}={here.passwords[name]}" for name in here.accounts]]
    script = here.folder / "soak.script"
    script.write_text("protocol imap\n" + ROUND * ROUNDS, encoding="utf-8")
    result = {"resting": resting, "rounds": 0, "exercised": 0, "wrong": [], "failures": []}
    with contextlib.ExitStack() as stack:
        behind = stack.enter_context(serve.serving(binary, "--quiet", "--profile", "hardened", "--backend-imap", serve.ANY,
                                                   "--backend-pop3", serve.ANY, *accounts))
        between = Interposer(stack, binary, behind["backend-imap"])
        command = [binary, "serve", "--quiet", *(["--fault", fault] if fault else ["--profile", "hardened"]),
                   "--schedule", "pinned", "--imap", serve.ANY, "--imaps", serve.ANY, "--pop3s", serve.ANY,
                   "--to-imap", between.listen, "--to-pop3", f"127.0.0.1:{behind['backend-pop3']}",
                   "--certificate", here.certificate, "--key", here.key, *accounts]
        front = stack.enter_context(subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, text=True,
                                                     start_new_session=True, preexec_fn=die_with_parent))
        stack.callback(front.kill)
        ports = {name: int(address.rpartition(":")[2])
                 for name, address in (line.split() for line in iter(front.stdout.readline, "ready\n"))}
        subject = bench.Subject(bench.OURS, ports, [front.pid])
        hold = [*bench.load(binary, here, subject, "pop3", "tls"), "--hold", "--at-once", str(resting)]

        def everybody():
            return stack_of_resting(hold, result)

        for _ in range(2):  # what is only needed once is there then, and what an allocator keeps of many sessions
            with everybody():
                result["resting_kib"] = subject.kib()
        warm = settled_kib(subject, settle_s)
        with Hostile({name: ports[name] for name in ("imap", "imaps", "pop3s")}, seed) as hostile, everybody():
            while True:
                play(binary, here, script, ports["imaps"], between.tap, result)
                if time.monotonic() - began > seconds or result["wrong"]:
                    break
            front_ended = front.poll()
        result |= {"hostile": hostile.sessions, "warm_kib": warm, "end_kib": settled_kib(subject, settle_s)}
        if front_ended is not None:
            result["wrong"].append(f"the front-end ended with {front_ended}")
        elif grew(warm, result["end_kib"]) and not is_sanitized(binary):
            result["wrong"].append(f"memory grew from {warm} KiB to {result['end_kib']} KiB: more than {GROWTH_MAX:.0%} and "
                                   f"{SLACK_KIB} KiB")
        with Hostile({"imaps": ports["imaps"]}, seed):  # it is asked to end while they are at it
            wait_for(lambda: listens(ports["imaps"]), "the front-end")
            front.terminate()
            try:
                status = front.wait(timeout=PATIENCE_S)
            except subprocess.TimeoutExpired:
                status = "nothing"
        if status != 0 and front_ended is None:
            result["wrong"].append(f"SIGTERM ended the front-end with {status}, not 0")
    return result


@contextlib.contextmanager
def stack_of_resting(command, result):
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          preexec_fn=die_with_parent) as holding:
        try:
            if not holding.stdout.readline().startswith("held"):
                result["failures"].append("the sessions that are to rest could not be logged in")
            yield
        finally:
            holding.terminate()
            said = holding.communicate(timeout=PATIENCE_S)[1]
            if "failed" in said:
                result["failures"].append(said.strip())


def settled_kib(subject, settle_s):
    """What is held when the last of many clients is gone."""
    time.sleep(settle_s)
    return subject.kib()


def play(binary, here, script, port, tap, result):
    found, failure = judged(binary, here, script, port, tap)
    result["rounds"] += 1
    if failure:
        result["failures"].append(failure)
    for name, (verdict, exercised, detail) in found.items():
        result["exercised"] += exercised
        if verdict == "violated":
            result["wrong"].append(f"{name}: {detail}")
