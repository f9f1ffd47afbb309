"""How many sessions a second `sallyport serve` bears as a front-end, beside other proxies, and what one that rests costs.

All stand before one back-end, `sallyport serve`'s own in a process of its own, which is faster than any of them. Rounds
are interleaved: each goes through all subjects, so that what else the machine does hits all of them alike. A number is
the median of the rounds. `sallyport load` is the client, on the same machine.
"""

import contextlib
import dataclasses
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import types

import lab
import serve
import server
from processes import PATIENCE_S, die_with_parent

PROXIES = ["dovecot-proxy", "nginx"]
OURS = "sallyport serve"
BEHIND = "the back-end itself"
WAYS = [("imap", "plain"), ("imap", "tls"), ("pop3", "plain"), ("pop3", "tls")]
AT_ONCE = [1, 32]


def pss_kib(session):
    """What a session's processes hold in memory, shared pages divided among those who share them."""
    total = 0
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):
            if int((folder / "stat").read_text(encoding="ascii").rpartition(")")[2].split()[3]) != session:
                continue
            for line in (folder / "smaps_rollup").read_text(encoding="ascii").splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return total


def cpu_seconds(session):
    """What a session's processes have used so far, and those that ended before."""
    total = 0
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = (folder / "stat").read_text(encoding="ascii").rpartition(")")[2].split()
            if int(fields[3]) == session:
                total += sum(map(int, fields[11:15]))  # utime, stime, cutime, cstime: proc(5)
    return total / os.sysconf("SC_CLK_TCK")


class Subject:
    def __init__(self, name, ports, sessions):
        self.name, self.ports, self.sessions = name, ports, sessions

    def kib(self):
        return sum(pss_kib(session) for session in self.sessions)

    def cpu(self):
        return sum(cpu_seconds(session) for session in self.sessions)


@contextlib.contextmanager
def front(binary, listeners, *options):
    """(ports, process) of a front-end in a session of its own, so that its memory can be told from the back-end's."""
    listen = [word for name in listeners for word in (f"--{name}", serve.ANY)]
    with subprocess.Popen(
            [str(word) for word in [binary, "serve", "--quiet", "--profile", "hardened", "--schedule", "pinned", *listen, *options]],
            stdout=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=die_with_parent) as process:
        try:
            lines = [line.split() for line in iter(process.stdout.readline, "ready\n")]
            yield {name: int(address.rpartition(":")[2]) for name, address in lines}, process.pid
        finally:
            process.terminate()


def started(stack, here, binary):
    """The subjects, each before the same back-end."""
    user = next(iter(here.accounts))
    own = here.folder / "own.password"
    own.write_text("between the two\n", encoding="utf-8")
    account = ["--user", user, "--password-file", here.passwords[user], "--own-password-file", own]
    behind = stack.enter_context(serve.serving(binary, "--profile", "hardened", "--backend-imap", serve.ANY,
                                               "--backend-pop3", serve.ANY, *account))
    real = {protocol: behind[f"backend-{protocol}"] for protocol in ("imap", "pop3")}
    # Where there is a certificate, no password goes in the clear: so one for plain sessions, and one for those under TLS.
    to = [word for protocol in real for word in (f"--to-{protocol}", f"127.0.0.1:{real[protocol]}")]
    plain = stack.enter_context(front(binary, ["imap", "pop3"], *to, *account))
    under_tls = stack.enter_context(front(binary, ["imaps", "pop3s"], "--certificate", here.certificate, "--key", here.key,
                                          *to, *account))
    yield Subject(OURS, plain[0] | under_tls[0], [plain[1], under_tls[1]])
    for name in PROXIES:
        each = lab.servers()[name]
        if why := each.missing():
            here.failed[name] = why
            continue
        quick = dataclasses.replace(each, quick=True) if hasattr(each, "quick") else each
        running = server.Running(quick, here.folder, certificate=here.certificate, key=here.key, accounts=here.known,
                                 backend=types.SimpleNamespace(ports=real))
        here.running[name] = running
        running.wait()
        yield Subject(f"{name} {each.version()}", running.ports, [process.popen.pid for process in running.processes])
    yield Subject(BEHIND, real, [])


def load(binary, here, subject, protocol, transport, *options):
    """The command that loads a subject, or None where it can't be talked to so."""
    listener = protocol + ("s" if transport == "tls" else "")
    if listener not in subject.ports:
        return None
    user = next(iter(here.accounts))
    return [str(word) for word in [
        binary, "load", f"{listener}://127.0.0.1:{subject.ports[listener]}", "--user", user, "--password-file",
        here.passwords[user], "--ca-file", here.certificate, *options]]


def sessions_per_second(command, subject):
    """(sessions a second, the seconds of processor time that the subject used, sessions), or None."""
    before = subject.cpu()
    done = subprocess.run([*command, "--format", "json"], capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    if done.returncode != 0:
        return None
    result = json.loads(done.stdout)
    return result["sessions"] / result["seconds"], subject.cpu() - before, result["sessions"]


def cpu_of_one(values):
    """Milliseconds of a subject's processor time for a session. Of all rounds together: a tick of the clock is
    10 ms, too much for one."""
    sessions = sum(value[2] for value in values if value)
    return 1000 * sum(value[1] for value in values if value) / sessions if sessions else None


def resting_kib(command, subject, count):
    """What one of `count` sessions that are logged in and rest costs."""
    before = subject.kib()
    with subprocess.Popen([*command, "--hold", "--at-once", str(count)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True, preexec_fn=die_with_parent) as holding:
        try:
            if not holding.stdout.readline().startswith("held"):
                return None
            return (subject.kib() - before) / count
        finally:
            holding.terminate()


def measure(binary, *, rounds, seconds, resting, on_step=lambda text: None):
    """{"rates": {way: {at once: {subject: median}}}, "resting": {way: {subject: KiB}}, …}"""
    load_before = os.getloadavg()[0]
    with contextlib.ExitStack() as stack:
        here = stack.enter_context(lab.Lab())
        subjects = list(started(stack, here, binary))
        rest = {}  # first, while nothing that was freed can be used again
        for transport in ("plain", "tls"):
            for subject in subjects[:-1]:
                on_step(f"{resting} sessions that rest: imap {transport}, {subject.name}")
                kib = resting_kib(load(binary, here, subject, "imap", transport), subject, resting)
                rest[f"imap {transport} {subject.name}"] = kib
        seen = {}
        for number in range(rounds):
            for protocol, transport in WAYS:
                for at_once in AT_ONCE:
                    on_step(f"round {number + 1} of {rounds}: {protocol} {transport}, {at_once} at once")
                    for subject in subjects:
                        command = load(binary, here, subject, protocol, transport, "--budget", f"{int(seconds * 1000)}ms",
                                       "--at-once", at_once)
                        once = sessions_per_second(command, subject) if command else None
                        seen.setdefault((protocol, transport, at_once, subject.name), []).append(once)
        rates = {" ".join(map(str, key)): statistics.median(value[0] for value in values) if None not in values else None
                 for key, values in seen.items()}
        cpu = {" ".join(map(str, key)): cpu_of_one(values) for key, values in seen.items() if key[3] != BEHIND}
        return {"date": str(datetime.date.today()), "machine": machine(), "load": load_before,
                "rounds": rounds, "seconds": seconds,
                "resting": resting, "subjects": [subject.name for subject in subjects], "rates": rates, "cpu": cpu, "kib": rest,
                "skipped": here.failed}


def machine():
    model = next((line.partition(":")[2].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    return f"{os.cpu_count()} × {model}"


HEAD = """# How fast it serves

<!-- generated by ci/lab bench --keep -->

`sallyport serve` as a front-end beside other proxies, all before the same back-end, on {date}, on {machine}; client,
front-end and back-end share it, with whatever else runs there (a load of {load:.1f} when it began). A session is connect,
log in, log out. {rounds} rounds of {seconds} s each, interleaved; a number is their median, in sessions a second.

In IMAP `serve` gives a connection that it logged in to the next session of the same user, password and mechanism, and so
spares the back-end a login; that is what it is for, and the others don't. In POP3 a maildrop belongs to one session, so that
there all do the same work.

"""

CPU = """
## What a session costs a front-end

Milliseconds of the front-end's own processor time for a session, over all rounds: unlike the rates it leaves out what the
client and the back-end do on the same processors, and what the session waits for. All show the same certificate, of an EC
key on P-256, and the client makes a full handshake each time.

"""

REST = """
## What a session that rests costs

KiB of the front-end's memory (proportional set size) for each of {resting} sessions that are logged in over IMAP and say
nothing.

"""


def number(value, digits=0):
    return "–" if value is None else f"{value:.{digits}f}"


def measured(result, what, names, ratio, digits=0):
    """A row for each way and number of sessions at once. `ratio(ours, theirs)` is told of each rival among `names`."""
    rivals = [name for name in names if name not in (OURS, BEHIND)]
    rows = []
    for protocol, transport in WAYS:
        for at_once in AT_ONCE:
            each = {name: result[what].get(f"{protocol} {transport} {at_once} {name}") for name in names}
            ratios = [number(ratio(each[OURS], each[name]), 1) + "×" if each[OURS] and each[name] else "–" for name in rivals]
            rows.append([f"{protocol.upper()} {'under TLS' if transport == 'tls' else 'plain'}, {at_once} at once",
                         *(number(each[name], digits) for name in names), *ratios])
    return rows


def page(result, markdown):
    subjects = result["subjects"]
    fronts = [name for name in subjects if name != BEHIND]
    rivals = [name.partition(" ")[0] for name in fronts if name != OURS]
    lines = [["", *subjects, *(f"× {name}" for name in rivals)],
             *measured(result, "rates", subjects, lambda ours, theirs: ours / theirs)]
    costs = [["", *fronts, *(f"{name} ÷ serve" for name in rivals)],
             *measured(result, "cpu", fronts, lambda ours, theirs: theirs / ours, digits=2)]
    text = HEAD.format(**result) + markdown(lines) + CPU + markdown(costs) + REST.format(**result)
    rest = [["", *fronts]]
    for transport in ("plain", "tls"):
        rest.append([f"IMAP {'under TLS' if transport == 'tls' else 'plain'}",
                     *(number(result["kib"].get(f"imap {transport} {name}"), 1) for name in fronts)])
    return text + markdown(rest)
