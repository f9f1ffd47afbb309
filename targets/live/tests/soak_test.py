"""The soak in short: serve holds under load and TLS, and what a soak is there to find is found in it.

Run by ctest; by hand: SALLYPORT=build/dev/bin/sallyport python3 targets/live/tests/soak_test.py
"""

import unittest

from harness import SALLYPORT, TestCase, main

import lab  # of the lab, whose folder the harness has put into the path
import soak


class Soak(TestCase):
    def soak(self, **more):
        try:
            with lab.Lab() as here:
                return soak.soak(SALLYPORT, here, **more)
        except lab.NotStarted as why:
            self.skipTest(str(why))

    def test_what_serves_holds(self):
        result = self.soak(seconds=4, resting=200)
        self.assertEqual((result["wrong"], result["failures"]), ([], []), result)
        self.assertGreater(result["exercised"], 50)
        self.assertGreater(result["hostile"], 10)

    def test_a_mailbox_that_is_passed_on_is_caught(self):
        result = self.soak(seconds=1, resting=20, settle_s=0, fault="pool-connections-with-a-mailbox")
        self.assertTrue(any(text.startswith("ISO-03") for text in result["wrong"]), result)

    def test_what_a_login_said_and_is_passed_on_is_caught(self):
        result = self.soak(seconds=1, resting=20, settle_s=0, fault="forward-untagged-data-of-logins")
        self.assertTrue(any(text.startswith("RSP-03") for text in result["wrong"]), result)


class Memory(unittest.TestCase):
    def test_grows_only_beyond_its_bound(self):
        self.assertFalse(soak.grew(40_000, 50_000))
        self.assertTrue(soak.grew(40_000, 60_000))


if __name__ == "__main__":
    main()
