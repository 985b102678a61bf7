"""The best partition is that of enumeration, and what is learned is what was counted."""

import math
import random

import numpy as np
import pytest

from elman.errors import ConfigError, DataError
from elman.spelling.channels import CHANNELS
from elman.spelling.channels.brill_moore import BrillMoore
from elman.spelling.channels.edits import Edits
from elman.spelling.edit_counts import EditCounts
from elman.spelling.edit_table import BEGIN, END, MIDDLE, place_of
from elman.spelling.readings import Readings
from elman.text.vocabulary import Vocabulary

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def partitions(word, typed, i=0, j=0):
    """Yield every way to cut both into as many parts, of which none is empty on both sides."""
    if i == len(word) and j == len(typed):
        yield []
    for a in range(i, len(word) + 1):
        for b in range(j, len(typed) + 1):
            if (a, b) != (i, j):
                yield from ([(i, a, typed[j:b]), *rest] for rest in partitions(word, typed, a, b))


def enumerated(model, word, typed):
    best = -math.inf
    for cut in partitions(word, typed):
        log = 0.0
        for start, stop, beta in cut:
            alpha, place = word[start:stop], place_of(start, stop, len(word))
            kept = alpha == beta and len(alpha) == 1
            p = model.same.get((alpha, place), 1.0) if kept else model.edits.get((alpha, beta, place), 0.0)
            log += math.log(p) if p else -math.inf
        best = max(best, log)
    return best


@pytest.fixture(scope="module")
def toy():
    draw = random.Random(1)
    parts = ["".join(draw.choices("abc", k=draw.randint(0, 3))) for _ in range(60)]
    pairs = [(draw.choice(parts), draw.choice(parts), draw.randint(0, 2)) for _ in range(500)]
    edits = {edit: 0.3 * draw.random() for edit in pairs if edit[0] != edit[1]}
    same = {(letter, place): 0.5 + 0.4 * draw.random() for letter in "abc" for place in range(3)}
    return BrillMoore("abc", edits, same, 0.1)


def test_every_partition_is_looked_at(toy):
    draw = random.Random(2)
    words, typed = (["".join(draw.choices("abcd", k=draw.randint(0, 5))) for _ in range(120)] for _ in range(2))
    found = toy.log_probs(words, typed)
    expected = [
        math.log(0.9) if one == other else enumerated(toy, one, other) for one, other in zip(words, typed, strict=True)
    ]
    assert 0.2 < np.isfinite(found).mean() < 0.9
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_a_pair_is_as_likely_alone(toy):
    words, typed = ["abc", "a", "cabac"], ["acb", "abcab", "cb"]
    alone = [toy.log_probs([a], [b])[0] for a, b in zip(words, typed, strict=True)]
    np.testing.assert_array_equal(toy.log_probs(words, typed), alone)
    assert toy.log_probs([], []).shape == (0,)


def test_what_is_counted():
    counts = EditCounts.of([("Photo", "foto")] * 3 + [("photo", "photo")] * 5 + [("cat", "dog")], 3, 2)
    assert (counts.words, counts.wrong, counts.error) == (8, 3, 3 / 8)
    assert counts.parts["ph"] == 8
    assert counts.parts["o"] == 16
    assert (counts.parts_at["o", MIDDLE], counts.parts_at["o", END], counts.parts_at["", MIDDLE]) == (8, 8, 32)
    assert (counts.edits["ph", "f"], counts.edits_at["ph", "f", BEGIN]) == (3, 3)
    assert counts.edits["pho", "fo"] == 3
    assert not counts.edits["oto", "oto"]
    assert counts.rate == pytest.approx(6 / 40)
    assert (counts.lost_at["p", BEGIN], counts.lost_at["h", MIDDLE]) == (3, 3)


def test_a_list_of_misspellings_comes_with_right_words():
    counts = EditCounts.of([("photo", "foto")], 3, 2)
    assert (counts.words, counts.wrong, counts.parts["ph"]) == (7, 1, 7)


def test_probabilities_are_smoothed_counts():
    model = BrillMoore.learned([("photo", "foto")] * 3 + [("photo", "photo")] * 7, LETTERS)
    anywhere = 3 / (10 + 5)
    assert model.edits["ph", "f", BEGIN] == pytest.approx((3 + 5 * anywhere) / (10 + 5))
    assert model.edits["ph", "f", END] == pytest.approx(5 * anywhere / 5)
    q = Edits.assumed(LETTERS, True, 6 / 50).tables.deletion[1, 1]
    anywhere = (3 + 300 * q) / (10 + 300)
    assert model.edits["p", "", BEGIN] == pytest.approx((3 + 300 * anywhere) / (10 + 300))
    rate = 6 / 50
    assert model.same["p", BEGIN] == pytest.approx((10 - 3 + 5 * (1 - rate)) / (10 + 5))
    assert model.same["z", BEGIN] == pytest.approx(1 - rate)
    assert 0 < model.edits["z", "q", END] < rate
    assert ("xy", "q", BEGIN) not in model.edits


def test_strings_that_are_typed_as_others_are_likelier_than_their_letters_and_can_be_undone():
    pairs = [("photo", "foto"), ("phone", "fone"), ("graph", "graf"), ("physics", "fysics")] * 5
    model = BrillMoore.learned([*pairs, *((right, right) for right, _ in pairs * 3)], LETTERS)
    likely, odd = model.log_probs(["phrase", "trase"], ["frase", "frase"])
    assert likely > odd
    assert "phrase" in dict(model.undone("frase"))
    assert dict(model.undone("frase"))["phrase"] == pytest.approx(math.log(model.edits["ph", "f", BEGIN]))


def test_pairs_without_a_mistake_teach_nothing():
    with pytest.raises(DataError, match="no word differs from what was typed by less than half of its letters, expec"):
        BrillMoore.learned([("the", "the"), ("abc", "xyzuv")], LETTERS)


def test_it_is_not_assumed():
    assert {"edits", "brill_moore"} <= set(CHANNELS.names())
    with pytest.raises(ConfigError, match=r"channel brill_moore: is learned from what was typed\. Give --pairs FILE"):
        CHANNELS.get("brill_moore").assumed(LETTERS)


def test_letters_that_only_edits_have_are_told_apart():
    model = BrillMoore("ex", {("é", "e", MIDDLE): 0.1, ("ñ", "e", MIDDLE): 0.001}, {}, 0.1)
    found = model.log_probs(["xéx", "xñx", "xøx"], ["xex"] * 3)
    np.testing.assert_allclose(found, [np.log(0.1), np.log(0.001), -np.inf])


def test_what_may_have_been_meant_does_not_depend_on_the_words_beside_it():
    words = ["guarantee", "garden", "grant", "phonics", "phone", "fond"]
    vocabulary = Vocabulary(["<unk>", *words], np.full(7, 5))
    pairs = [("phone", "fone"), ("photo", "foto"), ("guard", "gard"), ("guess", "gess"), ("committee", "comitty")]
    channel = BrillMoore.learned(pairs * 3, LETTERS)

    def of(*typed):
        readings = Readings(vocabulary, [0]).with_channel(channel)
        readings.look_up(set(typed), 7)
        return {word: [one.text for one in readings._known[word]] for word in typed}

    together = of("garranty", "fonex")
    assert together == {**of("garranty"), **of("fonex")}
    assert len(together["garranty"]) > 1
