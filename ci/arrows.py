"""Reads ci/arrows.toml: folders, parts, and which may include which."""

import dataclasses
import fnmatch
import pathlib
import tomllib


@dataclasses.dataclass(frozen=True)
class Folder:
    path: str  # "models/wire"
    summary: str
    includes: tuple[str, ...]  # folder names, parts resolved, itself left out
    stated: tuple[str, ...]  # as the table says it, for people
    libraries: tuple[str, ...]

    @property
    def name(self):
        return pathlib.PurePosixPath(self.path).name

    @property
    def part(self):
        return self.path.split("/")[0]


class Arrows:
    def __init__(self, path):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        self.libraries = table["libraries"]
        self.parts = table["parts"]
        self.tests = table["tests"]
        paths = [row["path"] for row in table["folder"]]
        self._members = {
            part: [p.rsplit("/", 1)[-1] for p in paths if p.split("/")[0] == part] for part in self.parts
        }
        self.folders = [
            Folder(row["path"], row["is"], self.resolve(row["includes"], row["path"].rsplit("/", 1)[-1]),
                   tuple(row["includes"]), tuple(row.get("libraries", ())))
            for row in table["folder"]
        ]
        self.by_name = {folder.name: folder for folder in self.folders}
        self._check()

    def members(self, part):
        """The folders of a part; none where `part` is a folder itself."""
        return tuple(self._members.get(part, ()))

    def resolve(self, names, itself=None):
        """Folder names, with a part standing for all folders in it."""
        found = []
        for name in names:
            found += self._members.get(name, [name])
        return tuple(name for name in dict.fromkeys(found) if name != itself)

    def folder_of(self, path):
        """The folder in which a file (a path relative to the root) lies; None where no row has it."""
        for folder in self.folders:
            if path.is_relative_to(folder.path):
                return folder
        return None

    def is_test(self, path):
        return any(fnmatch.fnmatch(path.as_posix(), pattern) for pattern in self.tests["files"])

    def library_of(self, header):
        for library, patterns in self.libraries.items():
            if any(fnmatch.fnmatch(header, pattern) for pattern in patterns):
                return library
        return None

    def _check(self):
        """The table itself: every name is known, and no arrows run in a circle."""
        for folder in self.folders:
            unknown = set(folder.includes) - self.by_name.keys()
            unknown |= set(folder.libraries) - self.libraries.keys()
            if unknown:
                raise ValueError(f"{folder.path}: no row for {', '.join(sorted(unknown))}")
        done = set()
        while len(done) < len(self.folders):
            ready = [f.name for f in self.folders if f.name not in done and done.issuperset(f.includes)]
            if not ready:
                raise ValueError("the arrows run in a circle")
            done.update(ready)
