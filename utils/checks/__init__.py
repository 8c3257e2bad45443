"""What a right answer is, chapter by chapter; ``framework`` says how a check runs, ``progress`` keeps the ticks."""
