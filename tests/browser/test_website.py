"""The pages in a real browser, opened as files: no server, no kernel, no network."""

import re
from importlib.resources import files

import numpy as np
import pytest

from tests.tools.test_website import STEMS, built, course  # noqa: F401  fixtures
from utils.attention import softmax
from utils.tools.website import pages

pytestmark = pytest.mark.browser
AUDIT = """([context, rules]) => axe.run(context, {rules, resultTypes: ['violations'], preload: false})
    .then(found => found.violations.filter(rule => ['serious', 'critical'].includes(rule.impact))
        .map(rule => `${rule.id}: ${rule.nodes.length} × ${rule.nodes[0].html} ${rule.nodes[0].failureSummary}`))"""
UNFOLD = "() => document.querySelectorAll('details').forEach(each => { each.open = true; })"
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
FOCUSED = "() => document.activeElement.id || document.activeElement.textContent.trim()"


@pytest.fixture
def visit(browser):
    """Return a function that opens a file; at the end nothing may have gone wrong or left the machine."""
    contexts, wrong = [], []

    def open_page(path, theme="light", size=(1300, 1000)):
        context = browser.new_context(viewport=dict(zip(("width", "height"), size, strict=True)), color_scheme=theme)
        page = context.new_page()
        contexts.append(context)
        page.on("console", lambda message: wrong.append(f"{path.name}: {message.text}"))
        page.on("pageerror", lambda error: wrong.append(f"{path.name}: {error}"))
        page.on("request", lambda r: wrong.append(r.url) if not r.url.startswith(("file:", "data:")) else None)
        page.on("requestfailed", lambda request: wrong.append(f"{path.name} misses {request.url}"))
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture(scope="module")
def axe():
    """The source of axe-core, which audits a page."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def audit(page, axe, leave_out="no-such-thing", contrast=True):
    """Unfold everything on a page, and return its serious findings."""
    page.evaluate(UNFOLD)
    page.evaluate(axe)
    return page.evaluate(AUDIT, [{"exclude": [[leave_out]]}, {"color-contrast": {"enabled": contrast}}])


def test_no_page_errs_or_leaves_the_machine_or_overflows_a_phone_or_shuts_somebody_out(visit, built, axe):  # noqa: F811
    page = visit(built / "index.html", size=(360, 740))
    for name in ["index", *STEMS, *(path.stem for path in built.glob("glossary.html"))]:
        page.goto((built / f"{name}.html").as_uri())
        assert page.evaluate(TOO_WIDE) <= 0, name
        slow = name in STEMS and name not in STEMS[::4]  # one style sheet dresses all: its contrast is seen on a few
        assert audit(page, axe, leave_out="pre code", contrast=not slow) == [], name
        assert page.evaluate(TOO_WIDE) <= 0, f"{name}, unfolded"


def test_dark_pages_have_contrast_and_the_switch_is_kept(visit, built, axe):  # noqa: F811
    page = visit(built / "02_scores_and_softmax.html", theme="dark")
    assert page.locator(".alpha-view").first.get_attribute("data-theme") == "dark"
    assert audit(page, axe, leave_out="main > :nth-child(n + 60)") == []  # with the words of the code
    page.get_by_role("button", name="Dark", pressed=True).press("Enter")
    assert page.locator('.alpha-view[data-theme="light"]').count()
    page.goto((built / "index.html").as_uri())
    assert page.evaluate("document.documentElement.dataset.theme") == "light"


def alive(page):
    """Move the first α view by keys alone, and compare what it draws with Python."""
    view = page.locator(".alpha-view").first
    data = page.evaluate("JSON.parse(document.querySelector('.alive script').textContent)")
    drawn = lambda: np.array(view.evaluate("view => view.alphaWeights()")).reshape(data["shape"])  # noqa: E731
    before = drawn()
    slider = view.get_by_role("slider", name="temperature")
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(60)
    scores = np.array(data["numbers"]).reshape(data["shape"]) / float(slider.get_attribute("aria-valuetext"))
    scores = scores / data.get("d", 1) ** 0.5
    allowed = np.tril(np.ones(data["shape"], bool)) if data["mode"] == "causal" else np.ones(data["shape"], bool)
    assert np.allclose(drawn(), softmax(np.where(allowed, scores, -np.inf)), atol=1e-4)
    assert not np.allclose(drawn(), before, atol=1e-3)
    view.locator(".cell[tabindex='0']").focus()
    page.keyboard.press("Home")
    assert re.match(r"query .* → key ", view.locator("[aria-live]").text_content())
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.className") == "alive mounted"
    assert not page.locator(".alive > figure").first.is_visible()
    page.emulate_media(media="print")
    assert page.locator(".alive > figure").first.is_visible() and not view.is_visible()


def test_on_the_site_a_view_moves_by_keys_and_is_a_picture_on_paper(visit, built):  # noqa: F811
    alive(visit(built / "02_scores_and_softmax.html"))


def test_in_one_file_a_view_moves_too_and_an_answer_unfolds_by_key(visit, course, tmp_path, axe):  # noqa: F811
    page = visit(pages.export("00", tmp_path / "one.html", root=course))
    answer = page.locator("details.answer").first
    assert not answer.get_by_text("passed").is_visible()
    answer.locator("summary").press("Enter")
    assert answer.get_by_text("passed").is_visible()
    assert page.locator(".top input").count() == 0 and audit(page, axe) == []
    alive(page)


def test_a_word_is_found_and_reached_by_keys_alone(visit, built):  # noqa: F811
    page = visit(built / "index.html")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "Skip to the text"
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUSED) == "main"
    page.keyboard.press("/")
    page.keyboard.type("overflow softmax")
    page.wait_for_selector("#hits a")
    assert "place" in page.locator("#found").text_content()
    page.keyboard.press("ArrowDown")
    chosen = page.locator("#hits a:focus")
    assert "softmax" in chosen.inner_text().lower()
    page.keyboard.press("Escape")
    assert page.evaluate(FOCUSED) == "search" and not page.locator("#hits").is_visible()
    page.locator("#search").click()
    page.wait_for_selector("#hits a")
    page.keyboard.press("ArrowDown")
    address = chosen.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{address}")
    page.locator("#search").fill("xyzzy")
    page.wait_for_function("document.getElementById('found').textContent === '0 places'")
    page.keyboard.press("Escape")
    assert not page.locator("#hits").is_visible()


def test_without_scripts_the_pictures_and_the_folds_stand(browser, built):  # noqa: F811
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto((built / "02_scores_and_softmax.html").as_uri())
    assert page.locator(".alive > figure img").first.is_visible()
    page.locator("details.answer summary").first.click()
    assert page.get_by_text("passed.").first.is_visible()
    page.context.close()
