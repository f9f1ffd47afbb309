"""From what a fuzzer left behind to a file of corpora/ with a speaking name, which a test replays from now on.

A script goes to corpora/regressions with its property, its subject and what a replay must show, reduced by the command.
Octets go to corpora/regressions/<grammar>, reduced by libFuzzer: no test of a target of that grammar passes them over.
"""

import json
import os
import re
import subprocess
import tempfile

import fuzzing

COMMAND = fuzzing.folder_of("release") / "bin" / "sallyport"
REDUCE_SECONDS = 30


def add_options(parser):
    parser.add_argument("crash", metavar="CRASH", help="a finding's .script, or the input that a fuzzer left")
    parser.add_argument("--target", default="sallyport-fuzz-session", help="whose input it is (default: %(default)s)")
    parser.add_argument("--profile", default="hardened", help="the front-end that it was found on (default: %(default)s)")
    parser.add_argument("--fault", help="the fault that was in it")
    parser.add_argument("--name", help="the file's name, without its ending; otherwise made of what it does")
    parser.add_argument("--expect", choices=["holds", "violated"],
                        help="what a replay must show; otherwise: holds, or violated if the subject is a known bug")


def unescaped(text):
    """What printf makes of a format that engine::failure_text wrote."""
    text = text.replace("'\\''", "'")
    return re.sub(r"\\n|\\\\|%%", lambda match: {"\\n": "\n", "\\\\": "\\", "%%": "%"}[match[0]], text)


def repeated(said):
    """The finding in the line that repeats a failure; None where there is none."""
    line = re.search(r"^Repeat: +printf '(.*)' > finding\.script", said, re.MULTILINE)
    return unescaped(line[1]) if line else None


def front_end(options):
    return f"{options.profile}+{options.fault}" if options.fault else options.profile


def run_target(options, *arguments):
    """What the target says of the input, for the front-end that was asked for."""
    preset = next((p for p in ("fuzz", "fuzz-fast") if fuzzing.program(p, options.target).exists()), None)
    if preset is None:
        raise fuzzing.Failure(f"{options.target} is not built: cmake --workflow does it, or cmake --build --preset fuzz")
    done = subprocess.run([str(fuzzing.program(preset, options.target)), *arguments, options.crash],
                          env={**os.environ, "SALLYPORT_FRONT_END": front_end(options)}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, cwd=tempfile.gettempdir())
    return done.returncode, done.stdout.decode(errors="replace")


def replayed(file, *arguments):
    """What `sallyport replay` shows as violated first; None where that is nothing."""
    if not COMMAND.exists():
        raise fuzzing.Failure(f"there is no {COMMAND}; build the preset release first")
    done = subprocess.run([str(COMMAND), "replay", str(file), *arguments, "--format", "json"], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1, 3):
        raise fuzzing.Failure(done.stderr.strip().removeprefix("sallyport: "))
    return next((row for row in json.loads(done.stdout)["results"] if row["verdict"] == "violated"), None)


def reduced(options):
    """The finding as text, shortened by the command."""
    fuzzers = [] if options.crash.endswith(".script") else [
        "--bytes", "--profile", options.profile, *(["--fault", options.fault] if options.fault else [])]
    row = replayed(options.crash, "--reduce", *fuzzers)
    if row is None:
        raise fuzzing.Failure(f"{options.crash}: it violates nothing, so there is nothing to keep")
    return row["witness"]["script"]


def field(finding, name):
    found = re.search(rf"^{name} (\S+)", finding, re.MULTILINE)
    return found[1] if found else ""


def name_of(finding):
    """imap-per-01-authenticate-respond: the protocol, the property, and what is done."""
    verbs = re.findall(r"^\d+ ([a-z-]+)", finding, re.MULTILINE)
    distinct = [verb for i, verb in enumerate(verbs) if i == 0 or verbs[i - 1] != verb]
    return "-".join([field(finding, "protocol"), field(finding, "property").lower(), *distinct[:5]])


def keep(path, content):
    if path.exists() and path.read_bytes() != content:
        raise fuzzing.Failure(f"{path} is there already and holds something else; choose another --name")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    print(f"wrote {path.relative_to(fuzzing.ROOT)}")


def promote_script(options, finding):
    subject = field(finding, "subject")
    known_bug = "+" in subject or subject == "exchange-2000"
    expected = options.expect or ("violated" if known_bug else "holds")
    path = fuzzing.REGRESSIONS / f"{options.name or name_of(finding)}.script"
    keep(path, f"# expect {expected}\n{finding}".encode())
    row = replayed(path)
    if row is None:
        raise fuzzing.Failure(f"{path}: running it again shows nothing")
    print(f"{row['property']} is violated on {row['subject']}: {row['detail']}")
    if expected == "holds":
        print("It must hold: until it is mended, the test cli.regressions fails.")
    return 0


def promote_octets(options, said):
    with tempfile.TemporaryDirectory() as folder:
        smaller = f"{folder}/smaller"
        run_target(options, "-minimize_crash=1", f"-max_total_time={REDUCE_SECONDS}", f"-exact_artifact_path={smaller}")
        source = smaller if os.path.exists(smaller) else options.crash
        with open(source, "rb") as file:
            octets = file.read()
    stem = options.target.removeprefix(fuzzing.PREFIX)
    grammar = stem.rpartition("-")[0]  # imap-response of imap-response-parse
    claim = re.search(r"^Requirement: +(.+)$", said, re.MULTILINE)
    words = re.findall(r"[a-z0-9]+", (claim[1] if claim else "crash").lower())
    keep(fuzzing.REGRESSIONS / grammar / (options.name or "-".join([stem, *words[:6]])), octets)
    print(f"{claim[1] if claim else 'a crash'}: until it is mended, the test fuzz.replay.{stem} fails.")
    return 0


def promote(options):
    options.crash = os.path.abspath(options.crash)
    if not os.path.isfile(options.crash):
        raise fuzzing.Failure(f"{options.crash}: there is no such file")
    if options.crash.endswith(".script"):
        return promote_script(options, reduced(options))
    status, said = run_target(options)
    finding = repeated(said)  # the target has reduced it, and may have shaped it before
    if finding or fuzzing.takes_scripts(options.target):
        return promote_script(options, finding or reduced(options))
    if status == 0:
        raise fuzzing.Failure(f"{options.crash}: {options.target} takes it well, so there is nothing to keep")
    return promote_octets(options, said)
