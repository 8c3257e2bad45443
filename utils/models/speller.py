"""Read a row of symbols, say another: an encoder, a decoder, and between them attention or one vector.

    encoder      a GRU forwards and a GRU backwards: the state that stands at k has read the whole word
    decoder      a GRU that is fed what was said last
    attention    the decoder's state asks all states of the encoder, at every step
    bottleneck   the same summary, made of the encoder's two last states, at every step

The score is Bahdanau's, the order Luong's: a state asks after it has been computed, and what it fetches goes to the
read-out alone, not into the next state. So all steps of training are one call of the GRU and one of the attention.
Sources: Cho et al. 2014 (bottleneck); Bahdanau, Cho and Bengio 2015; Luong, Pham and Manning 2015, section 3.
"""

import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from utils.data.symbols import PAD, START, STOP
from utils.models.layers import AdditiveAttention
from utils.seeds import seeded_start


class Speller(nn.Module):
    """A sequence-to-sequence machine, with attention or with a bottleneck of the same number of weights (±0.2 %)."""

    def __init__(self, n_in, n_out, hidden=128, *, embed=64, dropout=0.1, attention=True, seed=0):
        """Make it with the weights of a seed.

        n_in, n_out: how many symbols to read, to say (padding, start and stop among them)
        hidden: features of a state in each direction        embed: features of a symbol
        attention: False puts one vector in its place, and a wider read-out so that nobody has more weights
        """
        super().__init__()
        self.settings = {"n_in": n_in, "n_out": n_out, "hidden": hidden, "embed": embed, "attention": attention}
        fetched = 2 * hidden if attention else hidden
        wide = hidden if attention else hidden + hidden * (hidden + 2) // (2 * hidden + 1 + n_out)
        with seeded_start(seed):
            self.read_symbol, self.said_symbol = nn.Embedding(n_in, embed), nn.Embedding(n_out, embed)
            self.encoder = nn.GRU(embed, hidden, batch_first=True, bidirectional=True)
            self.summary = nn.Linear(2 * hidden, hidden)
            self.decoder = nn.GRU(embed + (0 if attention else hidden), hidden, batch_first=True)
            self.attention = AdditiveAttention(hidden, 2 * hidden, hidden) if attention else None
            self.out = nn.Sequential(
                nn.Linear(hidden + fetched, wide), nn.Tanh(), nn.Dropout(dropout), nn.Linear(wide, n_out)
            )
        self.dropout = nn.Dropout(dropout)

    def encode(self, x):
        """Read x, numbers with 0 after the end (B, n_k); return states (B, n_k, 2 hidden), summary (B, hidden)."""
        items, lengths = self.dropout(self.read_symbol(x)), (x != PAD).sum(-1)
        if lengths.min() == x.shape[1]:
            h, last = self.encoder(items)
        else:  # packed, so that neither direction ever reads padding
            packed = pack_padded_sequence(items, lengths.cpu(), batch_first=True, enforce_sorted=False)
            h, last = self.encoder(packed)
            h = pad_packed_sequence(h, batch_first=True, total_length=x.shape[1])[0]
        return h, torch.tanh(self.summary(torch.cat([last[0], last[1]], -1)))

    def step(self, said, state, h, summary, mask=None, rows=None):
        """Go on from a state, by one step or by many.

        said: what was said before each step (B, n_q)      state: the decoder's (1, B, hidden)
        h, summary: what ``encode`` gave                   mask: True = may look (B, 1, n_k)
        rows: weights to use in place of the model's own (B, n_q, n_k)
        Returns (scores of what to say next (B, n_q, n_out), state, α (B, n_q, n_k) or None)
        """
        items, same = self.dropout(self.said_symbol(said)), summary[:, None].expand(-1, said.shape[1], -1)
        if self.attention is None:
            d, state = self.decoder(torch.cat([items, same], -1), state)
            return self.out(torch.cat([d, same], -1)), state, None
        d, state = self.decoder(items, state)
        fetched, weights = self.attention(d, h, mask)
        if rows is not None:
            fetched, weights = rows @ h, rows
        return self.out(torch.cat([d, fetched], -1)), state, weights

    def forward(self, x, said):
        """Score what to say at every step, given what should have been said before it (teacher forcing)."""
        h, summary = self.encode(x)
        return self.step(said, summary[None], h, summary, _may_look(x))[0]

    def loss(self, x, y):
        """Return the mean cross-entropy of each symbol that is right; y ends in STOP, then PAD   (B, n_q)."""
        said = torch.cat([torch.full_like(y[:, :1], START), y[:, :-1]], 1)
        return cross_entropy(self(x, said).flatten(0, 1), y.flatten(), ignore_index=PAD)

    @torch.no_grad()
    def say(self, x, *, longest=None, rows=None):
        """Say, one symbol after another, the likeliest each time, until all have stopped.

        x: as in ``encode``        longest: steps at most   (twice the word and eight if left out)
        rows: {step: weights (n_k,)} that replace the model's own at that step
        Returns (symbols (B, T), α (B, T, n_k) or None), both as far as the slowest; what follows a STOP means nothing
        """
        h, summary = self.encode(x)
        mask, state, said = _may_look(x), summary[None], torch.full_like(x[:, :1], START)
        answers, looks, stopped = [], [], torch.zeros_like(x[:, 0], dtype=torch.bool)
        for step in range(longest or 2 * x.shape[1] + 8):
            row = None if step not in (rows or {}) else rows[step].expand(len(x), 1, -1)
            scores, state, weights = self.step(said, state, h, summary, mask, row)
            said = scores.argmax(-1)
            answers.append(said)
            looks.append(weights)
            stopped = stopped | (said[:, 0] == STOP)
            if stopped.all():
                break
        return torch.cat(answers, 1), None if self.attention is None else torch.cat(looks, 1)


def _may_look(x):
    return (x != PAD)[:, None]  # (B, 1, n_k)
