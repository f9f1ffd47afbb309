"""A recipe is done as it is written, and one that doesn't work is found."""

import subprocess
import unittest

from script import ScriptTest


class TryRecipe(ScriptTest):
    def setUp(self):
        super().setUp()
        subprocess.run(["git", "init", "--quiet", str(self.root)], check=True)
        self.write("there.txt", "one\n")

    def tried(self, page):
        return self.run_script("try-recipe", "--root", self.root, self.write("page.md", page))

    def test_files_are_written_and_commands_run(self):
        run = self.tried("```cpp new/a.cpp\nint a;\n```\n\n```toml >> there.txt\ntwo\n```\n\n```sh\n"
                         "grep int new/a.cpp\ntest \"$(wc -l <there.txt)\" = 2\n```\n\n```console\n$ false\n```\n")
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertFalse((self.root / "new").exists())
        self.assertEqual((self.root / "there.txt").read_text(encoding="utf-8"), "one\n")

    def test_a_status_is_as_the_page_says(self):
        self.assertEqual(self.tried("```sh exits 3\nexit 3\n```\n").returncode, 0)
        run = self.tried("one\n```sh exits 1\necho why; true\n```\n")
        self.assertEqual(run.returncode, 1)
        self.assertIn("page.md:3: it ended with 0, not 1:\nwhy", run.stdout)

    def test_the_first_command_that_fails_ends_a_block(self):
        self.assertEqual(self.tried("```sh\nfalse\ntrue\n```\n").returncode, 1)

    def test_a_file_that_is_there_is_not_written_again(self):
        run = self.tried("```text there.txt\nother\n```\n")
        self.assertEqual(run.returncode, 1)
        self.assertIn("there.txt is there already", run.stdout)

    def test_a_file_that_is_not_there_is_not_added_to(self):
        self.assertEqual(self.tried("```text >> none.txt\nother\n```\n").returncode, 1)

    def test_lines_are_steps_and_the_last_has_the_status(self):
        run = self.tried("```sh exits 2\n# why\necho one \\\n  two\nexit 2  # so\n```\n")
        self.assertEqual(run.returncode, 0, run.stdout)
        self.assertRegex(run.stdout, r"s  echo one two\n.*s  exit 2\n")
        self.assertIn("page.md:4:", self.tried("```sh exits 2\n\n\nexit 2\nexit 2\n```\n").stdout)

    def test_a_section_alone(self):
        page = self.write("page.md", "```sh\nfalse\n```\n# Two ways, or `one`\n```sh\ntrue  # so\n# comment\n```\n## Below\n"
                                     "```sh\ntrue\n```\n# Another\n```sh\nfalse\n```\n")
        self.assertEqual(self.run_script("try-recipe", "--root", self.root, f"{page}#two-ways-or-one").returncode, 0)
        self.assertEqual(self.run_script("try-recipe", "--root", self.root, f"{page}#another").returncode, 1)
        self.assertEqual(self.run_script("try-recipe", "--root", self.root, f"{page}#nowhere").returncode, 2)

    def test_a_line_may_be_left_out_and_is_named(self):
        page = self.write("page.md", "```sh\ntrue\nfalse  # so\n```\n")
        run = self.run_script("try-recipe", "--root", self.root, page, "--without", "false")
        self.assertEqual(run.returncode, 0, run.stdout)
        self.assertIn("in all; without false", run.stdout)

    def test_what_takes_too_long(self):
        page = self.write("page.md", "```sh\nsleep 1.1\n```\n")
        run = self.run_script("try-recipe", "--root", self.root, page, "--limit", "1s")
        self.assertEqual((run.returncode, "more than 1 s" in run.stdout), (1, True), run.stdout)

    def test_what_is_no_recipe(self):
        for page in ("no block\n", "```sh twice\ntrue\n```\n", "```text ../out.txt\nx\n```\n", "```text /tmp/out.txt\nx\n```\n"):
            run = self.tried(page)
            self.assertEqual((run.returncode, run.stderr.count("\n")), (2, 1), page)


if __name__ == "__main__":
    unittest.main()
