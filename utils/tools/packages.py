"""What an environment really has: install.py lets the Python of .venv run this file, whatever pip said it did.

Standard library, and the pip that made the environment.
"""

import json
import re
import sys
from importlib import metadata
from pathlib import Path


def look(lines):
    """Return whether this Python has what the ``lines`` of requirements ask for, and what those packages ask for.

    Returns {"lost": what is missing or of another version, "files": one file of each package that is there}.

    >>> look(["jupytext>=1,<99", "# a comment", ""])["lost"], look(["jupytext>=99", "no-such-package"])["lost"]
    ([], ['jupytext>=99', 'no-such-package'])
    """
    try:
        from pip._vendor.packaging.requirements import InvalidRequirement, Requirement
    except ImportError:  # a pip that some distributions have taken apart
        from packaging.requirements import InvalidRequirement, Requirement

    def wanted(lines):
        for line in lines:
            try:
                asked = Requirement(line.split(" #")[0])
            except InvalidRequirement:  # a comment, an option of pip, or a package's own mistake
                continue
            if asked.marker is None or asked.marker.evaluate({"extra": ""}):
                yield asked

    waiting = [(asked, True) for asked in wanted(lines)]
    seen, lost, files = set(), [], []
    while waiting:
        asked, ours = waiting.pop(0)
        name = re.sub(r"[-_.]+", "-", asked.name).lower()
        if name in seen:
            continue
        seen.add(name)
        package, place = find(name)
        version = package and package.version
        if version is None or (ours and not asked.specifier.contains(version, prereleases=True)):
            lost.append(f"{asked.name}{asked.specifier}")
            continue
        files += [str(place)] if place else []
        waiting += [(each, False) for each in wanted(package.requires or [])]
    return {"lost": lost, "files": files}


def find(name):
    """Return a distribution and one file of it, its __init__.py where it has one of its name.

    Returns (None, None) if either is not there, and no file for a distribution that has no list of its files.
    """
    try:
        package = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return None, None
    first = f"{name.replace('-', '_')}/__init__.py"
    files = [file for file in package.files or [] if ".." not in file.parts]
    files.sort(key=lambda file: (file.as_posix().lower() != first, file.suffix != ".py", len(file.parts)))
    if not files:
        return package, None
    place = Path(package.locate_file(files[0])).resolve()
    return (package, place) if place.exists() else (None, None)


if __name__ == "__main__":
    print(json.dumps(look([line for name in sys.argv[1:] for line in Path(name).read_text("utf-8").splitlines()])))
