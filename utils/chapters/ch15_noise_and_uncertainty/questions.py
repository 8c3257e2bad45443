"""Questions of chapter 15, each answer with the sentence that explains it."""

from utils.widgets.choices import Question, quiz


def recall():
    """Two questions from chapters 02 and 05."""
    return quiz(
        Question(
            "All scores of a row are lowered by 1000. What happens to its weights?",
            {
                "they shrink to almost 0": "Before dividing, yes. Dividing by the sum brings them back to where they were.",
                "they stay as they are": "Right. Softmax sees differences only. Keep this in mind for today.",
                "they become uniform": "That would need the differences to shrink. They have not changed.",
            },
            right="they stay as they are",
        ),
        Question(
            "In the race, a model was not at 97 % when its steps were used up. What may one say?",
            {
                "it cannot learn the task": "The race measured a budget, not an ability.",
                "it did not get there within the budget": "Right. Another start, another rate or more steps may change it.",
                "attention is needed for the task": "A failure of one model does not prove what all others need.",
            },
            right="it did not get there within the budget",
        ),
        key="15-recall",
        title="Warm up",
    )


def yourself():
    """The chapter's self-test."""
    return quiz(
        Question(
            "Kernel regression, asked far from all its readings, gives a tiny weighted variance. Why?",
            {
                "the readings far away agree": "They need not. It listens to one of them only.",
                "softmax gives the nearest one nearly all, however far it is": "Right. Differences of scores grow with the distance; that all scores are low is divided away.",
                "the bandwidth is too wide": "With a wider one it begins further out, and it still comes.",
            },
            right="softmax gives the nearest one nearly all, however far it is",
        ),
        Question(
            "1 / Σα² of a row is 1.0. Is the query near a reading?",
            {
                "yes, exactly one is near": "It says how many are listened to, not from how far.",
                "no, it is far from all": "It may as well stand right at a lonely reading: that row looks the same.",
                "the row cannot tell": "Right. Near one or far from all, α is the same. The mass tells them apart.",
            },
            right="the row cannot tell",
        ),
        Question(
            "Of 1,000 bands that promise 95 %, 800 hold their reading. What is this model?",
            {
                "too sure of itself": "Right. Its bands are narrower than its errors.",
                "too modest": "Then more than 950 would hold theirs.",
                "well calibrated, because 80 % is a lot": "Calibrated means that the count equals the promise.",
            },
            right="too sure of itself",
        ),
        Question(
            "A model's α has its largest weight at .97, on average, and it is right in 27 % of the rows. What would make α honest?",
            {
                "a lower temperature": "That makes it sharper still, and no more often right.",
                "a higher temperature": "Right. Which key is largest stays, the promise comes down. In our look-up the right one is the noise squared.",
                "more keys": "They would make it right less often.",
            },
            right="a higher temperature",
        ),
        Question(
            "Which model could beat the exact Gaussian process on our curves, on average, by the log score?",
            {
                "a large enough neural process": "The curves are drawn from that very process, so its answer is what the readings say, no more and no less.",
                "none": "Right. Here the truth about the doubt is known. On real data it would be one guess among others.",
                "one with a sharper α": "Sharper is not surer.",
            },
            right="none",
        ),
        key="15-yourself",
    )
