"""What is near a word is found, and nothing near is missed."""

import random

import pytest

from elman.spelling.candidates import DeletionIndex
from elman.spelling.edits import derivations


@pytest.mark.parametrize("most", [1, 2])
def test_every_word_in_reach_is_among_the_pairs(most):
    draw = random.Random(3)
    words = sorted({"".join(draw.choices("abc", k=draw.randint(4, 7))) for _ in range(200)})
    typed = sorted({"".join(draw.choices("abc", k=draw.randint(4, 7))) for _ in range(60)})
    found = set(zip(*(side.tolist() for side in DeletionIndex(words).find(typed, most)), strict=True))
    near = {(i, j) for i, one in enumerate(typed) for j, word in enumerate(words) if derivations(word, one, most)}
    assert near <= found
    assert len(found) < len(words) * len(typed)


def test_short_words_are_looked_for_one_edit_away():
    index = DeletionIndex(["the", "thousand", "a"])
    assert [side.tolist() for side in index.find(["teh", "thosand"])] == [[0, 1], [0, 1]]
    assert index.find([])[0].size == 0
