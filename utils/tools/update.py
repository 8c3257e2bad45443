"""Bring the newest version of the course without losing a line of what the learner wrote.

Standard library only, because ``course.py`` uses it before anything is installed. Two ways: a git clone is fetched and
fast-forwarded; a folder that was downloaded is compared with a fresh archive (``archive``). Either way an edited
notebook that is about to be replaced is first copied to the folder ``mine`` beside it, and where something stands in
the way nothing is changed at all.
"""

import os
import subprocess
import sys

from utils.tools.archive import from_archive
from utils.tools.backup import is_notebook, keep

DIVERGED = (
    'Keep them on a branch of their own (git branch my-work), go to the new version (git reset --keep "@{upstream}"), '
    "and look them up with: git diff HEAD my-work"
)
STRANGERS = "Rename them or move them away, then run `python course.py update` again."
EDITED = (
    "Put your edits aside (git stash), run `python course.py update` again, then take them up (git stash pop). To "
    "drop them instead: git checkout HEAD -- NAME"
)


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
