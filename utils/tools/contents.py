"""What this version of the course consists of: the build writes it down, and an update removes what is there no more.

Standard library only, because ``course.py`` uses it before anything is installed.
"""

import subprocess

NAME = "utils/tools/contents.txt"  # the name of every file, a line each


def listing(root):
    """Return the text that names every file of the course in ``root``, new ones too; None where git cannot tell."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    if not (root / ".git").exists():
        return None
    try:
        found = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    there = {name for name in found.split("\0") if name and (root / name).exists()}
    return "".join(f"{name}\n" for name in sorted(there | {NAME}))


def came_with(root):
    """Return the names of the files that came with the version in ``root``; none where an old one did not say."""
    try:
        names = (root / NAME).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return []
    home = root.resolve()
    return [name for name in names if (root / name).resolve().is_relative_to(home) and (root / name).is_file()]
