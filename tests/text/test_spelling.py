"""How words are looked up, how they are capitalized, and which of their characters are read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.text.spelling import SHAPES, Spelling, letters_of, shape

PLAIN = Spelling(lowercase=False, digits=False)


@pytest.mark.parametrize(
    ("spelling", "expected"),
    [
        (Spelling(), ["the", "mp3-000", "éa"]),
        (Spelling(digits=False), ["the", "mp3-127", "éa"]),
        (Spelling(lowercase=False), ["The", "MP0-000", "Éa"]),
        (PLAIN, ["The", "MP3-127", "Éa"]),
    ],
)
def test_words_are_looked_up_as_they_are_spelled(spelling, expected):
    expected = [word.replace("3", "0") if spelling.digits else word for word in expected]
    assert [spelling.of(word) for word in ("The", "MP3-127", "Éa")] == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("the", "lower"),
        ("don't", "lower"),
        ("ß", "lower"),
        ("The", "Upper"),
        ("I", "Upper"),
        ("Éa", "Upper"),
        ("NATO", "ALL"),
        ("U.S.", "ALL"),
        ("iPhone", "mIxed"),
        ("McDonald", "mIxed"),
        ("B2B", "digits"),
        ("1,996", "digits"),
        ("...", "other"),
        ("", "other"),
        ("日本", "other"),
    ],
)
def test_the_shape_of_a_word(word, expected):
    assert shape(word) == expected
    assert expected in SHAPES


@given(st.text(max_size=200))
def test_a_word_of_more_than_64_characters_is_read_by_its_ends(word):
    read = letters_of(word)
    assert read == word if len(word) <= 64 else read == word[:32] + word[len(word) - 32 :]
