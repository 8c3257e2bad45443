"""Questions of chapter 12, each answer with the sentence that explains it."""

from utils.widgets.choices import Question, quiz


def recall():
    """Two questions from chapters 07 and 08."""
    return quiz(
        Question(
            "You change W_v of a head, and leave W_q and W_k as they are. What changes?",
            {
                "α, and with it the answer": "α is made of queries and keys alone.",
                "what is handed over; α stays as it is": "Right. α says where a head looks, the values say what comes back.",
                "nothing, as long as the rows of α sum to one": "They do. But what is averaged with them has changed.",
            },
            right="what is handed over; α stays as it is",
        ),
        Question(
            "What happens to what the heads of a layer found?",
            {
                "it is averaged": "Then nobody could tell the heads apart any more.",
                "the best head is taken": "No head is chosen; all of them are heard.",
                "it is put side by side, and W_o mixes it": "Right. That is the same as: each head has its own part of W_o, and the results are added.",
            },
            right="it is put side by side, and W_o mixes it",
        ),
        key="12-recall",
        title="Warm up",
    )


def yourself():
    """The chapter's self-test."""
    return quiz(
        Question(
            "A paper shows one map of one head, and it looks like grammar. What do you ask first?",
            {
                "how many heads were looked at before this one was chosen": "Right. Among 500 random heads there was a beautiful one, too.",
                "whether the colours are good": "Pretty or not: one chosen picture is no measurement.",
                "how sharp the softmax was": "A sharp map can be as meaningless as a soft one.",
            },
            right="how many heads were looked at before this one was chosen",
        ),
        Question(
            "A head is removed, and accuracy stays. What follows?",
            {
                "the head does nothing": "In our models with four heads this held for every one of them, and together they did everything.",
                "the others can do without it": "Right. Whether it did something all the same, only removing it with its stand-ins shows.",
                "the head should be pruned": "Perhaps. But then the next removal may hurt.",
            },
            right="the others can do without it",
        ),
        Question(
            "Why does a classifier over a GRU often survive when its α is shuffled?",
            {
                "its α is uniform": "Some were, many were not.",
                "each state has read the whole word, so many may hold the answer": "Right. Whether they do differs from seed to seed.",
                "the classifier ignores its attention": "What is fetched is all that it gets. It must use it.",
            },
            right="each state has read the whole word, so many may hold the answer",
        ),
        Question(
            "A head has 64 features for each value, and a row has 20 keys. Is there another α with the same answer?",
            {
                "yes, many": "Twenty weights, and up to 65 conditions: there is no room.",
                "as a rule no": "Right. There must be more keys than features and one, and room to move.",
                "only after shuffling": "Shuffling gives another answer, as a rule.",
            },
            right="as a rule no",
        ),
        Question(
            "Two tokens get 0.9 and 0.1 of the weight; their values, after W_o, have lengths 1 and 27. Who hands over more?",
            {
                "the one with 0.9": "It hands over 0.9 · 1 = 0.9.",
                "the one with 0.1": "Right: 0.1 · 27 = 2.7, three times as much.",
                "both alike": "Multiply each weight by its length.",
            },
            right="the one with 0.1",
        ),
        key="12-yourself",
    )
