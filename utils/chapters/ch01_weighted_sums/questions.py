"""Questions of chapter 01, each answer with the sentence that explains it."""

from utils.widgets.choices import Question, quiz


def recall():
    """Two questions about what the chapter builds on."""
    return quiz(
        Question(
            "A has shape (3, 7) and x has shape (7,). What is the shape of A @ x?",
            {
                "(7,)": "The axis of length 7 is the one that is summed away. What is left of A?",
                "(3,)": "Right. The sevens meet and are summed away; one number is left for each of the three rows.",
                "(3, 7)": "That would be A * x, entry by entry. @ also adds up along the sevens.",
                "it is an error": "The inner sizes, 7 and 7, agree, so it works.",
            },
            right="(3,)",
        ),
        Question(
            "A has shape (3, 7). What is the shape of A.sum(axis=1)?",
            {
                "(7,)": "That is axis=0, which adds down the columns.",
                "(3, 1)": "Only with keepdims=True. Remember it, you will want it soon.",
                "(3,)": "Right. Axis 1 runs along the row; adding along it leaves one number a row.",
                "one number": "That is A.sum() without an axis.",
            },
            right="(3,)",
        ),
        key="1-recall",
        title="Warm up",
    )


def yourself():
    """The chapter's self-test."""
    return quiz(
        Question(
            "A colleague's weights sum to one, all readings lie between 18 and 25, and the answer is 12. What is wrong?",
            {
                "a weight is negative": "Right. With a sum of one, only a negative weight can lead out of the range of the values.",
                "the weights are too small": "They sum to one, so they cannot all be too small. What else can lead out of the range?",
                "the radiator counts too much": "A hot reading pulls the answer up, and never out of the range of the readings.",
                "nothing, this can happen": "Not with proper weights: the answer would lie between 18 and 25.",
            },
            right="a weight is negative",
        ),
        Question(
            "α has shape (4, 9). Whose weights are in α[2]?",
            {
                "those of the third reading, over four questions": "That is the column α[:, 2]. Its sum says how popular that reading is.",
                "those of the second question": "Python counts from 0, so α[2] is the third row.",
                "those of the third question, over nine readings": "Right. A row is who asks; along it stand the readings.",
            },
            right="those of the third question, over nine readings",
        ),
        Question(
            "Every column of an α sums to exactly one, the rows do not. What probably happened?",
            {
                "nothing, columns should sum to one": "Rows should. A column may sum to anything: it says how popular a key is.",
                "it was divided along the wrong axis": "Right. Each key now spends one unit over the queries, and the answers are no averages.",
                "the values were too large": "The values do not enter the weights at all.",
            },
            right="it was divided along the wrong axis",
        ),
        Question(
            "In kernel regression, what changes if you add 5 degrees to every reading?",
            {
                "only the weights": "The weights are made from where the readings hang, not from what they say.",
                "weights and answers": "The weights are made from where the readings hang; they stay. The answers move by 5.",
                "only the answers, by 5": "Right. The weights come from queries and keys alone; values decide what, not how much.",
            },
            right="only the answers, by 5",
        ),
        key="1-yourself",
    )
