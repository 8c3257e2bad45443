"""Questions of chapter 11, each answer with the sentence that explains it."""

from utils.widgets.choices import Question, quiz


def recall():
    """Two questions from chapters 02 and 09."""
    return quiz(
        Question(
            "Two scores are 2 and 0. All scores of the row are divided by a temperature of 0.1. What becomes of the weights?",
            {
                "the first takes nearly all": "Right. The difference grows from 2 to 20, and softmax sees differences only.",
                "they become alike": "That is what heat does: differences shrink. Cold makes them grow.",
                "nothing: softmax makes them sum to one anyway": "They sum to one before and after, but differences within the row count.",
            },
            right="the first takes nearly all",
        ),
        Question(
            "A model has learned a vector for each of 128 places. What does it know about place 128, the 129th?",
            {
                "it continues the pattern": "A table has no pattern to continue: each row was learned by itself.",
                "nothing, there is no such row": "Right. Remember it: this chapter runs into that edge.",
                "the same as about place 0": "Only if somebody wraps around on purpose.",
            },
            right="nothing, there is no such row",
        ),
        key="11-recall",
        title="Warm up",
    )


def yourself():
    """The chapter's self-test."""
    return quiz(
        Question(
            "A model gives four tokens the chances 0.45, 0.30, 0.15 and 0.10. Which are kept by top-p with 0.7?",
            {
                "the first": "0.45 alone does not reach 0.7.",
                "the first two": "Right. The second one crosses 0.7, and the crossing token is kept.",
                "the first three": "The first two already hold 0.75.",
            },
            right="the first two",
        ),
        Question(
            "Why is a query not kept in the cache?",
            {
                "it is smaller than a key": "Queries and keys are equally long here.",
                "it is asked once, when its token is new; only keys and values are asked for later": "Right. Row i of α is finished once token i has looked.",
                "it depends on later tokens": "Under a causal mask nothing does. It is not needed again, that is all.",
            },
            right="it is asked once, when its token is new; only keys and values are asked for later",
        ),
        Question(
            "Learned places, a full context, and one more token. Why is the cache of no use?",
            {
                "it has become too slow": "Its speed is fine. Its contents are not true any more.",
                "the window slides, every token gets another place, and so other keys": "Right. And deeper keys also remember a token that is gone.",
                "softmax does not sum to one any more": "It would: over whatever keys it is given, true ones or not.",
            },
            right="the window slides, every token gets another place, and so other keys",
        ),
        Question(
            "A text costs a model 3 bits per character. What is its perplexity?",
            {
                "3": "Bits are the logarithm; the perplexity is 2 to the bits.",
                "8": "Right. It is as unsure as among eight equal chances.",
                "about 20": "That is e³. Bits are undone by powers of 2.",
            },
            right="8",
        ),
        Question(
            "Always taking the likeliest token gives the text that surprises the model least at each step. Why does it read badly?",
            {
                "the model is wrong about the chances": "It may be, but the text of people surprises even a good model much more than this.",
                "what people write is not the likeliest at every step, and a choice without luck goes in circles": "Right. Where the same last characters come back, so does the same choice.",
                "softmax rounds small chances to zero": "It does not, and the small ones are not taken here anyway.",
            },
            right="what people write is not the likeliest at every step, and a choice without luck goes in circles",
        ),
        key="11-yourself",
    )
