"""Questions of chapter 14, each answer with the sentence that explains it."""

from utils.widgets.choices import Question, quiz


def recall():
    """Two questions from chapters 08 and 04."""
    return quiz(
        Question(
            "16 query heads share 4 heads of keys and values. What becomes smaller, compared with 16 of each?",
            {
                "the number of scores": "Every query head still looks for itself, at every key.",
                "the cache": "Right. Only keys and values are kept, and there are a quarter as many.",
                "the size of α": "There is still one matrix for each of the 16 query heads.",
            },
            right="the cache",
        ),
        Question(
            "The cell of an LSTM adds what it writes to what it kept. What does the forget gate do?",
            {
                "it multiplies what was kept, before the new is added": "Right. This chapter does the same to a whole matrix.",
                "it chooses which input is read": "That is nearer to the input gate. The forget gate works on what is in the cell already.",
                "it empties the cell at the end of a sentence": "Nothing tells it where a sentence ends, unless it has learnt to see it.",
            },
            right="it multiplies what was kept, before the new is added",
        ),
        key="14-recall",
        title="Warm up",
    )


def yourself():
    """The chapter's self-test."""
    return quiz(
        Question(
            "A model has d_model = 4096 and reads 2,000 tokens. Which part of a layer takes most FLOPs?",
            {
                "the scores and α v, for they grow with N²": "They do, and at N = 2,000 they are still a twelfth of the others. They win from about 6 · 4096 tokens on.",
                "the projections and the feed-forward layer": "Right. 24 N d² against 4 N² d: the N² part is one part in thirteen.",
                "the softmax": "It touches each of the N² scores of each head a few times; the products touch each d_head times.",
            },
            right="the projections and the feed-forward layer",
        ),
        Question(
            "Somebody swaps plain attention for attention in tiles in a trained model. What changes?",
            {
                "the answers, a little: it approximates": "It is the same sum in another order. Only the last digits round differently.",
                "peak memory and traffic": "Right. The FLOPs stay, and so does the answer.",
                "the number of FLOPs": "Every score is still computed, unless a mask lets whole tiles be skipped.",
            },
            right="peak memory and traffic",
        ),
        Question(
            "With a cache, how does the attention work of *writing* N tokens grow?",
            {
                "with N": "One new token looks at all earlier ones. The next at one more. These add up.",
                "with N²": "Right. The cache saves computing keys and values again; each step still looks at everything kept.",
                "with N³": "That is what it would be without a cache, if every step computed all scores again.",
            },
            right="with N²",
        ),
        Question(
            "You give `attention` a window as a mask, 64 keys wide, on 8,192 tokens. How many scores does it compute for a head?",
            {
                "8,192 · 64": "That is how many the mask lets through. The kernel computes all, and then throws most away.",
                "8,192 · 8,192": "Right. A mask says what may be seen. Only skipping saves work.",
                "none, the mask comes first": "The mask is added to scores that are there already.",
            },
            right="8,192 · 8,192",
        ),
        Question(
            "What does linear attention give up?",
            {
                "nothing, it is a faster softmax": "There is no softmax in it. It is another function, and must be trained as such.",
                "exact recall of many pairs": "Right. All pairs lie on top of each other in one matrix, and blur.",
                "the order of the tokens": "A causal pass writes them one after the other, as any recurrence does.",
            },
            right="exact recall of many pairs",
        ),
        key="14-yourself",
    )
