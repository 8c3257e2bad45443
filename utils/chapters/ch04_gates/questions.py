"""Questions of chapter 04, each answer with the sentence that explains it."""

from utils.widgets.choices import Question, quiz


def recall():
    """One question from chapter 02, one from chapter 03."""
    return quiz(
        Question(
            "Softmax over two scores, 3 and 0. What happens to the first weight when both scores grow by 5?",
            {
                "it grows": "Only its lead counts, and the lead is still 3.",
                "nothing": "Right. Only differences count: 8 and 5 give the same weights as 3 and 0.",
                "it shrinks towards one half": "That would be a higher temperature, which makes differences smaller.",
            },
            right="nothing",
        ),
        Question(
            "A moving average keeps 0.9 of its memory at every step. How much weight has the input of two steps ago?",
            {
                "0.9": "So much of the memory is kept in one step. How much was written, and how often was it faded?",
                "0.081": "Right. Written with 0.1, then kept twice: 0.1 times 0.9 times 0.9.",
                "0.81": "It is kept twice, that is true. But it was written with 1 - 0.9 first.",
            },
            right="0.081",
        ),
        key="4-recall",
        title="Warm up",
    )


def yourself():
    """The chapter's self-test."""
    return quiz(
        Question(
            "A row of one unit's α sums to 1.8. Which machine is it?",
            {
                "a GRU": "It writes what it does not keep, so its rows sum to one, with the start's share.",
                "an LSTM": "Right. Keeping and writing are two gates: it may keep all and write as well.",
                "neither, there is a mistake": "For a weighted average it would be one. Is every α an average?",
            },
            right="an LSTM",
        ),
        Question(
            "The α of a cell shows 0.9 for step 3. What do you know?",
            {
                "the input of step 3 matters most": "Not from this map. The candidate may have ignored its input.",
                "nine tenths of the candidate of step 3 are in the cell": "Right. What that candidate had seen, the map does not tell.",
                "steps 1 and 2 do not matter": "They may live on inside the candidate of step 3, which saw the state before it.",
            },
            right="nine tenths of the candidate of step 3 are in the cell",
        ),
        Question(
            "You want a half-life of about 14 steps, and write 3 into both of torch's forget biases. What happens?",
            {
                "the half-life is 14": "torch adds its two biases, so the score is not 3.",
                "the half-life is 28": "Twice the bias is not twice the half-life: the gate goes through the sigmoid.",
                "the half-life is far longer": "Right. The biases are added: with 6 it is 280 steps. Set one and zero the other.",
            },
            right="the half-life is far longer",
        ),
        Question(
            "A GRU's weights come from another library, and every answer is a little wrong. What do you look at first?",
            {
                "the learning rate": "Nothing is learnt here. The same numbers are read in another way.",
                "where r acts, what z means, the order of the blocks": "Right. These are the conventions, and no error tells when they are mixed.",
                "the half-life": "A wrong half-life would come from a wrong bias. Here all weights are as they were learnt.",
            },
            right="where r acts, what z means, the order of the blocks",
        ),
        Question(
            "An LSTM has not learnt a task of 100 steps within 500 training steps. What may you conclude?",
            {
                "LSTMs cannot do it": "Other starts and more steps do it: the table that was measured earlier shows some.",
                "it has not, with this start, rate and budget": "Right, and no more than that.",
                "its gradient vanishes": "Perhaps. But two of three runs with a forget bias of 3 failed too, and theirs began healthy.",
            },
            right="it has not, with this start, rate and budget",
        ),
        key="4-yourself",
    )
