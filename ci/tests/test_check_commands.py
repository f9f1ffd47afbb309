"""A command line that can't be typed is found in a page, and one that can is let be."""

import json
import subprocess
import unittest

from script import ScriptTest


def option(*names, value="", words=(), listed=False):
    return {"names": names, "value": value, "words": words, "listed": listed, "repeated": False, "required": False}


OUTLINE = {
    "options": [option("--version")],
    "commands": [
        {"name": "verify", "arguments": [],
         "options": [option("-q", "--quiet"), option("--budget", value="TIME"),
                     option("--engine", value="ENGINE", words=["explore", "rapid"], listed=True),
                     option("--property", value="ID", words=["ADV-01"], listed=True)]},
        {"name": "audit", "options": [],
         "arguments": [{"value": "FILE", "words": [], "listed": False, "repeated": True, "required": True}]},
    ],
}


class CheckCommands(ScriptTest):
    def setUp(self):
        super().setUp()
        subprocess.run(["git", "init", "--quiet", str(self.root)], check=True)
        self.write("ci/nightly", "#!/bin/sh\n# --stages NAME\nexec ci/other\n").chmod(0o755)
        self.write("ci/other", "#!/bin/sh\n# check [--keep]\n").chmod(0o755)
        self.write("ci/list", "not a program\n")
        self.binary = self.write("sallyport", f"#!/bin/sh\ncat <<'E'\n{json.dumps(OUTLINE)}\nE\n")
        self.binary.chmod(0o755)

    def checked(self, page):
        self.write("page.md", page)
        return self.run_script("check-commands", "--root", self.root, "--binary", self.binary)

    def test_what_can_be_typed(self):
        run = self.checked("```sh\nbuild/bin/sallyport verify -q --budget=3s --engine explore,rapid  # why\n"
                           "X=1 nice ./ci/nightly --stages a | sallyport audit one two\nsallyport --version\n"
                           "sallyport verify \\\n  --budget 3s\nci/other check --keep\nci/nightly check\n```\n"
                           "```console\n$ sallyport audit x\nsallyport: there is no x\n```\n"
                           "`sallyport verify --property ID`, `sallyport verify --budget`, `sallyport COMMAND --help`, `ci/list`, `ci/`\n"
                           "```sh recipe\nsallyport verify --property OWN-01\n```\n```cpp own.cpp\n{.id = \"OWN-01\"}\n```\n")
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def test_what_can_not(self):
        for line, saying in [
            ("sallyport verfy", "there is no command verfy"),
            ("a/bin/sallyport verify --bugdet 3s", "verify has no option --bugdet"),
            ("true && sallyport verify --budget", "--budget takes a value"),
            ("sallyport verify --quiet=yes", "--quiet takes no value"),
            ("sallyport verify --engine explore,fuzzy", "--engine: 'fuzzy' is none of ENGINE"),
            ("sallyport verify --property ADV-99", "--property: 'ADV-99' is none of ID"),
            ("sallyport verify here", "verify takes no here"),
            ("sallyport audit", "audit needs FILE"),
            ("ci/nothing", "there is no ci/nothing"),
            ("ci/list", "ci/list can't be run"),
            ("ci/nightly --stage a", "ci/nightly knows no --stage"),
            ("ci/other bench", "ci/other knows no bench"),
        ]:
            run = self.checked(f"one\n```sh\n{line}\n```\n")
            self.assertEqual(run.returncode, 1, line)
            self.assertIn(f"page.md:3: {saying}: {line}", run.stdout)

    def test_what_can_not_in_a_sentence(self):
        for span in ("sallyport verfy", "sallyport verify --bugdet", "ci/nothing", "ci/nightly --stage a"):
            self.assertEqual(self.checked(f"As `{span}` says.\n").returncode, 1, span)

    def test_a_tree_without_any(self):
        self.assertEqual(self.checked("nothing\n").returncode, 1)


if __name__ == "__main__":
    unittest.main()
