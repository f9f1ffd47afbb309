"""Debian's packages as the lab needs them: those that are installed, and those that are only unpacked.

Cyrus and Courier can't be installed beside dovecot-imapd, so ci/packages-lab-unpacked is downloaded and
unpacked below a cache folder, one folder a server.
"""

import functools
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from processes import find_tool

LISTED = pathlib.Path(__file__).resolve().parents[3] / "ci" / "packages-lab-unpacked"


@functools.cache
def version_of(package):
    """The upstream version of an installed or unpacked package, without Debian's part; None where it isn't there."""
    text = _installed(package) or _noted(package)
    return re.match(r"(?:\d+:)?([^-+~]+)", text)[1] if text else None


def _installed(package):
    done = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}", package],
                          capture_output=True, text=True, check=False) if find_tool("dpkg-query") else None
    if done is None or not done.stdout.startswith("installed "):
        return None
    return done.stdout.split()[1]


def cache():
    """Where unpacked packages lie, for everybody to read: a server of nobody's is started from there."""
    if given := os.environ.get("SALLYPORT_LAB_CACHE"):
        return pathlib.Path(given)
    if os.geteuid() == 0:
        return pathlib.Path("/var/cache/sallyport-lab")
    return pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "sallyport-lab"


def wanted():
    """{folder: [package, …]} of ci/packages-lab-unpacked."""
    table = {}
    for line in LISTED.read_text(encoding="utf-8").splitlines():
        name, _, packages = line.partition("#")[0].partition(":")
        if packages:
            table.setdefault(name.strip(), []).extend(packages.split())
    return table


def unpacked(name):
    """The root of the unpacked packages, or None where they aren't there in full."""
    root = cache() / name
    there = all((root / "versions" / package).exists() for package in wanted()[name])
    return root if there else None


def _noted(package):
    for name, packages in wanted().items():
        note = cache() / name / "versions" / package
        if package in packages and note.exists():
            return note.read_text(encoding="utf-8").strip()
    return None


def unpack(name):
    """Downloads and unpacks what of `name` isn't there; raises OSError or CalledProcessError."""
    if unpacked(name):
        return
    cache().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache()) as temporary:
        fresh = pathlib.Path(temporary) / "root"
        (fresh / "versions").mkdir(parents=True)
        os.chmod(temporary, 0o755)
        subprocess.run(["apt-get", "download", "-q", *wanted()[name]], cwd=temporary, check=True,
                       capture_output=True, text=True)
        for archive in pathlib.Path(temporary).glob("*.deb"):
            subprocess.run(["dpkg", "-x", archive, fresh], check=True, capture_output=True)
            package, version = subprocess.run(
                ["dpkg-deb", "-f", archive, "Package", "Version"], check=True, capture_output=True,
                text=True).stdout.splitlines()
            (fresh / "versions" / package.partition(": ")[2]).write_text(version.partition(": ")[2] + "\n",
                                                                         encoding="utf-8")
        shutil.rmtree(cache() / name, ignore_errors=True)
        fresh.rename(cache() / name)
