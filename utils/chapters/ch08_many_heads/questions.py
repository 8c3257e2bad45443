"""Questions of chapter 08, each answer with the sentence that explains it."""

from utils.widgets.choices import Question, quiz


def recall():
    """Two questions from chapters 07 and 02."""
    return quiz(
        Question(
            "In self-attention the queries, keys and values are all made from the same tokens. Why is α not symmetric?",
            {
                "because of the softmax": "The softmax works along rows, so it plays a part. But the scores before it are not symmetric either.",
                "because queries and keys are made by different tables": "Right. What a word asks for need not be what it answers to.",
                "it is symmetric": "Then *it* looking at *cat* would force *cat* to look at *it* as much.",
            },
            right="because queries and keys are made by different tables",
        ),
        Question(
            "A row of α has the weights 0.5 and 0.5. What comes out?",
            {
                "the mean of the two values": "Right. The two are blended, and which part came from whom is lost.",
                "both values, side by side": "One row makes one answer: a sum. To keep both, one would need two rows.",
                "the larger value": "No weight chooses by size. Each value counts one half.",
            },
            right="the mean of the two values",
        ),
        key="8-recall",
        title="Warm up",
    )


def yourself():
    """The chapter's self-test."""
    return quiz(
        Question(
            "A layer has 12 tokens, 96 features and 8 heads. What does head 3 see?",
            {
                "tokens 4 and 5": "No head gets a slice of the tokens: all 12 stand in every head's α.",
                "all 12 tokens, in 12 features of q, k and v": "Right. 96 features dealt out to 8 heads are 12 each.",
                "all 12 tokens, and only features 36 to 47 of the words": "Its slice is cut after the projections, so each of its numbers was made from all 96 features.",
            },
            right="all 12 tokens, in 12 features of q, k and v",
        ),
        Question(
            "You change n_heads from 4 to 8, and nothing else. Which number doubles?",
            {
                "the parameters": "The tables keep their shapes; only the cuts are elsewhere.",
                "the features of a head": "They are halved: the same features are dealt out to more heads.",
                "the numbers in α": "Right. One matrix for each head.",
            },
            right="the numbers in α",
        ),
        Question(
            "With grouped heads, what do four query heads of a group have in common?",
            {
                "their α": "They ask different questions, so each has an α of its own.",
                "their keys and values": "Right. That is why the cache is a quarter as large.",
                "their queries": "Then they would ask the same. Only what answers is shared.",
            },
            right="their keys and values",
        ),
        Question(
            "`k.reshape(B, n_heads, T, d_head)` on keys of shape (B, T, d_model): what happens?",
            {
                "it raises an error": "The count of numbers is right, so nothing complains. That is the danger.",
                "the same as split_heads": "The axes are not exchanged, so other numbers end up in each head.",
                "the tokens are cut, silently": "Right. The shape is right and the heads are wrong; only a look at the numbers tells.",
            },
            right="the tokens are cut, silently",
        ),
        Question(
            "One layer does not learn associative recall with key and value as separate tokens within 4,000 steps. What helps most?",
            {
                "more heads in the same layer": "They all look at the same moment. No head can use what another one found.",
                "a second layer": "Right. First each value finds its key, then the question finds the value.",
                "a sharper softmax": "A sharp look at the wrong token is no help: no value knows its key yet.",
            },
            right="a second layer",
        ),
        key="8-yourself",
    )
