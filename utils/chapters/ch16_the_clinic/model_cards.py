"""Model cards as numbers: what two published models say about their attention, and what follows from it."""

from dataclasses import dataclass

from utils.attention.masks import window_mask
from utils.validation import check_whole


@dataclass(frozen=True)
class Card:
    """The lines of a model card that concern attention."""

    name: str
    source: str
    layers: int
    heads: int  # of the queries, in a layer
    kv_heads: int  # of the keys and values
    d_head: int
    window: int | None  # tokens a windowed layer sees, its own included; None: no layer has a window
    windowed: int  # how many layers have it; the others see everything
    sinks: bool  # whether the softmax has an extra score that belongs to no token
    rotary_base: float
    context: int  # tokens

    def __str__(self):
        sizes = f"{self.layers} layers · {self.heads} heads · {self.kv_heads} kv heads · d_head {self.d_head}"
        window = f"window of {self.window:,} in {self.windowed} layers"
        more = (
            f"sinks: {'yes' if self.sinks else 'no'} · rotary base {self.rotary_base:,.0f} · context {self.context:,}"
        )
        return f"{self.name}: {sizes}\n  {window} · {more}\n  source: {self.source}\n"


MISTRAL = Card(
    "Mistral 7B", "A. Jiang and others (2023), Mistral 7B, table 1, and config.json",
    layers=32, heads=32, kv_heads=8, d_head=128, window=4096, windowed=32, sinks=False, rotary_base=10_000.0,
    context=8192,
)  # fmt: skip
GPT_OSS = Card(
    "gpt-oss-20b", "OpenAI (2025), gpt-oss-120b & gpt-oss-20b model card, section 2.2, and config.json",
    layers=24, heads=64, kv_heads=8, d_head=64, window=128, windowed=12, sinks=True, rotary_base=150_000.0,
    context=131_072,
)  # fmt: skip


def cache_bytes(card, tokens, *, number_bytes=2):
    """Return the bytes that keys and values of one text take, where windowed layers forget what they cannot see.

    >>> cache_bytes(MISTRAL, 4096) / 2**20
    512.0
    """
    check_whole(least=0, tokens=tokens)
    kept = (card.layers - card.windowed) * tokens + card.windowed * min(tokens, card.window or tokens)
    return 2 * card.kv_heads * card.d_head * number_bytes * kept


def masks(card, tokens=24, shrink=None):
    """Return the masks of a windowed layer and of a full one, with the window shrunk so that it can be drawn.

    tokens: how many to draw       shrink: by what the window is divided   (so that it fills a quarter)

    Returns {words: mask (tokens, tokens)}, only those layers that the card has.

    >>> [mask.sum().item() for mask in masks(GPT_OSS, 4, 64).values()]
    [7, 10]
    """
    drawn = {}
    if card.windowed:
        window = max(card.window // shrink, 1) if shrink else max(tokens // 4, 1)
        drawn[f"{card.windowed} layers: a window"] = window_mask(tokens, tokens, left=window - 1)
    if card.windowed < card.layers:
        drawn[f"{card.layers - card.windowed} layers: all before"] = window_mask(tokens, tokens, left=None)
    return drawn
