"""`ci/lab`: its arguments, and what it prints."""

import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading

import lab
import packages
import survey
import table
from processes import find_tool

ROOT = pathlib.Path(__file__).resolve().parents[3]
RESULTS = ROOT / "build" / "lab"
OK, VIOLATED, FAILED, NOTHING = 0, 1, 2, 3


class Unusable(Exception):
    """Ends the command with one line and status 2."""


def binary(given):
    path = given or os.environ.get("SALLYPORT") or next(
        (str(path) for path in (ROOT / "build" / preset / "bin" / "sallyport" for preset in ("release", "dev"))
         if path.exists()), None)
    if not path or not find_tool(path):
        raise Unusable("no `sallyport` to probe with: build it (cmake --workflow --preset newcomer) or name it by --binary")
    return path


def chosen(names):
    unknown = [name for name in names if name not in lab.servers()]
    if unknown:
        raise Unusable(f"no server is named {unknown[0]}; there are {', '.join(lab.servers())}")
    return names or list(lab.servers())


def keep(name, value):
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / name).write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


def kept(name):
    try:
        return json.loads((RESULTS / name).read_text(encoding="utf-8"))
    except OSError as error:
        raise Unusable(f"build/lab/{name} isn't there; run `ci/lab probe` first") from error


def say_skipped(here):
    for name, why in here.failed.items():
        print(f"skipped: {name}: {why}", file=sys.stderr)


def do_packages(_):
    if subprocess.run([ROOT / "ci" / "bootstrap", "packages-lab"], check=False).returncode != 0:
        return FAILED
    for name in packages.wanted():
        try:
            packages.unpack(name)
        except (OSError, subprocess.CalledProcessError) as error:
            said = (getattr(error, "stderr", "") or str(error)).strip().splitlines()
            raise Unusable(f"{name} can't be downloaded or unpacked: {said[-1] if said else error}") from error
    print(f"unpacked in {packages.cache()}: {', '.join(packages.wanted())}")
    return OK


def do_list(_):
    for server in lab.servers().values():
        state = server.missing() or f"{server.version()}, {', '.join(server.listeners)}"
        print(f"{server.name:20} {server.role:9} {server.title}: {state}")
    return OK


def do_up(arguments):
    names = chosen(arguments.server)
    with lab.Lab() as here:
        running = here.up(names)
        say_skipped(here)
        if not running:
            return NOTHING
        for name, each in running.items():
            for protocol, transport, url in each.server.urls(each.ports):
                print(f"{name:20} {protocol:5} {transport:9} {url}")
        print(f"accounts: {', '.join(here.accounts)}; their passwords: {here.folder}/*.password; the servers' certificate: "
              f"{here.certificate}\nready; Ctrl-C ends all of them", flush=True)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
    return OK


def progress(rows):
    """Says on a terminal how far a survey is."""
    def on_row(row):
        rows.append(row)
        if sys.stderr.isatty():
            print(f"\r\033[K{len(rows)} probed; {row['server']} {row['protocol']} {row['transport']}", end="",
                  file=sys.stderr, flush=True)
    return on_row


def do_probe(arguments):
    path, names = binary(arguments.binary), chosen(arguments.server)
    with lab.Lab() as here:
        rows, checks = survey.survey(path, here, names, jobs=arguments.jobs, on_row=progress([]))
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr)
        say_skipped(here)
    if not rows:
        return NOTHING
    result = {"schema": 1, "command": "lab probe", "rows": rows, "article": checks}
    keep("probe.json", result)
    if arguments.format == "json":
        print(json.dumps(result, indent=1))
    else:
        print(table.of_article(checks) + "\n" + table.of_verdicts(rows))
    return status_of(rows)


def status_of(rows):
    verdicts = {result["verdict"] for row in rows for result in row["results"]}
    if "violated" in verdicts:
        return VIOLATED
    if "inconclusive" in verdicts or any(row["exit"] == 2 for row in rows):
        return FAILED
    return OK if "holds" in verdicts else NOTHING


ACTIONS = {"packages": do_packages, "list": do_list, "up": do_up, "probe": do_probe}


def parsed(usage, arguments):
    parser = argparse.ArgumentParser(prog="ci/lab", description=usage, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="action", required=True, metavar="COMMAND")
    for name in ACTIONS:
        sub = commands.add_parser(name)
        if name in ("up", "probe", "check"):
            sub.add_argument("server", nargs="*", metavar="SERVER")
        if name in ("probe", "check", "clients", "findings"):
            sub.add_argument("--format", choices=["text", "json"], default="text")
        if name in ("probe", "check", "clients"):
            sub.add_argument("--binary", help="the `sallyport` to probe with (default: build/release's or build/dev's)")
            sub.add_argument("--jobs", type=int, default=6, help="servers that are probed at the same time")
    return parser.parse_args(arguments)


def main(usage, arguments=None):
    arguments = parsed(usage, arguments)
    # As from Ctrl-C: whatever was started is ended, and folders go.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        return ACTIONS[arguments.action](arguments)
    except Unusable as error:
        print(f"lab: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return 130
