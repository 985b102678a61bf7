"""Vectors in JSON lines, and the bits that are asked."""

import numpy as np
import pytest

from elman.data.readers.jsonl_steps import JsonlStepsReader
from elman.errors import DataError


def read(tmp_path, *lines, fields=("steps", "bits")):
    (tmp_path / "a.jsonl").write_text("\n".join(lines) + "\n")
    return list(JsonlStepsReader(JsonlStepsReader.Config(), fields).read([tmp_path / "a.jsonl"]))


def test_steps_are_numbers_and_bits_are_asked_where_there_are_some(tmp_path):
    (one,) = read(tmp_path, '{"steps": [[1, 0.5], [0, 1], [0, 0]], "bits": [null, [1, 0, 1], null]}')
    assert one.fields["steps"].tolist() == [[1, 0.5], [0, 1], [0, 0]]
    np.testing.assert_equal(one.fields["bits"], [[np.nan] * 3, [1, 0, 1], [np.nan] * 3])


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["[1, 2]"], r'a\.jsonl:1: got \[1, 2\], expected an object such as \{"steps": \[\[1, 0\], \[0, 0\]\], "bits"'),
        (['{"bits": []}'], r"a\.jsonl:1: got the keys bits, expected an object such as"),
        (
            ['{"steps": [], "bits": []}'],
            r"a\.jsonl:1: steps: got none, expected numbers at every step\. Fill them in\.",
        ),
        (
            ['{"steps": [[1], null], "bits": [[1], [1]]}'],
            r"a\.jsonl:1: steps: got null, expected numbers at every step",
        ),
        (
            ['{"steps": [[1], [2]], "bits": [[1], [1]]}', '{"steps": [[1, 2]], "bits": [[1]]}'],
            r"a\.jsonl:2: steps: got \[1, 2\] at step 1, expected 1 numbers as in the first of the file, or null\.",
        ),
        (['{"steps": [["x"]], "bits": [[1]]}'], r"a\.jsonl:1: steps: got \['x'\] at step 1, expected 1 numbers as in"),
        (
            ['{"steps": [[1], [1]], "bits": [[1]]}'],
            r"a\.jsonl:1: bits: got 1 of them, expected a list for each of 2 steps",
        ),
        (['{"steps": [[1]]}'], r"a\.jsonl:1: bits: got None, expected a list for each of 1 steps, or null\. Mend it\."),
        (
            ['{"steps": [[1]], "bits": [null]}'],
            r"a\.jsonl:1: bits: nothing is asked at any step, expected a list at one",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line(lines, message, tmp_path):
    with pytest.raises(DataError, match=message):
        read(tmp_path, *lines)


@pytest.mark.parametrize("number", ["1" + 400 * "0", "1" + 5000 * "0", "1e40"])
def test_numbers_that_no_computer_has_are_refused(number, tmp_path):
    with pytest.raises(DataError, match=r"a\.jsonl:1: "):
        read(tmp_path, f'{{"steps": [[{number}]], "bits": [[1]]}}')


def test_what_is_to_be_answered_needs_no_bits(tmp_path):
    (one,) = read(tmp_path, '{"steps": [[1, 0], [0, 1]]}', fields=("steps",))
    assert list(one.fields) == ["steps"]
