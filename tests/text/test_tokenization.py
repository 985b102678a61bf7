"""Text as ids and back."""

import numpy as np
import pytest

from elman.text.tokenization import Tokenization
from elman.text.tokenizers.character import CharacterTokenizer
from elman.text.tokenizers.word import WordTokenizer
from elman.text.vocabulary import Vocabulary


def characters(*tokens):
    return Tokenization(Vocabulary(tokens, [1] * len(tokens)), CharacterTokenizer())


def words(*tokens):
    return Tokenization(Vocabulary(tokens, [1] * len(tokens)), WordTokenizer())


def test_a_text_starts_where_a_line_starts():
    assert characters("<unk>", "a", "\n").start_id == 2
    assert characters("<unk>", "a").start_id == 0
    assert characters("<unk>", "a", "\n").marks == {"start": 2, "unknown": 0}
    assert characters("b", "\n").marks == {"start": 1}
    assert characters("<unk>", "a", "\n").encode("ab").tolist() == [1, 0]


@pytest.mark.parametrize("lines", [["ab", "", "b"], ["a\nb", "b"], ["a"], []], ids=str)
def test_lines_are_each_as_if_alone_with_its_end(lines):
    tokens = characters("<unk>", "a", "b", "\n")
    ids, ends = tokens.lines(lines)
    assert ids.dtype == np.int64
    starts = [0, *ends[:-1]]
    found = [ids[start:stop].tolist() for start, stop in zip(starts, ends, strict=False)]
    assert found == [tokens.encode(line + "\n").tolist() for line in lines]


def test_a_word_that_looks_like_the_end_of_a_line_ends_none():
    tokens = words("<unk>", "a", WordTokenizer.newline)
    ids, ends = tokens.lines([f"a {WordTokenizer.newline} a", "a"])
    assert ends.tolist() == [4, 6]
    assert ids.tolist() == [1, 2, 1, 2, 1, 2]


def test_what_is_saved_is_loaded(tmp_path):
    tokens = words("<unk>", "a", WordTokenizer.newline)
    tokens.save(tmp_path)
    loaded = Tokenization.load("word", tmp_path)
    assert loaded.fingerprint == tokens.fingerprint
    assert loaded.encode("a b").tolist() == [1, 0]
    assert len(loaded) == 3


def test_text_comes_back_and_what_is_unknown_is_named():
    tokens = words("<unk>", "a", "b", WordTokenizer.newline)
    assert "".join(tokens.pieces(["a", "c"], iter([2, 1]))) == "a c b a"
    assert tokens.unknown_in("a c d c b") == ["c", "d"]
    assert tokens.shown(1) == "a"
