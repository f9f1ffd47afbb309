"""`ci/lab`: its arguments, and what it prints."""

import argparse
import contextlib
import datetime
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading

import asking
import bench
import clients
import deviations
import dialogue
import findings
import lab
import packages
import record
import serve
import soak
import survey
import table
from processes import Crew, find_tool

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.append(str(ROOT / "ci"))

import house  # noqa: E402

RESULTS = pathlib.Path(os.environ.get("SALLYPORT_LAB_RESULTS", ROOT / "build" / "lab"))
OK, VIOLATED, FAILED, NOTHING = 0, 1, 2, 3


class OutOfTime(Exception):
    """--budget is used up."""


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
        with contextlib.suppress(KeyboardInterrupt):  # which may come as soon as "ready" is said
            print(f"accounts: {', '.join(here.accounts)}; their passwords: {here.folder}/*.password; the servers' "
                  f"certificate: {here.certificate}\nready; Ctrl-C ends all of them", flush=True)
            threading.Event().wait()
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
        print("\n".join([table.of_article(checks), table.of_verdicts(rows), table.of_taps(rows), table.of_churn(rows)]))
    return status_of(rows) or (FAILED if broken(here.failed) else OK)


def judged(row):
    """Whether a probe came to any verdict. Where a server leaves a command without an answer, some stay open."""
    return any(result["verdict"] in ("holds", "violated") for result in row["results"]
               if result["property"] != asking.CRASH)


def status_of(rows):
    verdicts = {result["verdict"] for row in rows for result in row["results"]}
    if "violated" in verdicts:
        return VIOLATED
    if "inconclusive" in verdicts or any(row["exit"] == 2 for row in rows):
        return FAILED
    return OK if any(judged(row) for row in rows) else NOTHING


def do_findings(arguments):
    chosen_ones = [each for pattern in arguments.name or ["*"] for each in deviations.findings(deviations.read(), pattern)]
    if not chosen_ones:
        raise Unusable(f"no finding is named {' or '.join(arguments.name)}; see targets/live/findings")
    by_dialogue = all(each.ways == ("plain",) and each.file and each.file.suffix == ".dialogue" for each in chosen_ones)
    path = None if by_dialogue else binary(arguments.binary)  # dialogues need none
    with lab.Lab() as here:
        results = findings.play_all(path, here, chosen_ones, jobs=arguments.jobs)
    keep("findings.json", results)
    if arguments.format == "json":
        print(json.dumps({"schema": 1, "command": "lab findings", "findings": results}, indent=1))
    else:
        for result in results:
            print(f"{result['server']} {result['version']} {result['transport']} {result['property']}: {result['finding']}: "
                  f"{result['verdict']}")
            for line in [*result.get("dialogue", []), *filter(None, [result["detail"]])]:
                print(f"    {line}")
    verdicts = {result["verdict"] for result in results}
    return VIOLATED if "violated" in verdicts else OK if "holds" in verdicts else NOTHING


def compare(rows, listed, results):
    """Everything in which a run is not as listed, in words."""
    for row, result in deviations.unexpected(rows, listed):
        yield f"{row['server']} {row['version']} {row['protocol']} {row['transport']}: {result['property']} is violated, " \
              f"which isn't listed: {result['detail']}"
    for deviation, transport, verdict in deviations.absent(rows, listed):
        yield f"{deviation.server} {deviation.version} {deviation.protocol} {transport}: {deviation.property} is listed as " \
              f"violated: {verdict}"
    for result in results:
        if result["verdict"] == "holds":
            yield f"{result['server']} {result['version']}: {result['finding']} is listed and didn't happen: {result['detail']}"
        if result.get("crash") and not any(deviations.covers(each, result, asking.CRASH) for each in listed):
            yield f"{result['server']} {result['version']}: a CRASH that isn't listed, at {result['finding']}: {result['crash']}"
        if result.get("monitor") in ("holds", "no row"):
            yield f"{result['server']} {result['version']}: {result['finding']} happened, but to the monitor of " \
                  f"{result['property']} it is no violation: {result['monitor']}"


def two_surveys(path, names, jobs):
    """Two runs beside each other, each in a lab of its own: what is slow in them is the servers' waiting."""
    def one(_):
        with lab.Lab() as here:
            return *survey.survey(path, here, names, jobs=jobs), here.failed
    with Crew(2) as pool:
        return list(pool.map(one, range(2)))


def settled(path, rows, again, jobs):
    """(the rows of two runs, in what they differed at first): where they do, they come from two more
    runs of these servers alone. What a machine under load makes of a server's pauses is not the server's."""
    why = list(survey.differences(rows, again))
    differing = sorted({text.split()[0] for text in why})
    if not differing:
        return rows, again, why
    (more, _, _), (even_more, _, _) = two_surveys(path, differing, jobs)

    def renewed(old, new):
        order = list(lab.servers())
        kept = [row for row in old if row["server"] not in differing]
        return sorted([*kept, *new], key=lambda row: order.index(row["server"]))

    return renewed(rows, more), renewed(again, even_more), why


def broken(failed):
    """Servers that could have been started, for all that is known, and weren't: that is no reason to skip them."""
    def could_be(name):
        server = lab.servers()[name.partition("+")[0]]
        return server.missing() is None and (not server.backend or could_be(server.backend))

    return [name for name in failed if could_be(name)]


def do_check(arguments):
    path, names = binary(arguments.binary), chosen(arguments.server)
    listed = [each for each in deviations.read() if each.server in names]
    with lab.Lab() as here:
        results = findings.play_all(path, here, [each for each in listed if each.finding], jobs=arguments.jobs)
    for result in results:
        if result["verdict"] == "violated" and "monitor" not in result:
            result["monitor"] = findings.audit(path, result)
    (rows, checks, failed), (again, _, failed_again) = two_surveys(path, names, arguments.jobs)
    failed = failed_again | failed
    rows, again, repeated = settled(path, rows, again, arguments.jobs)
    for name, why in failed.items():
        print(f"skipped: {name}: {why}", file=sys.stderr)
    for result in results:
        if result["verdict"] == "skipped":
            print(f"skipped: {result['finding']}: {result['detail']}", file=sys.stderr)
    if not rows:
        return NOTHING
    result = {"schema": 1, "command": "lab check", "date": str(datetime.date.today()), "rows": rows, "article": checks,
              "findings": results}
    keep("probe.json", result)
    keep("findings.json", results)
    wrong = list(compare(rows, listed, results))
    differing = [f"two runs differ: {text}" for text in survey.differences(rows, again)]
    if arguments.keep:
        record.keep(date=result["date"], article=checks, rows=record.compact(rows),
                    unobservable=table.reasons(row for row in rows if row["transport"] in table.TAPPED))
    if arguments.format == "json":
        print(json.dumps(result | {"wrong": wrong, "differing": differing}, indent=1))
    else:
        print("\n".join([table.of_article(checks), table.LEGEND, "", table.of_verdicts(rows), table.TAP_LEGEND, "",
                         table.of_taps(rows), table.CHURN_LEGEND, "", table.of_churn(rows)]))
        judged_so = sum(result.get("monitor") == "violated" for result in results)
        print(f"{len(results)} findings played; {judged_so} of them violations to the monitor as well, which doesn't see "
              "enough of the others")
        for text in repeated:
            print(f"probed once more, alone: {text}")
        for text in [*wrong, *differing]:
            print(text)
        print(f"{len(rows)} ways to {len({row['server'] for row in rows})} servers; {len(listed)} listed deviations; "
              f"{len(wrong)} not as listed, {len(differing)} verdicts differ between two runs")
    if wrong or differing:
        return VIOLATED
    return OK if all(judged(row) for row in rows) and not broken(failed) else FAILED


def do_clients(arguments):
    path = binary(arguments.binary)
    with contextlib.ExitStack() as stack:
        here = stack.enter_context(lab.Lab())
        user, password = next(iter(here.accounts.items()))
        servers = {}
        for name in serve.PROFILES:
            ports = stack.enter_context(serve.profile(path, name, (user, here.passwords[user])))
            servers[f"serve {name}"] = ports
            servers[f"serve {name}, back-end"] = {p: ports[f"backend-{p}"] for p in ("imap", "pop3")}
        wanted = [name for name, each in lab.servers().items() if not each.certificates]  # no client has one
        servers |= {name: each.ports for name, each in here.up(wanted).items()}
        say_skipped(here)
        rows = clients.all_of(servers, (user, password), jobs=arguments.jobs)
    keep("clients.json", rows)
    if arguments.keep:
        record.keep(clients=[{name: value for name, value in row.items() if name != "connections"} for row in rows])
    if arguments.format == "json":
        print(json.dumps({"schema": 1, "command": "lab clients", "clients": rows}, indent=1))
    else:
        print(table.of_clients(rows))
    return OK if any(row["outcome"] == "logged in" for row in rows) else NOTHING


def do_bench(arguments):
    def on_step(text):
        if sys.stderr.isatty():
            print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)

    result = bench.measure(binary(arguments.binary), rounds=arguments.rounds, seconds=arguments.seconds,
                           resting=arguments.resting, on_step=on_step)
    keep("bench.json", result)
    for name, why in result["skipped"].items():
        print(f"skipped: {name}: {why}", file=sys.stderr)
    text = bench.page(result, table.markdown)
    print(text if arguments.format == "text" else json.dumps(result, indent=1))
    if arguments.keep:
        (ROOT / "docs" / "LIVE_BENCH.md").write_text(text, encoding="utf-8")
    return OK if all(value is not None for name, value in result["rates"].items() if bench.OURS in name) else FAILED


def do_soak(arguments):
    # Half of a budget is for beginning and ending: thousands of handshakes.
    with lab.Lab() as here:
        result = soak.soak(binary(arguments.binary), here, seconds=(arguments.budget or 120) / 2,
                           resting=arguments.resting, fault=arguments.fault)
    keep("soak.json", result)
    for text in [*result["wrong"], *result["failures"]]:
        print(text)
    print(f"{result['rounds']} rounds beside {result['resting']} sessions that rest and {result['hostile']} hostile ones; "
          f"{result['exercised']} times put to the test, {len(result['wrong'])} wrong; memory {result['warm_kib']} KiB before, "
          f"{result['end_kib']} KiB after")
    if result["wrong"]:
        return VIOLATED
    return FAILED if result["failures"] else OK if result["exercised"] else NOTHING


def do_propose(_):
    """Rows to be filled in by hand: the reason, and the source."""
    listed = deviations.read()
    done = {}
    for row, result in deviations.unexpected(kept("probe.json")["rows"], listed):
        done.setdefault((row["server"], row["version"], row["protocol"], result["property"]), []).append((row, result))
    for (server, version, protocol, name), found in done.items():
        transports = [row["transport"] for row, _ in found]
        print(deviations.to_toml(server=server, version=version, property=name, protocol=protocol, transports=transports,
                                 dialogue=found[0][1].get("dialogue", [])))
    return OK


def do_pages(arguments):
    listed = deviations.read()
    pages = [(record.TRACK_RECORD, record.track_record(listed))]
    if record.DATA.exists():
        pages.append((record.SERVERS, record.servers(json.loads(record.DATA.read_text(encoding="utf-8")))))
    fine = [house.write_or_check(path, text, check=arguments.check, command="ci/lab pages") for path, text in pages]
    return OK if all(fine) else VIOLATED


ACTIONS = {"packages": do_packages, "list": do_list, "up": do_up, "probe": do_probe, "findings": do_findings,
           "clients": do_clients, "check": do_check, "bench": do_bench, "soak": do_soak,
           "propose": do_propose, "pages": do_pages}


def seconds(text):
    """A budget as the other commands take it: 90s, 10m, 2h."""
    found = re.fullmatch(r"(\d+)(s|m|h)", text)
    if not found or not int(found[1]):
        raise argparse.ArgumentTypeError(f"a budget is a time such as 90s, 10m or 2h, not {text!r}")
    return int(found[1]) * {"s": 1, "m": 60, "h": 3600}[found[2]]


def interrupted(*_):
    raise KeyboardInterrupt


def out_of_time(*_):
    raise OutOfTime


def parsed(usage, arguments):
    parser = argparse.ArgumentParser(prog="ci/lab", description=usage, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="action", required=True, metavar="COMMAND")
    for name in ACTIONS:
        sub = commands.add_parser(name)
        if name in ("up", "probe", "check"):
            sub.add_argument("server", nargs="*", metavar="SERVER")
        if name in ("probe", "check", "clients", "findings"):
            sub.add_argument("--format", choices=["text", "json"], default="text")
        if name == "findings":
            sub.add_argument("name", nargs="*", metavar="NAME", help="of a dialogue; * and ? stand for any characters")
        if name == "soak":
            sub.add_argument("--resting", type=int, default=2500, help="sessions that rest meanwhile")
            sub.add_argument("--fault", help="one that is to be caught, see `sallyport faults`")
            sub.add_argument("--binary", help="the `sallyport` to load (default: build/release's)")
        if name in ("check", "clients", "soak"):
            sub.add_argument("--budget", type=seconds, help="give up after this time (90s, 10m), with status 2")
        if name in ("check", "clients"):
            sub.add_argument("--keep", action="store_true", help="write what was found to docs/servers.json")
        if name == "bench":
            sub.add_argument("--rounds", type=int, default=5)
            sub.add_argument("--seconds", type=float, default=1.5, help="that one measurement takes")
            sub.add_argument("--resting", type=int, default=400, help="sessions that rest, for their memory")
            sub.add_argument("--keep", action="store_true", help="write docs/LIVE_BENCH.md")
            sub.add_argument("--format", choices=["text", "json"], default="text")
            sub.add_argument("--binary", help="the `sallyport` to measure (default: build/release's)")
        if name == "pages":
            sub.add_argument("--check", action="store_true", help="only say whether the pages are up to date")
        if name in ("probe", "check", "clients", "findings"):
            sub.add_argument("--binary", help="the `sallyport` to probe with (default: build/release's or build/dev's)")
            sub.add_argument("--jobs", type=int, default=28, help="servers that are probed at the same time")
    return parser.parse_args(arguments)


def main(usage, arguments=None):
    arguments = parsed(usage, arguments)
    # Whatever was started is ended, and folders go. A shell's background job is born with SIGINT ignored.
    signal.signal(signal.SIGTERM, interrupted)
    signal.signal(signal.SIGINT, interrupted)
    signal.signal(signal.SIGALRM, out_of_time)
    signal.alarm(getattr(arguments, "budget", None) or 0)
    try:
        return ACTIONS[arguments.action](arguments)
    except (Unusable, deviations.Malformed, dialogue.Malformed) as error:
        print(f"lab: {error}", file=sys.stderr)
        return FAILED
    except OutOfTime:
        print("lab: the time given by --budget was not enough; what was finished before stays in build/lab", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return 130
