"""The tables of the benchmark model three_factors; they come from numpy's generator, so they are kept as data.

usage: three_factors.py > three_factors.json   (made with numpy 2.x; default_rng is stable across versions)
Every table is flat and row-major: A[m][observation, s0, s1, s2], B[f][next, previous, control], C[m][observation].
"""
import json

import numpy as np

r = np.random.default_rng(0)
ns, no, nc = [8, 6, 4], [8, 8, 4], [4, 1, 3]
A = [np.moveaxis(r.dirichlet(np.ones(o), size=tuple(ns)), -1, 0) for o in no]
B = [np.moveaxis(r.dirichlet(np.ones(s), size=(s, nc[f])), -1, 0) for f, s in enumerate(ns)]
C = [r.normal(size=o) for o in no]
print(json.dumps({"A": [a.ravel().tolist() for a in A], "B": [b.ravel().tolist() for b in B], "C": [c.tolist() for c in C]}))
