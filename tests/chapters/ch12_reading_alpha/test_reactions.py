"""Reactions: their strings are read right, their maps hold together, and the model says what the original says."""

import importlib
import re
import zipfile
from collections import Counter

import numpy as np
import pytest
import torch

from utils import plots, recipes
from utils.chapters.ch12_reading_alpha.chemistry import mapping, mapping_accuracy, rxnmapper, smiles
from utils.chapters.ch12_reading_alpha.chemistry.albert import Albert
from utils.chapters.ch12_reading_alpha.chemistry.figures import plot_arcs, plot_head_table
from utils.chapters.ch12_reading_alpha.chemistry.reactions import FILE, find, kinds, reactions, read

ALL = pytest.mark.parametrize("reaction", reactions(), ids=str)
LINES = [line for line in FILE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]

# α of the original implementation (transformers 4.57, the same weights rounded to float16) for the first reaction:
# from product atoms 0-3 to reactant atoms 0, 1, 2, 3 and 9, of (layer, head)
ORIGINAL = {
    (0, 5): [
        [0.0910, 0.0722, 0.0024, 0.0036, 0.0024],
        [0.1073, 0.0626, 0.0023, 0.0038, 0.0026],
        [0.0040, 0.0032, 0.0280, 0.0222, 0.0713],
        [0.0019, 0.0032, 0.0311, 0.0223, 0.0697],
    ],
    (3, 2): [
        [0.0955, 0.0195, 0.0236, 0.0110, 0.0140],
        [0.0412, 0.0707, 0.0215, 0.0087, 0.0140],
        [0.0063, 0.0116, 0.0371, 0.0115, 0.0102],
        [0.0060, 0.0086, 0.0077, 0.0122, 0.0078],
    ],
    (10, 5): [
        [0.7174, 0.0003, 0.0011, 0.0019, 0.0001],
        [0.0022, 0.7133, 0.0001, 0.0002, 0.0000],
        [0.0008, 0.0002, 0.6008, 0.1870, 0.0058],
        [0.0006, 0.0000, 0.0050, 0.3951, 0.3458],
    ],
}
PACKAGE = {  # what rxnmapper 0.4.3 answers (pxr_mapping_vector, canonicalize_rxns=False)
    "Fischer esterification": [0, 1, 2, 3, 10, 11, 12, 13, 14, 15, 16],
    "Suzuki coupling": [6, 7, 8, 9, 10, 11, 20, 19, 18, 17, 16, 15, 25, 24, 13, 14],
    "Fischer indole": [8, 9, 10, 11, 14, 13, 5, 6, 7, 15, 16, 17, 18],
    "Claisen rearrangement": [0, 1, 2, 5, 6, 7, 8, 9, 10, 4, 3],
    "Beckmann rearrangement": [6, 8, 13, 12, 11, 10, 9, 7],
    "celecoxib": [3, 4, 5, 6, 7, 8, 10, 11, 13, 14, 15, 16, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 17, 18],
}


def groups(text):
    """Which atoms of a molecule nobody can tell apart, as sets."""
    kind = kinds(smiles.atoms(smiles.tokenize(text))).tolist()
    return sorted(sorted(i for i, each in enumerate(kind) if each == k) for k in set(kind))


def test_there_are_forty_reactions_with_names_of_their_own():
    assert len(LINES) == len(reactions()) == len({each.name for each in reactions()}) == 40
    assert rxnmapper.sizes().sum() == 547 and max(len(each.tokens) for each in reactions()) <= 120


@ALL
def test_a_map_is_consistent_by_element_and_count(reaction):
    before, after = reaction.reactants, reaction.product
    assert len(set(reaction.truth.tolist())) == len(reaction.truth) == len(after.elements)
    assert all(before.elements[j] == element for j, element in zip(reaction.truth, after.elements, strict=True))
    assert not Counter(after.elements) - Counter(before.elements)
    assert reaction.allowed[np.arange(len(reaction.truth)), reaction.truth].all()
    same = np.array(after.elements)[:, None] == np.array(before.elements)
    assert not (reaction.allowed & ~same).any()


@ALL
def test_most_bonds_of_the_product_were_bonds_before(reaction):
    kept = reaction.product.bonded & reaction.reactants.bonded[np.ix_(reaction.truth, reaction.truth)]
    made = (reaction.product.bonded.sum() - kept.sum()) // 2
    assert made <= 4  # a reaction makes a few bonds; a slip in a map makes many


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.split(" | ")[0])
def test_hydrogens_written_are_those_one_counts(line):
    name, mapped = line.split(" | ")
    reaction, numbered = find(name), smiles.tokenize(mapped)
    for side in (reaction.reactants, reaction.product):
        for place, counted in zip(side.places, side.hydrogens, strict=True):
            token = numbered[place - 1]
            if ":" in token and smiles.element(token) == "C":
                assert int((re.search(r"H(\d?):", token) or ["", "0"])[1] or 1) == counted


@ALL
def test_the_model_knows_every_token(reaction):
    assert "".join(smiles.tokenize(reaction.text)) == reaction.text and ":" not in reaction.text
    assert rxnmapper.encode(reaction.tokens).shape == (1, len(reaction.tokens))


@pytest.mark.parametrize(
    "text, found",
    [
        ("c1ccccc1", [[0, 1, 2, 3, 4, 5]]),
        ("Cc1ccccc1", [[0], [1], [2, 6], [3, 5], [4]]),
        ("O=[N+]([O-])c1ccccc1", [[0, 2], [1], [3], [4, 8], [5, 7], [6]]),
        ("CC(=O)O", [[0], [1], [2, 3]]),
        ("CC(=O)OC", [[0], [1], [2], [3], [4]]),
        ("CCO.CCO", [[0, 3], [1, 4], [2, 5]]),
        ("C1CCC1C", [[0, 2], [1], [3], [4]]),
        ("C=CC", [[0], [1], [2]]),
        ("CC(C)(C)OC(=O)OC(=O)OC(C)(C)C", [[0, 2, 3, 12, 13, 14], [1, 11], [4, 10], [5, 8], [6, 9], [7]]),
    ],
)
def test_equivalent_atoms_are_found(text, found):
    assert groups(text) == found


def test_rings_branches_and_long_ring_numbers_are_bonds():
    bonded = smiles.atoms(smiles.tokenize("C%12CC(=O)C%12.C=1CC=1")).bonded
    assert np.argwhere(np.triu(bonded)).tolist() == [[0, 1], [0, 4], [1, 2], [2, 3], [2, 4], [5, 6], [5, 7], [6, 7]]
    assert smiles.atoms(smiles.tokenize("C=1CC=1")).hydrogens.tolist() == [1, 2, 1]


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda: smiles.tokenize(3), "text is 3"),
        (lambda: smiles.tokenize(""), "text is ''"),
        (lambda: smiles.tokenize("CC!O"), "'!' at place 2"),
        (lambda: smiles.atoms(("C", "(", "C")), "leave a ring or a branch open"),
        (lambda: smiles.atoms(("C", "1", "C")), "leave a ring or a branch open"),
        (lambda: smiles.atoms(("C", ")", "C")), "never opened"),
        (lambda: read("x", "[CH4:1]"), "one '>>'"),
        (lambda: read("x", "[CH3:1]Br>>[CH3:1]O"), "a number of its own"),
        (lambda: read("x", "[CH3:1]Br.[OH-:1]>>[CH3:1]O"), "a number of its own"),
        (lambda: read("x", "[CH3:1]Br>>[OH2:1]"), "number 1 is C before, O after"),
        (lambda: read("x", "[CH3:1][Br:2]>>[CH4:1]"), "that the product lacks"),
        (lambda: find("alchemy"), "name is 'alchemy'"),
        (lambda: rxnmapper.encode(("C", "Q")), "tokens has 'Q'"),
        (lambda: rxnmapper.without(8), "head is 8"),
        (lambda: rxnmapper.without(-1), "head is -1"),
        (lambda: rxnmapper.guesses("CC>>CC"), "one [MASK], not 0"),
        (lambda: rxnmapper.rates("best"), "rule is 'best'"),
        (lambda: rxnmapper.choose([True] * 40), "some True and some False"),
        (lambda: rxnmapper.choose([True, False]), "40 booleans"),
        (lambda: mapping.atom_map(np.eye(3), reactions()[0]), "weights has shape (3, 3)"),
        (lambda: mapping.atom_map(np.eye(49), reactions()[0], "magic"), "rule is 'magic'"),
        (lambda: plot_arcs(reactions()[0], np.zeros((2, 49, 49))), "one head is (N, N)"),
        (lambda: plot_head_table([1, 2]), "rates has shape (2,)"),
        (lambda: Albert(9)(torch.zeros(1, 513, dtype=torch.int64)), "T from 1 to 512"),
        (lambda: Albert(9)(torch.zeros(1, 3)), "torch.float32"),
        (lambda: Albert(9)([1, 2]), "x is list"),
    ],
)
def test_what_does_not_fit_is_refused_and_named(call, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        call()


@pytest.mark.parametrize("place", ORIGINAL, ids=str)
def test_alpha_is_that_of_the_original(place):
    reaction = reactions()[0]
    asked, _ = mapping.between(rxnmapper.look(reaction)[place], reaction)
    assert np.allclose(asked[:4, [0, 1, 2, 3, 9]], ORIGINAL[place], atol=1e-4)


@pytest.mark.parametrize("name", PACKAGE)
def test_the_rules_give_the_maps_of_the_package(name):
    weights = rxnmapper.look(find(name))[rxnmapper.PUBLISHED]
    assert mapping.atom_map(weights, find(name)).tolist() == PACKAGE[name]


@pytest.mark.parametrize("rule", mapping.RULES)
def test_many_heads_at_once_are_mapped_as_one_by_one(rule):
    weights, reaction = rxnmapper.look(find("Beckmann rearrangement")), find("Beckmann rearrangement")
    together = mapping.atom_map(weights, reaction, rule)
    assert together.shape == (12, 8, 8)
    for place in ((0, 0), (2, 5), (10, 5), (11, 7)):
        assert together[place].tolist() == mapping.atom_map(weights[place], reaction, rule).tolist()


def test_one_to_one_gives_no_atom_away_twice_and_skips_what_has_no_partner():
    chosen = mapping.atom_map(rxnmapper.look(find("aspirin")), find("aspirin"), "one to one")
    assert all(len(set(each)) == len(each) for each in chosen.reshape(-1, 13).tolist())
    none = mapping.one_to_one(np.zeros((1, 2, 2)), np.eye(2) > 1, np.eye(2) > 1, 90.0)
    assert none.tolist() == [[-1, -1]] and not mapping.right([-1] * 13, find("aspirin")).any()


def test_rows_of_alpha_sum_to_one_in_all_96_maps():
    weights = rxnmapper.look(find("lidocaine"))
    n = len(find("lidocaine").tokens)
    assert weights.shape == (12, 8, n, n) and np.allclose(weights.sum(-1), 1, atol=1e-5)


def test_what_the_chapter_says_holds():
    rates = rxnmapper.rates("raw")
    assert ((rates > 0.8) == (np.arange(12)[:, None] >= 3) * (np.arange(8) == 5)).all()
    raw, full = mapping_accuracy.measured("raw"), mapping_accuracy.measured("neighbours")
    assert {head for each in (raw, full) for _, head in each.heads} == {5}
    assert abs(raw.published - 0.927) < 0.01 and abs(full.published - 0.978) < 0.01 and full.whole == 33
    assert 0.04 < raw.random < 0.12 and 0.35 < full.random < 0.65 and abs(mapping_accuracy.by_spelling() - 0.6) < 0.01


def test_a_half_is_a_half_and_the_same_each_time():
    assert rxnmapper.split(3).sum() == 20 and (rxnmapper.split(3) == rxnmapper.split(3)).all()
    choice = rxnmapper.choose(rxnmapper.split(0))
    assert choice.head == 5 and 0.8 < choice.elsewhere <= 1


def test_without_head_six_the_hidden_atom_is_not_found():
    text = "Nc1ccc(Cl)cc1.CC(=O)Cl>>CC(=O)Nc1ccc([MASK])cc1"
    said = [rxnmapper.guesses(text, 1, net=rxnmapper.without(head))[0][0] for head in range(8)]
    assert [each == "Cl" for each in said] == [head != 5 for head in range(8)]
    assert rxnmapper.guesses(text, 1)[0][1] > 0.95  # the model itself is whole


@pytest.mark.parametrize("everything", [False, True])
@pytest.mark.parametrize("name", ["celecoxib", "Claisen rearrangement", "Mitsunobu ether"])
def test_every_head_can_be_drawn(name, everything):
    for layer, head in ((0, 3), (10, 5)):
        weights = rxnmapper.look(find(name))[layer, head]
        assert plots.png(plot_arcs(find(name), weights, everything=everything, title="x"), dpi=40)
    dark = np.zeros_like(weights)
    assert plots.png(plot_arcs(find(name), dark, "neighbours", everything=everything), dpi=40)


def test_what_ships_is_small_has_no_pickle_and_its_terms():
    path, known = recipes.place("12_rxnmapper", ".npz"), recipes.measured("12_rxnmapper")
    assert path.stat().st_size <= 2_000_000
    with zipfile.ZipFile(path) as archive:
        assert all(entry.endswith(".npy") for entry in archive.namelist())
    with np.load(path, allow_pickle=False) as arrays:
        assert all(arrays[key].dtype == np.float16 for key in arrays.files)
    assert known["license"] == "MIT" and len(known["vocab"].split(" ")) == known["settings"]["vocab_size"] == 591
    notice = (recipes.place("12_x").parent / "NOTICE_rxnmapper").read_text(encoding="utf-8")
    assert known["copyright"] in notice and "Permission is hereby granted" in notice
    assert known["sha256"] == importlib.import_module("utils.chapters.ch12_reading_alpha.recipes.rxnmapper").SHA256
    published = known["published_head"]
    assert (published["layer"] - 1, published["head"] - 1) == rxnmapper.PUBLISHED


def test_the_conversion_puts_every_weight_in_its_place():
    recipe = importlib.import_module("utils.chapters.ch12_reading_alpha.recipes.rxnmapper")
    theirs = {f"{name}.{what}": torch.ones(1) for name in recipe.PARTS.values() for what in ("weight", "bias")}
    embeddings = ("word", "position")
    for name in embeddings:
        del theirs[f"albert.embeddings.{name}_embeddings.bias"]
    theirs |= {"albert.embeddings.token_type_embeddings.weight": torch.ones(2, 1), "predictions.bias": torch.ones(1)}
    assert set(recipe.convert(theirs)) == set(Albert(9).state_dict())


def test_removing_head_six_was_measured_and_costs_most():
    found = recipes.measured("12_removed")["found"]
    assert set(found) == {"whole", *"12345678"} and all(each["hidden"] == 547 for each in found.values())
    rare = {name: each["right_rare"] / each["hidden_rare"] for name, each in found.items()}
    assert all(rare["6"] < rare[name] - 0.25 for name in rare if name != "6")
