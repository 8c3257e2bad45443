"""Questions of chapter 09, each answer with the sentence that explains it."""

from utils.widgets.choices import Question, quiz


def recall():
    """Two questions from chapters 07 and 08."""
    return quiz(
        Question(
            "A causal mask for five words: how many words may the third look at, itself included?",
            {
                "two": "Itself counts, too: the diagonal is allowed.",
                "three": "Right. Itself and the two before it.",
                "five": "That would be no mask. The two ahead are forbidden.",
            },
            right="three",
        ),
        Question(
            "Attention with d_model = 32 and four heads. What does one head work on?",
            {
                "a quarter of the words": "Every head sees all words. What it gets less of is something else.",
                "8 of each word's 32 features": "Right. Queries, keys and values are split along the features, 32 / 4.",
                "all 32 features of each word": "Then four heads would need four times the features.",
            },
            right="8 of each word's 32 features",
        ),
        key="9-recall",
        title="Warm up",
    )


def yourself():
    """The chapter's self-test."""
    return quiz(
        Question(
            "No mask, no code for places. You shuffle the words of a sentence. What happens to what each word hears?",
            {
                "it changes for words that moved": "What could tell a word that it moved? Scores and sums know only which words are there.",
                "nothing: the same answers, shuffled": "Right. That is the permutation symmetry: a bag of words.",
                "it changes for all words": "A code would do that. Without one, each word meets the same keys with the same scores.",
            },
            right="nothing: the same answers, shuffled",
        ),
        Question(
            "Which is turned in rotary attention?",
            {
                "queries, keys and values": "Turned values would bring the absolute place back into what is heard. Scores come from two of the three.",
                "queries and keys": "Right. Their dot products then see the distance only; values stay as they are.",
                "keys only": "Then the score would depend on the key's own place, not on the distance.",
            },
            right="queries and keys",
        ),
        Question(
            "A model with learned codes was trained on rows of 512. What is its code for place 600?",
            {
                "there is none": "Right. The table has 512 rows. A program stops, or somebody must invent a vector.",
                "the same as for place 599, nearly": "Nothing computes a learned code; it is looked up in a table. How many rows has it?",
                "a sine and a cosine": "That is the sinusoidal code. A learned one is a table.",
            },
            right="there is none",
        ),
        Question(
            "You load somebody's rotary weights. Everything runs, and the answers are nonsense. What would you look at first?",
            {
                "the shapes": "A wrong shape would have raised an error. Something fits and is still wrong.",
                "whether norms are kept": "A turn keeps them with either choice. That is why nobody notices.",
                "the pairing": "Right. Neighbours or halves: each gives scores that see distance only, but only one fits the weights.",
            },
            right="the pairing",
        ),
        Question(
            "Which sentence is true?",
            {
                "attention can never know order by itself": "True of attention without a mask. What does the causal mask let a word count?",
                "under a causal mask it can, without any code": "Right. A word's share in a mean shrinks as 1/(i+1), and training found that.",
                "attention always knows order": "Shuffle a sentence without mask and code: nobody notices.",
            },
            right="under a causal mask it can, without any code",
        ),
        key="9-yourself",
    )
