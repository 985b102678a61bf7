"""Numbers as places on a scale."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.coders.scale import ScaleCoder
from elman.data.outlines import Numbers

bounds = st.floats(-1e6, 1e6)


def test_the_lowest_is_place_0_and_the_highest_the_last():
    coder = ScaleCoder(1, 5, 3)
    column = coder.encode([1, 2.5, 3, 5])
    assert column.values.tolist() == [0, 0.75, 1, 2]
    assert column.lengths.tolist() == [1, 1, 1, 1]
    assert coder.outline == Numbers(1, 5, 3)


@given(low=bounds, width=st.floats(1e-3, 1e6), levels=st.integers(2, 50), shares=st.lists(st.floats(0, 1), max_size=5))
def test_what_is_decoded_is_what_was_encoded(low, width, levels, shares):
    coder = ScaleCoder(low, low + width, levels)
    values = [low + width * share for share in shares]
    column = coder.encode(values)
    assert ((column.values >= -1e-6) & (column.values <= levels - 1 + 1e-6)).all()
    for row, value in enumerate(values):
        assert coder.decode(column.row(row)) == pytest.approx(value, rel=1e-9, abs=1e-9)


def test_one_target_a_row_without_padding():
    coder = ScaleCoder(0, 10, 11)
    coded = coder.batch(coder.encode([2.5, 10, 0]), {"score": np.array([1, 0])})
    assert (list(coded.fields), coded.tables) == (["score"], {})
    assert coded.fields["score"].values.tolist() == [[10], [2.5]]
    assert coded.fields["score"].lengths is None


@pytest.mark.parametrize(
    ("scale", "names"),
    [
        ((1, 5, 3), ("1", "3", "5")),
        ((0.0, 1.0, 5), ("0", "0.25", "0.5", "0.75", "1")),
        ((20000000, 20000001, 5), ("20000000", "20000000.25", "20000000.5", "20000000.75", "20000001")),
    ],
)
def test_levels_have_names_of_their_own(scale, names):
    assert ScaleCoder(*scale).names == names


def test_levels_are_kept_as_text(tmp_path):
    ScaleCoder(1, 5, 3).save(tmp_path, "score")
    assert (tmp_path / "labels-score.txt").read_text() == "1\t0\n3\t0\n5\t0\n"
