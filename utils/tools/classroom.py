"""The address that gives every student of a JupyterHub their own copy of the course, and later what is new in it."""

import argparse
import re
import sys
from itertools import dropwhile, takewhile
from urllib.parse import quote, unquote, urlencode, urlsplit

from utils.tools.home import HOME, ROOT

# How many steps lead to a repository; None: as many as its owner likes.
HOSTS = {"github.com": 2, "bitbucket.org": 2, "codeberg.org": 2, "gitlab.com": None}
PAGES = ("tree", "blob", "src", "branch", "commits", "edit", "blame")  # what comes before the name of a branch
SSH = re.compile(r"(?:(?:git\+)?ssh|git)://(?:[^@/]+@)?([^:/]+)(?::\d+)?/(.+)|[\w.-]+@([^:/]+):(.+)")
MOVED = (
    "If this class has pulled another branch or another copy before, add --folder NEW: nbgitpuller cannot move a "
    "folder that is there. What was written stays in the old one."
)


def pull_link(hub, chapter="chapters/00_start_here.ipynb", *, repo=HOME, branch=None, folder=None):
    """Return the link that a teacher hands out: it fetches the course with nbgitpuller, and opens a chapter.

    hub: the address of the JupyterHub, any page of it as a browser shows it
    chapter: what to open, a path in the course
    repo: where the course is fetched from, a teacher's own copy if there is one, or the page of a branch
    branch: "main", unless repo is the page of another
    folder: the course's name on the hub, by default the repository's; once pulled, it stays with its repo and branch
    Raises ValueError for a hub or a repo that is no address, a repo without a name, a password, two branches, or a
    folder that is no name.
    Source: nbgitpuller's handlers.py; only app and subPath, unlike urlpath, respect a hub's NBGITPULLER_PARENTPATH.

    >>> pull_link("https://hub.example.org/hub/home", repo="git@example.org:me/course.git", branch="class")
    'https://hub.example.org/hub/user-redirect/git-pull?repo=https%3A%2F%2Fexample.org%2Fme%2Fcourse.git&branch=class&targetpath=course&subPath=chapters%2F00_start_here.ipynb&app=lab'
    """
    hub = hub_of(hub)
    repo, shown = repository_of(repo)
    if branch and shown and branch != shown:
        raise ValueError(f"repo is the page of the branch {shown!r}, and branch is {branch!r}: give one of them")
    folder = unquote(repo.rsplit("/", 1)[1]).removesuffix(".git") if folder is None else folder
    if not re.fullmatch(r"\w(?:[\w .+-]*\w)?", folder):
        raise ValueError(f"folder is {folder!r}: it must be a name such as attention-2027")
    asked = {"repo": repo, "branch": branch or shown or "main", "targetpath": folder, "subPath": chapter, "app": "lab"}
    return f"{hub}/hub/user-redirect/git-pull?{urlencode(asked, quote_via=quote, safe='')}"


def hub_of(address):
    """Return where a hub begins, from the address of any of its pages: they are under hub, user and services."""
    start, steps = _split("hub", address)
    before = list(takewhile(lambda step: step not in ("hub", "user", "services"), steps))
    if steps[len(before) :][:2] == ["hub", "hub"]:  # a hub under the prefix /hub
        before.append("hub")
    return "/".join([start, *before])


def repository_of(address):
    """Return what git can clone without a key, and the branch whose page it is, or None.

    >>> repository_of("https://github.com/me/course/tree/class/chapters")
    ('https://github.com/me/course', 'class')
    """
    ssh = SSH.fullmatch(address.strip()) if isinstance(address, str) else None
    start, steps = _split("repo", f"https://{ssh[1] or ssh[3]}/{ssh[2] or ssh[4]}" if ssh else address)
    host = start.rsplit("/", 1)[1].lower().removeprefix("www.")
    pages = (at for at, step in enumerate(steps) if step == "-" or (at >= 2 and step in PAGES))
    end = HOSTS.get(host) or next(pages, len(steps))
    if len(steps[:end]) < (2 if host in HOSTS else 1):
        raise ValueError(f"repo is {address!r}, which names no repository: give an address such as {HOME}")
    page = [unquote(step) for step in steps[end:] if step != "-"]
    shown = list(dropwhile(lambda step: step in PAGES, page)) if page and page[0] in PAGES else []
    branch = "/".join(shown[:1] + list(takewhile(lambda step: not (ROOT / step).exists(), shown[1:])))
    if re.fullmatch(r"[0-9a-f]{40}", branch):
        raise ValueError(f"repo is {address!r}, the page of one commit: a class needs a branch")
    return "/".join([start, *steps[:end]]), branch or None


def _split(name, address):
    """Return scheme and host of an address, and the steps of its path; what a page adds behind them goes."""
    parts = urlsplit(address.strip() if isinstance(address, str) else "")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{name} is {address!r}: it must be an address such as https://hub.example.org")
    if parts.password:
        raise ValueError(f"{name} holds a password, which everybody who gets the link could read: leave it out")
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}", [step for step in parts.path.split("/") if step]


def main(words):
    """Print the link that the words of a command line ask for; return the exit status."""
    parser = argparse.ArgumentParser(prog="course.py link", description=main.__doc__.split(";")[0] + ".")
    parser.add_argument("hub", help="the address of the JupyterHub")
    parser.add_argument("number", nargs="?", default="00", help="the chapter to open, two digits")
    parser.add_argument("--repo", default=HOME, help="where the course is fetched from, or the page of a branch there")
    parser.add_argument("--branch", help="a branch of your own, for example one without solutions (main without)")
    parser.add_argument("--folder", help="what the course is called on the hub (the repository's name without)")
    asked = parser.parse_args(words)
    found = [path.name for path in (ROOT / "chapters").glob(f"{asked.number.zfill(2)}_*.ipynb")]
    if not found:
        parser.error(f"there is no chapter {asked.number}")
    try:
        link = pull_link(asked.hub, f"chapters/{found[0]}", repo=asked.repo, branch=asked.branch, folder=asked.folder)
    except ValueError as error:
        parser.error(str(error))
    print(link)
    if (asked.repo, asked.branch or "main") != (HOME, "main") and not asked.folder:
        print(MOVED, file=sys.stderr)
    return 0
