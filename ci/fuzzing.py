"""What ci/corpus and ci/nightly share: builds, the list of fuzz targets, what they start from, where corpora grow."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile

from house import ROOT

BUILDS = pathlib.Path(os.environ.get("SALLYPORT_BUILDS", ROOT / "build"))
GROWN = BUILDS / "corpora"  # <target>/…, outside of git: what fuzzing found and nobody chose
REGRESSIONS = ROOT / "corpora" / "regressions"
CANARY = "sallyport-fuzz-canary"  # fails on purpose
PREFIX = "sallyport-fuzz-"
# A run of a script is the same each time, so a short calibration will do.
AFL = {"AFL_NO_UI": "1", "AFL_SKIP_CPUFREQ": "1", "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES": "1", "AFL_FAST_CAL": "1"}


class Failure(Exception):
    """Something that could not be done, in one line."""


def folder_of(preset):
    return BUILDS / preset


def build_commands(preset, *targets):
    if "SALLYPORT_BUILDS" in os.environ:  # they were built by somebody else
        return {}
    return {"configure": ["cmake", "--preset", preset],
            "build": ["cmake", "--build", str(folder_of(preset)), "--target", *targets]}


def build(preset, *targets):
    """Configures and builds; the end of what that said is in the Failure."""
    for command in build_commands(preset, *targets).values():
        done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
        if done.returncode != 0:
            raise Failure(f"{' '.join(command)}: exit {done.returncode}\n" + "\n".join(done.stdout.splitlines()[-20:]))


def targets_of(preset):
    """The fuzz targets of a configured build, in their order; all but the canary."""
    listed = (folder_of(preset) / "fuzz-targets.txt").read_text(encoding="utf-8").split()
    return [name for name in listed if name != CANARY]


def program(preset, target):
    return folder_of(preset) / "bin" / target


def takes_scripts(target):
    """Its octets are a script; else they are what they are."""
    stem = target.removeprefix(PREFIX).replace("-", "_")
    return (ROOT / "targets" / "fuzz" / "scripts" / f"{stem}_target.cpp").exists()


def material(preset, target, output):
    """Writes seeds/ and tokens.dict below `output`, which is made."""
    done = subprocess.run([str(ROOT / "ci" / "fuzz-material"), str(folder_of(preset)), target, str(output)],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failure(f"the seeds of {target}: {done.stderr.strip()}")
    return output / "seeds", output / "tokens.dict"


def files_in(folder):
    return [path for path in sorted(folder.iterdir()) if path.is_file()] if folder.is_dir() else []


def merge(preset, target, seeds, *sources):
    """Makes the grown corpus of `target` what adds coverage to its seeds, of itself and of `sources`.

    Returns how many inputs there were and are. A merge survives inputs that crash the target.
    """
    grown = GROWN / target
    grown.mkdir(parents=True, exist_ok=True)
    before = len(files_in(grown))
    with tempfile.TemporaryDirectory(dir=GROWN, prefix=".merge-") as name:
        chosen = pathlib.Path(name) / "chosen"
        shutil.copytree(seeds, chosen)
        given = {path.name for path in files_in(chosen)}
        done = subprocess.run([program(preset, target), "-merge=1", "-rss_limit_mb=2560", chosen, grown, *sources],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=name,
                              check=False)
        if done.returncode != 0:
            last = done.stdout.decode(errors="replace").strip().splitlines()[-1:]
            raise Failure(f"{target}: its corpus can't be merged: {' '.join(last)}")
        for path in files_in(chosen):
            if path.name in given:
                path.unlink()
        old = pathlib.Path(name) / "old"
        os.rename(grown, old)
        os.rename(chosen, grown)
    return before, len(files_in(grown))


def subjects_of_regressions():
    """The front-ends that the findings are about, each with its scripts."""
    found = {}
    for script in sorted(REGRESSIONS.glob("*.script")):
        subject = re.search(r"^subject (\S+)$", script.read_text(encoding="utf-8"), re.MULTILINE)
        if subject:
            found.setdefault(subject[1], []).append(script)
    return found


def end(process):
    """Ends a process that was started in a group of its own, and all that it started."""
    if process.poll() is None:
        for sign, seconds in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
            try:
                os.killpg(process.pid, sign)
                process.wait(seconds)
                return
            except ProcessLookupError:
                return
            except subprocess.TimeoutExpired:
                continue
