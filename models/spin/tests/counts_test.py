"""The model in C++ (targets/abstract) has the states of SPIN's, no more and no fewer, and violates the same claims by
ways of the same length."""

import json
import os
import subprocess
import unittest

from spin import Verifier, is_there

SEARCH = os.environ["SALLYPORT_SEARCH"]
SHAPES = (("EXCHANGE_2000", "CLIENTS=1"),
          ("EXCHANGE_2000", "CLIENTS=1", "LINKS=4", "USERS=3", "FAILURES"),
          ("EXCHANGE_2000", "CLIENTS=2", "LINKS=2"),
          ("EXCHANGE_2000", "CLIENTS=2", "LINKS=2", "FAILURES"),
          ("EXCHANGE_2000", "CLIENTS=3", "LINKS=2", "USERS=1", "PERSISTENT", "POP3"),
          ("EXCHANGE_2000_SP1", "CLIENTS=2", "FAILURES"),
          ("EXCHANGE_2000_SP1", "CLIENTS=3", "LINKS=2", "USERS=1"))


def searched(*shape):
    return json.loads(subprocess.run([SEARCH, *shape], capture_output=True, text=True, timeout=300, check=True).stdout)


class Counts(unittest.TestCase):
    def test_both_have_the_same_states(self):
        for shape in SHAPES:
            with self.subTest(shape=shape), Verifier(*shape, options=("SAFETY", "NOREDUCE")) as pan:
                ours = searched(*shape)
                self.assertEqual(ours["stop"], "exhausted")
                self.assertEqual(pan.check().states, ours["states"])

    def test_both_find_the_same_violations_by_shortest_ways(self):
        for claim, check in (("ADV-01", "CHECK_ADV_01"), ("PER-01", "CHECK_PER_01")):
            for shape in (("EXCHANGE_2000", "CLIENTS=1"), ("EXCHANGE_2000_SP1", "CLIENTS=1")):
                options = ("SAFETY", "NOREDUCE", "REACH")
                with self.subTest(claim=claim, shape=shape), Verifier(*shape, check, options=options) as pan:
                    found = pan.check("-i")
                    self.assertEqual(pan.steps() if found.errors else None, searched(*shape)[claim])


if __name__ == "__main__":
    if not is_there():
        raise SystemExit(77)
    unittest.main()
