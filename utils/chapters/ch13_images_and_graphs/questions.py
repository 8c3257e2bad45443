"""Questions of chapter 13, each answer with the sentence that explains it."""

from utils.widgets.choices import Question, quiz


def recall():
    """Two questions from chapters 02 and 09."""
    return quiz(
        Question(
            "A score that adds a number from the query to a number from the key, without any curve. What is wrong with it?",
            {
                "the scores become too large": "Softmax takes any size. What does the query's number do to its row?",
                "the query has no say": "Right. It adds the same to its whole row, and softmax does not see that.",
                "the key has no say": "Its number differs from key to key, so it decides everything, for every query.",
            },
            right="the query has no say",
        ),
        Question(
            "No mask, no places. The tokens are shuffled. What happens to the mean of all their answers?",
            {
                "nothing": "Right. Each token keeps its answer, and a mean does not care about order.",
                "it is shuffled, too": "The answers are shuffled. Their mean is one row: what could be shuffled in it?",
                "it changes": "What could make it change? No answer does, and a sum has no order.",
            },
            right="nothing",
        ),
        key="13-recall",
        title="Warm up",
    )


def yourself():
    """The chapter's self-test."""
    return quiz(
        Question(
            "An image of 224 by 224 pixels, patches of 16 by 16. How many numbers are in one head's α?",
            {
                "14 × 14": "That is the number of patches. α has a row and a column for each of them.",
                "196 × 196": "Right. 14 · 14 = 196 patches, and every one may look at every one.",
                "256 × 256": "That is how many pixels are in a patch, squared. Which are the tokens?",
            },
            right="196 × 196",
        ),
        Question(
            "Attention with places reads 1,347 digits worse than a convolution, and better than it with hundreds of millions of images. A reason?",
            {
                "attention cannot see neighbours": "With places it can learn to. The question is from how many examples.",
                "the convolution has neighbourhood built in": "Right. What is built in need not be learnt; with enough images it can be learnt, and more.",
                "attention has too few parameters": "The average by distance has none at all, and reads these digits better.",
            },
            right="the convolution has neighbourhood built in",
        ),
        Question(
            "A graph has friends and opponents. The mask allows both. What does attention know about a tie?",
            {
                "that it is there": "Right. The kind must come in otherwise: a head with a mask of its own, a number added to the score, a part of the key.",
                "that it is there, and its kind": "The mask is True for both kinds. Where else would the kind stand?",
                "nothing": "It knows whom it may look at: for the others the weight is 0.",
            },
            right="that it is there",
        ),
        Question(
            "The scorer of 2018, one head. Which part of α can a query still change?",
            {
                "which key gets most": "The order of the keys is the same in every row.",
                "how sharp its row is": "Right. The bent line stretches or flattens the differences; it never turns them round.",
                "nothing at all": "So it was in chapter 2, without any curve. Here the curve bends some rows more than others.",
            },
            right="how sharp its row is",
        ),
        Question(
            "Rollout says that a patch has a share of 0.3 in the answer. What follows if you cover that patch?",
            {
                "the answer changes by 30 %": "Rollout never saw the values, the signs or the small networks.",
                "nothing can be said without trying": "Right. Rollout counts paths; an experiment measures effects.",
                "the answer cannot change": "A path is there, so it may. But how much travels on it?",
            },
            right="nothing can be said without trying",
        ),
        key="13-yourself",
    )
