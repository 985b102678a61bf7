"""The best piece of a passage: against enumeration and the golden logits, whatever is asked with it."""

import json
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest

from elman.decoding.spans import best_spans, covering, log_softmax

GOLDEN = json.loads((Path(__file__).parent / "golden_spans.json").read_text())
START, END = (np.array(GOLDEN[f"{name}_logits"]) for name in ("start", "end"))


def enumerated(start, end, longest):
    """Return the best piece among all, the earlier start and then the shorter one among equals."""
    starts, ends = log_softmax(start), log_softmax(end)
    every = [(i, j) for i, j in product(range(len(start)), repeat=2) if i <= j < i + longest]
    return max(every, key=lambda one: (starts[one[0]] + ends[one[1]], -one[0], -one[1]))


@pytest.mark.parametrize("longest", [1, 2, 3, 4, 6])
def test_the_golden_logits_have_their_best_pieces(longest):
    (found,) = best_spans(START, END, longest)
    expected = GOLDEN["best"][str(longest)]
    assert (found.first, found.last) == (expected["start"], expected["end"])
    assert found.log_prob == pytest.approx(expected["log_prob"], abs=1e-11)


def test_the_best_words_alone_end_before_they_begin():
    assert [int(START.argmax()), int(END.argmax())] == GOLDEN["argmax_independent"] == [2, 1]
    assert best_spans(START, END, 6)[0].last >= best_spans(START, END, 6)[0].first


@pytest.mark.parametrize("seed", range(6))
def test_the_search_is_exact(seed):
    draw = np.random.default_rng(seed)
    length, longest = draw.integers(1, 12, 2)
    start, end = draw.normal(0, 2, (2, length))
    (found,) = best_spans(start, end, int(longest))
    assert (found.first, found.last) == enumerated(start, end, longest)


@pytest.mark.parametrize("seed", range(6))
def test_pieces_of_marks_alone_are_none(seed):
    draw = np.random.default_rng(seed)
    length, longest = draw.integers(2, 12, 2)
    start, end = draw.normal(0, 2, (2, length))
    marks = draw.random(length) < 0.6
    marks[draw.integers(length)] = False
    starts, ends = log_softmax(start), log_softmax(end)
    every = [
        (starts[i] + ends[j], -i, -j)
        for i, j in product(range(length), repeat=2)
        if i <= j < i + longest and not marks[i : j + 1].all()
    ]
    (found,) = best_spans(start, end, int(longest), marks=marks)
    assert (found.log_prob, -found.first, -found.last) == max(every)
    many = best_spans(start, end, int(longest), 100, marks)
    assert not any(marks[one.first : one.last + 1].all() for one in many)


def test_of_equal_pieces_the_earlier_start_then_the_shorter_one_is_taken():
    assert best_spans(np.zeros(4), np.zeros(4), 3)[0][:2] == (0, 0)
    assert best_spans(np.array([0.0, 1, 1, 0]), np.array([0.0, 0, 1, 1]), 4)[0][:2] == (1, 2)


def test_further_pieces_share_no_word_with_likelier_ones():
    found = best_spans(START, END, 2, k=9)
    words = [word for one in found for word in range(one.first, one.last + 1)]
    assert len(words) == len(set(words)) == len(START)
    assert [one.log_prob for one in found] == sorted((one.log_prob for one in found), reverse=True)
    assert best_spans(np.empty(0), np.empty(0), 5) == []


@pytest.mark.parametrize(
    ("length", "longest", "overlap"), [(1, 20, 5), (20, 20, 5), (21, 20, 5), (97, 20, 7), (60, 20, 0)]
)
def test_windows_cover_a_text_and_each_word_is_spoken_for_once(length, longest, overlap):
    windows = list(covering(length, longest, overlap))
    spoken = [word for _, speaks, stop, _ in windows for word in range(speaks, stop)]
    assert spoken == list(range(length))
    for first, speaks, stop, end in windows:
        assert first <= speaks <= stop <= end <= first + longest
    for (_, _, _, end), (first, *_) in pairwise(windows):
        assert end - first == overlap
