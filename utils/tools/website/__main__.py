"""The command line:  python -m utils.tools.website site [--to FOLDER]  or  export NN [--to FILE]."""

import argparse
import sys
import time

from utils.tools.website.pages import export, site


def main(arguments=None):
    """Write what is asked for and say where it is."""
    parser = argparse.ArgumentParser(prog="course.py")
    verbs = parser.add_subparsers(dest="verb", required=True)
    whole = verbs.add_parser("site", prog="course.py site", description="The whole course as pages in a folder.")
    whole.add_argument("--to", metavar="FOLDER", help="where to (site)")
    one = verbs.add_parser("export", prog="course.py export", description="One chapter as one file.")
    one.add_argument("number", metavar="NN", help="the chapter, such as 07")
    one.add_argument("--to", metavar="FILE", help="where to (export/NN_title.html)")
    chosen, start = parser.parse_args(arguments), time.monotonic()
    try:
        path = site(chosen.to) if chosen.verb == "site" else export(chosen.number.zfill(2), chosen.to)
    except (ValueError, OSError) as problem:
        sys.exit(str(problem))
    files = [each for each in path.rglob("*") if each.is_file()] if path.is_dir() else [path]
    megabytes = sum(each.stat().st_size for each in files) / 1e6
    pages = sum(each.suffix == ".html" for each in files)
    what = f"{pages} pages, {megabytes:.1f} MB" if path.is_dir() else f"{megabytes:.1f} MB"
    print(f"wrote {path} ({what}, {time.monotonic() - start:.1f} s)")
    print(f"open it in a browser: {(path / 'index.html' if path.is_dir() else path).resolve().as_uri()}")


if __name__ == "__main__":
    main()
