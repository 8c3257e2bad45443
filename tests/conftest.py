"""Fixtures for all tests; ``lab`` is the one that needs a browser."""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("COURSE_PROGRESS", "off")  # no test touches a learner's progress

HOW_TO = "install Chromium (Debian: apt install chromium), or: python -m playwright install chromium"
MISSING = pytest.StashKey()


@pytest.fixture(scope="session")
def browser(pytestconfig):
    """A headless browser, or the tests that need one are skipped; where CI=true they fail instead."""
    from tests.browser.lab import NoBrowser, launch

    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _without_browser(pytestconfig, "no playwright: python -m pip install -r tests/requirements.txt")
    with sync_playwright() as playwright:
        try:
            chromium = launch(playwright)
        except NoBrowser as reason:
            _without_browser(pytestconfig, f"{reason}; {HOW_TO}")
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def lab(browser, tmp_path_factory):
    """One real JupyterLab for all browser tests (tests/browser/lab.py)."""
    from tests.browser.lab import Lab

    lab = Lab(tmp_path_factory.mktemp("lab"), browser)
    yield lab
    lab.close()


def _without_browser(config, reason):
    config.stash[MISSING] = reason
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def pytest_terminal_summary(terminalreporter, config):
    if MISSING in config.stash:
        terminalreporter.write_line(f"!!! BROWSER TESTS NOT RUN: {config.stash[MISSING]}", red=True, bold=True)
