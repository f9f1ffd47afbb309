"""What the checks in this folder share: the files of the project, and blocks of generated text."""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def project_files(root=ROOT, *, patterns=("*",)):
    """The files that git tracks or would track, so that a new file is checked before its commit."""
    listing = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--",
         *patterns],
        check=True, capture_output=True, text=True).stdout
    paths = sorted({root / name for name in listing.split("\0") if name})
    return [path for path in paths if path.is_file() and not path.is_symlink()]


def replace_block(text, name, body):
    """`text` with what stands between the markers `name` replaced by `body`."""
    begin = rf"<!-- generated: {re.escape(name)}\b[^>]*-->\n"
    end = r"<!-- end of generated text -->"
    pattern = re.compile(rf"({begin}).*?({end})", re.DOTALL)
    if len(pattern.findall(text)) != 1:
        raise ValueError(f"expected one block of generated text named {name!r}")
    return pattern.sub(lambda match: match[1] + body.rstrip("\n") + "\n" + match[2], text)


def write_or_check(path, text, *, check, command):
    """Writes `text`, or with `check` says whether the file already reads so. True where all is well."""
    old = path.read_text(encoding="utf-8") if path.exists() else None
    if old == text:
        return True
    if check:
        print(f"{path.relative_to(ROOT)} is out of date. To bring it up to date: {command}")
        return False
    path.write_text(text, encoding="utf-8")
    print(f"wrote {path.relative_to(ROOT)}")
    return True


def conclude(what, errors, counted):
    """Prints the errors of a check and ends it."""
    for error in errors:
        print(error)
    if not counted:
        errors = errors or [f"{what}: nothing was checked"]
        print(errors[-1])
    print(f"{what}: {counted} checked, {len(errors)} wrong")
    sys.exit(1 if errors else 0)
