"""What the world does, SPIN's model can do: random scripts and those of the corpora, run in the world, are traces that
the model accepts. A world with a fault that the model hasn't got is rejected, at the event that shows it."""

import collections
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from spin import Verifier, is_there

RECORD = os.environ["SALLYPORT_RECORD"]
COUNT = int(os.environ.get("SALLYPORT_RANDOM_TRACES", "2000"))  # of each front-end and protocol
FAULTY_COUNT = 1000  # of a front-end with a fault, which shows in some of them only
SEED = 306874
CORPORA = pathlib.Path(__file__).resolve().parents[3] / "corpora"
DEFINES = {("exchange-2000", "imap"): ("EXCHANGE_2000",),
           ("exchange-2000", "pop3"): ("EXCHANGE_2000", "POP3"),
           ("exchange-2000-sp1", "imap"): ("EXCHANGE_2000_SP1",),
           ("exchange-2000-sp1", "pop3"): ("EXCHANGE_2000_SP1", "POP3")}
# Kinds of events, as in traces.pml.
CONNECT, LIST, SAID, LEASE, BACKEND, FAIL, ANSWER = 1, 2, 3, 4, 5, 6, 7

Accepted = collections.namedtuple("Accepted", "traces accepted rejected text")  # rejected: {kind of event: traces}


def recorded(front_end, *words):
    ran = subprocess.run([RECORD, front_end, *words], capture_output=True, text=True, timeout=300, check=False)
    if ran.returncode != 0:
        raise RuntimeError(f"{RECORD} {front_end} {' '.join(map(str, words))}: {ran.stderr}")
    return ran.stdout


def acceptor(front_end, protocol):
    return Verifier(*DEFINES[front_end, protocol], "FAILURES", "TRACES")


def judged(pan, traces):
    with tempfile.NamedTemporaryFile("w", suffix=".traces") as file:
        file.write(traces)
        file.flush()
        text = pan.run(env={"SALLYPORT_TRACES": file.name})
    if "max search depth too small" in text:
        raise RuntimeError(text)
    traces, accepted = map(int, re.search(r"^traces: (\d+), accepted: (\d+)$", text, re.MULTILINE).groups())
    kinds = re.findall(r"^rejected: trace \d+ at event \d+: (\d+) ", text, re.MULTILINE)
    return Accepted(traces, accepted, dict(collections.Counter(map(int, kinds))), text)


class Traces(unittest.TestCase):
    def test_the_worlds_are_the_models(self):
        for (front_end, protocol), _ in DEFINES.items():
            traces = recorded(front_end, protocol, str(COUNT), str(SEED))
            scripts = [script for folder in ("seeds", "regressions")
                       for script in sorted((CORPORA / folder).glob(f"{protocol}-*.script"))]
            self.assertTrue(scripts, f"no script in {CORPORA}")
            traces += recorded(front_end, *scripts)
            with self.subTest(front_end=front_end, protocol=protocol), acceptor(front_end, protocol) as pan:
                result = judged(pan, traces)
                self.assertEqual((result.traces, result.rejected), (COUNT + len(scripts), {}), result.text)
                self.assertEqual(result.accepted, result.traces)

    def test_a_world_with_a_fault_is_not(self):
        """Each row: a front-end with a fault, and the kinds of events at which its traces are rejected."""
        rows = {
            ("exchange-2000-sp1", "imap"): {
                "advertise-ntlm": {LIST},  # a list shows NTLM
                "start-unoffered-mechanism": {LEASE},  # which is relayed though no list shows it
                "move-login-between-messages": {LEASE},  # a second lease in one login
                "pool-key-omits-user": {LEASE},  # of a connection that is another user's
                "log-in-when-logged-in": {LEASE},
                "believe-preauth-of-backends": {ANSWER},  # OK without a back-end's
                "log-in-when-the-backend-is-dead": {ANSWER},
            },
            ("exchange-2000", "pop3"): {
                "let-user-set-the-identity": {LEASE},  # on USER alone
                "move-login-between-messages": {LEASE},
            },
        }
        for (front_end, protocol), faults in rows.items():
            with acceptor(front_end, protocol) as pan:
                for fault, kinds in faults.items():
                    with self.subTest(front_end=front_end, protocol=protocol, fault=fault):
                        traces = recorded(f"{front_end}+{fault}", protocol, str(FAULTY_COUNT), str(SEED))
                        result = judged(pan, traces)
                        self.assertLess(result.accepted, result.traces)
                        self.assertEqual(set(result.rejected) & kinds, kinds, result.text[-2000:])

    def test_one_event_more_or_less_is_seen(self):
        """A trace from which the back-end's OK is cut, or to which one is added, is none of the model's."""
        front_end, protocol = "exchange-2000", "imap"
        good = recorded(front_end, CORPORA / "seeds" / "imap-ntlm-handshake.script").splitlines()
        accepted = next(place for place, event in enumerate(good) if event.startswith(f"{BACKEND} 0 4 7"))
        with acceptor(front_end, protocol) as pan:
            self.assertEqual(judged(pan, "\n".join(good) + "\n").accepted, 1)
            without = good[:accepted] + good[accepted + 1:]
            twice = good[:accepted + 1] + good[accepted:]
            for wrong in (without, twice):
                self.assertEqual(judged(pan, "\n".join(wrong) + "\n").accepted, 0)


if __name__ == "__main__":
    if not is_there():
        raise SystemExit(77)
    unittest.main()
