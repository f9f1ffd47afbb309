"""Libraries of targets/live/servers that are loaded into servers, each compiled once for each lab: preload.c where ports or a
place to log can't be told, deaths.c where nobody says that a child was killed."""

import subprocess

from processes import NotStarted, find_tool

COMPILERS = ["clang-19", "cc"]


def missing():
    return None if any(find_tool(name) for name in COMPILERS) else "no C compiler is installed (ci/bootstrap)"


def library(place, name):
    """The shared object beside the instance's folder."""
    built = place.folder.parent / f"{name}.so"
    if not built.exists():
        compiler = next(filter(None, map(find_tool, COMPILERS)), None)
        if compiler is None:
            raise NotStarted(missing())
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", built, place.templates.parent / f"{name}.c"],
                       check=True, timeout=60)
        built.chmod(0o755)
    return built


def environment(place, *, services=None, ports=None):
    """The variables that preload.c reads."""
    def as_list(numbers):
        return ",".join(f"{key}={number}" for key, number in (numbers or {}).items())
    return {"LD_PRELOAD": str(library(place, "preload")), "LAB_SYSLOG": str(place.folder / "log"),
            "LAB_SERVICES": as_list(services), "LAB_PORTS": as_list(ports)}


def deaths(place, environment=None):
    """`environment`, and the variables that deaths.c reads."""
    loaded = [(environment or {}).get("LD_PRELOAD"), str(library(place, "deaths"))]
    return {**(environment or {}), "LD_PRELOAD": ":".join(filter(None, loaded)), "LAB_DEATHS": str(place.folder / "log")}
