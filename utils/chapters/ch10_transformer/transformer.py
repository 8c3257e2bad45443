"""The parts of a Transformer in NumPy, one function each, and what the whole costs.

x = block(x, attend, feed, layer_norm)      a block whose norms stand before its parts
"""

import numpy as np

from utils.validation import check_whole


def layer_norm(x, eps=1e-5):
    """Shift and scale the features of each token, so that their mean is 0 and their variance 1.

    x: tokens, floating numbers   (..., d_model)
    eps: a little, added to the variance, so that a token of equal features is not divided by 0

    Returns the same shape; the scale and shift that a model learns afterwards are left out.
    Source: Ba, Kiros and Hinton 2016, "Layer normalization", section 3.

    >>> layer_norm(np.array([1.0, 1.0, 3.0, 3.0])).round(3)
    array([-1., -1.,  1.,  1.])
    """
    centred = x - x.mean(axis=-1, keepdims=True)
    return centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + eps)


def rms_norm(x, eps=1e-5):
    """Scale the features of each token, so that the mean of their squares is 1; nothing is shifted.

    Source: Zhang and Sennrich 2019, "Root mean square layer normalization", equation 4.

    >>> rms_norm(np.array([3.0, 3.0, 3.0, -3.0])).round(3)
    array([ 1.,  1.,  1., -1.])
    """
    return x / np.sqrt((x**2).mean(axis=-1, keepdims=True) + eps)


def feed_forward(x, W_up, W_down):
    """Let each token through a small network alone: many features, none below zero, and back.

    x: tokens   (..., d_model)      W_up: (d_model, wide)      W_down: (wide, d_model)
    Source: Vaswani et al. 2017, equation 2, here without the biases.

    >>> feed_forward(np.array([2.0]), np.array([[1.0, -1.0]]), np.array([[1.0], [1.0]]))      # |x|
    array([2.])
    """
    return np.maximum(x @ W_up, 0) @ W_down


def block(x, attend, feed, norm):
    """Let tokens meet, then think alone; each part sees normalised tokens, and adds to what came in.

    x: tokens                              (..., T, d_model)
    attend, feed, norm: functions of x     (..., T, d_model) -> the same shape
    Source: Xiong et al. 2020, "On layer normalization in the Transformer architecture", table 1.

    >>> block(np.array([[1.0]]), attend=lambda x: 10 * x, feed=lambda x: 100 * x, norm=lambda x: x)
    array([[1111.]])
    """
    x = x + attend(norm(x))
    return x + feed(norm(x))


def next_token_loss(logits, tokens):
    """Return how little a model expected each next token, on average, in nats: the mean of -ln of its chance.

    logits: at every place the scores of what comes next   (B, N, vocab_size)
    tokens: what stands there, whole numbers               (B, N)

    >>> next_token_loss(np.zeros((1, 3, 4)), np.array([[0, 1, 2]])).round(3) == np.log(4).round(3)
    np.True_
    """
    said, came = logits[:, :-1], tokens[:, 1:]
    peak = said.max(axis=-1, keepdims=True)
    log_total = np.log(np.exp(said - peak).sum(axis=-1)) + peak[..., 0]
    return (log_total - np.take_along_axis(said, came[..., None], axis=-1)[..., 0]).mean()


def count_weights(vocab_size, context, d_model, n_layers):
    """Count the numbers in the tables of a GPT; biases and the scales of norms, less than a hundredth, are left out.

    Returns (embeddings, attention, feed): of tokens and places, together; of all layers; of all layers, four times
        as wide inside. The last table of scores is the embedding of the tokens again.
    Raises ValueError for sizes that are no whole numbers.

    >>> count_weights(10, 5, 2, 3)
    (30, 48, 96)
    """
    check_whole(vocab_size=vocab_size, context=context, d_model=d_model, n_layers=n_layers)
    square = d_model**2
    return (vocab_size + context) * d_model, n_layers * 4 * square, n_layers * 8 * square


def share_of_scores(n, d_model):
    """Return which part of a block's multiplications is spent in the scores and in α v, and not in tables of weights.

    n: tokens, all of which may look at all      d_model: their features

    >>> share_of_scores(12, 2), share_of_scores(6, 10) == 6 / 66
    (0.5, True)
    """
    check_whole(n=n, d_model=d_model)
    scores, tables = 2 * n**2 * d_model, 12 * n * d_model**2
    return scores / (scores + tables)
