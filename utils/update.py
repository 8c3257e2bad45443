"""Bring the newest version of the course without losing a line of what the learner wrote.

Standard library only, because ``course.py`` uses it before anything is installed. Two ways: a git clone is fetched and
fast-forwarded; a folder that was downloaded is compared with a fresh archive. Either way an edited notebook that is
about to be replaced is first copied to the folder ``mine`` beside it, and where something stands in the way nothing
is changed at all.
"""

import http.client
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from datetime import datetime
from pathlib import Path, PurePosixPath

from utils.kept import keep

HOME = "https://github.com/follow-the-alpha/follow-the-alpha"
ARCHIVE = HOME + "/archive/refs/heads/main.zip"
DIVERGED = (
    'Keep them on a branch of their own (git branch my-work), go to the new version (git reset --keep "@{upstream}"), '
    "and look them up with: git diff HEAD my-work"
)
STRANGERS = "Rename them or move them away, then run `python course.py update` again."
EDITED = (
    "Put your edits aside (git stash), run `python course.py update` again, then take them up (git stash pop). To "
    "drop them instead: git checkout HEAD -- NAME"
)
NEVER_TOUCHED = (".git/", ".venv/", "chapters/mine/", "solutions/mine/", ".progress.json")
LARGEST = 500_000_000  # bytes; the whole course stays far below


def update(root):
    """Update the course in the folder ``root``; a SystemExit with a sentence says why it could not."""
    changed, copies = from_git(root) if (root / ".git").exists() else from_archive(root)
    if not changed:
        print("This is the newest version of the course already.")
        return 0
    print(
        f"This is the newest version of the course now (files changed: {len(changed)}); CHANGELOG.md says what is new."
    )
    if copies:
        print("What stood here before is kept in:")
    for copy in copies:
        print("  " + copy.relative_to(root).as_posix())
    print("Is a chapter open in JupyterLab? Take its new version with File > Reload Notebook from Disk.")
    return 0


def is_notebook(name):
    """Return whether ``name`` is a notebook that learners open: a chapter or a solution."""
    path = PurePosixPath(name)
    return path.parent.as_posix() in ("chapters", "solutions") and path.suffix == ".ipynb"


# ---- a git clone


class GitError(Exception):
    """What git said when it could not do something."""


def git(root, *arguments):
    """Run git without ever being asked a question; return what it printed, or raise a GitError with its reason."""
    quiet = {"GIT_TERMINAL_PROMPT": "0", "GIT_SSH_COMMAND": os.environ.get("GIT_SSH_COMMAND", "ssh -oBatchMode=yes")}
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments],
            env={**os.environ, **quiet},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
    except FileNotFoundError:
        raise GitError("git is not installed (https://git-scm.com/downloads).") from None
    if done.returncode:
        raise GitError(done.stderr.strip() or f"git {arguments[0]} failed.")
    return done.stdout


def paths(listing):
    """Return the names in a listing that git separated with zero bytes."""
    return [name for name in listing.split("\0") if name]


def from_git(root):
    """Fetch and fast-forward; return the names of the changed files and the copies made of edited notebooks."""
    try:
        git(root, "rev-parse", "--abbrev-ref", "@{upstream}")
    except GitError as problem:
        sys.exit(
            f"Nothing was changed: this clone follows no branch that could bring a new version. Git says: {problem}"
        )
    try:
        git(root, "fetch", "--quiet")
    except GitError as problem:
        sys.exit(f"Nothing was changed: the new version could not be fetched. Are you online? Git says: {problem}")
    try:
        return fast_forward(root)
    except GitError as problem:
        sys.exit(f"Nothing was changed: git could not take the new version. It says: {problem}")
    except OSError as problem:
        sys.exit(f"Nothing was changed: your notebooks could not be kept ({problem}).")


def fast_forward(root):
    """Move the branch to what was fetched, learners' notebooks saved first; on any failure put everything back."""
    base = git(root, "merge-base", "HEAD", "@{upstream}").strip()
    changed = paths(git(root, "diff", "--name-only", "--no-renames", "-z", base, "@{upstream}"))
    if not changed:
        return [], []
    own = paths(git(root, "log", "--format=", "--name-only", "--no-renames", "-z", "@{upstream}..HEAD"))
    refuse_if("This clone has commits of its own, which touch:", own, DIVERGED)
    touched = paths(git(root, "diff", "--name-only", "--no-renames", "-z", "HEAD"))
    tracked = set(paths(git(root, "ls-tree", "-r", "-z", "--name-only", "HEAD")))
    strangers = [name for name in changed if name not in tracked and os.path.lexists(root / name)]
    refuse_if("These files of yours bear the names of new files of the course:", strangers, STRANGERS)
    notebooks = [name for name in changed if name in touched and is_notebook(name)]
    edited = [name for name in changed if name in touched and name not in notebooks]
    refuse_if("These files of the course were edited here, and the new version changes them too:", edited, EDITED)

    before = {name: (root / name).read_bytes() if (root / name).exists() else None for name in notebooks}
    copies = [copy for copy in (keep(root / name) for name in notebooks) if copy]
    try:
        if notebooks:
            git(root, "checkout", "--quiet", "HEAD", "--", *notebooks)
        git(root, "merge", "--quiet", "--ff-only", "@{upstream}")
    except BaseException:
        for name, content in before.items():
            (root / name).unlink(missing_ok=True) if content is None else (root / name).write_bytes(content)
        raise
    return changed, copies


def refuse_if(what, names, advice):
    """Stop when ``names`` stand in the way: say which, and what to do."""
    if names:
        sys.exit("\n  ".join([f"Nothing was changed. {what}", *sorted(set(names))]) + f"\n{advice}")


# ---- a folder that was downloaded


def from_archive(root):
    """Fetch an archive and replace what it has newer; return the names replaced and what was kept of them."""
    address = os.environ.get("COURSE_ARCHIVE", ARCHIVE)
    try:
        with tempfile.TemporaryDirectory(prefix=".update-", dir=root) as folder:
            try:
                new = unpack(download(address, Path(folder, "new.zip")), Path(folder, "new"))
                names = [name for name in new if is_news(root / name, new[name], name)]
                copies = keep_all(root, [name for name in names if os.path.lexists(root / name)])
            except (OSError, ValueError, http.client.HTTPException, zipfile.BadZipFile) as problem:
                sys.exit(f"Nothing was changed: the new version could not be had from {address} ({problem}).")
            for name in names:
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                os.replace(new[name], root / name)
            return names, copies
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
            if name.lower().startswith(NEVER_TOUCHED):
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
