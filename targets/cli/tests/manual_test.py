"""The manual page and the shells' completions: readable by those who read them, and complete.

What there is to find is taken from each command's --help, which another piece of code prints.
Run by ctest; by hand: SALLYPORT=build/dev/bin/sallyport python3 targets/cli/tests/manual_test.py
"""

import functools
import json
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import tempfile
import time
import unittest

SALLYPORT = os.environ.get("SALLYPORT", "sallyport")


@functools.cache
def output(*arguments):
    return subprocess.run([SALLYPORT, *arguments], capture_output=True, text=True, check=True,
                          env={**os.environ, "COLUMNS": "100"}).stdout


@functools.cache
def commands():
    """Each command with the options that its own --help shows."""
    listed = output("--help").partition("\nCommands:\n")[2].partition("\n\n")[0]
    names = re.findall(r"^  ([a-z]+) ", listed, re.MULTILINE)
    return {name: re.findall(r"(?:^  |^  -\w )(--[a-z0-9-]+)", output(name, "--help"), re.MULTILINE)
            for name in names}


def needs(program):
    return unittest.skipIf(shutil.which(program) is None, f"{program} isn't installed")


class Pages(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def written(self, form):
        path = self.root / f"sallyport.{form}"
        path.write_text(output("help", "--format", form), encoding="utf-8")
        return path


class Completeness(Pages):
    def test_there_is_something_to_find(self):
        self.assertIn("verify", commands())
        self.assertIn("--fault", commands()["verify"])
        self.assertIn("--quiet", commands()["audit"])

    def test_man(self):
        page = output("help", "--format", "man").replace("\\-", "-")
        for name, options in commands().items():
            start = page.index(f"\n.SS sallyport {name}\n")
            section = page[start + 1:].partition("\n.S")[0]
            for option in options:
                self.assertRegex(section, rf"(?m)^\\fB(-\w\\fR, \\fB)?{option}\\fR", f"{name} {option}")

    def test_bash(self):
        for name, options in commands().items():
            self.assertLessEqual(set(options), set(self.complete_in_bash(name, "--")), name)
        self.assertLessEqual(set(commands()), set(self.complete_in_bash("")))

    def test_zsh(self):
        text = output("help", "--format", "zsh")
        for name, options in commands().items():
            section = text.partition(f"\n    {name})\n")[2].partition(";;")[0]
            for option in options:
                self.assertRegex(section, rf"(?m)^ +'\*?{option}=?\[", f"{name} {option}")

    @needs("fish")
    def test_fish(self):
        for name, options in commands().items():
            self.assertLessEqual(set(options), set(self.complete_in_fish(f"sallyport {name} --")), name)
        self.assertLessEqual(set(commands()), set(self.complete_in_fish("sallyport ")))

    def complete_in_bash(self, *words):
        """What bash would put in the last one's place."""
        script = 'source "$1"; shift; COMP_WORDS=(sallyport "$@"); COMP_CWORD=$#; _sallyport; printf "%s\\n" "${COMPREPLY[@]}"'
        done = subprocess.run(["bash", "--norc", "-euo", "pipefail", "-c", script, "bash", self.written("bash"), *words],
                              capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""), words)
        return done.stdout.split()

    def complete_in_fish(self, line):
        done = subprocess.run(["fish", "--no-config", "-c", f"source {self.written('fish')}; complete -C '{line}'"],
                              capture_output=True, text=True, check=True, env={**os.environ, "HOME": str(self.root)})
        return [each.partition("\t")[0] for each in done.stdout.splitlines()]

    def test_values(self):
        (self.root / "alice.password").write_text("x", encoding="utf-8")
        (self.root / "folder").mkdir()
        for words, expected in [
            (["verify", "--profile", "exchange-2000-"], ["exchange-2000-sp1"]),
            (["verify", "--profile", "="], ["exchange-2000", "exchange-2000-sp1", "hardened"]),
            (["verify", "--fault", "offer-plus"], ["offer-plus-before-tls"]),
            (["verify", "--engine", "explore,ra"], ["explore,rapid"]),
            (["verify", "--seed", ""], []),
            (["probe", "--role", "f"], ["frontend"]),
            (["properties", "KER"], []),
            (["properties", "ADV-01"], ["ADV-01"]),
            (["help", "verif"], ["verify"]),
            (["replay", f"{self.root}/al"], [f"{self.root}/alice.password"]),
            (["probe", "--account", "alice", "=", f"{self.root}/al"], [f"{self.root}/alice.password"]),
            (["probe", "--account", "al"], []),
            (["report", "--output", f"{self.root}/"], [f"{self.root}/folder"]),
        ]:
            self.assertEqual(self.complete_in_bash(*words), expected, words)


class Readers(Pages):
    @needs("mandoc")
    def test_mandoc(self):
        lint = ["mandoc", "-T", "lint", "-W", "warning"]
        done = subprocess.run([*lint, self.written("man")], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        # It does find what is wrong.
        bad = self.written("man")
        bad.write_text(bad.read_text(encoding="utf-8") + ".NOSUCH\n", encoding="utf-8")
        self.assertNotEqual(subprocess.run([*lint, bad], capture_output=True, check=False).returncode, 0)

    @needs("man")
    def test_man(self):
        done = subprocess.run(["man", "--warnings", "-l", self.written("man")], capture_output=True, text=True,
                              check=True, env={**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8"})
        self.assertEqual(done.stderr, "")
        self.assertIn("NO_COLOR", done.stdout)
        self.assertLessEqual(max(map(len, done.stdout.splitlines())), 80)

    @needs("shellcheck")
    def test_shellcheck(self):
        done = subprocess.run(["shellcheck", "--shell", "bash", self.written("bash")], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    @needs("zsh")
    def test_zsh(self):
        done = subprocess.run(["zsh", "--no-rcs", "-n", self.written("zsh")], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def typed(self, shell, prepare, keys, expected):
        """What a shell on a terminal shows once `keys` were typed, up to `expected`."""
        child, terminal = pty.fork()
        if child == 0:
            os.environ.update(HOME=str(self.root), TERM="dumb", PS1="$ ", PROMPT="$ ")
            os.execvp(shell[0], shell)
        seen = b""
        try:
            os.write(terminal, f"{prepare}; echo rea''dy\n".encode())
            sent, end = False, time.monotonic() + 30
            while expected.encode() not in seen.partition(b"ready\r\n")[2] and time.monotonic() < end:
                if select.select([terminal], [], [], 0.2)[0]:
                    seen += os.read(terminal, 65536)
                if not sent and b"ready\r\n" in seen:
                    os.write(terminal, keys.encode())
                    sent = True
        finally:
            os.close(terminal)
            os.kill(child, 9)
            os.waitpid(child, 0)
        return seen.decode(errors="replace").partition("ready\r\n")[2]

    def test_on_a_terminal_of_bash(self):
        seen = self.typed(["bash", "--norc", "--noprofile", "-i"], f"source {self.written('bash')}",
                          "sallyport verify --prof\thardened --eng\tfu\t", "--engine fuzz")
        self.assertIn("sallyport verify --profile hardened --engine fuzz", seen)

    @needs("zsh")
    def test_on_a_terminal_of_zsh(self):
        shutil.copy(self.written("zsh"), self.root / "_sallyport")
        seen = self.typed(["zsh", "--no-rcs", "-i"],
                          f"fpath=({self.root} $fpath); autoload -U compinit; compinit -u -d {self.root}/dump",
                          "sallyport verify --prof\thard\t", "hardened")
        self.assertRegex(seen, "--profile=.*hardened")


class Help(unittest.TestCase):
    def test_the_outline(self):
        outline = json.loads(output("help", "--format", "json"))
        self.assertEqual([command["name"] for command in outline["commands"]], list(commands()))
        for command in outline["commands"]:
            names = [name for option in command["options"] for name in option["names"] if name.startswith("--")]
            self.assertEqual(names, commands()[command["name"]])

    def test_text(self):
        self.assertEqual(output("help"), output("--help"))
        self.assertEqual(output("help", "verify"), output("verify", "--help"))

    def test_slips(self):
        for arguments, saying in [(["verfy"], "did you mean verify"), (["--format", "html"], "'html'"),
                                  (["verify", "--format", "man"], "one COMMAND has a text alone")]:
            done = subprocess.run([SALLYPORT, "help", *arguments], capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (2, "", 1), done)
            self.assertIn(saying, done.stderr)


if __name__ == "__main__":
    unittest.main()
