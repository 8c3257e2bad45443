"""The newest version for a folder that was downloaded: an archive is fetched, compared and moved into place.

Standard library only, because ``course.py`` uses it before anything is installed.
"""

import http.client
import json
import os
import shutil
import stat
import sys
import tempfile
import urllib.request
import zipfile
from datetime import datetime
from pathlib import Path

from utils.tools.backup import is_notebook, keep
from utils.tools.contents import NAME as CONTENTS, came_with
from utils.tools.home import HOME

ARCHIVE = HOME + "/archive/refs/heads/main.zip"
NEVER_TOUCHED = (".git/", ".venv/", "chapters/mine/", "solutions/mine/", ".progress.json")
LARGEST = 500_000_000  # bytes; the whole course stays far below


def from_archive(root):
    """Fetch an archive and replace what it has newer; return the names replaced and what was kept of them."""
    address = os.environ.get("COURSE_ARCHIVE", ARCHIVE)
    try:
        with tempfile.TemporaryDirectory(prefix=".update-", dir=root) as folder:
            try:
                new = unpack(download(address, Path(folder, "new.zip")), Path(folder, "new"))
                names = [name for name in new if is_news(root / name, new[name], name)]
                gone = dropped(root, new)
                copies = keep_all(root, [name for name in names if os.path.lexists(root / name)] + gone)
            except (OSError, ValueError, http.client.HTTPException, zipfile.BadZipFile) as problem:
                sys.exit(f"Nothing was changed: the new version could not be had from {address} ({problem}).")
            put(root, new, [name for name in names if name != CONTENTS])
            remove(root, gone)
            put(root, new, [name for name in names if name == CONTENTS])  # last: if it breaks off, the next one goes on
            return names + gone, copies
    except OSError as problem:
        sys.exit(f"The update broke off ({problem}). Mend that and run it again; nothing that you wrote is lost.")


def download(address, path):
    """Store what lies at ``address`` in a file; return its path."""
    with urllib.request.urlopen(address, timeout=30) as answer, open(path, "wb") as file:
        shutil.copyfileobj(answer, file)
    return path


def unpack(archive, folder):
    """Unpack the archive's one folder into ``folder``; return its files by their names in the course."""
    files = {}
    with zipfile.ZipFile(archive) as bundle:
        entries = [entry for entry in bundle.infolist() if not entry.is_dir()]
        if sum(entry.file_size for entry in entries) > LARGEST:
            raise ValueError("the archive is far too large")
        for entry in entries:
            name = name_in_course(entry)
            if untouchable(name):
                continue
            files[name] = folder / name
            files[name].parent.mkdir(parents=True, exist_ok=True)
            with bundle.open(entry) as packed, open(files[name], "wb") as file:
                shutil.copyfileobj(packed, file)
            files[name].chmod(0o755 if entry.external_attr >> 16 & stat.S_IXUSR else 0o644)
    if "course.py" not in files:
        raise ValueError("it is not an archive of the course")
    return files


def name_in_course(entry):
    """Return an entry's name without the archive's top folder; refuse one that could lead out of the course."""
    parts = entry.filename.split("/")
    linked = stat.S_ISLNK(entry.external_attr >> 16)
    if linked or len(parts) < 2 or {"", ".", ".."} & set(parts) or set("\\:") & set(entry.filename):
        raise ValueError(f"the archive holds the strange name {entry.filename!r}")
    return "/".join(parts[1:])


def is_news(old, new, name):
    """Return whether the file ``old`` has to make room: an unchanged chapter that was run or edited may stay."""
    if not os.path.lexists(old):
        return True
    if not old.is_file():
        raise ValueError(f"{name} is not a file here, but one in the new version")
    if name.startswith("chapters/") and is_notebook(name) and built_as(old) == built_as(new) != "":
        return False
    return old.read_bytes() != new.read_bytes()


def dropped(root, new):
    """Return the names of files that came with the version in ``root`` and are not among the names ``new``."""
    stay = {name.lower() for name in new}  # where Race.py is race.py, removing the one would remove the other
    return [name for name in came_with(root) if name.lower() not in stay and not untouchable(name)]


def untouchable(name):
    """Return whether ``name`` belongs to the learner, or to a tool, whatever an archive says."""
    return name.lower().startswith(NEVER_TOUCHED)


def put(root, new, names):
    """Move new files to their places."""
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        os.replace(new[name], root / name)


def remove(root, names):
    """Remove files, and the folders in which nothing is left but bytecode."""
    for name in names:
        (root / name).unlink(missing_ok=True)
        for folder in (root / name).parents:
            if folder == root or [path for path in folder.iterdir() if path.name != "__pycache__"]:
                break
            shutil.rmtree(folder)


def built_as(path):
    """Return the digest that the build wrote into a notebook, an empty text if there is none."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))["metadata"]["course"]["digest"]
    except (ValueError, KeyError, TypeError):
        return ""


def keep_all(root, names):
    """Keep what is about to be replaced: edited notebooks as copies, all other files in one archive."""
    copies = [copy for copy in (keep(root / name) for name in names if is_notebook(name)) if copy]
    others = [name for name in names if not is_notebook(name)]
    if others:
        archive = root / "chapters" / "mine" / f"replaced-{datetime.now():%Y-%m-%d-%H%M%S-%f}.zip"
        archive.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(archive, "x", zipfile.ZIP_DEFLATED) as bundle:
            for name in others:
                bundle.write(root / name, name)
        copies.append(archive)
    return copies
