"""What was measured earlier says by which script, when and on what machine; the store gives back what it was given."""

import importlib.util
import json
import sys
from datetime import date

import numpy as np
import pytest
import torch

from utils import device, recipes
from utils.models.speller import Speller

STORED = {f"{path.parts[-3][2:4]}_{path.stem}": path for path in recipes.CHAPTERS.glob("ch*/recipes/*.json")}
SCRIPTS = sorted(path for path in recipes.CHAPTERS.glob("ch*/recipes/*.py") if path.stem != "__init__")
FORM = ["script", "date", "machine", "threads", "cpu_seconds", "seeds"]
SCRIPT = "utils.chapters.ch04_gates.recipes.steps"


def told(**changed):
    """Return the provenance of a run that never was."""
    return recipes.provenance(**{"script": SCRIPT, "seeds": [0]} | changed)


# --- what is stored ---


@pytest.mark.parametrize("name", sorted(STORED))
def test_a_stored_file_says_by_what_when_and_where(name):
    assert recipes.place(name, ".json") == STORED[name] and recipes.measured(name)["settings"]
    told = recipes.measured(name)["provenance"]
    assert list(told) == FORM
    script = importlib.util.find_spec(told["script"])
    assert script and script.origin.startswith(str(STORED[name].parent))  # beside what it wrote
    assert date(2026, 11, 1) <= date.fromisoformat(told["date"]) <= date.today()
    if told["machine"] != recipes.NOT_RECORDED:
        assert told["machine"] and told["machine"].keys() <= device.machine().keys() | {"GPU", "memory"}
    assert told["threads"] is None or told["threads"] >= 1
    assert told["cpu_seconds"] is None or told["cpu_seconds"] > 0
    assert all(isinstance(seed, int) for seed in told["seeds"])


@pytest.mark.parametrize("name", sorted(STORED))
def test_nothing_says_a_second_time_where_it_was_made(name):
    stored = recipes.measured(name)
    assert not {"machine", "date", "script", "torch", "python", "about"} & (stored.keys() | stored["settings"].keys())


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_no_script_writes_its_provenance_by_hand(path):
    source = path.read_text(encoding="utf-8")
    assert not any(word in source for word in ("machine()", "platform.", "date.today", "strftime"))
    assert "provenance(__spec__.name" in source or "keep" not in source


# --- what a run says of itself ---


def test_a_run_describes_the_machine_that_it_ran_on(monkeypatch, tmp_path):
    here = {"Python": "4.0", "system": "Plan9 mips", "cores": "64", "torch": "9.9"}
    monkeypatch.setattr(recipes, "machine", lambda: here)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 17)
    recipes.keep("x", {}, {"found": 1}, told(cpu_seconds=12.345), folder=tmp_path)
    kept = recipes.measured("x", folder=tmp_path)["provenance"]
    assert kept == {
        "script": SCRIPT,
        "date": date.today().isoformat(),
        "machine": here,
        "threads": 17,
        "cpu_seconds": 12.3,
        "seeds": [0],
    }


@pytest.mark.parametrize(("wish", "threads"), {"3": 3, "": None, "many": None}.items())
def test_without_torch_the_environment_tells_the_threads(monkeypatch, wish, threads):
    monkeypatch.delitem(sys.modules, "torch")
    monkeypatch.setenv("OMP_NUM_THREADS", wish)
    assert told()["threads"] == threads


BAD = {
    "a script that is not there": ("script", {"script": "utils.chapters.ch04_gates.recipes.stairs"}),
    "a script run by its path": ("script", {"script": "__main__"}),
    "a script outside": ("script", {"script": "utils....course"}),
    "no script": ("script", {"script": None}),
    "seeds that are text": ("seeds", {"seeds": "123"}),
    "half a seed": ("seeds", {"seeds": [0.5]}),
    "one seed that is no list": ("seeds", {"seeds": 3}),
    "seconds below zero": ("cpu_seconds", {"cpu_seconds": -1}),
    "seconds without end": ("cpu_seconds", {"cpu_seconds": float("inf")}),
    "seconds that are text": ("cpu_seconds", {"cpu_seconds": "ten"}),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_is_refused_by_name(case):
    argument, changed = BAD[case]
    with pytest.raises(ValueError, match=f"^{argument} is "):
        told(**changed)


# --- the store ---


@pytest.mark.parametrize("name", ["steps", "4_steps", "race_05", "99_steps", "04_", "04_../x", "", None, 4])
def test_a_name_that_leads_nowhere_is_refused(name):
    for ask in (recipes.place, recipes.measured):
        with pytest.raises(ValueError, match=r"^name is "):
            ask(name)


def test_a_file_that_is_not_there_is_named():
    with pytest.raises(ValueError, match=r"^name is '04_stairs': there is no stairs.json in ch04_gates"):
        recipes.measured("04_stairs")


def test_what_is_kept_comes_back_a_line_an_entry(tmp_path):
    results = {"runs": [{"α": [1, None]}, {"α": [(2, 3)]}], "curve": [0.5, 1], "nothing": [], "by n": {8: {"a": {}}}}
    recipes.keep("x", {"steps": 3}, results, told(), folder=tmp_path)
    kept = recipes.measured("x", folder=tmp_path)
    assert kept == {"provenance": told(), "settings": {"steps": 3}} | json.loads(json.dumps(results))
    lines = (tmp_path / "x.json").read_text(encoding="utf-8").splitlines()
    assert {'  {"α": [1, null]},', ' "curve": [0.5, 1],', '  "8": {"a": {}}'} <= set(lines)


def test_a_model_comes_back_in_half_precision_with_its_facts(tmp_path):
    model = Speller(7, 6, 4, embed=3)
    recipes.ship("x", model, {"steps": 5}, told(), folder=tmp_path)
    known = recipes.measured("x", folder=tmp_path)
    assert known["settings"] == model.settings and known["steps"] == 5 and known["provenance"] == told()
    again = recipes.shipped("x", Speller, folder=tmp_path)
    for ours, back in zip(model.parameters(), again.parameters(), strict=True):
        np.testing.assert_array_equal(ours.detach().numpy().astype(np.float16), back.detach().numpy())
