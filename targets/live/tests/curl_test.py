"""KB 306874 as curl meets it, at `sallyport serve`: NTLM is asked for and refused at the front-end of
Exchange 2000, works at its back-end, and isn't there any more with Service Pack 1.

Run by ctest; by hand: SALLYPORT=build/dev/bin/sallyport python3 targets/live/tests/curl_test.py
"""

import unittest

from harness import Curl, TestCase, main

PASSWORD = "correct-horse-battery"
LOGIN_DENIED = 67  # curl(1), EXIT CODES
PROFILES = ["exchange-2000", "exchange-2000-sp1", "hardened"]
ANY = "127.0.0.1:0"
# What proves a log-in in either protocol: a command behind it that only works there.
BEHIND_LOGIN = {"imap": ["--request", "EXAMINE INBOX"], "pop3": ["--request", "STAT", "--head"]}


@unittest.skipUnless(Curl.speaks_ntlm(), "curl isn't installed, or without NTLM")
class CurlAtServe(TestCase):
    def setUp(self):
        super().setUp()
        self.curl = Curl("alice", PASSWORD)
        password = self.file("password", PASSWORD + "\n")
        self.account = ["--user", "alice", "--password-file", password]

    def serve_profile(self, profile, *arguments):
        return self.serve("--profile", profile, "--imap", ANY, "--pop3", ANY, "--backend-imap", ANY,
                          "--backend-pop3", ANY, *self.account, *arguments)

    def log_in(self, scheme, port, *arguments):
        return self.curl(f"{scheme}://127.0.0.1:{port}/", *BEHIND_LOGIN[scheme], *arguments)

    def test_ntlm_is_promised_and_refused_by_exchange_2000(self):
        ports = self.serve_profile("exchange-2000")
        for scheme in ["imap", "pop3"]:
            with self.subTest(scheme):
                done = self.log_in(scheme, ports[scheme], "--login-options", "AUTH=NTLM")
                self.assertEqual(done.returncode, LOGIN_DENIED, done.stderr)
                if scheme == "imap":  # its POP3 has no CAPA, so there curl doesn't come that far
                    self.assertRegex(done.stderr, r"> A\d+ AUTHENTICATE NTLM")
                    self.assertRegex(done.stderr, r"< A\d+ (NO|BAD) ")

    def test_without_being_asked_curl_takes_ntlm_as_well(self):
        ports = self.serve_profile("exchange-2000")
        done = self.log_in("imap", ports["imap"])
        self.assertEqual(done.returncode, LOGIN_DENIED, done.stderr)
        self.assertRegex(done.stderr, r"> A\d+ AUTHENTICATE NTLM")

    def test_ntlm_works_at_every_back_end(self):
        for profile in PROFILES:
            ports = self.serve_profile(profile)
            for scheme in ["imap", "pop3"]:
                with self.subTest(profile=profile, scheme=scheme):
                    done = self.log_in(scheme, ports["backend-" + scheme], "--login-options",
                                       "AUTH=NTLM")
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.assertRegex(done.stderr, r"> (A\d+ AUTHENTICATE|AUTH) NTLM")

    def test_ntlm_is_not_there_any_more(self):
        for profile in ["exchange-2000-sp1", "hardened"]:
            ports = self.serve_profile(profile)
            for scheme in ["imap", "pop3"]:
                with self.subTest(profile=profile, scheme=scheme):
                    done = self.log_in(scheme, ports[scheme], "--login-options", "AUTH=NTLM")
                    self.assertEqual(done.returncode, LOGIN_DENIED, done.stderr)
                    self.assertIn("No known authentication mechanisms supported", done.stderr)
                    self.assertNotRegex(done.stderr, r"> (A\d+ AUTHENTICATE|AUTH) ")

    def test_basic_authentication_works_everywhere(self):
        for profile in PROFILES:
            ports = self.serve_profile(profile)
            for scheme, options in [("imap", ["--login-options", "AUTH=PLAIN"]), ("pop3", [])]:
                with self.subTest(profile=profile, scheme=scheme):
                    done = self.log_in(scheme, ports[scheme], *options)
                    self.assertEqual(done.returncode, 0, done.stderr)

    def test_hardened_with_a_certificate_takes_passwords_under_tls_only(self):
        """A proof such as CRAM-MD5's may come before TLS, so the password is asked for by its mechanism."""
        certificate, key = self.certificate()
        ports = self.serve_profile("hardened", "--certificate", certificate, "--key", key,
                                   "--imaps", ANY, "--pop3s", ANY)
        for scheme in ["imap", "pop3"]:
            with self.subTest(scheme):
                in_clear = ["--login-options", "AUTH=PLAIN"]
                plain = self.log_in(scheme, ports[scheme], *in_clear)
                self.assertEqual(plain.returncode, LOGIN_DENIED, plain.stderr)
                proof = self.log_in(scheme, ports[scheme])
                self.assertEqual(proof.returncode, 0, proof.stderr)
                self.assertRegex(proof.stderr, r"> (A\d+ AUTHENTICATE|AUTH) (CRAM-MD5|SCRAM-SHA-256)")
                trust = ["--cacert", str(certificate)]
                starttls = self.log_in(scheme, ports[scheme], "--ssl-reqd", *trust,
                                       *in_clear)
                self.assertEqual(starttls.returncode, 0, starttls.stderr)
                insecure = self.log_in(scheme, ports[scheme], "--ssl-reqd", "--insecure",
                                       *in_clear)
                self.assertEqual(insecure.returncode, 0, insecure.stderr)
                implicit = self.curl(f"{scheme}s://127.0.0.1:{ports[scheme + 's']}/",
                                     *BEHIND_LOGIN[scheme], *trust, *in_clear)
                self.assertEqual(implicit.returncode, 0, implicit.stderr)


if __name__ == "__main__":
    main()
