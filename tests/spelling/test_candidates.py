"""What is near a word is found, and nothing near is missed."""

import random

import pytest

from elman.spelling.candidates import DeletionIndex
from elman.spelling.edits import derivations
from elman.spelling.letter_pairs import PairIndex


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


def test_far_words_are_found_by_the_letters_that_they_share():
    words = ["guarantee", "garden", "ant", "the"]
    index = PairIndex(words)
    assert [words[n] for n in index.find("garranty", 2)] == ["guarantee", "garden"]
    assert index.find("xyz", 5).size == 0


def test_likeness_is_that_of_enumeration():
    draw = random.Random(4)
    words = sorted({"".join(draw.choices("abc", k=draw.randint(2, 6))) for _ in range(80)})
    index = PairIndex(words)

    def pairs(word):
        return set(zip(f"<{word}", f"{word}>", strict=True))

    for typed in ("abca", "cc", "bacbac"):
        likeness = [2 * len(pairs(typed) & pairs(word)) / (len(pairs(typed)) + len(pairs(word))) for word in words]
        assert [likeness[n] for n in index.find(typed, 10)] == sorted(likeness, reverse=True)[:10]
