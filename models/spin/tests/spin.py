"""Runs SPIN on the model: builds a verifier for a set of -D, runs it, and reads what it says."""

import collections
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

MODEL = pathlib.Path(__file__).resolve().parents[1] / "front_end.pml"
COMPILER = "clang-19"
PREPROCESSOR = f"-P{COMPILER} -E -x c"  # SPIN's own choice is gcc, which needn't be there
DEPTH_MAX = 1_000_000

Verdict = collections.namedtuple("Verdict", "errors violated states lists logins_ended text")


def is_there():
    return shutil.which("spin") is not None


class Verifier:
    """A pan of its own, in a folder of its own. `options` are pan.c's, `optimize` the compiler's: a search that takes
    less than compiling with -O2 would is built without."""

    def __init__(self, *defines, options=("SAFETY",), optimize="-O0"):
        self.folder = tempfile.TemporaryDirectory(prefix="sallyport-spin-")
        self.defines = [f"-D{define}" for define in defines]
        self._run("spin", PREPROCESSOR, "-a", *self.defines, MODEL)
        self._run(COMPILER, optimize, "-w", *[f"-D{option}" for option in options], "-o", "pan", "pan.c")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def _run(self, *command, env=None):
        ran = subprocess.run(command, cwd=self.folder.name, capture_output=True, text=True, check=False, timeout=300,
                             env={**os.environ, **(env or {})})
        if ran.returncode != 0:
            raise RuntimeError(f"{' '.join(map(str, command))}: exit {ran.returncode}\n{ran.stdout}{ran.stderr}")
        return ran.stdout

    def run(self, *options, env=None):
        """pan's own words."""
        return self._run("./pan", f"-m{DEPTH_MAX}", *options, env=env)

    def check(self, *options):
        """What pan says of the assertions, or with -N of an LTL formula."""
        text = self.run(*options)
        judged = re.search(r"^lists shown: (\d+), valid logins that ended: (\d+)$", text, re.MULTILINE)
        if "max search depth too small" in text or ("Search not completed" in text and "errors: 0" in text):
            raise RuntimeError(f"not an exhaustive search:\n{text}")
        violated = re.findall(r"^pan:\d+: (?:assertion violated (.*?)|(acceptance cycle)) \(at depth", text,
                              re.MULTILINE)
        return Verdict(errors=int(re.search(r"errors: (\d+)", text)[1]),
                       violated={claim or cycle for claim, cycle in violated},
                       states=int(float(re.search(r"^ *(\d\S*) states, stored", text, re.MULTILINE)[1])),
                       lists=int(judged[1]) if judged else 0,
                       logins_ended=int(judged[2]) if judged else 0,
                       text=text)

    def _trail(self):
        return next(pathlib.Path(self.folder.name).glob("*.trail"))

    def steps(self):
        """How many steps the counterexample has that was found last."""
        return sum(re.match(r"\d+:", line) is not None for line in self._trail().read_text().splitlines())

    def narrated(self):
        """What the clients and the scheduler do in it, and in its cycle, if it is one."""
        trail = self._trail()
        told = self._run("spin", PREPROCESSOR, "-t", "-k", trail.name, *self.defines, MODEL)
        steps, cycle = [], None
        for line in told.splitlines():
            if "START OF CYCLE" in line:
                cycle = []
            elif step := re.match(r"\s*@ (\d+) (.*?)\s*$", line):
                (steps if cycle is None else cycle).append((int(step[1]), step[2]))
        return steps, cycle or []
