"""Lines that fit a terminal."""

import pytest

from elman.text.folding import aligned, filled

CELLS = [("run", "model", "score", "size"), ("runs/a", "lstm", "1.25", "4 MB"), ("b", "gru 2x200", "11.5", "-")]


def test_a_table_has_its_columns_aligned():
    assert list(aligned(CELLS, left=2)) == [
        "run     model      score  size",
        "runs/a  lstm        1.25  4 MB",
        "b       gru 2x200   11.5     -",
    ]


def test_columns_without_room_stand_below_behind_the_first():
    assert list(aligned(CELLS, left=2, width=22)) == [
        "run     model    ".rstrip(),
        "runs/a  lstm",
        "b       gru 2x200",
        "",
        "run     score  size",
        "runs/a   1.25  4 MB",
        "b        11.5     -",
    ]
    assert all(len(line) <= 22 for line in aligned(CELLS, left=2, width=22))
    assert len(list(aligned(CELLS, left=2, width=3))) == 11  # a column each, however narrow


def test_prose_is_broken_between_words_and_flows_on():
    text = ["  one two three four five six seven eight nine ten eleven", "  twelve thirteen", "", "  short"]
    assert list(filled(text, 44)) == [
        "  one two three four five six seven eight",
        "  nine ten eleven twelve thirteen",
        "",
        "  short",
    ]


def test_a_row_goes_on_below_its_cell():
    assert list(filled(["  labels  2 different: good 5 (50.0%), bad 5 (50.0%), so 1", "", "  majority  50 %"], 52)) == [
        "  labels  2 different: good 5 (50.0%), bad 5",
        "          (50.0%), so 1",
        "",
        "  majority  50 %",
    ]


@pytest.mark.parametrize("width", [None, 200])
def test_what_fits_stays_as_it_is(width):
    lines = ["a  b   c", "", "    x = y  (1)", "prose goes here", "prose goes on"]
    assert list(filled(lines, width)) == lines


def test_a_word_stays_whole():
    name = "--set reader.columns=" + "x" * 60
    assert list(filled([name], 40)) == ["--set", "reader.columns=" + "x" * 60]
