"""Which processor the course computes on, and what this machine is made of."""

import os
import platform
import statistics
import subprocess
import sys
import time
from contextlib import suppress
from importlib import metadata
from pathlib import Path

PACKAGES = ("numpy", "matplotlib", "torch", "ipywidgets", "anywidget", "jupyterlab")


def pick_device():
    """Choose where tensors live: what COURSE_DEVICE names (cpu, cuda, cuda:1, mps), else a CUDA GPU, else the CPU.

    Returns a torch.device. An Apple GPU (mps) is used only when asked for: it knows no float64, and its sums differ a
    little, which a printed line says.
    Raises ValueError where COURSE_DEVICE names something this machine does not have.

    >>> pick_device().type in ("cpu", "cuda", "mps")
    True
    """
    import torch  # here, because machine() must not wait for it

    wish = os.environ.get("COURSE_DEVICE", "").strip().lower()
    have = _devices(torch)
    if wish and wish not in have:
        raise ValueError(f"COURSE_DEVICE is {wish!r}: this machine has {', '.join(have)}")
    if wish == "mps":
        print("On this Apple GPU everything is float32; numbers may differ from the printed ones in the last places.")
    return torch.device(wish or ("cuda" if "cuda" in have else "cpu"))


def machine():
    """Describe this machine, so that a time or a number can be told with where it was seen; never loads torch.

    Returns {what: description}: Python, system, cores, memory and GPU where they can be asked, versions of packages

    >>> machine()["Python"] == platform.python_version()
    True
    """
    facts = {
        "Python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": str(_cores()),
        "memory": _memory(),
        "GPU": _gpu(),
    }
    return {what: fact for what, fact in facts.items() if fact} | {name: _version(name) for name in PACKAGES}


def peak():
    """Return the most memory this process ever held, in MB.

    Linux would hand the parent's peak on to a child if it were asked through `resource`, so its own note is read there.
    """
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024
    import resource  # there is none on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def _devices(torch):
    names = ["cpu"]
    if torch.cuda.is_available():
        names += ["cuda", *(f"cuda:{i}" for i in range(torch.cuda.device_count()))]
    return names + ["mps"] * torch.backends.mps.is_available()


def _cores():
    """Count the cores this process may use, which a container can make fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def _memory():
    """Return the memory in GiB, or a container's share of it, or None where the system has no cheap answer."""
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None
    with suppress(OSError, ValueError):  # no container, or one without a limit
        size = min(size, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return f"{size / 2**30:.1f} GiB"


def _gpu():
    ask = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    try:
        answer = subprocess.run(ask, capture_output=True, text=True, timeout=5, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return ", ".join(answer.stdout.splitlines())


def _version(package):
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def measure(functions, rounds=15, clock=time.perf_counter):
    """Return the median time of each function, in milliseconds, and each round's times; they take turns.

    >>> measure([lambda: None, lambda: None], rounds=3)[0][0] < 1000
    True
    """
    for function in functions:
        function()  # the first call pays for what is made only once
    times = [[] for _ in functions]
    for number in range(rounds):
        for at in range(len(functions))[:: -1 if number % 2 else 1]:
            start = clock()
            functions[at]()
            times[at].append(1000 * (clock() - start))
    return [statistics.median(each) for each in times], times
