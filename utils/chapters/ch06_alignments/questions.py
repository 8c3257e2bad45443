"""Questions of chapter 06, each answer with the sentence that explains it."""

from utils.widgets.choices import Question, quiz


def recall():
    """Two questions from earlier chapters."""
    return quiz(
        Question(
            "A recurrent network has read 200 symbols. Where is what it knows about the first one?",
            {
                "in its last state, if anywhere": "Right. All it can use is one vector, written over 200 times.",
                "in a list of all symbols": "It keeps no list. A state is all that goes from step to step.",
                "in its weights": "The weights are the same for every row that it reads.",
            },
            right="in its last state, if anywhere",
        ),
        Question(
            "In the additive score w · tanh(W_q q + W_k k), what happens without the tanh?",
            {
                "the scores overflow": "Sums of moderate numbers stay moderate.",
                "the query loses its say": "Right. It adds the same number to its whole row, and softmax ignores that.",
                "nothing much": "Then every query would have the same weights. Look again at chapter 2.",
            },
            right="the query loses its say",
        ),
        key="6-recall",
        title="Warm up",
    )


def yourself():
    """The chapter's self-test."""
    return quiz(
        Question(
            "Suppose α has its darkest cell at the letter h while a model says F in “phone”. What does it look at?",
            {
                "the letter h": "A column is a state that stands at h, and that state has read the whole word.",
                "a state that stands at h and has read all letters": "Right. One direction brings p to it, the other brings o, n and e.",
                "the sound of h": "There is no sound in the encoder: it has read letters.",
            },
            right="a state that stands at h and has read all letters",
        ),
        Question(
            "In this chapter's decoder, which is the query, which the key, which the value?",
            {
                "query: decoder's state; key and value: the encoder's states": "Right. One list of states is asked, and the same list is fetched from.",
                "query: encoder's states; key and value: decoder's state": "The one who speaks must ask. Who speaks?",
                "query, key and value: all three are the encoder's states": "Then what is said so far would have no part in where it looks.",
            },
            right="query: decoder's state; key and value: the encoder's states",
        ),
        Question(
            "A batch holds “cat” and “knight”. The mask is forgotten. What happens to “cat”?",
            {
                "nothing: padding is zero": "The states at padding get a score like all others, and a share of α.",
                "some of its α falls on padding": "Right. Its answer then depends on who else is in the batch.",
                "an error": "All shapes fit. That is what makes it a mean mistake.",
            },
            right="some of its α falls on padding",
        ),
        Question(
            "While it trains, the decoder is fed the right phonemes. Why may its mistakes still pile up later?",
            {
                "it hears its own words then, also the wrong ones": "Right. It never practised going on after a mistake.",
                "it has forgotten its weights": "The weights stay. What it is fed differs.",
                "the encoder is no longer used": "It reads every word, in training and later.",
            },
            right="it hears its own words then, also the wrong ones",
        ),
        Question(
            "You moved one row of α, and the phoneme changed. What do you know now?",
            {
                "that high weights always explain the answer": "You moved one row of one word. Another state may have served as well.",
                "that for this word this row had an effect": "Right. You changed one thing, and saw what followed. Looking alone would not have told.",
                "nothing": "You did an experiment: one cause was changed, all else was left alone.",
            },
            right="that for this word this row had an effect",
        ),
        key="6-yourself",
    )
