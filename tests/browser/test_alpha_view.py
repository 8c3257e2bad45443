"""The α view in a real JupyterLab and a real browser: what it draws, what keys and mouse do, what it says."""

import os
import statistics
from pathlib import Path

import numpy as np
import pytest

from utils import widgets
from utils.attention import softmax
from utils.widgets.scripts import script

pytestmark = pytest.mark.browser
WORDS = ["the", "cat", "sat", "because", "it", "slept"]
HOSTILE = ["<img src=x onerror=alert(1)>", "$x$", "שלום", "🙂", "\"quo'te", "a b"]
HEADS = 8
VIEWS = {  # the cells of one notebook, so that the browser starts once
    "six": f"""
rng = np.random.default_rng(0)
scores = rng.normal(size=(6, 6)) * 2
widgets.alpha(scores, queries={WORDS}, values=rng.normal(size=(6, 4)), d=4, row=4, title="Who is it?")""",
    "heads": f"""
rng = np.random.default_rng(1)
scores = rng.normal(size=({HEADS}, 16, 16)) * 2
widgets.alpha(scores, queries="abcdefghijklmnop", values=rng.normal(size=(16, 16)), title="Eight heads")""",
    "hostile": f"widgets.alpha(np.eye(6), queries={HOSTILE!r}, title='<b>$t$</b>', values=np.ones((6, 1)))",
    "lstm": "widgets.alpha(weights=np.tril(np.full((7, 7), 0.3)), queries='forgets', title='An LSTM', row=2)",
    "cross": """
readings = [19.8, 20.1, 20.4, 20.2, 57.9, 20.6, 20.3]
near = -np.subtract.outer([0, 3, 6], np.arange(7)) ** 2 / 2
widgets.alpha(near, queries=["door", "middle", "window"], keys=[f"{x}°" for x in readings], values=readings)""",
    "forty": """
long = "internationalization of characteristically long words , each quite incomprehensible".split()
labels = [long[i % len(long)] + str(i) for i in range(40)]
widgets.alpha(np.random.default_rng(2).normal(size=(40, 40)) * 2, queries=labels, mask="causal")""",
    "nan": "widgets.alpha([[1.0, float('nan')]])",
    "empty": "widgets.alpha(np.zeros((0, 0)))",
    "broken": """
broken = widgets.alpha(np.eye(3))
display(broken)
broken.data = {**broken.data, "numbers": broken.data["numbers"][:-4]}""",
}
CONTRASTS = """view => {  // the contrast of the text of every cell, token and chip with what is behind it
    const channel = c => c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4;
    const light = text => {
        const [r, g, b] = text.match(/[\\d.]+/g).map(Number).map(channel);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const seen = e => !e.classList.contains('no') && getComputedStyle(e).visibility === 'visible';
    return [...view.querySelectorAll('.cell, .token, .chips i')].filter(seen).map(e => {
        const style = getComputedStyle(e);
        const [low, high] = [light(style.color), light(style.backgroundColor)].sort((a, b) => a - b);
        return (high + 0.05) / (low + 0.05);
    });
}"""
LATENCY = """(view, presses) => new Promise(done => {  // ms from each key press to the frame after its repaint
    const shown = view.querySelector('output');
    const times = [];
    let pressed = null;
    view.addEventListener('keydown', () => { pressed = performance.now(); }, { capture: true });
    new MutationObserver(() => requestAnimationFrame(() => {
        times.push(performance.now() - pressed);
        if (times.length === presses) done(times);
    })).observe(shown, { childList: true, characterData: true, subtree: true });
})"""


class View:
    """One α view on the page, with what the tests ask it."""

    def __init__(self, page, name):
        self.page, self.root = page, page.locator(".alpha-view").nth(list(VIEWS).index(name))
        self.root.scroll_into_view_if_needed()
        if self.button("reset").count():
            self.click(self.button("reset"))

    def button(self, name):
        return self.root.get_by_role("button", name=name, exact=True)

    def cell(self, i, j):
        return self.root.get_by_role("row").nth(i + 1).get_by_role("gridcell").nth(j)

    def click(self, target):
        target.click()
        self.settle()

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
        self.settle()

    def settle(self):
        self.page.evaluate("() => new Promise(f => requestAnimationFrame(() => requestAnimationFrame(f)))")

    def weights(self, *shape):
        self.settle()
        return np.array(self.root.evaluate("view => view.alphaWeights()")).reshape(shape)

    def text(self, selector):
        self.settle()
        return self.root.locator(selector).first.inner_text()

    def said(self):
        self.settle()
        return self.root.locator("[aria-live]").text_content()


@pytest.fixture(scope="module")
def page(lab):
    page = lab.run(["import numpy as np\nfrom utils import widgets", *VIEWS.values()])
    page.wait_for_function(f"() => document.querySelectorAll('.alpha-view').length === {len(VIEWS)}")
    return page


@pytest.fixture
def six(page):
    return View(page, "six")


def six_scores():
    return (np.random.default_rng(0).normal(size=(6, 6)) * 2).astype(np.float32).astype(float)


def test_all_cells_run_without_console_errors(page):
    assert page.problems == []


def test_slider_moved_by_keys_draws_what_python_computes(six):
    assert np.allclose(six.weights(6, 6), softmax(six_scores() / 2), atol=1e-6)
    slider = six.root.get_by_role("slider", name="temperature")
    slider.focus()
    six.press(*["ArrowLeft"] * 10)
    temperature = float(slider.get_attribute("aria-valuetext"))
    assert temperature == 0.631 and six.text("output") == "0.631"
    assert np.allclose(six.weights(6, 6), softmax(six_scores() / 2 / temperature), atol=1e-6)
    six.press("Home")
    assert np.allclose(six.weights(6, 6), softmax(six_scores() / 2 / 0.0501), atol=1e-6)
    six.root.get_by_role("checkbox", name="divide by the square root of d").press("Space")
    assert np.allclose(six.weights(6, 6), softmax(six_scores() / 0.0501), atol=1e-6)


def test_reset_brings_everything_back(six):
    before = six.weights(6, 6)
    six.root.get_by_role("slider").focus()
    six.press("End")
    six.root.get_by_label("causal", exact=True).check()
    six.click(six.cell(0, 0))
    six.press("p")
    assert not np.allclose(six.weights(6, 6), before)
    six.click(six.button("reset"))
    assert np.array_equal(six.weights(6, 6), before) and six.text(".reader, .head .q") == "“it”"


def test_arrow_keys_walk_the_grid_and_leave_the_notebook_alone(six, page):
    selected = (
        "() => [...document.querySelectorAll('.jp-Cell')].findIndex(c => c.classList.contains('jp-mod-selected'))"
    )
    six.click(six.cell(4, 1))
    before = page.evaluate(selected)
    assert page.evaluate("() => document.activeElement.getAttribute('role')") == "gridcell"
    weights = six.weights(6, 6)
    six.press("ArrowUp", "ArrowUp", "ArrowRight")
    assert six.said() == f"query sat → key sat: {weights[2, 2]:.2f}"
    six.press("Control+End")
    assert six.said() == f"query slept → key slept: {weights[5, 5]:.2f}"
    six.press("Home", "PageUp")
    assert six.said() == f"query the → key the: {weights[0, 0]:.2f}"
    six.press("ArrowUp", "ArrowLeft")  # the edge holds
    assert six.said().startswith("query the → key the")
    six.press("End", "PageDown")
    assert six.said().startswith("query slept → key slept")
    assert page.evaluate(selected) == before
    assert six.text(".read .head .q") == "“slept”"


def test_the_three_readings_tell_of_the_same_row(six):
    six.click(six.cell(2, 0))
    weights = six.weights(6, 6)[2]
    inks = (
        six.root.locator(".sentence")
        .first.locator(".token")
        .evaluate_all("all => all.map(t => getComputedStyle(t).backgroundColor)")
    )
    cells = [six.cell(2, j).evaluate("c => getComputedStyle(c).backgroundColor") for j in range(6)]
    assert inks == cells
    listed = six.root.locator(".sum .weight").all_inner_texts()[:6]
    assert listed == [f"{w:.2f} ×" if w >= 0.005 else "<0.01 ×" for w in weights]
    rng = np.random.default_rng(0)
    rng.normal(size=(6, 6))
    total = weights @ rng.normal(size=(6, 4))
    shown = six.root.locator(".chips.q").first.locator("i").all_inner_texts()
    assert [float(x.replace("−", "-")) for x in shown] == pytest.approx(total, abs=0.006)


def test_the_mouse_previews_a_row_and_gives_it_back(six, page):
    six.cell(1, 2).hover()
    assert six.text(".read .head .q") == "“cat”" and "sat" in six.text(".status")
    page.mouse.move(5, 5)
    assert six.text(".read .head .q") == "“it”"


def test_space_forbids_a_cell_and_says_so(six):
    six.click(six.cell(4, 1))
    six.press("Space")
    assert six.said() == "query it → key cat: may not look"
    assert six.root.get_by_label("draw", exact=True).is_checked()
    weights = six.weights(6, 6)
    assert weights[4, 1] == 0 and weights.sum(axis=1) == pytest.approx(np.ones(6))
    assert six.cell(4, 1).inner_text() == "" and "no" in six.cell(4, 1).get_attribute("class")
    six.press("Space")
    assert np.allclose(six.weights(6, 6), softmax(six_scores() / 2), atol=1e-6)


def test_a_row_that_may_look_nowhere_is_told_in_words(six):
    six.click(six.cell(0, 0))
    six.press(*["Space", "ArrowRight"] * 6)
    assert not six.weights(6, 6)[0].any()
    assert "may look nowhere" in six.text(".words")


def test_drawing_a_mask_with_the_mouse(six, page):
    six.root.get_by_label("draw", exact=True).check()
    for cell, act in ((six.cell(1, 1), page.mouse.down), (six.cell(1, 3), page.mouse.up)):
        box = cell.bounding_box()
        page.mouse.move(box["x"] + 10, box["y"] + 10, steps=8)
        act()
    weights = six.weights(6, 6)
    assert not weights[1, 1:4].any() and weights[1, [0, 4, 5]].all()
    assert np.allclose(weights[0], softmax(six_scores() / 2)[0], atol=1e-6)


def test_causal_mask_hides_what_comes_later(six):
    six.root.get_by_label("causal", exact=True).check()
    weights = six.weights(6, 6)
    assert not np.triu(weights, 1).any() and weights[0, 0] == 1
    six.root.get_by_label("no mask", exact=True).check()
    assert six.weights(6, 6).all()


def test_a_pinned_row_stays_while_others_come(six):
    assert six.root.locator(".pinhint").is_visible()
    six.click(six.cell(1, 0))
    six.press("p", "ArrowDown", "ArrowDown")
    assert "cat" in six.text(".pinname") and six.root.locator(".frame.pin").is_visible()
    assert six.text(".read .head .q") == "“because”"
    assert six.root.locator(".who.pinned").inner_text() == "cat"
    six.click(six.button("pin"))
    assert "because" in six.text(".pinname")
    six.click(six.button("pin"))
    assert six.root.locator(".pinhint").is_visible() and not six.root.locator(".frame.pin").is_visible()


def test_nothing_jumps(six):
    height = six.root.bounding_box()["height"]
    for i in range(6):
        six.click(six.cell(i, 0))
        six.press("p", "Space")
        assert six.root.bounding_box()["height"] == height


def test_tab_order_and_names(six, page):
    six.root.get_by_role("slider").focus()
    order = []
    for _ in range(6):
        order.append(
            page.evaluate("""() => {
                const now = document.activeElement;
                return now.getAttribute('role') ?? now.getAttribute('aria-label') ?? now.parentElement.textContent;
            }""")
        )
        suppressed = page.evaluate("() => document.activeElement.dataset.lmSuppressShortcuts")
        assert suppressed == "true", order
        page.keyboard.press("Tab")
    assert order[:3] == ["temperature", "no mask", "divide by the square root of d"]
    assert "gridcell" in order and not six.root.evaluate("view => view.contains(document.activeElement)")


def test_heads_by_keyboard(page):
    view = View(page, "heads")
    all_weights = view.weights(HEADS, 16, 16)
    view.root.get_by_label("head 1", exact=True).focus()
    view.press("ArrowRight", "ArrowRight")
    assert view.root.get_by_label("head 3", exact=True).is_checked()
    view.click(view.cell(5, 7))
    assert view.said() == f"query f → key h: {all_weights[2, 5, 7]:.2f}".replace(": 0.00", ": <0.01")


def test_hostile_labels_stay_text(page):
    view = View(page, "hostile")
    assert view.root.locator("img, b:not(.status b), script, mjx-container").count() == 0
    assert view.root.locator(".title").text_content() == "<b>$t$</b>"
    for i, label in enumerate(HOSTILE):
        header = view.root.get_by_role("rowheader").nth(i)
        assert header.text_content() == label and header.locator("span").get_attribute("title") == label
    view.click(view.cell(0, 1))
    assert view.said().startswith("query <img src=x onerror=alert(1)> → key $x$: ")


def test_given_weights_show_their_sums_and_hide_what_makes_no_sense(page):
    view = View(page, "lstm")
    assert view.root.get_by_role("slider").count() == 0 and view.root.get_by_label("causal").count() == 0
    assert view.root.locator(".rowsum").all_inner_texts() == [
        "Σ",
        "0.30",
        "0.60",
        "0.90",
        "1.20",
        "1.50",
        "1.80",
        "2.10",
    ]
    assert view.text(".words") == "the row sums to 0.90"
    view.click(view.cell(0, 0))
    view.press("Space")
    assert view.cell(0, 0).inner_text() == ".30"


@pytest.mark.parametrize(
    "name, sentence", [("nan", "NaN at [0, 1]"), ("empty", "nothing to look at"), ("broken", "brought 8 numbers")]
)
def test_bad_data_shows_a_sentence(page, name, sentence):
    note = page.locator(".alpha-view").nth(list(VIEWS).index(name))
    note.filter(has_text=sentence).wait_for(state="attached")
    assert note.locator(".grid").count() == 0


def test_latency_of_thirty_key_presses(page):
    view = View(page, "heads")
    view.root.get_by_role("slider").focus()
    presses = 30
    measured = view.root.evaluate_handle(f"view => {{ window.latency = ({LATENCY})(view, {presses}); }}")
    for key in ["ArrowLeft"] * 15 + ["ArrowRight"] * 15:
        page.keyboard.press(key)
        page.wait_for_timeout(40)
    measured = sorted(page.evaluate("() => window.latency"))
    p95 = measured[int(0.95 * presses)]
    print(f"\nkey press to repaint, 8 heads × 16 tokens: median {statistics.median(measured):.0f} ms, p95 {p95:.0f} ms")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_look_and_contrast_in_both_themes(lab, page, theme, tmp_path):
    folder = Path(os.environ.get("COURSE_SHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    lab.set_theme(page, theme)
    for name in ("six", "heads", "lstm", "cross", "forty"):
        view = View(page, name)
        view.settle()
        assert view.root.get_attribute("data-theme") == theme
        assert min(view.root.evaluate(CONTRASTS)) >= 4.5
        view.root.screenshot(path=folder / f"alpha_{name}_{theme}.png")
    print(f"screenshots: {folder}")


def test_a_page_without_jupyter_mounts_it_from_json_and_cleans_up(browser):
    source = script("alpha.js")
    widgets.alpha(np.eye(3), queries="abc", mask="causal", name="here")
    page = browser.new_page()
    added, removed = page.evaluate(
        """async ([source, data]) => {
            let [added, removed, observers] = [0, 0, 0];
            const add = EventTarget.prototype.addEventListener;
            EventTarget.prototype.addEventListener = function (kind, act, options) {
                if (options?.signal) { added++; add.call(options.signal, 'abort', () => removed++); }
                return add.call(this, kind, act, options);
            };
            const observe = MutationObserver.prototype.observe;
            MutationObserver.prototype.observe = function (...all) { added++; return observe.apply(this, all); };
            const disconnect = MutationObserver.prototype.disconnect;
            MutationObserver.prototype.disconnect = function () { removed++; return disconnect.call(this); };
            const { mount } = await import(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
            const end = mount(document.body, data);
            window.drawn = document.querySelector('.alpha-view').alphaWeights();
            end();
            return [added, removed];
        }""",
        [source, widgets.REGISTERED.pop("here")],
    )
    drawn = np.array(page.evaluate("() => window.drawn")).reshape(3, 3)
    assert np.allclose(drawn, widgets.alpha(np.eye(3), mask="causal").weights()[0])
    assert added == removed > 5 and page.locator(".alpha-view").count() == 0
    page.close()
