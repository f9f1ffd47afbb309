"""A link to a file or heading that isn't there is found; code is not mistaken for links."""

import subprocess
import unittest

from script import ScriptTest


class CheckLinks(ScriptTest):
    def check(self, text):
        subprocess.run(["git", "init", "--quiet", str(self.root)], check=True)
        self.write("page.md", text)
        self.write("docs/other.md", "# A heading, with `code`\n")
        return self.run_script("check-links", "--root", self.root)

    def test_good_links(self):
        run = self.check("# Here\n[a](docs/other.md) [b](docs/other.md#a-heading-with-code) [c](#here) [d](https://example.org)\n")
        self.assertEqual(run.returncode, 0, run.stdout)

    def test_a_missing_file(self):
        run = self.check("one\n[a](docs/none.md)\n")
        self.assertEqual(run.returncode, 1)
        self.assertIn("page.md:2: there is no docs/none.md", run.stdout)

    def test_a_missing_heading(self):
        self.assertEqual(self.check("[a](docs/other.md#nowhere)\n").returncode, 1)

    def test_code_is_left_alone(self):
        self.assertEqual(self.check("```\n[a](docs/none.md)\n```\nand `[a](none.md)`\n").returncode, 0)


if __name__ == "__main__":
    unittest.main()
