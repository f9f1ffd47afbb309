"""Probes every server in every way that it can be talked to, and checks it as the KB article does.

A survey is a list of rows, one for each server, protocol and transport, with the verdict on each property as
`sallyport probe` gave it. Servers are probed beside each other, the ways to one server one after the other; but all at
once where a server sleeps on errors and has a process for each session.
"""

import contextlib
import json
import subprocess
import time

import churn
import dialogue
from asking import CRASH, LAST_WORDS, accounts, crash, reduced
from processes import Crew, NotStarted, run_to_end

PROBE_LIMIT_S = 900  # for one way; the command has closer limits of its own
NTLM = "NTLM"


def probe(binary, here, server, way, *options, tap=None):
    """One row: a server by one way, and with a tap, a port, both of its wires."""
    protocol, transport, url = way
    command = [binary, "probe", url, "--format", "json", "--quiet", "--role", server.role,
               "--rate", 100, "--timeout", f"{server.answer_s}s", *accounts(here), *options]
    if transport == "starttls":
        command.append("--starttls")
    if tap:
        command += ["--backend-tap", f"127.0.0.1:{tap}", "--patience", f"{server.patience_s}s"]
    if transport == "tap-tls":
        command.append("--backend-tls")
    if transport in ("certificate", "certificate-tls") or (tap and server.certificates):
        command += ["--own-certificate", here.own_certificate, "--own-key", here.own_key]
    row = {"server": server.name, "version": server.version(), "role": server.role, "protocol": protocol,
           "transport": transport, "results": []}
    began = time.monotonic()
    try:
        done = run_to_end([str(word) for word in command], text=True, limit_s=PROBE_LIMIT_S)
        row["exit"] = done.returncode
        row["results"] = [reduced(result) for result in json.loads(done.stdout)["results"]]
        if done.returncode not in (0, 1) and done.stderr:
            row["failure"] = done.stderr.strip().splitlines()[-1]
    except (OSError, ValueError, KeyError, subprocess.TimeoutExpired) as failure:
        row["exit"] = 2
        row["failure"] = f"{type(failure).__name__}: {failure}"
    row["seconds"] = round(time.monotonic() - began, 1)
    return row


ASK = {
    "imap": "imap\nS0: * …\nC0: a CAPABILITY\n…\n> S0: a OK…\nC0: b LOGOUT\n",
    "pop3": "pop3\nS0: +OK…\nC0: AUTH\n…\n> S0: .\nC0: QUIT\n",
    "capa": "pop3\nS0: +OK…\nC0: CAPA\n…\n> S0: .\nC0: QUIT\n",
}
LOG_IN = {
    "imap": "imap\nS0: * …\nC0: a AUTHENTICATE NTLM\nS0: +…\nC0: {ntlm-1}\nS0: + …\nC0: {ntlm-3 %s}\n…\nS0: a OK…\n"
            "C0: b EXAMINE INBOX\n…\n> S0: b OK…\nC0: c LOGOUT\n",
    "pop3": "pop3\nS0: +OK…\nC0: AUTH NTLM\nS0: +…\nC0: {ntlm-1}\nS0: + …\nC0: {ntlm-3 %s}\nS0: +OK…\nC0: STAT\n> S0: +OK…\n",
}


def offers(text, port, here):
    """Whether a list that a server shows in plain names NTLM; None where it has no such list."""
    played = dialogue.play(text, port, here.accounts)
    if not played.happened:
        return None
    shown = [line for line in played.lines if line[2:4].startswith("S")]
    return any(NTLM in line.upper().replace("=", " ").split() for line in shown[1:])


def article(here, running):
    """The KB's own check on one server: what its lists promise, and whether NTLM then works."""
    row = {"server": running.server.name, "version": running.server.version(), "role": running.server.role}
    user = next(iter(here.accounts))
    for protocol in ("imap", "pop3"):
        if protocol not in running.ports:
            continue
        port = running.ports[protocol]
        row[protocol] = offers(ASK[protocol], port, here)
        if protocol == "pop3":
            row["capa"] = offers(ASK["capa"], port, here)
        row[f"{protocol}_log_in"] = dialogue.play(LOG_IN[protocol] % user, port, here.accounts).happened
    return row


def survey(binary, here, names, *, jobs=16, options=(), on_row=lambda row: None):
    """(rows, KB rows) of all servers that can be started; the others are in `here.failed`."""
    running = here.up(names)
    tapped = here.tapped(binary, names)
    churned = here.tapped(binary, names, churns=True)
    for each in churned.values():
        churn.deliver(each, here.known[churn.USER])

    def of_ways(each, ways):
        rows = []
        for way in ways:
            if each.endings() and not each.server.slow:
                with contextlib.suppress(NotStarted):  # or the row says that nobody is there
                    each.revive()
            before = each.endings()
            now = each.way(way)
            if each.churns:
                row = churn.play(binary, here, each, now)
            else:
                tap = each.place.tap and each.place.tap.taps[now[0]]
                row = probe(binary, here, each.server, now, *options, tap=tap)
                row["results"].append(crash(row, each, before))
            rows.append(row)
            on_row(row)
        return rows

    work = []
    for each in [*running.values(), *tapped.values(), *churned.values()]:
        ways = list(each.ways())
        work += [(each, [way]) for way in ways] if each.server.slow else [(each, ways)]
    work.sort(key=lambda item: (not item[0].churns, not item[0].server.slow))  # those that wait longest begin first
    order = list(running)
    with Crew(jobs) as pool:
        rows = [row for group in pool.map(lambda item: of_ways(*item), work) for row in group]
        checks = list(pool.map(lambda each: article(here, each), running.values()))
    fallen_behind(here, rows)
    return sorted(rows, key=lambda row: order.index(row["server"])), checks


def fallen_behind(here, rows):
    """Whoever ended when none of its own ways was probed: a back-end, by what was done to a front-end."""
    for key, each in here.running.items():
        told = any(row["server"] == each.server.name and result["property"] == CRASH and result["verdict"] == "violated"
                   for row in rows for result in row["results"])
        if each.endings() and not told:
            here.failed[key] = f"{', '.join(each.endings().values())} while others were probed; its log ends: " \
                               f"{' / '.join(each.last_words(LAST_WORDS))}"


def differences(one, other):
    """Verdicts of two surveys that differ, in words."""
    def by_key(rows):
        return {(row["server"], row["protocol"], row["transport"], result["property"]): result["verdict"]
                for row in rows for result in row["results"]}
    first, second = by_key(one), by_key(other)
    for key in sorted(first.keys() | second.keys()):
        if first.get(key) != second.get(key):
            yield f"{' '.join(key)}: {first.get(key, 'no row')}, then {second.get(key, 'no row')}"
