"""Examples as numbers: which rows of the column are theirs, and how long they are."""

import numpy as np

from elman.data.column import Column
from elman.data.encoded import Encoded
from elman.data.records import Example

EXAMPLES = [Example({}, f"f:{number}") for number in range(3)]


def test_one_input_has_a_row_for_each_example():
    data = Encoded(EXAMPLES, ("words",), Column.of_rows([[1, 2], [], [3]]))
    assert {name: rows.tolist() for name, rows in data.rows(np.array([2, 0])).items()} == {"words": [2, 0]}
    assert data.lengths.tolist() == [2, 0, 1]
    assert data.widths.tolist() == [[2, 0, 1]]


def test_the_second_of_every_example_stands_behind_the_first_of_all():
    data = Encoded(EXAMPLES, ("first", "second"), Column.of_rows([[1, 2], [], [3], [4], [5, 6, 7], []]))
    rows = {name: rows.tolist() for name, rows in data.rows(np.array([1, 2])).items()}
    assert rows == {"first": [1, 2], "second": [4, 5]}
    assert data.lengths.tolist() == [3, 3, 1]
    assert data.widths.tolist() == [[2, 0, 1], [1, 3, 0]]


def test_no_examples_have_no_lengths():
    data = Encoded([], ("first", "second"), Column.of_rows([]))
    assert data.lengths.tolist() == []
    assert data.widths.shape == (2, 0)
