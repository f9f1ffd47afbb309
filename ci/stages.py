"""The stages of a night. Each takes the night and its seconds and returns a verdict, a line about it, and findings."""

import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess

import coverage
import fuzzing
from night import Job
from house import ROOT

SEEDS_PROGRAM = "sallyport-fuzz-seeds"
AFL_PRESET = "afl-fast"  # what it finds meets the sanitizers in a later stage
AFL_TARGET = "sallyport-fuzz-session"
AFL_MUTATOR = "sallyport-afl-mutator"
AFL_INPUTS_MAX = 300  # beside the seeds, the shortest: it tries each of them several times before it begins
AFL_SCHEDULES = ["explore", "fast", "coe", "rare", "exploit", "seek"]
INPUTS_TWICE_MAX = 2000  # of each target
LIBFUZZER = ["-rss_limit_mb=2560", "-timeout=25", "-max_len=4096", "-print_final_stats=1"]
LARGER = ["--clients", "2", "--compact"]  # bounds of the search beyond ci/verify's
COMMAND_GRACE = 60  # seconds that a command may take beyond its budget
POINTS_MAX = 40  # of a curve
COVERAGE_GOALS = {"seeds": 85.0, "grown": 95.0}  # percent


def text_of(log):
    return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""


def finding(log, file):
    """What a fuzz target's log says that it died of."""
    said = text_of(log)
    requirement = re.search(r"^Requirement: +(.+)$", said, re.MULTILINE)
    actual = re.search(r"^Actual: +(.+)$", said, re.MULTILINE)
    summary = re.search(r"^SUMMARY: (.+)$|^==\d+== ?ERROR: (.+)$", said, re.MULTILINE)
    detail = actual or summary
    return {"property": requirement[1] if requirement else "CRASH",
            "detail": next((group for group in detail.groups() if group), "") if detail else "it died without a word",
            "file": os.path.relpath(file, ROOT)}


def verdict(findings, exercised, failed=()):
    """In the order that counts."""
    if findings:
        return "violated"
    return "inconclusive" if failed else "holds" if exercised else "vacuous"


def counted(number, what):
    return f"{number} {what}{'' if number == 1 else 's'}"


def share(seconds, jobs, targets):
    """Whole seconds for each, so many at once, that all are over in time; one at least."""
    return max(1, int(min(seconds, seconds * jobs / len(targets))))


def fuzz_jobs(night, preset, targets, arguments, seconds):
    """A run of libFuzzer for each target, with its seeds, its dictionary and what grew."""
    for target in targets:
        seeds, tokens = fuzzing.material(preset, target, fuzzing.BUILDS / "material" / target)
        grown, found = fuzzing.GROWN / target, night.output / "findings" / target
        grown.mkdir(parents=True, exist_ok=True)
        found.mkdir(parents=True, exist_ok=True)
        yield Job(target, [fuzzing.program(preset, target), *LIBFUZZER, f"-dict={tokens}",
                           f"-artifact_prefix={found}/{preset}-", *arguments, grown, seeds], seconds, {},
                  night.output / "logs" / f"{preset}-{target}.log")


def run_fuzzers(night, preset, what, jobs):
    """Runs them; what died with an artifact, what failed without one, and how many executions there were."""
    findings, failed, executions = [], [], 0
    for job, status in night.run_all(what, jobs):
        said = text_of(job.log)
        done = re.findall(r"stat::number_of_executed_units: (\d+)|^#(\d+)\t", said, re.MULTILINE)
        executions += int(next(filter(None, done[-1]))) if done else 0
        artifact = re.search(r"Test unit written to (\S+)", said)
        if artifact:
            findings.append(finding(job.log, pathlib.Path(artifact[1])))
        elif status != 0 and not night.stopped:
            failed.append(f"{job.name} ({'out of time' if status is None else f'exit {status}'}, see {job.log})")
    detail = f"{counted(executions, 'execution')} of {preset}"
    return findings, failed, executions, detail + (f"; failed: {', '.join(failed)}" if failed else "")


def growth(log):
    """How coverage grew in a run of libFuzzer: [executions, edges], thinned out, with its first and last point."""
    points = [[int(done), int(edges)] for done, edges in
              re.findall(r"^#(\d+)\t[A-Z]\w* +cov: (\d+)", text_of(log), re.MULTILINE)]
    step = max(1, -(-len(points) // POINTS_MAX))
    return points[::step] + (points[-1:] if (len(points) - 1) % step else [])


def fast(night, seconds):
    """libFuzzer without sanitizers, for speed; those first whose turn was longest ago."""
    preset = "fuzz-fast"
    night.build(preset, "fuzz-targets", SEEDS_PROGRAM)
    targets = fuzzing.targets_of(preset)
    targets.sort(key=lambda name: (fuzzing.GROWN / name).stat().st_mtime if (fuzzing.GROWN / name).exists() else 0)
    each = share(seconds, night.jobs, targets)
    jobs = list(fuzz_jobs(night, preset, targets, [f"-max_total_time={each}"], each + COMMAND_GRACE))
    findings, failed, executions, detail = run_fuzzers(night, preset, f"fuzzing {each} s each", jobs)
    curves = {job.name: growth(job.log) for job in jobs}
    return {"verdict": verdict(findings, executions, failed), "findings": findings, "executions": executions,
            "series": [{"name": name, "points": points} for name, points in sorted(curves.items()) if points],
            "detail": f"{detail} in {counted(len(targets), 'target')}, {each} s each"}


def rerun(preset):
    """All that was found so far once more, under sanitizers; and whatever time is left, fuzzing under them."""
    def stage(night, seconds):
        if preset == "msan":
            built = subprocess.run([str(ROOT / "ci" / "build-msan-libcxx"), "--where"], capture_output=True, text=True,
                                   check=False)
            if built.returncode != 0:
                return {"verdict": "skipped", "detail": built.stderr.strip()}
        night.build(preset, "fuzz-targets", SEEDS_PROGRAM, "planted-bugs")
        planted = Job("planted bugs", ["ctest", "--test-dir", fuzzing.folder_of(preset), "-L", "planted", "--no-tests=error"],
                      300, {}, night.output / "logs" / f"{preset}-planted.log")
        for job, status in night.run_all("is the sanitizer on?", [planted]):
            if status != 0:
                return {"verdict": "inconclusive", "detail": f"its planted bugs go unnoticed, see {job.log}"}
        targets = fuzzing.targets_of(preset)
        each = share(seconds, night.jobs, targets)
        jobs = list(fuzz_jobs(night, preset, targets, [f"-max_total_time={each}"], each + 600))
        findings, failed, executions, detail = run_fuzzers(night, preset, "under sanitizers", jobs)
        return {"verdict": verdict(findings, executions, failed), "findings": findings, "executions": executions,
                "detail": detail}
    return stage


def afl_statistics(output):
    rows = []
    for file in sorted(output.glob("*/fuzzer_stats")):
        rows.append(dict(re.findall(r"^(\w+) +: (.+?) *$", file.read_text(encoding="utf-8"), re.MULTILINE)))
    return rows


def afl(night, seconds):
    """AFL++, an instance for each processor: a main one, and secondaries with other power schedules."""
    night.build(AFL_PRESET, AFL_TARGET, AFL_MUTATOR, SEEDS_PROGRAM)
    night.build("fuzz-fast", "fuzz-targets", SEEDS_PROGRAM)
    seeds, tokens = fuzzing.material(AFL_PRESET, AFL_TARGET, fuzzing.BUILDS / "material" / AFL_TARGET)
    output = night.output / "afl"
    if output.exists():
        shutil.rmtree(output)
    inputs = night.output / "afl-input"
    if inputs.exists():
        shutil.rmtree(inputs)
    shutil.copytree(seeds, inputs)
    for path in sorted(fuzzing.files_in(fuzzing.GROWN / AFL_TARGET), key=lambda p: p.stat().st_size)[:AFL_INPUTS_MAX]:
        shutil.copy(path, inputs / path.name)
    environment = {**fuzzing.AFL, "AFL_TRY_AFFINITY": "1",
                   "AFL_CUSTOM_MUTATOR_LIBRARY": str(fuzzing.program(AFL_PRESET, f"lib{AFL_MUTATOR}.so"))}
    jobs = []
    for number in range(max(2, night.jobs)):
        role = ["-M", "main"] if number == 0 else ["-S", f"secondary-{number}"]
        jobs.append(Job(role[1], ["afl-fuzz", *role, "-p", AFL_SCHEDULES[number % len(AFL_SCHEDULES)],
                                  "-V", max(1, int(seconds)), "-m", "none", "-t", "5000+", "-x", tokens, "-i", inputs,
                                  "-o", output, "--", fuzzing.program(AFL_PRESET, AFL_TARGET)],
                        seconds + COMMAND_GRACE + len(list(inputs.iterdir())) / 10, environment,
                        night.output / "logs" / f"afl-{role[1]}.log"))
    failed = [f"{job.name} (see {job.log})" for job, status in night.run_all("AFL++", jobs) if status not in (0, None)]
    statistics = afl_statistics(output)
    executions = sum(int(row["execs_done"]) for row in statistics)
    findings = []
    for crash in sorted(output.glob("*/crashes/id:*")):
        log = night.output / "logs" / f"afl-{crash.parent.parent.name}-{crash.name[:9].replace(':', '-')}.log"
        for job, _ in night.run_all("AFL++", [Job("replay", [fuzzing.program("fuzz-fast", AFL_TARGET), crash], 60, {}, log)]):
            findings.append(finding(job.log, crash))
    before, after = fuzzing.merge("fuzz-fast", AFL_TARGET, seeds, *sorted(output.glob("*/queue")))
    return {"verdict": verdict(findings, executions, failed), "findings": findings, "executions": executions,
            "detail": f"{counted(executions, 'execution')} by {counted(len(statistics), 'instance')} of {AFL_TARGET}; "
                      f"its corpus had {before} inputs and has {after}" + (f"; failed: {', '.join(failed)}" if failed else "")}


def rows_of(log):
    """The results that a command printed as JSON; what it wrote to stderr stands in the same log, before or behind."""
    said = text_of(log)
    try:
        return json.loads(said[said.index("{"):said.rindex("}") + 1])
    except ValueError as error:
        raise fuzzing.Failure(f"no results in {log}: {' '.join(said.strip().splitlines()[-1:])}") from error


def command(night, name, arguments, seconds):
    """Runs `sallyport` with JSON as its output; the document, which is also kept for the report."""
    program = fuzzing.folder_of("release") / "bin" / "sallyport"
    log = night.output / "logs" / f"{name}.log"
    for _, _ in night.run_all(name, [Job(name, [program, *arguments, "--format", "json", "--quiet"], seconds, {}, log)]):
        pass
    document = rows_of(log)
    (night.output / f"{name}.json").write_text(json.dumps(document, ensure_ascii=False) + "\n", encoding="utf-8")
    return document


def checkpoints(folder, program):
    """Where this program's search goes on from what it had last night; other builds' checkpoints are removed."""
    ours = folder / hashlib.sha256(program.read_bytes()).hexdigest()[:16]
    for other in folder.glob("*"):
        if other != ours:
            shutil.rmtree(other)
    return ["--checkpoint", ours, *(["--resume"] if any(ours.glob("*.checkpoint")) else [])]


def explore(night, seconds):
    """The exhaustive search in larger worlds than ci/verify has time for; each night goes on where the last one ended."""
    night.build("release", "sallyport", AFL_TARGET)
    each = max(1, int(seconds / 4))  # two profiles over two protocols
    kept = checkpoints(night.output / "checkpoints", fuzzing.folder_of("release") / "bin" / "sallyport")
    rows = command(night, "explore", ["verify", "--profile", "hardened", "--profile", "exchange-2000-sp1", "--engine",
                                      "explore", "--budget", f"{each}s", *LARGER, *kept], seconds + COMMAND_GRACE)["results"]
    findings = [{"property": row["property"], "detail": f"{row['subject']}: {row['detail']}",
                 "file": os.path.relpath(night.output / "logs" / "explore.log", ROOT)}
                for row in rows if row["verdict"] == "violated"]
    held = [row for row in rows if row["verdict"] == "holds"]
    open_ = [row["property"] for row in rows if row["verdict"] == "inconclusive"]
    states = sum({row["subject"]: row["bound"].get("states", 0) for row in rows}.values())
    return {"verdict": verdict(findings, held, open_), "findings": findings, "states": states,
            "detail": f"{counted(states, 'state')}, {each} s a subject, {' '.join(LARGER)}"}


def matrix(night, seconds):
    """Every engine on every fault: one that nobody catches says that the detectors have lost their teeth."""
    night.build("release", "sallyport", AFL_TARGET)
    faults = len(json.loads(subprocess.run([str(fuzzing.folder_of("release") / "bin" / "sallyport"), "faults", "--format",
                                            "json"], capture_output=True, check=True).stdout)["faults"])
    each = max(1, round(seconds / faults / 1.5))  # most of them are caught long before
    rows = command(night, "matrix", ["faults", "--matrix", "--budget", f"{each}s"], 3 * faults * (each + 5))["matrix"]
    missed = [row["name"] for row in rows if not any(kill["caught"] for kill in row["kills"])]
    once = [row["name"] for row in rows if sum(kill["caught"] for kill in row["kills"]) == 1]
    caught = len(rows) - len(missed)
    return {"verdict": verdict((), caught, missed), "findings": [], "missed": missed, "caught_once": once,
            "detail": f"{caught} of {counted(faults, 'fault')} caught, {len(once)} of them by one engine only, {each} s each"
                      + (f"; missed: {', '.join(missed)}" if missed else "")}


def live(night, _):
    """The code that has threads and sockets, under ThreadSanitizer."""
    night.build("tsan", "live_test", "explore_test", "walk_test", "planted-bugs")
    log = night.output / "logs" / "tsan.log"
    job = Job("tsan", ["ctest", "--preset", "tsan", "-R", r"^(live|explore|walk|planted)\.", "-E", r"^live\.[a-z]+$"], 3600, {}, log)
    status = next(ended for _, ended in night.run_all("under TSan", [job]))
    said = text_of(log)
    raced = "ThreadSanitizer: " in said and status != 0
    total = re.search(r"(\d+)% tests passed, (\d+) tests? failed out of (\d+)", said)
    return {"verdict": "violated" if raced else "holds" if status == 0 else "inconclusive",
            "findings": [{"property": "CRASH", "detail": "ThreadSanitizer has a report", "file": os.path.relpath(log, ROOT)}]
            if raced else [], "detail": total[0] if total else f"ctest: exit {status}, see {log}"}


def determinism(night, seconds):
    """Every input twice in one process and in two: the same coverage and the same trace each time."""
    preset = "fuzz-fast"
    night.build(preset, "fuzz-twice", SEEDS_PROGRAM)
    jobs, folder = [], night.output / "twice"
    if folder.exists():
        shutil.rmtree(folder)
    for target in fuzzing.targets_of(preset):
        seeds, _ = fuzzing.material(preset, target, fuzzing.BUILDS / "material" / target)
        inputs = [*fuzzing.files_in(seeds), *fuzzing.files_in(fuzzing.GROWN / target)][:INPUTS_TWICE_MAX]
        listed = folder / f"{target}.list"
        listed.parent.mkdir(parents=True, exist_ok=True)
        listed.write_text("".join(f"{path}\n" for path in inputs), encoding="utf-8")
        for process in ("first", "second"):
            jobs.append(Job(f"{target} {process}", [fuzzing.program(preset, target.replace("-fuzz-", "-twice-")), listed],
                            seconds + COMMAND_GRACE, {}, folder / f"{target}.{process}"))
    failed, inputs = [], 0
    for job, status in night.run_all("twice", jobs):
        if status == 1 or status is None and not night.stopped:
            failed.append(f"{job.name}{'' if status == 1 else ' (out of time)'}")
        elif status:
            failed.append(f"{job.name} (exit {status})")
    for target in fuzzing.targets_of(preset):
        first, second = (lines_of(folder / f"{target}.{process}") for process in ("first", "second"))
        inputs += len(first)
        if first != second:
            failed.append(f"{target} in two processes")
    return {"verdict": verdict((), inputs, failed), "findings": [], "differs": failed,
            "detail": f"{counted(inputs, 'input')}, four runs each, " +
                      (f"not the same in {counted(len(failed), 'run')}, of {failed[0]} among them, see {folder}" if failed
                       else "all the same")}


def lines_of(log):
    """What was printed of each input; what was said of those that differ stands on stderr, in between."""
    return re.findall(r"^\S+ [0-9a-f]{16} [0-9a-f]{16}$", text_of(log), re.MULTILINE)


def covered(night, _):
    """What the seeds alone cover, and what all that grew covers as well; under its goal is no pass."""
    percent = {}
    for corpus, options in (("seeds", []), ("grown", ["--grown"])):
        log = night.output / "logs" / f"coverage-{corpus}.log"
        job = Job(f"coverage of {corpus}", [ROOT / "ci" / "corpus", "coverage", *options], 3600, {}, log)
        if next(ended for _, ended in night.run_all("coverage", [job])) != 0:
            raise fuzzing.Failure(f"coverage could not be measured, see {log}")
        folders = json.loads((coverage.OUTPUT / "coverage.json").read_text(encoding="utf-8"))["folders"]
        percent[corpus] = folders["all"]["percent"]
    good = all(percent[corpus] >= goal for corpus, goal in COVERAGE_GOALS.items())
    return {"verdict": "holds" if good else "inconclusive", "findings": [], "folders": folders, "percent": percent,
            "detail": "lines of models/ and properties/: " + ", ".join(
                f"{percent[corpus]} % by {corpus} (goal {goal} %)" for corpus, goal in COVERAGE_GOALS.items())}


def other(program):
    """A stage that is a program of its own, see ci/nightly.d/README.md."""
    def stage(night, seconds):
        log = night.output / "logs" / f"{program.name}.log"
        job = Job(program.name, [program, "--budget", f"{max(1, int(seconds))}s"], seconds + 900, {}, log)
        status = next(ended for _, ended in night.run_all(program.name, [job]))
        said = text_of(log).strip().splitlines()
        result = {0: "holds", 1: "violated", 3: "vacuous"}.get(status, "inconclusive")
        found = [{"property": program.name, "detail": said[-1] if said else "", "file": os.path.relpath(log, ROOT)}]
        return {"verdict": result, "findings": found if result == "violated" else [],
                "detail": said[-1] if said else f"exit {status}, without a word"}
    return stage


def others(folder=ROOT / "ci" / "nightly.d"):
    return {path.name: (0.10, other(path)) for path in sorted(folder.iterdir())
            if path.is_file() and os.access(path, os.X_OK)} if folder.is_dir() else {}


# In the order in which they run, with their shares of the budget.
STAGES = {
    "fast": (0.40, fast),
    "afl": (0.15, afl),
    "sanitized": (0.12, rerun("fuzz")),
    "memory": (0.08, rerun("msan")),
    "explore": (0.12, explore),
    "matrix": (0.10, matrix),
    "live": (0.0, live),
    "determinism": (0.03, determinism),
    "coverage": (0.0, covered),
}
