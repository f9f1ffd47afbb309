"""`sallyport probe` on an ordinary Dovecot: each property that a client's wire can show is put to the test, or
its row says what that would take.

Run by ctest; by hand: SALLYPORT=build/dev/bin/sallyport python3 targets/live/tests/dovecot_test.py
"""

import json

from harness import TestCase, main

PASSWORD = "correct-horse-battery"


class Dovecot(TestCase):
    def probe(self, *arguments):
        """The rows, by property, of a probe of one server; its exit status must agree with them."""
        done = self.run_sallyport("probe", "--format", "json", *arguments)
        self.assertNotIn(PASSWORD, done.stdout + done.stderr)
        self.assertTrue(done.stdout, done.stderr)
        rows = {row["property"]: row for row in json.loads(done.stdout)["results"]}
        violated = any(row["verdict"] == "violated" for row in rows.values())
        if not any(row["verdict"] == "inconclusive" for row in rows.values()):
            self.assertEqual(done.returncode, 1 if violated else 0, done)
        return rows

    def assert_judged(self, rows, reasons):
        """Nothing is inconclusive; what is vacuous is so for the one reason that `reasons` has for it."""
        vacuous = {}
        for name, row in rows.items():
            self.assertIn(row["verdict"], ["holds", "violated", "unobservable", "vacuous"], row)
            if row["verdict"] == "vacuous":
                vacuous[name] = row["detail"].removeprefix("never exercised: ")
        self.assertEqual(vacuous, reasons)
        self.assertEqual(rows["ISO-02"]["detail"],
                         "another user's password and mail can't be changed from outside")
        self.assertEqual(rows["PER-02"]["detail"], "not to be seen on a client's wire")
        self.assertEqual(rows["SEC-01"]["detail"], "not to be seen on any wire")

    def test_every_property_of_the_wire_is_judged(self):
        ports = self.dovecot("alice", PASSWORD)
        account = ["--user", "alice", "--password-file", self.file("password", PASSWORD + "\n")]
        fast = ["--rate", "1000"]
        trust = ["--ca-file", self.directory / "certificate.pem"]
        offered = {  # by this Dovecot: PLAIN, LOGIN, CRAM-MD5
            "RES-03": "takes a silence of 300 s at least: --silence 300s",
            "SAS-04": "no mechanism is offered whose message may be long (OAUTHBEARER)",
            "SAS-07": "no mechanism is offered whose messages have an order (SCRAM, NTLM)",
        }
        in_the_clear = {
            "imap": "the server takes passwords in the clear, and says so",
            "pop3": "POP3 has no word for LOGINDISABLED",
        }
        under_tls = "TLS stands; probe the server in the clear"
        for scheme in ["imap", "pop3"]:
            url = f"{scheme}://127.0.0.1:{ports[scheme]}"
            with self.subTest(url):
                self.assert_judged(self.probe(url, *account, *fast),
                                   {**offered, "TLS-04": in_the_clear[scheme]})
            with self.subTest(url, starttls=True):
                self.assert_judged(self.probe(url, "--starttls", *trust, *account, *fast),
                                   {**offered, "TLS-04": under_tls})
            with self.subTest(url, implicit_tls=True):
                url = f"{scheme}s://127.0.0.1:{ports[scheme + 's']}"
                self.assert_judged(self.probe(url, *trust, *account, *fast),
                                   {**offered, "TLS-04": under_tls,
                                    "TLS-01": "TLS stands from the first octet on"})

    def test_what_needs_no_account_is_judged_without_one(self):
        ports = self.dovecot("alice", PASSWORD)
        rows = self.probe(f"imap://127.0.0.1:{ports['imap']}")
        for identifier in ["ADV-01", "ADV-02", "STM-01", "RSP-01"]:
            self.assertEqual(rows[identifier]["verdict"], "holds", rows[identifier])
        self.assertEqual(rows["STM-03"]["verdict"], "vacuous", rows["STM-03"])
        self.assertEqual(rows["STM-03"]["detail"], "never exercised, without an account")

    def test_a_wrong_account_is_no_finding(self):
        ports = self.dovecot("alice", PASSWORD)
        password = self.file("password", "not-" + PASSWORD + "\n")
        for scheme in ["imap", "pop3"]:
            rows = self.probe(f"{scheme}://127.0.0.1:{ports[scheme]}", "--user", "alice",
                              "--password-file", password)
            self.assertEqual(rows["ADV-03"]["verdict"], "inconclusive", rows["ADV-03"])
            self.assertIn("expected a valid user and password", rows["ADV-03"]["detail"])

    def test_an_unknown_certificate_is_not_trusted(self):
        ports = self.dovecot("alice", PASSWORD)
        url = f"imaps://127.0.0.1:{ports['imaps']}"
        done = self.run_sallyport("probe", url)
        self.assertEqual(done.returncode, 2, done)
        self.assertIn("self-signed certificate", done.stderr)
        self.assertEqual(self.probe(url, "--insecure")["ADV-01"]["verdict"], "holds")


if __name__ == "__main__":
    main()
