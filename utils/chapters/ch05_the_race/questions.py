"""Questions of chapter 05, each answer with the sentence that explains it."""

from utils.widgets.choices import Question, quiz


def recall():
    """Two questions from chapters 03 and 04."""
    return quiz(
        Question(
            "Torch's default RNN gets almost no gradient from 50 steps back, the same RNN with an orthogonal start does. What does that show?",
            {
                "recurrent networks cannot look far back": "One of the two can. They have the same parts.",
                "the start decides much of it": "Right. A matrix that shrinks at every step shrinks fifty times; one that turns does not.",
                "the orthogonal RNN has more parameters": "It has as many, only other numbers to begin with.",
            },
            right="the start decides much of it",
        ),
        Question(
            "An LSTM with the chrono start has a healthy gradient over 100 steps. Is it sure to learn?",
            {
                "yes": "A healthy gradient is a head start. The learning rate, the steps and the task decide as well.",
                "no, but it may": "Right. With a poor learning rate even a healthy gradient leads nowhere.",
                "no, gates always forget": "A gate near 1 keeps nearly everything, as long as it stays there.",
            },
            right="no, but it may",
        ),
        key="5-recall",
        title="Warm up",
    )


def yourself():
    """The chapter's self-test."""
    return quiz(
        Question(
            "In a table the LSTM has accuracy 0.21 on five pairs after 1,000 steps, and 0.20 is what a guess among the five gives. What follows?",
            {
                "it had not learnt to look up, within this budget": "Right. That is all a run that stopped can say.",
                "an LSTM is unable to look up": "With more steps it may. No stop shows that something is impossible.",
                "it has learnt a little: 0.21 is above 0.20": "A few hundred rows are held out, so 0.01 is within chance.",
            },
            right="it had not learnt to look up, within this budget",
        ),
        Question(
            "The plain mean, with a small network for each item, finds the first symbol. What did the attention read have to offer on that task?",
            {
                "weights that depend on the row": "The mean has none of these and gets there, too.",
                "direct access to every item": "Right. Both keep all items, and nothing has to be carried.",
                "more parameters": "They were made equal, place vectors aside.",
            },
            right="direct access to every item",
        ),
        Question(
            "You choose the learning rate by the accuracy on the test seeds, for every model alike. Is that fair?",
            {
                "yes, all are treated alike": "Alike, and all too well: each reports its luckiest run.",
                "no, the test seeds were used to choose": "Right. Choose on a validation seed; what is reported must not have chosen.",
                "no, learning rates should never differ": "They may. What must be equal is how long each was searched for.",
            },
            right="no, the test seeds were used to choose",
        ),
        Question(
            "An attention read without vectors for places reads a row backwards, all but the item that asks. What happens to its answer?",
            {
                "it stays the same": "Right. The same items get the same weights, in another order, and a sum has no order.",
                "it is the second-last symbol": "It knows of no places, so second-last means nothing to it.",
                "it changes a little": "Each item keeps its score, and so its weight.",
            },
            right="it stays the same",
        ),
        Question(
            "Path length: how many steps does the news of the first item take to the answer, in a row of N?",
            {
                "one for attention, about N for a memory": "Right. That is what direct access means; it says nothing about milliseconds.",
                "one for both": "A memory hands it on from state to state.",
                "N for both": "The read scores the first item directly, however far away it stands.",
            },
            right="one for attention, about N for a memory",
        ),
        key="5-yourself",
    )
