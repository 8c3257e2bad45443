"""Questions of chapter 07, each answer with the sentence that explains it."""

from utils.widgets.choices import Question, quiz


def recall():
    """Two questions from chapters 01 and 02."""
    return quiz(
        Question(
            "Three queries ask five keys. What sums to one in the table of weights, three rows by five columns?",
            {
                "each row": "Right. Each query shares one unit of weight among the keys.",
                "each column": "A column belongs to a key. It may be heard by many queries, or by none.",
                "all fifteen weights": "Each query shares a unit of its own; all together make three.",
            },
            right="each row",
        ),
        Question(
            "A key must not be seen. What is done to its score, before the softmax?",
            {
                "it becomes 0": "e to the 0 is 1: the key would be heard like any other with a score of 0.",
                "it becomes minus infinity": "Right. e to the minus infinity is 0, and the others share the whole unit.",
                "nothing: its weight is set to 0 afterwards": "Then the row no longer sums to one.",
            },
            right="it becomes minus infinity",
        ),
        key="7-recall",
        title="Warm up",
    )


def yourself():
    """The chapter's self-test."""
    return quiz(
        Question(
            "Why do queries and keys get two different tables?",
            {
                "so that they have different lengths": "They must have the same length, or there is no dot product.",
                "so that a word can look for something that it is not": "Right. With one table, of any two words at least one scores itself as high as the other, or higher.",
                "so that rows sum to one": "The softmax sees to that, whatever the scores.",
            },
            right="so that a word can look for something that it is not",
        ),
        Question(
            "Four words ask six. The words have 16 numbers, queries and keys 8, values 5. What shape have the answers?",
            {
                "(4, 6)": "That is the shape of the weights.",
                "(6, 5)": "There is one answer for each word that asks.",
                "(4, 8)": "8 is the length of queries and keys. What is averaged?",
                "(4, 5)": "Right. One answer for each query, as long as a value.",
            },
            right="(4, 5)",
        ),
        Question(
            "Scores of shape (B, n, n), a padding mask of shape (B, n), and by chance B = n. What happens?",
            {
                "an error": "The shapes do broadcast: (B, n) is taken for (n_q, n_k).",
                "it works": "It broadcasts, but along which axis does B go?",
                "each query gets the mask of a sentence, silently": "Right. Row b is taken for query b, in every sentence. An axis of length 1 between them says what is meant.",
            },
            right="each query gets the mask of a sentence, silently",
        ),
        Question(
            "A query may look nowhere. What should its answer be?",
            {
                "the plain mean": "That is no preference: all scores equal. Here there is no permission.",
                "a convention: zero in this course": "Right. Softmax over nothing is undefined, so it must be agreed on; some libraries answer NaN.",
                "its own value": "Even its own place is forbidden to it.",
            },
            right="a convention: zero in this course",
        ),
        Question(
            "Self-attention without a mask reads 'dog bites man' and 'man bites dog'. Which answers differ?",
            {
                "all": "Each word meets the same words in both. Does the order enter a sum?",
                "none: each word gets the same in both": "Right. Order must come in from elsewhere: positions, or a causal mask.",
                "only that of bites": "Both its neighbours have changed sides, and it has no idea of sides.",
            },
            right="none: each word gets the same in both",
        ),
        key="7-yourself",
    )
