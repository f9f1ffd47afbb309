#!/usr/bin/env -S python3 -B
"""What nginx's mail proxy asks who may log in, and where to: `auth_http`.

    auth_http.py PORT IMAP_PORT POP3_PORT ACCOUNTS

Verifies passwords, APOP and CRAM-MD5 against the lines `name:password` of a file, as an operator's would. By EXTERNAL
whoever showed a certificate that nginx has verified is its user, and nobody else.
"""

import hashlib
import hmac
import http.server
import pathlib
import sys
import urllib.parse


def right(method, password, given, salt):
    if method in ("plain", "login"):
        return hmac.compare_digest(given.encode(), password.encode())
    if method == "apop":
        return hmac.compare_digest(given, hashlib.md5((salt + password).encode()).hexdigest())
    if method == "cram-md5":
        return hmac.compare_digest(given, hmac.new(password.encode(), salt.encode(), "md5").hexdigest())
    return False


def certified(headers):
    """Whom the client's certificate names; None where it showed none that is good."""
    if headers.get("Auth-SSL-Verify") != "SUCCESS":
        return None
    return headers.get("Auth-SSL-Subject", "").removeprefix("CN=")


class Handler(http.server.BaseHTTPRequestHandler):
    accounts = {}
    ports = {}

    def do_GET(self):
        user, given, salt = (urllib.parse.unquote(self.headers.get(name, "")).strip("\r\n")
                             for name in ("Auth-User", "Auth-Pass", "Auth-Salt"))
        method = self.headers.get("Auth-Method", "")
        own = certified(self.headers)
        if method == "external" and not user:  # RFC 4422 appendix A.1: then he is meant
            user = own
        password = self.accounts.get(user)
        self.send_response(200)
        if password is not None and (user == own if method == "external" else right(method, password, given, salt)):
            self.send_header("Auth-Status", "OK")
            self.send_header("Auth-Server", "127.0.0.1")
            self.send_header("Auth-Port", self.ports[self.headers["Auth-Protocol"]])
            self.send_header("Auth-User", user)
            self.send_header("Auth-Pass", password)
        else:
            self.send_header("Auth-Status", "Invalid login or password")
            self.send_header("Auth-Wait", "2")  # longer than a probe waits for an answer that need not come
        self.end_headers()

    def log_message(self, *_):
        pass  # it would have user names in it


def main():
    port, imap, pop3, accounts = sys.argv[1:]
    Handler.ports = {"imap": imap, "pop3": pop3}
    lines = pathlib.Path(accounts).read_text(encoding="utf-8").splitlines()
    Handler.accounts = dict(line.split(":", 1) for line in lines)
    http.server.ThreadingHTTPServer.request_queue_size = 64
    http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Handler).serve_forever()


if __name__ == "__main__":
    main()
