"""Choosing: ``predict`` commits the learner before the next cell tells, ``quiz`` explains every wrong option."""

import anywidget
from traitlets import Dict, Int, List, Unicode

from utils import progress
from utils.widgets.scripts import script

LETTERS = "ABCDEFGH"  # as in static/choice.js


class Question:
    """One question of a quiz: its options, each with the sentence it earns, and the right one."""

    def __init__(self, text, feedback, *, right):
        """Keep the parts, as text.

        text: the question
        feedback: {option: why it is right or wrong}; `backticks` set code, everything else is plain text
        right: the option that is right
        """
        self.text, self.right = _sentence("a question", text), str(right).strip()
        self.options = _distinct(f"the question {self.text!r}", feedback)
        self.feedback = [_sentence(f"the feedback to {option!r}", said) for option, said in feedback.items()]
        if self.right not in self.options:
            raise ValueError(f"right={right!r} is not among the options of {self.text!r}: {self.options}")

    def spec(self):
        """Return the question as the browser gets it."""
        right = self.options.index(self.right)
        return {"text": self.text, "options": self.options, "feedback": self.feedback, "right": right}


class _Choosing(anywidget.AnyWidget):
    """A widget whose saved form is one constant text, whatever was chosen in it."""

    _esm = script("choice.js")
    data = Dict().tag(sync=True)
    note = Unicode().tag(sync=True)  # a sentence when progress could not be written

    def __init__(self, text, **traits):
        super().__init__(**traits)
        self._text = text

    def _repr_mimebundle_(self, **kwargs):
        bundle, metadata = super()._repr_mimebundle_(**kwargs)
        return bundle | {"text/plain": self._text}, metadata


class Prediction(_Choosing):
    """A choice made before the answer is known; what was committed stays."""

    state = Int(-1).tag(sync=True)

    def __init__(self, key, options):
        self._key = key
        kept = progress.get(key)
        state = options.index(kept) if kept in options else -1
        text = f"Predict: {' · '.join(_lettered(options))}"
        super().__init__(text, data={"kind": "predict", "options": options}, state=state)
        self.observe(self._keep, "state")

    @property
    def chosen(self):
        """The option that was committed, or None."""
        return self.data["options"][self.state] if self.state >= 0 else None

    def _keep(self, _):
        self.note = progress.put(self._key, self.chosen) or ""


class Quiz(_Choosing):
    """A self-test: choose, check, read why, choose again."""

    state = List().tag(sync=True)  # the options tried for each question, in order

    def __init__(self, questions, key, title):
        self._key = key
        lines = [title]
        for number, question in enumerate(questions, 1):
            lines += [f"{number}. {question.text}", f"   {' · '.join(_lettered(question.options))}"]
        data = {"kind": "quiz", "title": title, "questions": [question.spec() for question in questions]}
        super().__init__("\n".join(lines), data=data, state=[[] for _ in questions])
        self.observe(self._keep, "state")

    @property
    def score(self):
        """How many questions are solved, how many of them at the first try, and how many there are."""
        rights = [question["right"] for question in self.data["questions"]]
        solved = sum(right in tried for tried, right in zip(self.state, rights, strict=True))
        first = sum(tried[:1] == [right] for tried, right in zip(self.state, rights, strict=True))
        return {"right": solved, "first_try": first, "of": len(rights)}

    def _keep(self, _):
        before = progress.get(self._key) if self._key else None
        best = before.get("right", 0) if isinstance(before, dict) else 0
        if self._key and self.score["right"] > best:
            self.note = progress.put(self._key, self.score) or ""


def predict(key, *options):
    """Ask for a choice that is kept before the next cell tells; nothing is marked right or wrong.

    key: the name under which the choice is kept, such as "03-decay"
    options: two to eight answers; `backticks` set code, everything else is plain text
    Raises ValueError for an empty key and for too few, too many, empty or repeated options.
    """
    return Prediction(_sentence("key", key), _distinct("predict", options))


def quiz(*questions, key=None, title="Check yourself"):
    """Let learners check themselves: each option explains why it is right or wrong, and they may try again.

    questions: one or more ``Question(text, {option: feedback, ...}, right=option)``
    key: the name under which the best score is kept, such as "quiz-01"; None keeps none
    title: what stands above the questions
    """
    if not questions:
        raise ValueError("quiz needs at least one Question")
    for question in questions:
        if not isinstance(question, Question):
            raise ValueError(f"quiz takes Question(text, {{option: feedback}}, right=option), not {question!r}")
    return Quiz(questions, key, title)


def _lettered(options):
    return [f"{letter} {option}" for letter, option in zip(LETTERS, options, strict=False)]


def _sentence(name, text):
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"{name} should be some text, not {text!r}")
    return text.strip()


def _distinct(name, options):
    options = [str(option).strip() for option in options]
    if not 2 <= len(options) <= len(LETTERS):
        raise ValueError(f"{name} needs 2 to {len(LETTERS)} options, not {len(options)}")
    if "" in options or len(set(options)) < len(options):
        raise ValueError(f"{name} has an empty or repeated option: {options}")
    return options
