"""The source tree as the layer test sees it: files by path, their lines, what they include."""
import pathlib
import re
import subprocess

CODE = {".h", ".cpp", ".cu", ".cuh"}
SCRIPTS = {".py", ".sh", ".ts", ".cmake", ""}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


class Tree:
    """The tracked files under `root`, or all of them where it is no repository."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        if (self.root / ".git").exists():
            listing = subprocess.run(["git", "-C", self.root, "ls-files", "-z"], check=True, capture_output=True)
            names = listing.stdout.decode().split("\0")[:-1]
            self.paths = [name for name in names if (self.root / name).is_file()]
        else:
            self.paths = [str(path.relative_to(self.root)) for path in self.root.rglob("*") if path.is_file()]
        self.paths.sort()

    def code(self, *folders):
        """C++ and CUDA files, of the given folders or of the whole tree."""
        return [path for path in self.paths if pathlib.PurePath(path).suffix in CODE
                and (not folders or path.startswith(tuple(folder + "/" for folder in folders)))]

    def scripts(self):
        return [path for path in self.paths if pathlib.PurePath(path).suffix in SCRIPTS
                and path.startswith(("scripts/", "tests/", "harness/", ".ci/"))]

    def text(self, path):
        return (self.root / path).read_text(encoding="utf-8", errors="replace")

    def lines(self, path):
        return self.text(path).splitlines()

    def includes(self, path):
        """(line number, "<" or a quote, what is included)."""
        for number, line in enumerate(self.lines(path), start=1):
            found = INCLUDE.match(line)
            if found:
                yield number, found.group(1), found.group(2)

    def folders(self):
        """Every folder that holds a tracked file, the root as an empty path."""
        found = {""}
        for path in self.paths:
            found.update(str(parent) for parent in pathlib.PurePath(path).parents if str(parent) != ".")
        return sorted(found)
