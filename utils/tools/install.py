"""Make .venv and keep it right: install, notice that it is done, repair what broke off, say what to do when it fails.

Standard library only, because ``course.py`` uses it before anything is installed.
"""

import errno
import hashlib
import http.client
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

from utils.tools.home import ROOT

CPU_TORCH = "https://download.pytorch.org/whl/cpu"
MADE_BY_US = "Made by course.py\n"
# JupyterLab would otherwise open with a question about news, and ask the Internet about updates.
QUIET = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}

DISK_FULL = "The disk is full (this one, or the one for temporary files): make room, then run this again."
DISK_TOO_SMALL = "The course needs about {need} GB and the disk has {free:.1f} GB free: make room, then run this again."
NO_NETWORK = (
    "The packages could not be downloaded: is this computer on the Internet? Run this again when it is; "
    "once everything is installed the course needs no network."
)
GO_ON = "New packages are asked for and could not be downloaded; the course goes on with those it has."
NO_PACKAGE = (
    "At least one package has no release for Python {python} on this kind of computer: delete the folder .venv and "
    "run this again with another Python, 3.11 or a little newer."
)
NO_INDEX = (
    "A setting of pip (PIP_NO_INDEX, or no-index in pip.conf) keeps it from the list of packages on the Internet: take "
    "it away, and run this again."
)
NO_VENV = (
    "This Python cannot make virtual environments. On Debian and Ubuntu: sudo apt install python3-venv; elsewhere "
    "install Python from https://www.python.org/downloads/. Then run this again."
)
NOT_WRITABLE = (
    "Cannot write here ({problem}). Close JupyterLab if it is open, or copy the course into a folder of your own; "
    "then run this again."
)
SOMETHING_ELSE = "{doing} failed; the reason stands above. Run this again when that is mended."
ELSEWHERE = (
    "pip says that it installed everything, and .venv has no {lost}. Either a setting sends packages elsewhere: "
    '"{python}" -m pip config list shows all settings, PIP_ variables too. Or a package there is damaged: then delete '
    "the folder .venv. Run this again when that is mended."
)
# What pip's log says -> what to do; the first that fits is told.
FAILURES = {
    r"no space left on device|\[errno 28\]|not enough space on the disk|disk quota exceeded": DISK_FULL,
    r"connection broken by|newconnectionerror|nameresolutionerror|timed out|proxyerror": NO_NETWORK,
    r"ignoring indexes.*no matching distribution found": NO_INDEX,
    r"no matching distribution found": NO_PACKAGE,
}
# Where packages go, and whether, is not for the reader's settings to say; mirrors, proxies and certificates are. pip
# obeys an option before a variable, and that before pip.conf; an empty variable it passes over.
SWITCHED_OFF = {"PIP_USER": "0", "PIP_DRY_RUN": "0", "PIP_NO_DEPS": "0"}
LEFT_OUT = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON", "PIP_NO_DEPENDENCIES")


def set_up(requirements):
    """Bring .venv to what the files ``requirements`` ask for; do nothing, and need no network, when that was done."""
    stamp = read_stamp()
    good = usable(stamp)
    stamp = stamp if good else {}
    torch, files = stamp.get("torch", ""), stamp.get("files")  # no files: an older course.py, which did not look
    gone = not all(venv(name).exists() for name in files or [])
    stamp = {} if gone else stamp
    digests = {name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in requirements}
    if files is not None and all(stamp.get(name) == digest for name, digest in digests.items()):
        return
    try:
        if not good:
            make_room()
        options = ["--force-reinstall"] if gone else []  # pip believes what is left of a package
        if files is None or stamp.get("requirements.txt") != digests["requirements.txt"]:
            torch, index = choose_torch(before=torch)
            options += index
        print("Installing into .venv; the first time this takes some minutes.", flush=True)
        if not good:
            make_venv(gigabytes=8 if torch == "cuda" else 2)
        failure = pip_install(requirements, options)
        if failure == NO_NETWORK and all(name in stamp for name in requirements):
            print("\n" + GO_ON)
            return
        if failure:
            sys.exit("\n" + failure)
        venv("install.log").unlink()
        settings = venv("share", "jupyter", "lab", "settings", "overrides.json")
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(json.dumps(QUIET), encoding="utf-8")
        files = sorted({*stamp.get("files", []), *files_of(requirements)})
        stamp.update(digests, python=version_in_venv(), torch=torch, files=files)
        venv("course.json").write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    except OSError as problem:
        sys.exit(DISK_FULL if problem.errno == errno.ENOSPC else NOT_WRITABLE.format(problem=problem))


def venv(*names):
    """Return a path inside the folder .venv."""
    return ROOT.joinpath(".venv", *names)


def venv_python():
    """Return the path of the Python inside .venv."""
    return venv("Scripts", "python.exe") if os.name == "nt" else venv("bin", "python")


def version_in_venv():
    """Return what the Python in .venv says it is, such as "3.11"; None if it does not run."""
    command = [venv_python(), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None


def read_stamp():
    """Return what the last finished installation wrote last: its Python, its torch, a digest of each file it obeyed."""
    try:
        return dict(json.loads(read(venv("course.json"))))
    except (ValueError, TypeError):
        return {}


def read(path):
    """Return the text of a file; an empty text if there is none."""
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def usable(stamp):
    """Return whether .venv can be built upon: its Python runs, nothing broke off in it, its torch is as wished.

    The log exists only while an installation is under way. Until pip says "Installing", it has changed nothing; a
    folder with neither log nor stamp is the reader's own, and is not thrown away.
    """
    python, log, wish = version_in_venv(), read(venv("install.log")), os.environ.get("COURSE_TORCH")
    broke_off = "Installing collected packages" in log if stamp else bool(log)
    changed_mind = wish and stamp.get("torch") not in (None, "", wish)
    return python is not None and stamp.get("python", python) == python and not broke_off and not changed_mind


def choose_torch(before=""):
    """Say which build of torch is chosen and how to choose otherwise; return its name and what pip must be told.

    Only on Linux is there a choice. The CPU builds come on top of what pip is set up to use, and 2.13.0+cpu sorts
    above 2.13.0. What was chosen ``before`` holds until COURSE_TORCH says otherwise.
    """
    wish = os.environ.get("COURSE_TORCH", "")
    if wish not in ("", "cpu", "cuda"):
        sys.exit(f"COURSE_TORCH is {wish!r}: set it to cpu or cuda, or not at all.")
    if not sys.platform.startswith("linux"):
        return "", []
    build, why = wish or before, "COURSE_TORCH says so" if wish else "as before"
    if not build:
        build, why = ("cuda", "there is an NVIDIA GPU") if has_gpu() else ("cpu", "no NVIDIA GPU to be seen")
    if build == "cuda":
        print(f"torch: the CUDA build, 2-3 GB to download ({why}).")
        print("       For the CPU build, about 200 MB: COURSE_TORCH=cpu python course.py")
        return build, []
    print(f"torch: the CPU build, about 200 MB to download ({why}).")
    print("       For the CUDA build, 2-3 GB: COURSE_TORCH=cuda python course.py")
    try:
        urllib.request.urlopen(CPU_TORCH + "/torch/", timeout=5).close()
    except (OSError, http.client.HTTPException):
        print(f"       {CPU_TORCH} does not answer: pip takes the torch it finds elsewhere, perhaps 2-3 GB.")
        return build, []
    return build, ["--extra-index-url", CPU_TORCH]


def has_gpu():
    """Return whether NVIDIA's own tool sees a GPU."""
    try:
        return b"GPU 0" in subprocess.run(["nvidia-smi", "-L"], capture_output=True, timeout=20).stdout
    except (OSError, subprocess.SubprocessError):
        return False


def make_room():
    """Put an empty .venv in place of one that is no good; the log in it says that it is ours, and unfinished."""
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        sys.exit(NO_VENV)
    if venv().exists():
        shutil.rmtree(venv())
    venv().mkdir()
    venv("install.log").write_text(MADE_BY_US, encoding="utf-8")


def make_venv(gigabytes):
    """Make the virtual environment, if the disk has room for what will be installed."""
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < gigabytes:
        sys.exit(DISK_TOO_SMALL.format(need=gigabytes, free=free))
    python = getattr(sys, "_base_executable", None) or sys.executable  # not that of a .venv just deleted
    if subprocess.call([python, "-m", "venv", venv()]):
        sys.exit(SOMETHING_ELSE.format(doing="Making the folder .venv"))


def pip_install(requirements, options):
    """Install what the files ask for; return None, or where pip fails a sentence that says what to do."""
    venv("install.log").write_text(MADE_BY_US, encoding="utf-8")
    command = [venv_python(), "-m", "pip", "install", "--prefer-binary", "--no-input", "--disable-pip-version-check"]
    command += ["--target=", f"--prefix={venv()}", f"--root={venv().anchor}", "--log", venv("install.log"), *options]
    for name in requirements:
        command += ["--requirement", ROOT / name]
    clean = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    if subprocess.call(command, env=clean | SWITCHED_OFF) == 0:
        return None
    log = read(venv("install.log")).lower()
    fits = [sentence for sign, sentence in FAILURES.items() if re.search(sign, log, re.DOTALL)]
    return (fits or [SOMETHING_ELSE])[0].format(python=version_in_venv(), doing="Installing")


def files_of(requirements):
    """Return a file of each package that .venv should have now; stop with a sentence where one is not there."""
    command = [venv_python(), "-I", ROOT / "utils" / "tools" / "packages.py", *(ROOT / name for name in requirements)]
    try:
        seen = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    except (subprocess.CalledProcessError, ValueError):
        sys.exit(SOMETHING_ELSE.format(doing="Looking into .venv"))
    if seen["lost"]:
        lost = ", ".join(seen["lost"][:3]) + ", …" * (len(seen["lost"]) > 3)
        sys.exit("\n" + ELSEWHERE.format(lost=lost, python=venv_python()))
    inside = venv().resolve()
    return [os.path.relpath(name, inside) if Path(name).is_relative_to(inside) else name for name in seen["files"]]
