"""CITATION.cff speaks of the version that is here. (Its form was held to schema 1.2.0 of the Citation File Format by
hand: neither Debian nor npm has that schema.)"""

import re
import unittest

from script import CI

ROOT = CI.parent
REQUIRED = {"cff-version", "message", "title", "authors"}  # by the schema


def fields(text):
    return dict(re.findall(r'^([a-z-]+): *"?(.*?)"?$', text, re.MULTILINE))


class Citation(unittest.TestCase):
    def test_it_is_of_this_version(self):
        cited = fields((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
        cmake = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
        self.assertLessEqual(REQUIRED, cited.keys())
        self.assertEqual(cited["cff-version"], "1.2.0")
        self.assertEqual(cited["version"], re.search(r"project\(sallyport VERSION (\S+)", cmake)[1])
        self.assertEqual(cited["date-released"], re.search(r"set\(SALLYPORT_DATE (\S+)\)", cmake)[1])
        self.assertIn("Apache License", (ROOT / "LICENSE").read_text(encoding="utf-8")[:200])
        self.assertEqual(cited["license"], "Apache-2.0")

    def test_another_version_would_be_seen(self):
        self.assertEqual(fields('version: 9.9.9\ntitle: "a: b"\n'), {"version": "9.9.9", "title": "a: b"})


if __name__ == "__main__":
    unittest.main()
