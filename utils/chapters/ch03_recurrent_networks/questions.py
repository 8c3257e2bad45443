"""Questions of chapter 03, each answer with the sentence that explains it."""

from utils.widgets.choices import Question, quiz


def recall():
    """One question from chapter 01, one from chapter 02."""
    return quiz(
        Question(
            "In the α of the average so far, what does row 3 look like (counted from 0), for six places?",
            {
                "¼, ¼, ¼, ¼, 0, 0": "Right. Row i has i + 1 voices, itself included, and none of the future.",
                "⅓, ⅓, ⅓, 0, 0, 0": "Row 3 hears the places 0, 1, 2 and 3.",
                "⅙ six times": "That is the plain mean. It hears the future.",
            },
            right="¼, ¼, ¼, ¼, 0, 0",
        ),
        Question(
            "A softmax is so sharp that one weight is 0.99999. How large is the gradient that goes through it?",
            {
                "nearly zero": "Right. Where nothing can win or lose much, nothing is learnt. Keep that in mind today.",
                "nearly one": "A small change of a score hardly moves weights that are nearly 0 or 1.",
                "nearly a hundred thousand": "That is the ratio of the weights, not the slope.",
            },
            right="nearly zero",
        ),
        key="3-recall",
        title="Warm up",
    )


def yourself():
    """The chapter's self-test."""
    return quiz(
        Question(
            "A moving average with keep = 0.5 has run for 10 steps. How much weight has the newest reading?",
            {
                "a tenth": "That is the average so far, which treats all ten alike.",
                "one half": "Right. It was written with 1 − keep, and nothing has faded it yet.",
                "nearly nothing": "The oldest has nearly nothing. The newest has not faded at all.",
            },
            right="one half",
        ),
        Question(
            "|∂h_t/∂x_s| is 0.001. What follows?",
            {
                "x_s has the weight 0.001 in h_t": "A slope is not a share: the rows sum to nothing in particular.",
                "x_s was not important": "A small change of it moves h_t little, at these inputs. A large change may do more.",
                "a small change of x_s moves h_t a thousandth as far": "Right, and no more than that: small, and at these inputs.",
            },
            right="a small change of x_s moves h_t a thousandth as far",
        ),
        Question(
            "Why did torch's start learn so seldom, when the orthogonal one learnt every time?",
            {
                "its learning rate was smaller": "Both were trained in exactly the same way.",
                "its gradient from far back was next to nothing": "Right. Each step back multiplied it by about 0.6, or less.",
                "it has fewer numbers": "Both have the same number of weights. Only the first values of one matrix differ.",
            },
            right="its gradient from far back was next to nothing",
        ),
        Question(
            "An RNN with tanh starts at radius 1.5. Must its gradient explode?",
            {
                "yes, by 1.5 at each step": "So it would be without tanh. What do large states do to the slope of the tanh?",
                "no": "Right. Large states sit in the bend of the tanh, and its slope takes back what the matrix stretched.",
                "it must vanish": "It may do either. Two things work against each other, and one has to measure.",
            },
            right="no",
        ),
        key="3-yourself",
    )
