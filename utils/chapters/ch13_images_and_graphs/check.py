"""What a right answer is in chapter 13, images and graphs: a check for each exercise, and the questions."""

import numpy as np

from utils.chapters.ch13_images_and_graphs import graphs, patches
from utils.chapters.ch13_images_and_graphs.check_graphs import pair_scores, roll_out, standing
from utils.chapters.ch13_images_and_graphs.questions import recall, yourself
from utils.checks.framework import exercise
from utils.checks.reading import call, compare, need, numbers
from utils.checks.tables import as_mask, equal_masks

__all__ = ["mask_from_edges", "pair_scores", "patchify", "recall", "roll_out", "standing", "yourself"]

AXES = "Count the axes: image, patch row, line inside, patch column, column inside."


@exercise("13.1", "patchify", reveals="A picture is a row of parts now: anything that reads a sentence can read it.")
def patchify(answer):
    """Check the learner's ``patchify(images, p)``."""
    rng = np.random.default_rng(131)
    for B, height, width, p in ((2, 6, 8, 2), (3, 4, 6, 2), (1, 6, 9, 3), (2, 4, 8, 4), (2, 3, 2, 1)):
        images = rng.normal(size=(B, height, width))
        got = numbers(call(answer, images, p, shapes=AXES), None, "the result")
        n = height // p * (width // p)
        cut = images.reshape(B, height // p, p, width // p, p)
        want = patches.patchify(images, p)
        for sentence, shape in _other_shapes(B, height, width, p).items():
            need(p == 1 or got.shape != shape or shape == want.shape, sentence)
        got = numbers(got, (B, n, p * p), f"{B} images of {height} by {width}, cut with p = {p},")
        compare(
            got,
            want,
            mistakes={
                "the shape is right, but each row holds pixels that follow each other in a line, not a square: "
                "which pixels lie in one patch?": images.reshape(B, n, p * p),
                "the patches come column by column: after the first comes the one to its right": cut.transpose(
                    0, 3, 1, 2, 4
                ).reshape(B, n, p * p),
                "within a patch the pixels come column by column: read each patch line by line": cut.transpose(
                    0, 1, 3, 4, 2
                ).reshape(B, n, p * p),
                "everything is read column by column: the patches, and the pixels in them": cut.transpose(
                    0, 3, 1, 4, 2
                ).reshape(B, n, p * p),
                "a row holds pixels from all over the picture, always some steps apart; a patch is a square of neighbours": (
                    images.reshape(B, p, height // p, p, width // p).transpose(0, 2, 4, 1, 3).reshape(B, n, p * p)
                ),
                "all images got the patches of the first one": np.broadcast_to(want[:1], want.shape),
                "the patches come in the opposite order": want[:, ::-1],
            },
            otherwise="the shape is right, but some pixels are in the wrong patch, or in the wrong order within it",
        )


def _other_shapes(B, height, width, p):
    n, rows, columns = height // p * (width // p), height // p, width // p
    return {
        "the patches are still squares: lay the pixels of each out in one row, as the last axis": (B, n, p, p),
        "the patches stand in rows and columns; attention wants one row of them, (B, n, p · p)": (
            B,
            rows,
            columns,
            p * p,
        ),
        "the picture is cut, but the five axes are still there: two and two of them become one": (
            B,
            rows,
            columns,
            p,
            p,
        ),
        "the five axes are there and in their first order: two of them have to change places, then some become one": (
            B,
            rows,
            p,
            columns,
            p,
        ),
        "the last two axes are exchanged: patches first, and their pixels last": (B, p * p, n),
        "patches of all images are in one long row: each image should keep its own": (B * n, p * p),
        "the batch stands behind the patches: batch first": (n, B, p * p),
        "the patches overlap: there are too many of them. They lie side by side": (
            B,
            (height - p + 1) * (width - p + 1),
            p * p,
        ),
        "nothing was cut: the images came back as they were": (B, height, width),
    }


@exercise("13.2", "a mask from edges", reveals="A graph is a mask. What it says is who may look, and no more.")
def mask_from_edges(answer):
    """Check the learner's ``mask_from_edges(edges, n, directed)``."""
    trials = (
        ([(0, 1), (0, 3), (2, 1)], 5, True),
        ([(0, 1), (0, 3), (2, 1)], 5, False),
        ([(4, 1), (2, 4), (0, 2), (2, 0)], 6, True),
        ([], 3, False),
    )
    one_way, both = (as_mask(call(answer, *trials[0][:2], directed)) for directed in (True, False))
    swapped = [graphs.mask_from_edges(*trials[0][:2], directed=directed) for directed in (False, True)]
    need(
        not all(np.array_equal(*pair) for pair in zip((one_way, both), swapped, strict=True)),
        "directed is taken for its opposite",
    )
    for edges, n, directed in trials:
        want = graphs.mask_from_edges(edges, n, directed=directed)
        mask = as_mask(call(answer, edges, n, directed))
        need(
            mask.shape == (n, n) or not edges or mask.shape != (np.max(edges) + 1,) * 2,
            "the last node has no ties and was lost: n says how many nodes there are",
        )
        own, one_way = np.eye(n, dtype=bool), graphs.mask_from_edges(edges, n, directed=True)
        both = one_way | one_way.T
        tied = own & (both & ~own).any(axis=0)  # the diagonal, only of nodes that have a tie
        equal_masks(
            mask,
            want,
            {
                "nobody may look at themselves here; everybody should, in any case": want & ~own,
                "a node without ties may look at nobody: it should at least see itself": want & ~own | tied,
                "turned round: with a direction, a looks at b, so a is the row": one_way.T if directed else want,
                "the direction is ignored: b may look at a, although only a follows b": both if directed else want,
                "it goes one way only: without a direction b may look at a, too": want if directed else one_way,
                "it goes one way only, and the wrong one: a is the row, and without a direction b as well": (
                    want if directed else one_way.T
                ),
                "upside down: True means may look": ~want,
                "everybody may look at everybody: the edges have no say": np.ones((n, n), dtype=bool),
                "the nodes are counted from 0; here each tie sits one place too far up and to the left": np.roll(
                    want, (-1, -1), (0, 1)
                )
                | own,
                "only the first edge is in it: does it return inside the loop?": graphs.mask_from_edges(
                    edges[:1], n, directed=directed
                ),
                "only the last edge is in it: one mask for all of them": graphs.mask_from_edges(
                    edges[-1:], n, directed=directed
                ),
            },
            f"with edges {edges}, n = {n} and directed = {directed}, at least one pair is wrong",
        )
