"""SPIN checks the model: what is violated is violated for its own reason, and shows in the world as well; what holds
is exhausted and was put to the test; and a planted mistake is found."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from script import script
from spin import Verifier, is_there

SALLYPORT = os.environ["SALLYPORT"]
BROKEN, MENDED = "EXCHANGE_2000", "EXCHANGE_2000_SP1"
ALL = ("CHECK_ADV_01", "CHECK_PER_01", "CHECK_SOUND", "COUNT_JUDGED")
FAIR = ("-a", "-f", "-N")  # acceptance cycles under weak fairness, of the formula that follows


def replayed(text):
    """What `sallyport replay` says of a script: its exit status and the verdicts."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "counterexample.script"
        file.write_text(text)
        ran = subprocess.run([SALLYPORT, "replay", file, "--format", "json"],
                             capture_output=True, text=True, timeout=60, check=False)
    return ran.returncode, {r["property"]: r["verdict"] for r in json.loads(ran.stdout)["results"]}


class Claims(unittest.TestCase):
    def expect_in_the_world(self, told, claim, **options):
        for protocol in ("imap", "pop3"):
            text = script(told, protocol, claim, "exchange-2000", **options)
            with self.subTest(protocol=protocol, script=text):
                self.assertEqual(replayed(text), (1, {claim: "violated"}))
                mended = text.replace("exchange-2000", "exchange-2000-sp1")
                self.assertNotIn("violated", replayed(mended)[1].values(), "the same steps before SP1 and after")

    def expect_holds(self, verdict):
        self.assertEqual((verdict.errors, verdict.violated), (0, set()), verdict.text)
        self.assertGreater(verdict.logins_ended, 0, "no valid login ended: the claim was never put to the test")


class Safety(Claims):
    def test_exchange_2000_shows_ntlm(self):
        with Verifier(BROKEN, "CHECK_ADV_01", "NARRATE", "CLIENTS=1", options=("SAFETY", "REACH")) as pan:
            self.assertEqual(pan.check("-i").violated, {"ADV_01_holds"})
            told, _ = pan.narrated()
        self.assertEqual(told, [(0, "connects"), (0, "asks for a list")], "the shortest way")
        self.expect_in_the_world(told, "ADV-01")

    def test_exchange_2000_relies_on_persistence(self):
        with Verifier(BROKEN, "CHECK_PER_01", "NARRATE", "CLIENTS=1", options=("SAFETY", "REACH")) as pan:
            self.assertEqual(pan.check("-i").violated, {"PER_01_holds"})
            told, _ = pan.narrated()
        self.assertEqual([text for _, text in told if text.startswith("lease")], ["lease 0 of 1", "lease 1 of 2"])
        self.expect_in_the_world(told, "PER-01", two_runs=True)

    def test_exchange_2000_lets_in_nobody_else_all_the_same(self):
        with Verifier(BROKEN, "CHECK_SOUND", "COUNT_JUDGED") as pan:
            self.expect_holds(pan.check())

    def test_with_persistence_ntlm_would_work(self):
        with Verifier(BROKEN, "PERSISTENT", "CHECK_PER_01", "CHECK_SOUND", "COUNT_JUDGED") as pan:
            self.expect_holds(pan.check())

    def test_service_pack_1_holds_even_where_back_ends_fail(self):
        with Verifier(MENDED, "FAILURES", *ALL) as pan:
            verdict = pan.check()
        self.expect_holds(verdict)
        self.assertGreater(verdict.lists, 0, "no list was shown")


class PlantedMistakes(Claims):
    def expect_found(self, mistake, claim, *defines):
        with Verifier(BROKEN, f"MISTAKE={mistake}", *defines) as pan:
            self.assertEqual(pan.check().violated, {claim})

    def test_an_ok_counts_without_a_challenge(self):
        self.expect_found(1, "password_is_right", "CHECK_SOUND")

    def test_a_refused_exchange_leaves_its_connections(self):
        self.expect_found(2, "nothing_is_left_behind", "CHECK_SOUND")

    def test_the_pool_lends_a_connection_in_the_middle_of_an_exchange(self):
        self.expect_found(3, "PER_01_holds", "PERSISTENT", "CHECK_PER_01")

    def test_the_pool_lends_a_connection_of_another_user(self):
        self.expect_found(4, "password_is_right", "CHECK_SOUND")


class Liveness(Claims):
    def test_exchange_2000_asks_for_ever(self):
        with Verifier(BROKEN, "PATIENT", "NARRATE", "CLIENTS=1", "LINKS=2", options=("NFAIR=3",)) as pan:
            for formula in ("gets_in", "not_asked_for_ever"):
                self.assertEqual(pan.check(*FAIR, formula).violated, {"acceptance cycle"}, formula)
            steps, cycle = pan.narrated()
        self.assertIn("says 1 1", [text for _, text in cycle], "each time round it tries again")
        self.expect_in_the_world(steps + cycle + cycle, "ADV-03", knows_the_list=True)

    def test_with_persistence_it_would_not(self):
        with Verifier(BROKEN, "PERSISTENT", "PATIENT", "COUNT_JUDGED", options=("NFAIR=3",)) as pan:
            self.expect_holds(pan.check(*FAIR, "not_asked_for_ever"))

    def test_service_pack_1_lets_a_patient_client_in(self):
        with Verifier(MENDED, "PATIENT", "COUNT_JUDGED", options=("NFAIR=3",)) as pan:
            for formula in ("not_asked_for_ever", "answered", "gets_in"):
                with self.subTest(formula=formula):
                    self.expect_holds(pan.check(*FAIR, formula))

    def test_a_pool_full_of_others_connections_turns_a_client_away_for_ever(self):
        """The reference front-end's stated limit: it keeps the connections of users who are gone, and none makes room
        for another user. In POP3, where a connection ends with its session, nobody waits for ever."""
        with Verifier(MENDED, "PATIENT", options=("NFAIR=3",)) as pan:
            self.assertEqual(pan.check(*FAIR, "gets_in_for_certain").violated, {"acceptance cycle"})
        with Verifier(MENDED, "PATIENT", "POP3", "COUNT_JUDGED", options=("NFAIR=3",)) as pan:
            self.expect_holds(pan.check(*FAIR, "gets_in_for_certain"))


if __name__ == "__main__":
    if not is_there():
        raise SystemExit(77)
    unittest.main()
