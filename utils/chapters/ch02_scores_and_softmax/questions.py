"""Questions of chapter 02, each answer with the sentence that explains it."""

from utils.widgets.choices import Question, quiz


def recall():
    """Two questions from chapter 01."""
    return quiz(
        Question(
            "Weights that are not negative and sum to one, over the readings 3, 8 and 9. Which answer can they never give?",
            {
                "9.5": "Right. An average never leaves the range of its values.",
                "8.9": "All weight on 9 but a little on 8: that is within reach.",
                "3": "All weight on the first reading gives exactly 3.",
            },
            right="9.5",
        ),
        Question(
            "In kernel regression, which two meet to make a weight?",
            {
                "query and value": "What a reading says has no part in how much it is heard.",
                "query and key": "Right. Where I ask, and where a reading hangs.",
                "key and value": "They belong to the same reading. Who asks?",
            },
            right="query and key",
        ),
        key="2-recall",
        title="Warm up",
    )


def yourself():
    """The chapter's self-test."""
    return quiz(
        Question(
            "The scores of a row are 1, 2, 3. Another row has 101, 102, 103. How do their weights differ?",
            {
                "the second row is sharper": "Multiplying would sharpen. Adding the same number to all cancels.",
                "the second row overflows": "Not with the maximum subtracted. Then both rows become -2, -1, 0.",
                "not at all": "Right. Only differences within a row count; the shared 100 cancels.",
            },
            right="not at all",
        ),
        Question(
            "A model makes NaN as soon as its scores pass a few hundred. What is missing?",
            {
                "dividing by the root of d": "That makes scores smaller, and they can still grow. It is there so that learning can start.",
                "a mask": "A mask forbids keys. Here the powers are too large for the computer's numbers.",
                "subtracting the row's maximum": "Right. Then the largest power is e to the 0, however large the scores.",
            },
            right="subtracting the row's maximum",
        ),
        Question(
            "You multiply the finished weights by a mask of zeros and ones. What goes wrong?",
            {
                "the forbidden keys are still heard": "Their weight is 0 now, so they are not. What about the weight that they had?",
                "the rows no longer sum to one": "Right. The forbidden keys' share is lost, and every answer shrinks. Mask the scores, with minus infinity.",
                "nothing": "The forbidden keys took a share of the unit. Where is it now?",
            },
            right="the rows no longer sum to one",
        ),
        Question(
            "Every row of an additive scorer's weights is the same, whatever the query. What would you look at first?",
            {
                "whether the maximum is subtracted": "That never changes a weight. Something takes the query's say away.",
                "whether the tanh is there": "Right. Without it the query adds the same number to its whole row, and softmax ignores that.",
                "whether d is large": "A large d makes rows sharp, each towards its own key. Here all rows agree.",
            },
            right="whether the tanh is there",
        ),
        Question(
            "A row has an entropy of 0 bits. What does it do?",
            {
                "it takes the plain mean": "Then the entropy would be as large as it can be, log2 of n.",
                "it listens to nobody": "Its weights sum to one, so somebody is heard.",
                "it copies one value": "Right. All weight stands on one key: two to the 0 is 1.",
            },
            right="it copies one value",
        ),
        key="2-yourself",
    )
