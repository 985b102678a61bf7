"""Every tokenizer through one contract."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.text.tokenizers import TOKENIZERS

every_level = pytest.mark.parametrize("level", TOKENIZERS.names())
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@every_level
@given(lines=st.lists(text.map(lambda line: "".join(line.splitlines())), max_size=5))
def test_lines_one_by_one_are_the_whole(level, lines):
    tokenizer = TOKENIZERS.get(level)()
    ended = [line + "\n" for line in lines]
    apart = [token for line in ended for token in tokenizer.split(line)]
    assert apart == list(tokenizer.split("".join(ended)))


@every_level
@given(text=text)
def test_splitting_what_was_joined_gives_the_same_tokens(level, text):
    tokenizer = TOKENIZERS.get(level)()
    tokens = list(tokenizer.split(text))
    assert list(tokenizer.split(tokenizer.join(tokens))) == tokens


@every_level
@given(text=text)
def test_pieces_add_up_to_the_text(level, text):
    tokenizer = TOKENIZERS.get(level)()
    tokens = list(tokenizer.split(text))
    assert "".join(tokenizer.pieces(tokens)) == tokenizer.join(tokens)


@pytest.mark.parametrize("level", ["character", "byte"])
@given(text=text)
def test_characters_and_bytes_lose_nothing(level, text):
    tokenizer = TOKENIZERS.get(level)()
    assert tokenizer.join(tokenizer.split(text)) == text


@every_level
def test_a_line_break_is_the_newline_token(level):
    tokenizer = TOKENIZERS.get(level)()
    assert list(tokenizer.split("\n")) == [tokenizer.newline]


def test_words_are_what_stands_between_blanks_and_each_line_ends():
    word = TOKENIZERS.get("word")()
    assert word.split(" the cat \n\nsat .\n") == ["the", "cat", "<eos>", "<eos>", "sat", ".", "<eos>"]
    assert word.join(["the", "cat", "<eos>", "sat"]) == "the cat\nsat"


def test_bytes_are_written_as_latin_1_and_broken_ones_are_replaced():
    byte = TOKENIZERS.get("byte")()
    assert list(byte.split("é")) == ["Ã", "©"]
    assert byte.join(["a", "Ã"]) == "a\ufffd"
    assert len(byte.inventory) == 256
