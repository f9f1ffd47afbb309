"""Tables of a survey, for a terminal or as Markdown. What no row could observe gets no row or column of its own; a line
says which that is."""

import deviations

LEGEND = """A cell is one letter for each way in the order plain, STARTTLS, STARTTLS with a certificate of the client's own, TLS, TLS
with a certificate, or one letter where all agree: V violated, H holds, · vacuous, ? inconclusive, - unobservable; empty where
there is no such row. Only servers that take EXTERNAL are shown a certificate; Perdition and imapproxy don't know it. CRASH is no
property of the catalogue: a process of the server ended while it was probed."""

TAP_LEGEND = """What only the back-end's wire shows, and what a server violates only where its back-end fails: `sallyport interpose`
stands between the two, shows the probe that wire, and has the back-end die, hang, lie or be slow, so that its pool is churned
in every visit. A cell is one letter for each way to the back-end in the order plain, STARTTLS, or one where both agree."""

CHURN_LEGEND = """`sallyport interpose --churn` breaks one connection of the front-end with its back-end, at one moment of its life: before the
front-end's first word (connect), in the middle of an authentication (exchange), at the first word behind it (login), in the
middle of a literal of either side, or of an answer; the way by STARTTLS stands behind a slash where it differs. A session logs
in, selects, fetches a message and leaves; a second one follows. A cell says what the first one met: fine, or the command
at which it ended, and how: refused (NO, BAD, -ERR), hung up on, or silence, for as long as its server is waited for; what the
second one met where that was not fine. It is empty where the front-end never comes to that moment. Below stand the
properties that were violated in it."""

CHURNED = deviations.CHURNED
LETTERS = {"violated": "V", "holds": "H", "vacuous": "·", "inconclusive": "?", "unobservable": "-"}
ORDER = ["plain", "starttls", "certificate", "tls", "certificate-tls", "tap", "tap-tls"]
TAPPED = {"tap", "tap-tls"}


def laid_out(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n"
                   for row in rows)


def markdown(rows):
    head, *body = rows
    return "".join(f"| {' | '.join(row)} |\n" for row in [head, ["---"] * len(head), *body])


def cells(rows):
    """{(server, protocol): {property: {transport: verdict}}}"""
    found = {}
    for row in rows:
        of_server = found.setdefault((row["server"], row["protocol"]), {})
        for result in row["results"]:
            of_server.setdefault(result["property"], {})[row["transport"]] = result["verdict"]
    return found


def reasons(rows):
    """Why each property can't be seen at all, {property: reason}, as the probe says."""
    return {result["property"]: result["detail"] for row in rows for result in row["results"]
            if result["verdict"] == "unobservable" and result.get("detail")}


def listed(names, why):
    """Names, those of one reason together and the reason behind them."""
    groups = {}
    for name in names:
        groups.setdefault(why.get(name, ""), []).append(name)
    return "; ".join(", ".join(group) + (f" ({reason})" if reason else "") for reason, group in groups.items())


def cell(by_transport):
    letters = "".join(LETTERS[by_transport[name]] for name in ORDER if name in by_transport)
    return letters[0] if letters and len(set(letters)) == 1 else letters


def seen_in(found):
    """The properties that any of them could show, and those that none could."""
    names = sorted({name for of_server in found.values() for name in of_server})
    seen = [name for name in names if any(set(of_server.get(name, {}).values()) - {"unobservable"}
                                          for of_server in found.values())]
    return seen, [name for name in names if name not in seen]


def of_taps(rows, form=laid_out, why=None):
    """One line for each front-end and protocol with a tap behind it: what is to be seen only so."""
    tapped = [row for row in rows if row["transport"] in TAPPED]
    found = cells(tapped)
    untapped = cells([row for row in rows if row["transport"] not in TAPPED | CHURNED])
    known, _ = seen_in(untapped)
    seen, unseen = seen_in(found)

    def only_so(name):
        return name not in known or any(
            "violated" in of_server.get(name, {}).values()
            and "violated" not in untapped.get(key, {}).get(name, {}).values() for key, of_server in found.items())

    shown = [name for name in seen if only_so(name)]
    lines = [["server", *shown]]
    lines += [[" ".join(key), *(cell(of_server.get(name, {})) for name in shown)] for key, of_server in found.items()]
    why = reasons(tapped) if why is None else why
    return form(lines) + (f"\nunobservable with a tap, too: {listed(unseen, why)}\n" if unseen else "")


def of_verdicts(rows, form=laid_out):
    """One line for each server and protocol, one column for each property that any of them could show to its clients."""
    rows = [row for row in rows if row["transport"] not in TAPPED | CHURNED]
    found = cells(rows)
    seen, unseen = seen_in(found)
    lines = [["server", *seen]]
    for (server, protocol), of_server in found.items():
        lines.append([f"{server} {protocol}", *(cell(of_server.get(name, {})) for name in seen)])
    text = form(lines)
    if unseen:
        text += f"\nunobservable from a client's side: {', '.join(unseen)}\n"
    for row in rows:
        if row.get("failure"):
            text += f"{row['server']} {row['protocol']} {row['transport']}: {row['failure']}\n"
    return text


def of_churn(rows, form=laid_out):
    """One line for each deed, one column for each front-end and protocol; nothing where there is none."""
    columns = {}
    for row in rows:
        if row["transport"] in CHURNED:
            columns.setdefault(f"{row['server']} {row['protocol']}", []).append(row)

    if not columns:
        return ""

    def differing(texts):
        return texts[0] if len(set(texts)) == 1 else " / ".join(text or "–" for text in texts)

    names = list(dict.fromkeys(deed for of_server in columns.values() for row in of_server for deed in row["deeds"]))
    lines = [["deed", *columns]]
    lines += [[name, *(differing([row["deeds"][name] for row in of_server if name in row["deeds"]] or [""])
                       for of_server in columns.values())] for name in names]
    lines.append(["violated", *(differing([", ".join(each["property"] for each in row["results"]
                                                     if each["verdict"] == "violated") or "nothing" for row in of_server])
                                for of_server in columns.values())])
    return form(lines)


YES_NO = {True: "NTLM", False: "no", None: "–"}


def of_article(checks, form=laid_out):
    """The KB's own check: is NTLM in the lists, and does it work?"""
    lines = [["server", "version", "role", "CAPABILITY", "AUTH", "CAPA", "NTLM by IMAP", "NTLM by POP3"]]
    for row in checks:
        def works(protocol):
            if f"{protocol}_log_in" not in row:
                return "–"
            return "logs in" if row[f"{protocol}_log_in"] else "refused"
        lines.append([row["server"], row["version"], row["role"], YES_NO[row.get("imap")], YES_NO[row.get("pop3")],
                      YES_NO[row.get("capa")], works("imap"), works("pop3")])
    return form(lines)


CLIENTS_LEGEND = """Each client is told to log in in one way, or left to choose. *in* means that it logged in, *no* that it gave up; then
come the ways that it tried on the wire, in their order, and where a person was asked for the password, how often."""


def of_client(row):
    if row["outcome"] == "skipped":
        return "–"
    words = {"logged in": "in", "gave up": "no", "never gave up": "FOR EVER"}[row["outcome"]]
    tried = ", ".join(way if way != row["way"] else "it" for way in row["tried"])
    if tried != "it" or row["outcome"] != "logged in":
        words += f" ({tried or 'nothing tried'})"
    return words + (f", asked {row['prompts']}×" if row.get("prompts", 0) > 1 else "")


def of_clients(rows, form=laid_out):
    """One line for each client and way, one column for each server."""
    names = list(dict.fromkeys(row["server"] for row in rows))
    by_key = {}
    for row in rows:
        by_key.setdefault((row["client"], row["protocol"], row["way"]), {})[row["server"]] = of_client(row)
    return form([["client", *names], *([" ".join(key), *(found.get(name, "") for name in names)]
                                       for key, found in by_key.items())])
