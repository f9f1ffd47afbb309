"""Turns a counterexample of SPIN into a script that sallyport replays."""

import re

# What the model's client says: START, LOGIN, NEGOTIATE, PROOF and MESSAGE of front_end.pml.
START, LOGIN, NEGOTIATE, PROOF, MESSAGE = 1, 2, 3, 4, 5
ACCOUNTS = {0: "alice", 1: "alice", 2: "bob"}  # by the model's users; 0: not said yet


def list_step(protocol):
    return "capability" if protocol == "imap" else "mechanisms"


def said(what, value, later, session):
    """The action for `says what value`; the user of an exchange is named in its third message."""
    user, wrong = value // 2, " wrong" if value % 2 == 0 else ""
    if what == LOGIN:
        return f"login {ACCOUNTS[user]}{wrong}"
    if what == START:
        proofs = [int(m[1]) // 2 for s, text in later if s == session and (m := re.fullmatch(r"says 4 (\d+)", text))]
        return f"authenticate NTLM {ACCOUNTS[proofs[0] if proofs else 0]}{wrong}"
    return "respond" if what in (NEGOTIATE, PROOF) else 'send "QUJD\\r\\n"'


def script(told, protocol, claim, subject, knows_the_list=False, two_runs=False):
    """`told` is what Verifier.narrated gives, in the order in which it happens. A step of a script runs to its end
    before the next one, so a counterexample in which two clients are under way at once can't be written as one.

    `two_runs`: the claim compares the run with one on another schedule, where an exchange that SPIN saw refused goes
    on; the script goes on with it. Where there is nothing to respond to, that step has no effect."""
    steps, under_way = [], None
    for place, (session, text) in enumerate(told):
        words = text.split()
        if words[0] == "lease":
            if under_way != session:
                raise ValueError(f"client {session} is served while client {under_way} waits")
            if int(words[3]) > 1:  # the scheduler is asked only where there is a choice
                steps[-1][2].append(words[1])
            continue
        if words[0] == "says":
            action = said(int(words[1]), int(words[2]), told[place:], session)
        elif text == "connects":
            if not knows_the_list:
                continue
            action = list_step(protocol)
        else:
            action = {"asks for a list": list_step(protocol), "breaks the exchange": "cancel", "leaves": "close",
                      "is hung up on": "logout"}[text]
        under_way = session
        steps.append((session, action, []))
    if two_runs:
        steps += [(session, "respond", []) for session, _, _ in steps[-1:] for _ in (NEGOTIATE, PROOF)]
    lines = [f"property {claim}", f"subject {subject}", f"protocol {protocol}"]
    lines += [f"{session} {action}" + (f" lease {','.join(leases)}" if leases else "")
              for session, action, leases in steps]
    return "\n".join(lines) + "\n"
