"""Runs the scripts of ci/ on trees that a test makes up."""

import pathlib
import subprocess
import tempfile
import unittest

CI = pathlib.Path(__file__).resolve().parent.parent


class ScriptTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name).resolve()

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def run_script(self, name, *arguments):
        return subprocess.run([str(CI / name), *map(str, arguments)], capture_output=True, text=True, check=False)
