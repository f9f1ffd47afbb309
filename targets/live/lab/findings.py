"""Plays the listed findings where they were found, each until it happens: it says that something can happen, and some of
that is a race.

A finding is a dialogue (dialogue.py), or a script in the project's own form, which `sallyport replay --live` plays and judges:
that one may say what goes wrong behind a front-end, where its row names a way with a tap.
"""

import json
import tempfile

import asking
import dialogue
import lab
from processes import Crew, run_to_end

TRIES = 3
INSTANCES = {"tap": "+plain", "tap-tls": "+tls"}  # by the way; others are the server as it is


def play(binary, here, deviation, way):
    """What came of one listed finding, as a result."""
    result = {"finding": deviation.finding, "server": deviation.server, "version": deviation.version,
              "property": deviation.property, "protocol": deviation.protocol, "transport": way}
    if not deviation.file:
        return result | {"verdict": "skipped", "detail": "it is unreported, and in nobody's SALLYPORT_PRIVATE_FINDINGS"}
    key = deviation.server + INSTANCES.get(way, "")
    running = here.running.get(key)
    if running is None:
        return result | {"verdict": "skipped", "detail": here.failed.get(key, "not started")}
    version = running.server.version()
    if version != deviation.version:
        return result | {"verdict": "skipped", "detail": f"listed for {deviation.version}; here is {version}"}
    if running.way((deviation.protocol, way)) is None:
        return result | {"verdict": "skipped", "detail": f"it can't be talked to so: {way}"}
    for _ in range(TRIES):
        if running.endings():
            running.revive()
        played = of_script if deviation.file.suffix == ".script" else of_dialogue
        said = played(binary, here, deviation, running, running.way((deviation.protocol, way)))
        crash = asking.crash({"results": []}, running, {})
        if deviation.property == asking.CRASH:
            said = {"detail": "everybody stayed alive", "monitor": "unobservable"} | crash
        elif crash["verdict"] == "violated":
            result["crash"] = crash["detail"]
        if said["verdict"] == "violated":
            break
    return result | {name: said[name] for name in ("verdict", "detail", "dialogue", "monitor") if name in said}


def of_dialogue(_, here, deviation, running, way):
    transport = way[1]
    port = running.ports[deviation.protocol + ("s" if transport == "tls" else "")]
    played = dialogue.play(deviation.dialogue_of_finding(), port, here.known, implicit_tls=transport == "tls", log=running.log)
    return {"verdict": "violated" if played.happened else "holds", "detail": played.why_not, "dialogue": played.lines}


def of_script(binary, here, deviation, running, way):
    """The verdict is the monitor's own."""
    try:
        document = asking.replay(binary, here, running, way, deviation.file)
    except ValueError as failure:
        return {"verdict": "holds", "detail": str(failure)}
    results = {each["property"]: asking.reduced(each) for each in document["results"]}
    result = results.get(deviation.property, {"verdict": "no row"})
    if result["verdict"] != "violated":
        return {"verdict": "holds", "detail": f"{result['verdict']}: {result.get('detail', '')}"}
    return result | {"monitor": "violated"}


def transcript(result):
    """What was said, as a transcript that `sallyport audit` reads."""
    lines = [line[2:] for line in result["dialogue"]]
    lines = ["! quiescent" if line.startswith(("! silence", "! logged")) else line for line in lines]
    return "\n".join([result["protocol"], *lines, "! quiescent"]) + "\n"


def audit(binary, result):
    """What the property's own monitor says of a dialogue that happened: often that it can't see enough."""
    with tempfile.NamedTemporaryFile("w", suffix=".transcript", encoding="utf-8") as file:
        file.write(transcript(result))
        file.flush()
        done = run_to_end([binary, "audit", file.name, "--format", "json"], text=True, limit_s=60)
    verdicts = {each["property"]: each["verdict"] for each in json.loads(done.stdout)["results"]}
    return verdicts.get(result["property"], "no row")


def play_all(binary, here, listed, *, jobs):
    """In order where they are about one server, since they may have the same mailbox."""
    here.up(sorted({each.server for each in listed}))
    here.tapped(binary, sorted({each.server for each in listed if set(each.ways) & set(INSTANCES)}))
    by_server = {}
    for each in listed:
        by_server.setdefault(lab.servers()[each.server].backend or each.server, []).append(each)
    with Crew(jobs) as pool:
        played = pool.map(lambda group: [play(binary, here, each, way) for each in group for way in each.ways],
                          by_server.values())
        return [result for group in played for result in group]
