"""The address that gives every student of a JupyterHub their own copy of the course, and later what is new in it."""

import argparse
from urllib.parse import quote, urlencode, urlsplit

from utils.tools.home import HOME, ROOT


def pull_link(hub, chapter="chapters/00_start_here.ipynb", *, repo=HOME, branch="main"):
    """Return the link that a teacher hands out: it fetches the course with nbgitpuller, and opens a chapter.

    hub: the address of the JupyterHub, as a browser shows it      chapter: what to open, a path in the course
    repo, branch: where the course is fetched from, a teacher's own copy if there is one
    Raises ValueError for a hub or a repo that is no address.
    Source: nbgitpuller's documentation, "nbgitpuller URL options".

    >>> pull_link("https://hub.example.org/", repo="https://example.org/course.git", branch="class")
    'https://hub.example.org/hub/user-redirect/git-pull?repo=https%3A%2F%2Fexample.org%2Fcourse.git&branch=class&urlpath=lab%2Ftree%2Fcourse%2Fchapters%2F00_start_here.ipynb'
    """
    for name, address in (("hub", hub), ("repo", repo)):
        parts = urlsplit(address) if isinstance(address, str) else None
        if not parts or parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError(f"{name} is {address!r}: it must be an address such as https://hub.example.org")
    folder = repo.rstrip("/").rsplit("/", 1)[1].removesuffix(".git")
    asked = {"repo": repo, "branch": branch, "urlpath": f"lab/tree/{folder}/{chapter}"}
    return f"{hub.rstrip('/')}/hub/user-redirect/git-pull?{urlencode(asked, quote_via=quote, safe='')}"


def main(words):
    """Print the link that the words of a command line ask for; return the exit status."""
    parser = argparse.ArgumentParser(prog="course.py link", description=main.__doc__.split(";")[0] + ".")
    parser.add_argument("hub", help="the address of the JupyterHub")
    parser.add_argument("number", nargs="?", default="00", help="the chapter to open, two digits")
    parser.add_argument("--repo", default=HOME, help="where the course is fetched from")
    parser.add_argument("--branch", default="main", help="a branch of your own, for example one without solutions")
    asked = parser.parse_args(words)
    found = [path.name for path in (ROOT / "chapters").glob(f"{asked.number.zfill(2)}_*.ipynb")]
    if not found:
        parser.error(f"there is no chapter {asked.number}")
    try:
        print(pull_link(asked.hub, f"chapters/{found[0]}", repo=asked.repo, branch=asked.branch))
    except ValueError as error:
        parser.error(str(error))
    return 0
