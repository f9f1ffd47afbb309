"""The rules by which OSS-Fuzz tells a bad build of a fuzz target, and a few of our own on top.

After infra/base-images/base-runner/bad_build_check and test_all.py of google/oss-fuzz: a target is known by its
symbol; it runs, has edges to cover, and calls the runtime of the sanitizer that it was built with and of no other.
Ours: no seed crashes it, its dictionary is read, and it needs no library that a bare system lacks.
"""

import configparser
import os
import pathlib
import re
import subprocess
import tempfile
import zipfile

RUNS = 4
EDGES_MIN = 100
ENTRY = b"LLVMFuzzerTestOneInput"
# Calls of each sanitizer's runtime: at least so many in a build with it, at most so many in one without.
CALLS = {"address": ("__asan", 1000, 0), "memory": ("__msan", 1000, 3), "undefined": ("__ubsan", 168, 200)}
# libstdc++ for Debian's libFuzzer alone; our code is built with a libc++ that is only there as an archive.
BARE_SYSTEM = re.compile(r"ld-linux.*|linux-vdso.*|lib(c|m|dl|rt|pthread|gcc_s|resolv|stdc\+\+)\.so.*")
RUNNER = {  # what their runner image sets
    "ASAN_OPTIONS": "alloc_dealloc_mismatch=0:allocator_may_return_null=1:detect_leaks=1:detect_odr_violation=0:"
                    "detect_stack_use_after_return=1:handle_abort=1:handle_segv=1:handle_sigill=1:quarantine_size_mb=10:"
                    "strict_memcmp=1:symbolize=0:use_sigaltstack=1",
    "MSAN_OPTIONS": "print_stats=1:symbolize=0",
    "UBSAN_OPTIONS": "print_stacktrace=1:print_summary=1:silence_unsigned_overflow=1:symbolize=0",
}
AFL = {"AFL_NO_UI": "1", "AFL_SKIP_CPUFREQ": "1", "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES": "1", "AFL_FAST_CAL": "1",
       "AFL_FORKSRV_INIT_TMOUT": "30000", "AFL_IGNORE_PROBLEMS": "1", "AFL_IGNORE_UNKNOWN_ENVS": "1",
       "AFL_TRY_AFFINITY": "1"}
AFL_SECONDS = 5


def is_program(path):
    return path.is_file() and os.access(path, os.X_OK) and path.read_bytes()[:4] == b"\x7fELF"


def targets(out):
    """The fuzz targets in `out`: programs with the symbol, as their scripts look for it."""
    return [path for path in sorted(out.iterdir())
            if path.name != "llvm-symbolizer" and not path.name.startswith("afl-") and is_program(path)
            and ENTRY in path.read_bytes()]


def run(command, *, seconds=120, **variables):
    """Its exit status and what it said; nothing of our environment reaches it but the path."""
    environment = {"PATH": "/usr/bin:/bin", **RUNNER, **variables}
    try:
        done = subprocess.run([str(part) for part in command], env=environment, stdin=subprocess.DEVNULL, timeout=seconds,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, cwd=tempfile.gettempdir())
    except subprocess.TimeoutExpired as late:
        return None, (late.stdout or b"").decode(errors="replace") + f"\nstill running after {seconds} s"
    return done.returncode, done.stdout.decode(errors="replace")


def last_lines(text, count=12):
    return "\n".join("      " + line for line in text.strip().splitlines()[-count:])


def starts(target):
    """It runs four inputs, and is instrumented for coverage throughout."""
    status, said = run([target, "-seed=1337", f"-runs={RUNS}"])
    if status != 0 or f"Done {RUNS} runs" not in said:
        return f"it doesn't start, or ends at once (exit {status}):\n{last_lines(said)}"
    edges = re.search(r"INFO: Loaded \d+ modules? +\((\d+) ", said)
    if edges is None or "no interesting inputs were found" in said:
        return f"it has no coverage instrumentation:\n{last_lines(said)}"
    if int(edges[1]) < EDGES_MIN:
        return f"only {edges[1]} edges are instrumented, expected {EDGES_MIN} at least"
    return None


def calls_its_sanitizer(target, sanitizer):
    """The right runtime is called, and often enough, and no other is."""
    code = subprocess.run(["llvm-objdump-19", "-d", "--no-show-raw-insn", str(target)], capture_output=True, text=True,
                          errors="replace", check=True).stdout
    for name, (prefix, least, most) in CALLS.items():
        calls = len(re.findall(rf"\bcallq?\s+(?:0x)?[0-9a-f]+\s+<{prefix}", code))
        if name == sanitizer and calls < least:
            return f"it calls {prefix}… {calls} times, expected {least} at least: not built with {name}?"
        if name != sanitizer and calls > most:
            return f"it calls {prefix}… {calls} times, expected {most} at most: built with {name}?"
    return None


def survives_its_seeds(target):
    """No seed crashes it, and there are seeds. The dictionary and the options beside it are good."""
    archive = target.with_name(target.name + "_seed_corpus.zip")
    dictionary = target.with_name(target.name + ".dict")
    options = target.with_name(target.name + ".options")
    for file in (archive, dictionary, options):
        if not file.exists():
            return f"there is no {file.name} beside it"
    try:
        configparser.ConfigParser(interpolation=None).read_string(options.read_text(encoding="utf-8"))
    except configparser.Error as error:
        return f"{options.name}: {error}"
    with tempfile.TemporaryDirectory() as seeds:
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(seeds)
        count = sum(1 for path in pathlib.Path(seeds).rglob("*") if path.is_file())
        if count == 0:
            return f"{archive.name} is empty"
        status, said = run([target, "-runs=0", f"-dict={dictionary}", "-rss_limit_mb=2560", "-timeout=25", seeds],
                           seconds=600)
    if status != 0:
        return f"a seed crashes it, or its dictionary can't be read (exit {status}):\n{last_lines(said)}"
    return None


def needs_no_library(target):
    """Nothing is loaded at its start that a bare system lacks."""
    header = subprocess.run(["llvm-readelf-19", "--dynamic-table", str(target)], capture_output=True, text=True,
                            check=True).stdout
    foreign = [name for name in re.findall(r"Shared library: \[(.+?)\]", header) if not BARE_SYSTEM.fullmatch(name)]
    return f"it needs {', '.join(foreign)}, which a bare system lacks" if foreign else None


def runs_under_afl(target):
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "in").mkdir()
        (pathlib.Path(folder) / "in" / "input").write_text("input", encoding="utf-8")
        _, said = run([target.parent / "afl-fuzz", "-V", AFL_SECONDS, "-m", "none", "-t", "5000+",
                       "-x", target.with_name(target.name + ".dict"), "-i", f"{folder}/in", "-o", f"{folder}/out",
                       "--", target], **AFL,
                      ASAN_OPTIONS=RUNNER["ASAN_OPTIONS"] + ":abort_on_error=1",
                      MSAN_OPTIONS=RUNNER["MSAN_OPTIONS"] + ":exit_code=86")  # it insists, whatever the build
    if "All set and ready to roll" not in said or re.search(r"target binary (crashed|terminated)", said):
        return f"afl-fuzz can't fuzz it:\n{last_lines(said)}"
    return None


def counts_lines(target):
    """A coverage build leaves a profile that speaks of our code."""
    with tempfile.TemporaryDirectory() as folder:
        raw, profile = f"{folder}/raw", f"{folder}/profile"
        status, said = run([target, f"-runs={RUNS}"], LLVM_PROFILE_FILE=raw)
        if status != 0 or not os.path.exists(raw):
            return f"it leaves no profile (exit {status}):\n{last_lines(said)}"
        subprocess.run(["llvm-profdata-19", "merge", "-o", profile, raw], check=True)
        report = subprocess.run(["llvm-cov-19", "report", f"-instr-profile={profile}", str(target)], capture_output=True,
                                text=True, check=False).stdout
    return None if "models/" in report else "its profile doesn't speak of models/"


def judge(target, sanitizer, engine="libfuzzer"):
    """What is wrong with a target, rule by rule; nothing where it is good."""
    rules = [lambda: needs_no_library(target)]
    if engine == "afl":
        rules += [lambda: runs_under_afl(target)]
    elif sanitizer == "coverage":
        rules += [lambda: counts_lines(target), lambda: survives_its_seeds(target)]
    else:
        rules += [lambda: starts(target), lambda: calls_its_sanitizer(target, sanitizer),
                  lambda: survives_its_seeds(target)]
    return [wrong for wrong in (rule() for rule in rules) if wrong]
