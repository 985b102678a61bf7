"""The parts of a data set side by side."""

from itertools import chain

import numpy as np

from elman.data.parts import Parts
from tests.checks.making import PAIR, SERIES, TAGGED, examples, parts


def test_what_gives_the_same_is_found_by_row():
    pairs = parts([("a", "b", "x"), ("b", "a", "x"), ("a", "b", "y"), ("a", "b", "x")], [("b", "a", "z")], PAIR)
    assert pairs.again == {2: 0, 3: 0}
    assert pairs.shared == {0: 1}
    tagged = parts([("a b", "O O"), ("ab", "O")], [("a", "O"), ("ab", "O"), ("a b", "O X")], TAGGED)
    assert tagged.again == {}
    assert tagged.shared == {1: 1, 2: 0}


def test_series_are_the_same_by_shape_and_values_and_are_read_once(monkeypatch):
    draw = np.random.default_rng(0)
    one, other = draw.normal(size=(6, 2)), draw.normal(size=(6, 2))
    train = [one, other, one.reshape(4, 3), one.copy(), np.asfortranarray(one), np.full((1, 2), np.nan)]
    rows = [examples(SERIES, [(frames, "x") for frames in some], "a") for some in (train, [other.T.copy().T, one[:5]])]
    data, hashed = Parts(SERIES, ("frames",), *rows), []
    real = np.ascontiguousarray
    monkeypatch.setattr(np, "ascontiguousarray", lambda array: hashed.append(array) or real(array))
    assert data.again == {3: 0, 4: 0}
    assert data.shared == {0: 1}
    assert data.again
    assert [id(array) for array in hashed] == [id(example.fields["frames"]) for example in chain(*rows)]
