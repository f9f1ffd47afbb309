"""`sallyport probe` on an ordinary Dovecot: each property that a client's wire can show has a verdict.

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

    def assert_judged(self, rows):
        for row in rows.values():  # none vacuous, none inconclusive
            self.assertIn(row["verdict"], ["holds", "violated", "unobservable"], row)
        judged = {name for name, row in rows.items() if row["verdict"] != "unobservable"}
        self.assertLessEqual({"ADV-01", "ADV-02", "ADV-03", "STM-01", "RSP-01"}, judged)

    def test_every_property_of_the_wire_is_judged(self):
        ports = self.dovecot("alice", PASSWORD)
        account = ["--user", "alice", "--password-file", self.file("password", PASSWORD + "\n")]
        trust = ["--ca-file", self.directory / "certificate.pem"]
        for scheme in ["imap", "pop3"]:
            url = f"{scheme}://127.0.0.1:{ports[scheme]}"
            with self.subTest(url):
                self.assert_judged(self.probe(url, *account))
            with self.subTest(url, starttls=True):
                self.assert_judged(self.probe(url, "--starttls", *trust, *account))
            with self.subTest(url, implicit_tls=True):
                url = f"{scheme}s://127.0.0.1:{ports[scheme + 's']}"
                self.assert_judged(self.probe(url, *trust, *account))

    def test_what_needs_no_account_is_judged_without_one(self):
        ports = self.dovecot("alice", PASSWORD)
        rows = self.probe(f"imap://127.0.0.1:{ports['imap']}")
        for identifier in ["ADV-01", "ADV-02", "STM-01", "RSP-01"]:
            self.assertEqual(rows[identifier]["verdict"], "holds", rows[identifier])
        self.assertEqual(rows["ADV-03"]["verdict"], "vacuous", rows["ADV-03"])

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
