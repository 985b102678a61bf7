"""Compiled lookup of words, checksums, and what their doors refuse."""

import os
from itertools import chain

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from elman.errors import ShapeError
from elman.native import module
from elman.native.checksum import checksum
from elman.native.ngrams import NgramLookup
from elman.native.words import WordTable
from elman.text.tokenizers.word import WordTokenizer
from elman.text.vocabulary import Vocabulary, VocabularyBuilder

needed = os.environ.get("ELMAN_KERNELS") == "native"  # then a test that skips would hide that it is missing
pytestmark = pytest.mark.skipif(module() is None and not needed, reason="the compiled module is not there")
TOKENS = ["<unk>", "<eos>", "a", "ab", "ß", "日本", "a" * 7, "a" * 8, "a" * 9, "a" * 40, "é", "<eo"]
spaces = " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2005\u200a\u2028\u2029\u202f\u205f\u3000"
near_spaces = "\u200b\u2060\ufeff\u180e\x1b\x7f\x84\x86\xa1\u167f\u1681\u2001\u200b\u2027\u202a\u3001\ud800"


@given(st.text(st.sampled_from([*spaces, *near_spaces, *"abß日本é<>eo"]), max_size=60))
@example("a" * 7 + " " + "a" * 8 + " " + "a" * 9 + "\n" + "a" * 40)
@example("")
@example("\n\n")
def test_words_are_cut_and_looked_up_as_python_does(text):
    vocabulary, tokenizer = Vocabulary(TOKENS, [1] * len(TOKENS)), WordTokenizer()
    expected = vocabulary.encode(tokenizer.split(text))
    assert tokenizer.encode(text, vocabulary).tolist() == expected.tolist()


@given(st.lists(st.text(st.sampled_from([*spaces, *"abß日本é<>eo"]), max_size=30), max_size=5))
def test_words_get_ids_as_they_come(texts):
    found = []
    for mode in ("native", "reference"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("ELMAN_KERNELS", mode)
            builder, tokenizer = VocabularyBuilder(), WordTokenizer()
            ids = [tokenizer.collect(text, builder).tolist() for text in texts]
            vocabulary, table = builder.finish(np.bincount(list(chain(*ids)), minlength=len(builder)))
            found.append((ids, len(builder), vocabulary.tokens, vocabulary.counts.tolist(), table.tolist()))
    assert found[0] == found[1]


def test_large_texts_are_cut_between_lines(monkeypatch):
    monkeypatch.setattr("elman.native.words._THREADS", 3)
    rng = np.random.default_rng(0)
    words = [f"w{i}" for i in range(3000)]
    text = "".join(" ".join(rng.choice(words, rng.integers(0, 30))) + "\n" for _ in range(6000))
    vocabulary, tokenizer = Vocabulary(["<unk>", "<eos>", *words[:2000]], [1] * 2002), WordTokenizer()
    expected = vocabulary.encode(tokenizer.split(text))
    assert np.array_equal(tokenizer.encode(text, vocabulary), expected)
    assert np.array_equal(tokenizer.encode(text.replace("\n", " "), vocabulary), expected[expected != 1])


def test_a_vocabulary_can_be_copied_after_use():
    import copy
    import pickle

    vocabulary, tokenizer = Vocabulary(TOKENS, [1] * len(TOKENS)), WordTokenizer()
    tokenizer.encode("a ab", vocabulary)
    for other in (copy.deepcopy(vocabulary), pickle.loads(pickle.dumps(vocabulary))):
        assert tokenizer.encode("a ab", other).tolist() == [2, 3]


@given(st.binary(max_size=70), st.integers(0, 69), st.integers(1, 255))
def test_a_checksum_sees_every_byte(data, place, change):
    array = np.frombuffer(data, np.uint8)
    with pytest.MonkeyPatch.context() as patch:
        values = []
        for mode in ("native", "reference"):
            patch.setenv("ELMAN_KERNELS", mode)
            values.append(checksum(array))
    assert values[0] == values[1]
    if place < len(data):
        other = array.copy()
        other[place] ^= change
        assert checksum(other) != values[0]


def test_checksums_of_large_arrays(monkeypatch):
    array = np.random.default_rng(0).random(300_001).astype(np.float32)
    native = checksum(array)
    monkeypatch.setenv("ELMAN_KERNELS", "reference")
    assert checksum(array) == native
    swapped = array.copy()
    swapped[[10, 20]] = swapped[[20, 10]]
    assert checksum(swapped) != native


def lookup():
    first = (np.arange(3), [], np.zeros(3), np.zeros(3), np.array([0, 1, 1, 2]))
    second = (np.array([1, 2]), np.array([1, 2]), np.zeros(2), [], [])
    types = (np.uint32, np.uint32, np.float32, np.float32, np.uint32)
    orders = [tuple(np.array(a, t) for a, t in zip(order, types, strict=True)) for order in (first, second)]
    return NgramLookup(module(), orders, False)


@pytest.mark.parametrize(
    ("words", "ends", "states", "message"),
    [
        ([3], [1], [0], r"words: got ids 3 to 3, expected 0\.\.2"),
        ([-1], [1], [0], "words: got ids -1"),
        ([0, 1], [1], [0], "ends: got 1 up to 1, expected 1 that rise to 2"),
        ([0, 1], [2, 1], [0, 0], "ends:"),
        ([0, 1], [1, 2], [0], "ends: got 2 up to 2, expected 1"),
        ([0], [1], [3], "states: got some that this model does not have"),
        ([0], [1], [(1 << 32) + 3], "states:"),
        ([0], [1], [2 << 32], "states:"),
        ([0], [1], [-1], "states:"),
    ],
)
def test_what_would_read_past_an_end_is_refused(words, ends, states, message):
    with pytest.raises(ShapeError, match=message):
        lookup().read(np.array(words), np.array(ends), np.array(states))


def test_words_of_a_table_are_found_whatever_their_length():
    tokens = ["<unk>", *("x" * n for n in range(1, 200))]
    table = WordTable(module(), tokens, 0, 0)
    assert table.encode(" ".join(tokens[1:])).tolist() == list(range(1, 200))
    assert table.encode("y " + "x" * 200).tolist() == [0, 0]
