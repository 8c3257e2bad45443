"""How far an answer is from what is right: edits, and two rates of error that are made of them."""


def edit_distance(answer, right):
    """Return how many symbols to put in, take out or replace, at least, to make one row out of the other.

    answer, right: rows of anything that can be compared
    Source: Levenshtein 1966; the table, row by row, Wagner and Fischer 1974.

    >>> edit_distance("N IH T".split(), "K N AY T".split())
    2
    """
    row = list(range(len(right) + 1))  # from nothing to each beginning of right
    for i, said in enumerate(answer, start=1):
        before, row = row, [i]
        for j, wanted in enumerate(right, start=1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (said != wanted)))
    return row[-1]


def nearest(answer, rights):
    """Return (edits, symbols) for the one of several right rows that is nearest for its length.

    >>> nearest("T AH M EY T OW".split(), ["T AH M EY T OW".split(), "T AH M AA T OW".split()])
    (0, 6)
    """
    counts = [(edit_distance(answer, right), len(right)) for right in rights]
    return min(counts, key=lambda count: (count[0] / max(count[1], 1), count))


def error_rates(answers, rights):
    """Return both rates of error of many answers, in percent.

    answers: rows of symbols        rights: for each of them, all rows that are right
    Returns {"phonemes": edits per right symbol, "words": answers that are not right}

    >>> error_rates(["N IH T".split(), "T UW".split()], [["N AY T".split()], ["T UW".split()]])
    {'phonemes': 20.0, 'words': 50.0}
    """
    counts = [nearest(answer, right) for answer, right in zip(answers, rights, strict=True)]
    edits, symbols = (sum(column) for column in zip(*counts, strict=True))
    wrong = sum(count[0] > 0 for count in counts)
    return {"phonemes": 100 * edits / symbols, "words": 100 * wrong / len(counts)}
