"""One room a chapter: what it alone needs, its checks, questions and figures, its recipes and results."""
