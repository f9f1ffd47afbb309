"""Plays the listed dialogues, each until it happens: it says that something can happen, and some of that is a race."""

import json
import tempfile

import dialogue
import lab
from processes import Crew, run_to_end

TRIES = 3


def play(here, deviation):
    """What came of one listed finding, as a result."""
    result = {"finding": deviation.finding, "server": deviation.server, "version": deviation.version,
              "property": deviation.property, "protocol": deviation.protocol}
    if not deviation.file or not deviation.file.exists():
        return result | {"verdict": "skipped", "detail": "it is unreported, and its dialogue in nobody's "
                                                         "SALLYPORT_PRIVATE_FINDINGS"}
    running = here.running.get(deviation.server)
    if running is None:
        return result | {"verdict": "skipped", "detail": here.failed.get(deviation.server, "not started")}
    version = running.server.version()
    if version != deviation.version:
        return result | {"verdict": "skipped", "detail": f"listed for {deviation.version}; here is {version}"}
    for _ in range(TRIES):
        played = dialogue.play(deviation.dialogue_of_finding(), running.ports[deviation.protocol], here.known,
                               log=running.log)
        if played.happened:
            break
    verdict = "violated" if played.happened else "holds"
    return result | {"verdict": verdict, "detail": played.why_not, "dialogue": played.lines}


def transcript(result):
    """What was said, as a transcript that `sallyport audit` reads."""
    lines = [line[2:] for line in result["dialogue"]]
    lines = ["! quiescent" if line.startswith(("! silence", "! logged")) else line for line in lines]
    return "\n".join([result["protocol"], *lines, "! quiescent"]) + "\n"


def audit(binary, result):
    """What the property's own monitor says of a finding that happened: often that it can't see enough."""
    with tempfile.NamedTemporaryFile("w", suffix=".transcript", encoding="utf-8") as file:
        file.write(transcript(result))
        file.flush()
        done = run_to_end([binary, "audit", file.name, "--format", "json"], text=True, limit_s=60)
    verdicts = {each["property"]: each["verdict"] for each in json.loads(done.stdout)["results"]}
    return verdicts.get(result["property"], "no row")


def play_all(here, listed, *, jobs):
    """In order where they are about one server, since they may have the same mailbox."""
    here.up(sorted({each.server for each in listed}))
    by_server = {}
    for each in listed:
        by_server.setdefault(lab.servers()[each.server].backend or each.server, []).append(each)
    with Crew(jobs) as pool:
        played = pool.map(lambda group: [play(here, each) for each in group], by_server.values())
        return [result for group in played for result in group]
