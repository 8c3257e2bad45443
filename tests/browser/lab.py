"""A real JupyterLab and a real browser for the tests: write cells, open them, run them all, look at the page.

    page = lab.run(["1 + 1"], theme="dark")       # a Playwright page; page.problems must be empty
    page = lab.open("chapters/01_weighted_sums.ipynb")

One notebook is open at a time: each ``run`` or ``open`` closes the page before it and shuts its kernel down,
so that an edited widget is never served from an old kernel.
"""

import contextlib
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from utils.tools.home import ROOT

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
BROWSER_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
NOTHING_ASKED = {  # no pop-up may stand in front of the notebook
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
FIND_COURSE = "import sys; sys.path.insert(0, '..')"
QUIET = """() => document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status === 'idle'
    && ![...document.querySelectorAll('.jp-CodeCell .jp-InputArea-prompt')].some(p => p.textContent.includes('*'))"""
PROMPTS = "() => [...document.querySelectorAll('.jp-CodeCell .jp-InputArea-prompt')].map(p => p.textContent).join()"


class NoBrowser(Exception):
    """There is no browser to test with; the text says how to get one."""


def launch(playwright):
    """Return a headless browser: the system's own, else the one Playwright brought along."""
    path = os.environ.get("COURSE_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)
    try:
        return playwright.chromium.launch(executable_path=path, headless=True, args=BROWSER_FLAGS)
    except Exception as error:
        reason = str(error).strip().splitlines()[0]
        raise NoBrowser(f"no Chromium that starts ({reason})") from error


class Lab:
    """One JupyterLab server in its own folder, laid out as the course, and one browser that looks at it."""

    def __init__(self, folder, browser):
        self.course, self.browser, self.page, self.count = Path(folder) / "course", browser, None, 0
        (self.course / "chapters").mkdir(parents=True)
        skip = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "utils", self.course / "utils", ignore=skip)
        self.settings = Path(folder) / "settings"
        for name, value in NOTHING_ASKED.items():
            self._set(name, value)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url, self.token = f"http://127.0.0.1:{port}", secrets.token_hex(8)
        self.log = open(Path(folder) / "server.log", "w")  # noqa: SIM115  closed with the server
        options = [f"--ServerApp.root_dir={self.course}", f"--port={port}", "--ServerApp.port_retries=0"]
        options += [f"--IdentityProvider.token={self.token}", "--no-browser", "--allow-root", "--LabApp.news_url="]
        command = [sys.executable, "-m", "jupyterlab", *options]
        environment = self._environment(Path(folder))
        self.server = subprocess.Popen(command, env=environment, stdout=self.log, stderr=self.log)
        self._wait_for_server()

    def _environment(self, folder):
        own = {name: str(folder / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")}
        own |= {"JUPYTER_RUNTIME_DIR": str(folder / "runtime"), "JUPYTERLAB_SETTINGS_DIR": str(self.settings)}
        quick = {"COURSE_PROGRESS": "off", "COURSE_BUDGET": "0.05"}  # unless asked for otherwise
        quick |= {name: os.environ[name] for name in quick if name in os.environ}
        hidden = ("JUPYTER_TOKEN", "JUPYTER_PATH", "PYTEST_CURRENT_TEST", "COURSE_STRICT")
        return {k: v for k, v in os.environ.items() if k not in hidden} | own | quick

    def _wait_for_server(self, seconds=60):
        until = time.time() + seconds
        while time.time() < until and self.server.poll() is None:
            with contextlib.suppress(OSError):
                self._ask("api/status")
                return
            time.sleep(0.2)
        log = Path(self.log.name).read_text()[-2000:]
        self.close()
        raise RuntimeError(f"JupyterLab did not start:\n{log}")

    def _ask(self, path, method="GET"):
        headers = {"Authorization": f"token {self.token}"}
        request = urllib.request.Request(f"{self.url}/{path}", headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or "null")

    def _set(self, name, value):
        path = self.settings / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value))

    def run(self, cells, theme="light", **options):
        """Write the code ``cells`` into a fresh notebook, run them all and return the page.

        A cell that finds the course comes first. Options: as for ``open``.
        """
        import nbformat

        self.count += 1
        name = f"trial_{self.count:02}.ipynb"
        cells = [nbformat.v4.new_code_cell(source) for source in [FIND_COURSE, *cells]]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
        nbformat.write(notebook, self.course / "chapters" / name)
        return self._visit(f"chapters/{name}", theme, **options)

    def open(self, path, theme="light", **options):
        """Copy a notebook of the repository to its place in the course, run it and return the page.

        run: run all cells, else only open it          may_fail: a traceback in a cell is not an error of the test
        size: (width, height) of the window in pixels  seconds: how long all cells together may take
        """
        path = Path(path)
        path = path.relative_to(ROOT) if path.is_absolute() else path
        (self.course / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, self.course / path)
        return self._visit(path.as_posix(), theme, **options)

    def _visit(self, path, theme, *, size=(1300, 1000), run=True, may_fail=False, seconds=120):
        self.forget()
        self._set("@jupyterlab/apputils-extension/themes", {"theme": THEMES[theme]})
        view = {"width": size[0], "height": size[1]}
        page = self.page = self.browser.new_context(viewport=view).new_page()
        page.problems = []
        self._collect(page)
        page.goto(f"{self.url}/lab/tree/{path}?reset&token={self.token}")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]", timeout=60_000, state="attached")
        self._wait_for_kernel()
        if run:
            self.run_all(page, seconds, may_fail)
        return page

    def _wait_for_kernel(self, seconds=30):
        """Wait until the page is connected to a kernel: the page says "idle" a little before that."""
        until = time.time() + seconds
        while time.time() < until:
            with contextlib.suppress(urllib.error.HTTPError):  # the server stumbles over a half-started kernel
                if any(k["connections"] and k["execution_state"] == "idle" for k in self._ask("api/kernels")):
                    return
            time.sleep(0.1)
        raise RuntimeError(f"the page has no idle kernel after {seconds} s")

    def _collect(self, page):
        """Keep everything that went wrong on the page in ``page.problems``: console errors, failed requests."""
        keep = page.problems.append
        page.on("console", lambda m: keep(f"console: {m.text}") if m.type == "error" else None)
        page.on("pageerror", lambda e: keep(f"page error: {e}"))
        # navigating away aborts what is under way: that is no failure
        failed = lambda r: None if "ERR_ABORTED" in (r.failure or "") else keep(f"failed: {r.url}")  # noqa: E731
        page.on("requestfailed", failed)
        page.on("response", lambda r: keep(f"{r.status}: {r.url}") if r.status >= 400 else None)

    def run_all(self, page, seconds=120, may_fail=False):
        """Run all cells by the menu and wait for the last one.

        About one click in ten does nothing, or meets a kernel that is not quite there: then once more.
        """
        before = page.evaluate(PROMPTS)
        for _ in range(3):
            page.get_by_role("menuitem", name="Run", exact=True).click()
            page.get_by_text("Run All Cells", exact=True).click()
            with contextlib.suppress(Exception):  # a timeout: the click did nothing
                page.wait_for_function(f"b => ({PROMPTS})() !== b", arg=before, timeout=3_000)
            page.wait_for_function(QUIET, timeout=1000 * seconds, polling=200)
            if page.evaluate(PROMPTS) != before:
                break
            page.keyboard.press("Escape")
        else:
            raise RuntimeError(f"Run All Cells did nothing, three times; the prompts are {page.evaluate(PROMPTS)}")
        outputs = page.locator('.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"]')
        errors = outputs.filter(has_text=re.compile(r"Traceback|\w+Error:"))
        assert may_fail or not errors.count(), errors.first.text_content()

    def set_theme(self, page, theme):
        """Switch the theme of an open page as a learner does: Settings, Theme."""
        page.get_by_role("menuitem", name="Settings", exact=True).click()
        page.get_by_text("Theme", exact=True).hover()
        page.get_by_text(THEMES[theme], exact=True).click()
        wanted = "true" if theme == "light" else "false"
        page.wait_for_selector(f'body[data-jp-theme-light="{wanted}"]', timeout=20_000, state="attached")

    def forget(self):
        """Close the open page and shut all kernels down."""
        if self.page is not None:
            self.page.context.close()
            self.page = None
        with contextlib.suppress(urllib.error.HTTPError):
            for session in self._ask("api/sessions"):
                self._ask(f"api/sessions/{session['id']}", "DELETE")

    def close(self):
        if self.server.poll() is None:
            with contextlib.suppress(OSError):
                self.forget()
            self.server.terminate()
            try:
                self.server.wait(10)
            except subprocess.TimeoutExpired:
                self.server.kill()
        self.log.close()
