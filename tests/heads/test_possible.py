"""Which lengths of sentences have a legal path, against every path and against exact counts of them."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from elman.data.outlines import Follows
from elman.heads.crf import Possible


def exists(follows, length):
    """Say whether there is a legal path of so many tokens, by looking at every legal beginning of one."""
    paths = [(tag,) for tag in np.flatnonzero(follows.starts)] if length else [()]
    for _ in range(length - 1):
        paths = [(*path, tag) for path in paths for tag in np.flatnonzero(follows.pairs[path[-1]])]
    return not length or any(follows.ends[path[-1]] for path in paths)


def drawn(size, seed, share):
    rng = np.random.default_rng(seed)
    return Follows(*(rng.random(shape) < share for shape in (size, (size, size), size)))


few = st.sampled_from([0.1, 0.25, 0.4])  # of all pairs: there are not too many paths to write down


@given(st.integers(1, 4), st.integers(0, 10**6), few)
def test_which_lengths_have_a_legal_path(size, seed, share):
    follows = drawn(size, seed, share)
    lengths = range(13 if follows.pairs.sum() <= 2 * size else 7)
    found = Possible.under(follows).of(torch.tensor(lengths))
    assert found.tolist() == [exists(follows, length) for length in lengths]


@given(st.integers(1, 8), st.integers(0, 10**6), st.sampled_from([0.1, 0.25, 0.5, 1.0]))
def test_which_long_lengths_have_a_legal_path(size, seed, share):
    follows, lengths = drawn(size, seed, share), [*range(1, 81), 997, 998]
    starts, pairs, ends = (array.astype(int).astype(object) for array in follows)  # whole numbers without a bound
    paths = [starts.dot(np.linalg.matrix_power(pairs, length - 1)).dot(ends) for length in lengths]
    assert Possible.under(follows).of(torch.tensor(lengths)).tolist() == [bool(count) for count in paths]


def test_lengths_with_a_legal_path_may_come_again_after_many():
    pairs = np.zeros((7, 7), bool)
    for tag, after in [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 6), (6, 3)]:  # a ring of 3 and a ring of 4
        pairs[tag, after] = True
    starts, ends = np.eye(7, dtype=bool)[[0, 3]].any(0), np.eye(7, dtype=bool)[[2, 6]].any(0)
    lengths = torch.arange(1, 500)
    expected = (lengths % 3 == 0) | (lengths % 4 == 0)
    assert torch.equal(Possible.under(Follows(starts, pairs, ends)).of(lengths), expected)
    assert Possible.under(None).of(lengths).all()
