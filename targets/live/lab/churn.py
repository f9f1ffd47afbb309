"""What real front-ends make of a back-end whose connections are closed, reset, delayed, exchanged or left hanging, at each
moment of their life (targets/live/churn.hpp): one short script a deed, seen from both sides.

The interposer behind an instance of its own is started anew for each deed, which strikes once: the first session meets it,
the second one of the same user shows what is left behind.
"""

import imaplib
import re
import subprocess
import time

import asking
from processes import NotStarted

WHAT = ("close", "reset", "delay", "swap", "stall")
WHERE = ("connect", "exchange", "login", "literal", "answer")
USER = "erin"  # whose mailbox has a message; nobody else's session sees it
SCRIPT = ("0 login alice\n0 select\n0 fetch\n0 noop\n0 logout\n"  # alice stands for the first account that is given
          "1 login alice\n1 noop\n1 logout\n")
MESSAGE = b"Subject: a few lines\r\nTo: erin@lab.example\r\n\r\n" + b"Not to be cut.\r\n" * 20
# The worst first: what a property is for all deeds together.
ORDER = ("violated", "inconclusive", "holds", "vacuous", "unobservable")


def deeds(protocol, *, tls):
    """Those that there can be: POP3 has no literals, and nobody exchanges a connection under TLS unseen."""
    return [f"{what}@{where}" for where in WHERE for what in WHAT
            if not (where == "literal" and protocol == "pop3") and not (what == "swap" and tls)]


def deliver(each, password):
    """A message in the mailbox behind it, unless there is one."""
    host, ports = each.server.real_backend(each.place)
    with imaplib.IMAP4(host, ports["imap"], timeout=30) as session:
        session.login(USER, password)
        if int(session.select()[1][0]) == 0:
            session.append("INBOX", None, None, MESSAGE)


def outcome(lines, session, protocol):
    """What became of a client's session, in words: fine, or the command at which it ended and how."""
    last, tag, done = "connecting", "", False
    for line in map(str.strip, lines):
        who, _, text = line.partition(": ")
        if who == f"C{session}":
            words = text.split(" ")
            last, tag, done = words[1 if protocol == "imap" and len(words) > 1 else 0], words[0], False
        elif who == f"S{session}":
            status = re.match(rf"{re.escape(tag)} (OK|NO|BAD)\b" if protocol == "imap" else r"(\+OK|-ERR)", text)
            if status and status[1] not in ("OK", "+OK"):
                return f"{last} {status[1]}"
            done = done or status is not None
        elif line == f"! close s{session} server":
            return "fine" if done and last in ("LOGOUT", "QUIT") else f"{last} hung up"
    return "fine" if done and last in ("LOGOUT", "QUIT") else f"{last} silence"


def one(binary, here, each, way, deed, script):
    """(whether it struck, what the sessions met, results) of a deed; raises as asking.replay."""
    protocol, tap = way[0], each.place.tap
    tap.churn(protocol, f"{deed}=1")
    document = asking.replay(binary, here, each, way, script, "--patience", f"{each.server.patience_s}s", users=[USER])
    struck = tap.struck(protocol)
    met = [outcome(document["dialogue"], session, protocol) for session in (0, 1)
           if any(line.startswith(f"  C{session}:") for line in document["dialogue"])]
    return struck, met, document["results"]


def merged(found):
    """One result for each property: the worst that was found, and by which deed."""
    best = {}
    for deed, results in found:
        for result in results:
            name, known = result["property"], best.get(result["property"])
            if known is None or ORDER.index(result["verdict"]) < ORDER.index(known["verdict"]):
                detail = result.get("detail", "")
                best[name] = asking.reduced(result) | ({"detail": f"{deed}: {detail}"} if detail else {})
    for result in best.values():  # what one deed left open, another has shown
        if result["verdict"] == "inconclusive" and any(
                each["verdict"] == "holds" for _, results in found for each in results
                if each["property"] == result["property"]):
            result["verdict"] = "holds"
    return list(best.values())


def play(binary, here, each, way):
    """One row, as survey.probe's: a front-end by one way, and in `deeds` what its clients met."""
    protocol, transport, _ = way
    row = {"server": each.server.name, "version": each.server.version(), "role": each.server.role, "protocol": protocol,
           "transport": transport, "exit": 0, "results": [], "deeds": {}}
    script = each.place.folder / f"{protocol}.script"
    script.write_text(f"protocol {protocol}\n{SCRIPT}", encoding="utf-8")
    before, began, found, crash = each.endings(), time.monotonic(), [], None
    for deed in deeds(protocol, tls=each.place.tls_behind):
        try:
            struck, met, results = one(binary, here, each, way, deed, script)
        except (OSError, ValueError, KeyError, NotStarted, subprocess.TimeoutExpired) as failure:
            row |= {"exit": 2, "failure": f"{deed}: {type(failure).__name__}: {failure}"}
            continue
        if struck:
            found.append((deed, results))
            row["deeds"][deed] = met[0] if met[1:] in ([], ["fine"]) else f"{met[0]}; next {met[1]}"
        else:
            row["deeds"][deed] = ""
        if len(each.endings()) > len(before):
            crash = asking.crash(row, each, before)
            crash["detail"] = f"{deed}: {crash['detail']}"
            row["deeds"][deed] = "died"
            break
    row["results"] = [*merged(found), crash or asking.crash(row, each, before)]
    row["seconds"] = round(time.monotonic() - began, 1)
    return row
