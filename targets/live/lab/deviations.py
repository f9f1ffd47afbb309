"""Deviations of real servers, as data: targets/live/deviations.toml, and what repeats them in targets/live/findings.

A row says that a server of one version violates a property in a protocol, why that is so, from what it is known, and
the octets that show it. Where a plain probe can't see it, `finding` names the dialogue that does. A run is compared
with the rows both ways: a violation that isn't listed is one difference, and a listed one that didn't happen another.

Of a row that is unreported neither octets nor dialogue are in the repository, since all of that is public: the probe shows
it again, or a dialogue in a folder of one's own, SALLYPORT_PRIVATE_FINDINGS.
"""

import dataclasses
import datetime
import fnmatch
import os
import pathlib
import tomllib

LIVE = pathlib.Path(__file__).resolve().parent.parent
LISTED = LIVE / "deviations.toml"
FINDINGS = LIVE / "findings"
CHURNED = {"churn", "churn-tls"}  # where one script is played, so that a row must name them to be expected there
TRANSPORTS = {"plain", "starttls", "certificate", "tls", "certificate-tls", "tap", "tap-tls"} | CHURNED
KINDS = (".dialogue", ".script")  # of findings
# What `disclosure` begins with: before it is one of the last two, nothing but the fact is published.
UNREPORTED, REPORTED, PUBLIC = "unreported", "reported", "public"


class Malformed(Exception):
    """A row that says too little or too much; one line."""


@dataclasses.dataclass(frozen=True)
class Deviation:
    server: str
    version: str
    property: str
    protocol: str
    reason: str
    source: str
    date: datetime.date
    dialogue: str = ""  # only that of a row that is unreported
    finding: str = ""  # a file in targets/live/findings; else the probe shows it
    transports: tuple = ()  # where it is shown; empty: the probe shows it on all that the server has, a finding on plain
    disclosure: str = ""  # where it has a security effect

    @property
    def may_be_shown(self):
        return not self.disclosure or self.disclosure.partition(":")[0] in (REPORTED, PUBLIC)

    @property
    def file(self):
        """Where a finding is, if it is here: a dialogue, or a script that `sallyport replay --live` plays."""
        folder = FINDINGS if self.may_be_shown else private()
        return folder and file_in(folder, self.finding)

    def dialogue_of_finding(self):
        return self.file.read_text(encoding="utf-8")

    @property
    def ways(self):
        """On which a finding is played."""
        return self.transports or ("plain",)


def file_in(folder, finding):
    return next((folder / f"{finding}{kind}" for kind in KINDS if (folder / f"{finding}{kind}").exists()), None)


def private():
    """Where findings lie that are nobody's business yet, if anywhere."""
    given = os.environ.get("SALLYPORT_PRIVATE_FINDINGS")
    return pathlib.Path(given) if given else None


def _row(table, number):
    def wrong(what):
        raise Malformed(f"deviation {number} ({table.get('server')}, {table.get('property')}): {what}")

    fields = {field.name: field for field in dataclasses.fields(Deviation)}
    for name in table:
        if name not in fields:
            wrong(f"no member is named {name}")
    for name, field in fields.items():
        if field.default is dataclasses.MISSING and not table.get(name):
            wrong(f"{name} is missing")
    if table["protocol"] not in ("imap", "pop3"):
        wrong("protocol is imap or pop3")
    if not isinstance(table["date"], datetime.date):
        wrong("date is a date")
    if table.get("disclosure", PUBLIC).partition(":")[0] not in (UNREPORTED, REPORTED, PUBLIC):
        wrong(f"disclosure begins with {UNREPORTED}, {REPORTED} or {PUBLIC}")
    if set(table.get("transports", ())) - TRANSPORTS:
        wrong(f"transports are {', '.join(sorted(TRANSPORTS))}")
    deviation = Deviation(**{**table, "transports": tuple(table.get("transports", ()))})
    published = file_in(FINDINGS, deviation.finding)
    if not deviation.may_be_shown:
        if deviation.dialogue or (deviation.finding and published):
            wrong("it is unreported, and what is in the repository is public: it has no dialogue here")
        return deviation
    if not any(line.startswith("> ") for line in deviation.dialogue.splitlines()):
        wrong("no line of the dialogue is marked with '> '")
    if deviation.finding and not published:
        wrong(f"there is no dialogue or script {deviation.finding}")
    return deviation


def read(text=None):
    """All rows; raises Malformed."""
    try:
        document = tomllib.loads(LISTED.read_text(encoding="utf-8") if text is None else text)
    except tomllib.TOMLDecodeError as error:
        raise Malformed(str(error)) from error
    if set(document) - {"deviation"}:
        raise Malformed("only [[deviation]] tables are expected here")
    return [_row(table, number) for number, table in enumerate(document.get("deviation", []), 1)]


def unexpected(rows, listed):
    """Violations of a survey that no row lists: (row of the survey, result)."""
    for row in rows:
        for result in row["results"]:
            if result["verdict"] == "violated" and not any(covers(d, row, result["property"]) for d in listed):
                yield row, result


def covers(deviation, row, name):
    """Whether a row explains a violation that the probe shows. One with a dialogue does as well, but needn't be seen."""
    return (deviation.property == name and deviation.server == row["server"]
            and deviation.version == row["version"] and deviation.protocol == row["protocol"]
            and (not deviation.transports or row["transport"] in deviation.transports))


def absent(rows, listed):
    """Rows of probes that did not happen on a transport where they should: (deviation, transport, what was instead)."""
    for deviation in listed:
        for row in rows:
            if deviation.finding or not covers(deviation, row, deviation.property):
                continue
            if row["transport"] in CHURNED and not deviation.transports:
                continue
            verdict = next((r["verdict"] for r in row["results"] if r["property"] == deviation.property), "no row")
            if verdict != "violated":
                yield deviation, row["transport"], verdict


def findings(listed, pattern="*"):
    return [deviation for deviation in listed if deviation.finding and fnmatch.fnmatch(deviation.finding, pattern)]


def to_toml(*, dialogue, transports, **fields):
    """A row with what a run can tell; a person fills in the rest."""
    text = "[[deviation]]\n" + "".join(f'{name} = "{value}"\n' for name, value in fields.items())
    if set(transports) < TRANSPORTS - CHURNED or CHURNED & set(transports):
        text += f"transports = {list(transports)}\n".replace("'", '"')
    text += 'reason = ""\nsource = ""\n' + f"date = {datetime.date.today()}\n"
    return text + "dialogue = '''\n" + "".join(f"{line}\n" for line in dialogue) + "'''\n"
