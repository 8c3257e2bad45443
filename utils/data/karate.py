"""Zachary's karate club: 34 members, 78 friendships, and the quarrel that split it. Terms: the NOTICE beside it.

Members are numbered from 0; the teacher is 0, the club's officer 33. After the quarrel each member joined one of the
two. ``LAYOUT`` is only where a picture puts them.
"""

import numpy as np

TEACHER, OFFICER = 0, 33
_FRIENDS = """
0 1 2 3 4 5 6 7 8 10 11 12 13 17 19 21 31/1 2 3 7 13 17 19 21 30/2 3 7 8 9 13 27 28 32/3 7 12 13/4 6 10/5 6 10 16/6 16/
8 30 32 33/9 33/13 33/14 32 33/15 32 33/18 32 33/19 33/20 32 33/22 32 33/23 25 27 29 32 33/24 25 27 31/25 31/26 29 33/
27 33/28 31 33/29 32 33/30 32 33/31 32 33/32 33
"""
EDGES = tuple(  # (a, b) with a < b: a and b are friends
    (rows[0], b) for rows in ([int(n) for n in line.split()] for line in _FRIENDS.split("/")) for b in rows[1:]
)
WITH_OFFICER = (9, 14, 15, 18, 20, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33)
SIDES = np.isin(np.arange(34), WITH_OFFICER).astype(int)  # (34,): 0 went with the teacher, 1 with the officer
LAYOUT = np.array([
    (-0.43, -0.05), (-0.28, -0.26), (-0.02, 0.09), (-0.33, 0.13), (-0.74, 0.12), (-0.93, 0.07),
    (-0.87, -0.17), (-0.33, 0.33), (0.09, -0.23), (0.33, 0.11), (-0.76, 0.36), (-0.77, -0.38),
    (-0.58, 0.46), (-0.07, -0.1), (0.46, -0.59), (0.65, -0.52), (-1.3, -0.04), (-0.59, -0.47),
    (0.79, -0.39), (-0.03, -0.39), (0.88, -0.21), (-0.44, -0.6), (0.84, -0.01), (0.59, 0.43),
    (0.25, 0.81), (0.07, 0.74), (0.98, 0.13), (0.28, 0.5), (0.33, 0.31), (0.77, 0.24),
    (0.2, -0.47), (0.05, 0.28), (0.42, -0.2), (0.49, -0.01),
])  # fmt: skip
