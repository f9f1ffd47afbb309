"""servers/preload.c, compiled once for each lab, for servers that can't be told ports or where to log."""

import subprocess

from processes import NotStarted, find_tool

COMPILERS = ["clang-19", "cc"]


def missing():
    return None if any(find_tool(name) for name in COMPILERS) else "no C compiler is installed (ci/bootstrap)"


def library(place):
    """The shared object beside the instance's folder."""
    built = place.folder.parent / "preload.so"
    if not built.exists():
        compiler = next(filter(None, map(find_tool, COMPILERS)), None)
        if compiler is None:
            raise NotStarted(missing())
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", built, place.templates.parent / "preload.c"],
                       check=True, timeout=60)
        built.chmod(0o755)
    return built


def environment(place, *, services=None, ports=None):
    """The variables that preload.c reads."""
    def as_list(numbers):
        return ",".join(f"{key}={number}" for key, number in (numbers or {}).items())
    return {"LD_PRELOAD": str(library(place)), "LAB_SYSLOG": str(place.folder / "log"),
            "LAB_SERVICES": as_list(services), "LAB_PORTS": as_list(ports)}
