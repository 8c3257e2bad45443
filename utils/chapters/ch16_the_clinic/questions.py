"""Questions of chapter 16, each answer with the sentence that explains it."""

from utils.widgets.choices import Question, quiz


def recall():
    """Two questions from chapters 02 and 07."""
    return quiz(
        Question(
            "A key gets the score 0. The other two keys of the row have the scores 0 and 0. What weight does it get?",
            {
                "0": "A score of 0 is no ban: e⁰ = 1.",
                "one third": "Right. All three are e⁰ = 1 before the division. Only the score −∞ gives the weight 0.",
                "it cannot be said": "Softmax needs nothing but the scores, and they are all there.",
            },
            right="one third",
        ),
        Question(
            "Which test finds `weights.T @ v`, on a sentence that asks itself?",
            {
                "the shape of the answers": "With as many queries as keys the shape is right.",
                "the largest weight": "The weights are right. They are only used in the wrong direction.",
                "values that are all 1": "Right. Every average of ones is 1, and the sum down a column is not.",
            },
            right="values that are all 1",
        ),
        key="16-recall",
        title="Warm up",
    )


def yourself():
    """The chapter's self-test."""
    return quiz(
        Question(
            "A model's training loss falls faster than that of anything published. What do you do first?",
            {
                "train it longer": "If the future leaks, longer training makes it a better reader of the answer, and nothing else.",
                "change the future and look at the past": "Right. It takes one line, and a leak is the usual reason.",
                "lower the learning rate": "Nothing is unstable. It is too good, and that has other reasons.",
            },
            right="change the future and look at the past",
        ),
        Question(
            "Weights are masked after the softmax, and then each row is divided by its sum. Right or wrong?",
            {
                "wrong: the mask has to come before": "The same numbers come out: e to the score, divided by the sum over the allowed keys.",
                "right, while every row has something left to divide by": "Right. A row that may look nowhere gives 0/0, and so does one whose allowed weights are too small for the computer.",
                "right, always": "What about a row in which nothing is allowed?",
            },
            right="right, while every row has something left to divide by",
        ),
        Question(
            "Two claims: *an LSTM solves long dependencies* and *self-attention saves computation*. What do they have in common?",
            {
                "both are true": "Each was measured: steps grow with the distance, and products grow with the square of the length.",
                "both lack a length": "Right. The first holds up to some N for some start, the second per layer while N is below d.",
                "both are false at every length": "At short lengths an LSTM learns, and while N < d a layer of self-attention multiplies less than a recurrent one.",
            },
            right="both lack a length",
        ),
        Question(
            "A card says: window 4,096 in every layer, 32 layers. How far back can the last layer be influenced from?",
            {
                "4,096 tokens": "One layer sees that far. The next one sees what it saw.",
                "up to 32 × 4,096 tokens": "Right, in steps from layer to layer. What can arrive need not arrive.",
                "as far as the text goes": "Without a layer that sees everything there is an end.",
            },
            right="up to 32 × 4,096 tokens",
        ),
        Question(
            "`diagnose` finds nothing. What do you know?",
            {
                "the function is right": "It tried some twenty probes. A fault that none of them looks for stays unseen.",
                "it behaves as softmax attention should, in the probes that were tried": "Right. And the list of what was not tried stands below.",
                "the model will train well": "Data, loss and learning rate were not looked at.",
            },
            right="it behaves as softmax attention should, in the probes that were tried",
        ),
        key="16-yourself",
    )
