"""Questions of chapter 10, each answer with the sentence that explains it."""

from utils.widgets.choices import Question, quiz


def recall():
    """Two questions from chapters 08 and 09."""
    return quiz(
        Question(
            "What does one layer of attention do to a token?",
            {
                "it replaces it by a weighted average of all values it may look at": "Right. What the token itself was comes back only if it looks at itself.",
                "it adds a little network": "Attention is an average. The network comes in this chapter.",
                "it keeps it and changes only α": "α is made anew for every text, and the token's answer is made with it.",
            },
            right="it replaces it by a weighted average of all values it may look at",
        ),
        Question(
            "A model has learned vectors for 128 places. What does it do at place 128, counted from 0?",
            {
                "it has no vector there": "Right. The places 0 to 127 were learned, and nothing beyond.",
                "it uses the vector of place 0 again": "Nothing does that by itself; and the place would be wrong.",
                "it turns the queries further": "Rotary codes do. Learned ones are rows of a table.",
            },
            right="it has no vector there",
        ),
        key="10-recall",
        title="Warm up",
    )


def yourself():
    """The chapter's self-test."""
    return quiz(
        Question(
            "Where in a block can one token learn something from another?",
            {
                "in attention only": "Right. Norm and feed-forward network see each token alone.",
                "in attention and in the feed-forward network": "The network is the same for all tokens, but each goes through it alone.",
                "in the layer norm": "Its mean goes over the features of one token, not over tokens.",
            },
            right="in attention only",
        ),
        Question(
            "Eight layers of attention, nothing else, no residual. What becomes of twelve different tokens?",
            {
                "they grow without bound": "Averages do not grow. What happens to their difference?",
                "they all become the same": "Right. Averages of averages: after four layers only rounding told ours apart.",
                "they stay as different as they were": "Each layer makes averages, and averages are closer to each other than what went in.",
            },
            right="they all become the same",
        ),
        Question(
            "Model A costs 2.0 bits per character on a text of 1,000 characters, model B 1.5. What does that mean?",
            {
                "B is right more often, by half": "Bits are not counts of right answers. They measure how probable the text was.",
                "B would need 500 bits less to write the text down": "Right. 2,000 against 1,500.",
                "B is better on every text": "It is better on this one. The text must be one neither has seen.",
            },
            right="B would need 500 bits less to write the text down",
        ),
        Question(
            "The topic *attribute-access* is held out. Why was that not enough?",
            {
                "one topic is too small": "Size is not the trouble: its text stood in the training text, word for word.",
                "its paragraphs stand in another topic too": "Right. Then a model, or a table of counts, is asked what it has read.",
                "its name is known": "The name is a few characters. The text was the leak.",
            },
            right="its paragraphs stand in another topic too",
        ),
        Question(
            "d_model is 128 and the text has 128 characters. Where does a block multiply most?",
            {
                "in the scores and α v, because they grow as N²": "They take a seventh here. They take half at N = 768.",
                "in the tables of weights": "Right. 12 N d² against 2 N² d: the scores win only beyond N = 6 d.",
                "in the layer norm": "It costs a few multiplications a feature, no table.",
            },
            right="in the tables of weights",
        ),
        key="10-yourself",
    )
