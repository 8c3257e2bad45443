"""Convert the model of RXNMapper 0.4.3 into plain arrays of half precision. Nobody needs this to take the course.

    pip download rxnmapper==0.4.3 --no-deps
    python -m utils.chapters.ch12_reading_alpha.recipes.rxnmapper rxnmapper-0.4.3-py3-none-any.whl

The model was trained by Schwaller, Hoover, Reymond, Strobelt and Laino (2021, "Extraction of organic chemistry grammar
from unsupervised learning of chemical reactions", Science Advances 7, eabe4166); its terms (MIT) stand in
NOTICE_rxnmapper. Only here is a pickled file read, with weights_only=True, and only if it is the one we know.
"""

import hashlib
import io
import sys
import time
import zipfile

import torch

from utils import recipes
from utils.chapters.ch12_reading_alpha.chemistry.albert import Albert

NAME = "12_rxnmapper"
FOLDER = "rxnmapper/models/transformers/albert_heads_8_uspto_all_1310k/"
SHA256 = {
    "pytorch_model.bin": "8541f3f500dae71abe678d546bd035ca946e2d1c819f6b2cf41a97faedd7e6a2",
    "vocab.txt": "399868a653e85549ce150af4a1f6cd2776240c6a3d951ced2120565f00f027fd",
}
LAYER = "albert.encoder.albert_layer_groups.0.albert_layers.0."
PARTS = {  # ours: theirs
    "token": "albert.embeddings.word_embeddings",
    "place": "albert.embeddings.position_embeddings",
    "norm_tokens": "albert.embeddings.LayerNorm",
    "widen": "albert.encoder.embedding_hidden_mapping_in",
    "attend.W_q": LAYER + "attention.query",
    "attend.W_k": LAYER + "attention.key",
    "attend.W_v": LAYER + "attention.value",
    "attend.W_o": LAYER + "attention.dense",
    "norm_attend": LAYER + "attention.LayerNorm",
    "up": LAYER + "ffn",
    "down": LAYER + "ffn_output",
    "norm_out": LAYER + "full_layer_layer_norm",
    "narrow": "predictions.dense",
    "norm_guess": "predictions.LayerNorm",
}


def convert(theirs):
    """Return their weights under our names; what nothing reads (the pooler) is left out.

    theirs: {name: tensor}, as in pytorch_model.bin
    """
    odd = {"kind": theirs["albert.embeddings.token_type_embeddings.weight"][0], "likely": theirs["predictions.bias"]}
    both = ((f"{ours}.{what}", f"{name}.{what}") for ours, name in PARTS.items() for what in ("weight", "bias"))
    return odd | {ours: theirs[name] for ours, name in both if name in theirs}


def main(wheel):
    """Read the wheel and write the two files."""
    torch.set_num_threads(1)
    began = time.process_time()
    with zipfile.ZipFile(wheel) as archive:
        found = {name: archive.read(FOLDER + name) for name in SHA256}
    for name, content in found.items():
        if hashlib.sha256(content).hexdigest() != SHA256[name]:
            sys.exit(f"{name} is not the file that this script knows")
    vocab = found["vocab.txt"].decode("utf-8").split()
    model = Albert(len(vocab))
    pickled = io.BytesIO(found["pytorch_model.bin"])
    model.load_state_dict(convert(torch.load(pickled, map_location="cpu", weights_only=True)))
    model.settings = {"vocab_size": len(vocab)}
    facts = {"source": "rxnmapper 0.4.3 on PyPI", "license": "MIT", "sha256": SHA256}
    facts |= {"copyright": "2020 RXN4Chemistry team", "published_head": {"layer": 11, "head": 6, "counted_from": 1}}
    told = recipes.provenance(__spec__.name, seeds=[], cpu_seconds=time.process_time() - began)
    recipes.ship(NAME, model, facts | {"vocab": " ".join(vocab)}, told)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
