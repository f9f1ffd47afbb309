"""What the corpora cover of models/ and properties/: a figure for each folder, HTML for each line, and reasons.

Each fuzz target runs on its seeds; the session target also with the profiles of Exchange 2000, and on each finding of
corpora/regressions with the front-end that it is about. A region that nothing reaches is explained in docs/UNCOVERED.md, by its file and how it reads;
`--explained` holds what was measured to that page.
"""

import collections
import fnmatch
import json
import os
import pathlib
import re
import subprocess
import tempfile

import fuzzing
from house import ROOT

PRESET = "coverage"
PARTS = ("models", "properties")
PAGE = ROOT / "docs" / "UNCOVERED.md"
OUTPUT = ROOT / "build" / "coverage" / "report"
SESSION = "sallyport-fuzz-session"
OTHER_PROFILES = ["exchange-2000", "exchange-2000-sp1"]  # beside hardened, which a target has by itself
LLVM = "/usr/lib/llvm-19/bin/"


def add_options(parser):
    parser.add_argument("--grown", action="store_true", help="what grew in build/corpora as well")
    parser.add_argument("--minimum", type=float, default=0, metavar="PERCENT",
                        help="lines of models/ and properties/ that must be covered")
    parser.add_argument("--explained", action="store_true", help="hold docs/UNCOVERED.md to what was measured")


def run(target, folders, profile, **variables):
    """Runs a target on all files of the folders; they may neither crash it nor be missing."""
    done = subprocess.run([str(fuzzing.program(PRESET, target)), "-runs=0", "-rss_limit_mb=4096", "-timeout=100",
                           *map(str, folders)],
                          env={**os.environ, "LLVM_PROFILE_FILE": str(profile), **variables}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, cwd=tempfile.gettempdir())
    if done.returncode != 0 or not profile.exists():
        last = done.stdout.decode(errors="replace").strip().splitlines()[-12:]
        raise fuzzing.Failure(f"{target} failed on its corpus:\n" + "\n".join(last))


def profiles(folder, grown):
    """Runs everything; the files of counts that came of it, and the programs that made them."""
    made, programs = [], []
    for target in fuzzing.targets_of(PRESET):
        print(f"  {target}", flush=True)
        seeds, _ = fuzzing.material(PRESET, target, folder / target)
        more = [fuzzing.GROWN / target] if grown and fuzzing.files_in(fuzzing.GROWN / target) else []
        made.append(folder / f"{target}.profraw")
        programs.append(fuzzing.program(PRESET, target))
        run(target, [seeds, *more], made[-1])
    seeds = folder / SESSION / "seeds"
    grown_too = [fuzzing.GROWN / SESSION] if grown and fuzzing.files_in(fuzzing.GROWN / SESSION) else []
    subjects = {subject: [seeds, *grown_too] for subject in OTHER_PROFILES}
    for subject, scripts in fuzzing.subjects_of_regressions().items():
        if subject not in subjects:
            inputs = folder / f"scripts of {subject}"
            inputs.mkdir()
            for script in scripts:
                (inputs / script.name).symlink_to(seeds / script.name)
            subjects[subject] = [inputs]
    for subject, folders in subjects.items():
        report = folder / f"report of {subject}"
        report.mkdir()
        made.append(folder / f"{subject}.profraw")
        run(SESSION, folders, made[-1], SALLYPORT_FRONT_END=subject, SALLYPORT_REPORT=str(report))
    return made, programs


def covered(programs, profile):
    """llvm-cov's own account of every file of models/ and properties/ that isn't a test."""
    objects = [str(programs[0]), *(word for program in programs[1:] for word in ("-object", str(program)))]
    sources = [str(ROOT / part) for part in PARTS]
    subprocess.run([f"{LLVM}llvm-cov", "show", "-format=html", f"-output-dir={OUTPUT}", "-show-line-counts-or-regions",
                    f"-instr-profile={profile}", *objects, "-sources", *sources],
                   check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    exported = subprocess.run([f"{LLVM}llvm-cov", "export", "-skip-functions", "-skip-expansions", "-skip-branches",
                               f"-instr-profile={profile}", *objects, "-sources", *sources],
                              check=True, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL).stdout
    return json.loads(exported)["data"][0]["files"]


def figures(files):
    """Lines, and those of them that are covered, by folder."""
    sums = collections.defaultdict(lambda: [0, 0])
    for file in files:
        parts = os.path.relpath(file["filename"], ROOT).split(os.sep)
        lines = file["summary"]["lines"]
        for name in ("/".join(parts[:2]) if parts[0] == "models" else parts[0], "all"):
            sums[name][0] += lines["count"]
            sums[name][1] += lines["covered"]
    return {name: {"lines": count, "covered": hit, "percent": round(100 * hit / count, 2) if count else 100.0}
            for name, (count, hit) in sorted(sums.items(), key=lambda item: (item[0] == "all", item[0]))}


def uncovered(file):
    """The first line of each run of lines that nothing reached."""
    state = []
    for line, column, count, has_count, *_ in file["segments"]:
        state.append((line, column, bool(has_count), count))
    text = pathlib.Path(file["filename"]).read_text(encoding="utf-8").splitlines()
    missed, before = [], None
    for (line, column, has_count, count), following in zip(state, state[1:]):
        if not has_count or count:
            continue
        for number in range(line, following[0] + (following[1] > 1)):
            part = text[number - 1][column - 1 if number == line else 0:
                                    following[1] - 1 if number == following[0] else None]
            if re.search(r"\w", part):
                if before is None or number > before + 1:
                    missed.append((number, text[number - 1].strip()))
                before = number
    return missed


def explained():
    """The rows of the page: patterns of a file and of a line, and why no corpus reaches what they match."""
    rows = []
    for line in PAGE.read_text(encoding="utf-8").splitlines() if PAGE.exists() else []:
        row = re.fullmatch(r"\| `([^`]+)` \| `` (.+?) `` \| (.+) \|", line)
        if row:
            rows.append((row[1], row[2].replace("\\|", "|")))
    return rows


def differences(files):
    """Regions that no row explains; and the rows that explain nothing: with luck a fuzzer reaches what they speak of."""
    rows, unused, wrong = explained(), set(explained()), []
    for file in files:
        name = os.path.relpath(file["filename"], ROOT)
        for number, text in uncovered(file):
            fitting = [row for row in rows if fnmatch.fnmatchcase(name, row[0]) and fnmatch.fnmatchcase(text, row[1])]
            unused -= set(fitting)
            if not fitting:
                wrong.append(f"{name}:{number}: covered by nothing, and not explained: {text}")
    return wrong, sorted(unused)


def measure(options):
    fuzzing.build(PRESET, "fuzz-targets", "sallyport-fuzz-seeds")
    OUTPUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=OUTPUT.parent) as name:
        made, programs = profiles(pathlib.Path(name), options.grown)
        profile = OUTPUT / "profile"
        subprocess.run([f"{LLVM}llvm-profdata", "merge", "-sparse", "-o", str(profile), *map(str, made)], check=True)
        files = covered(programs, profile)
    figure = figures(files)
    (OUTPUT / "coverage.json").write_text(json.dumps(
        {"schema": 1, "command": "coverage", "folders": figure, "uncovered": {os.path.relpath(f["filename"], ROOT): uncovered(f) for f in files if uncovered(f)}},
        indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for folder, row in figure.items():
        print(f"{folder:18} {row['covered']:6} of {row['lines']:6} lines  {row['percent']:6.2f} %")
    print(f"line by line: {(OUTPUT / 'index.html').relative_to(ROOT)}; figures: {(OUTPUT / 'coverage.json').relative_to(ROOT)}")
    wrong = []
    if options.explained:
        wrong, unused = differences(files)
        for name, text in unused:
            print(f"{PAGE.name}: reached this time: {name}: {text}")
    if figure["all"]["percent"] < options.minimum:
        wrong.append(f"{figure['all']['percent']} % of the lines are covered, expected {options.minimum} % at least")
    for line in wrong:
        print(line)
    return 1 if wrong else 0
