"""How `sallyport` is asked about a server of the lab, and what is kept of its answer: for surveys, findings and churn alike."""

import json

from processes import run_to_end

REPLAY_LIMIT_S = 300  # for one script
CRASH = "CRASH"  # as the engines say it of a subject that dies; no property of the catalogue
LAST_WORDS = 3


def accounts(here, *users):
    """Whom the lab's servers know, or `users` of them, and whom to believe, as arguments of `sallyport`."""
    first, *others = users or here.accounts
    return ["--ca-file", here.certificate, "--user", first, "--password-file", here.passwords[first],
            *(f"--account={name}={here.passwords[name]}" for name in others)]


def replay(binary, here, running, way, script, *options, users=()):
    """What `sallyport replay --live` says of a script; ValueError with its complaint where it comes to no result."""
    protocol, transport, url = way
    command = [binary, "replay", script, "--live", url, "--format", "json", "--quiet", *accounts(here, *users), *options]
    if transport == "starttls":
        command.append("--starttls")
    if running.place.tap:
        command += ["--backend-tap", f"127.0.0.1:{running.place.tap.taps[protocol]}"]
    done = run_to_end([str(word) for word in command], text=True, limit_s=REPLAY_LIMIT_S)
    try:
        return json.loads(done.stdout)
    except ValueError:
        raise ValueError(done.stderr.strip()) from None


def crash(row, each, before):
    """Whether a process of the server ended in this way, which nobody asked for; `before`: those that had ended already."""
    result = {"property": CRASH, "verdict": "inconclusive" if before else "holds", "exercised": 1}
    ended = [how for which, how in each.endings().items() if which not in before]
    if not ended:
        return result | ({"detail": f"it had ended before: {', '.join(before.values())}"} if before else {})
    words = each.last_words(LAST_WORDS)
    gone = next((r["detail"] for r in row["results"] if "cannot connect" in r.get("detail", "")), "")
    detail = f"{', '.join(ended)} while it was probed{gone and ': ' + gone}; its log ends: {' / '.join(words)}"
    return result | {"verdict": "violated", "detail": detail, "dialogue": [*(f"  {line}" for line in words), f"> {ended[0]}"]}


def reduced(result):
    kept = {name: result[name] for name in ("property", "verdict", "exercised", "detail") if name in result}
    return kept | ({"dialogue": result["witness"]["dialogue"], "script": result["witness"]["script"]}
                   if result.get("witness") else {})
