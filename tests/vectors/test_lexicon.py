"""Words by name: their vectors, neighbours and analogies."""

import numpy as np
import pytest

from elman.errors import DataError
from elman.text.vocabulary import Vocabulary
from elman.vectors.lexicon import Lexicon


class Learned:
    """Vectors of three words, and of those that begin with `a`."""

    def __init__(self):
        self.vectors = np.array([[1, 0], [0, 1], [1, 1]], np.float32)

    def vector_of(self, word):
        return np.array([2.0, 0.0], np.float32) if word.startswith("a") else None


def lexicon(lowercase=True):
    return Lexicon(Vocabulary(["east", "north", "between"], [3, 2, 1]), lowercase, Learned())


def test_words_are_looked_up_as_they_were_read():
    assert lexicon().id_of("East") == 0
    assert lexicon(lowercase=False).id_of("East") is None
    assert lexicon().vector_of("NORTH").tolist() == [0, 1]
    assert lexicon().vector_of("away").tolist() == [2, 0]
    assert lexicon().vector_of("west") is None
    assert lexicon().vector_of("a way") is None
    assert lexicon().nearest("away home", 3) is None


def test_the_nearest_are_other_words():
    near = [("between", pytest.approx(0.5**0.5)), ("north", pytest.approx(0))]
    assert lexicon().nearest("east", 5) == near
    assert lexicon().nearest("away", 1) == [("east", pytest.approx(1))]
    assert lexicon().nearest("west", 1) is None


def test_an_analogy_is_completed_by_none_of_its_words():
    assert [word for word, _ in lexicon().completing("east", "north", "away", 5)] == ["between"]
    with pytest.raises(DataError) as refused:
        lexicon().completing("east", "west", "south", 1)
    assert str(refused.value) == "'west': not among the 3 words of this run."


def test_neighbours_are_those_of_the_vectors_as_they_are():
    learned = Learned()
    words = Lexicon(Vocabulary(["east", "north", "between"], [3, 2, 1]), True, learned)
    kept = words.neighbours
    assert words.neighbours is kept
    learned.vectors = learned.vectors[::-1].copy()
    assert words.nearest("east", 1) == [("north", pytest.approx(0.5**0.5))]


def test_words_that_tell_are_long_and_not_the_most_frequent():
    learned = Learned()
    learned.vectors = np.ones((400, 2), np.float32)
    learned.vectors[[5, 150, 399, 200]] *= 3
    words = Lexicon(Vocabulary([f"w{i}" for i in range(400)], range(400, 0, -1)), True, learned)
    assert words.telling(3) == [150, 200, 399]
    assert lexicon().telling(2) == [0, 1]
    assert lexicon().telling(9) == [0, 1, 2]
