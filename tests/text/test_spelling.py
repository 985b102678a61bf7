"""Words with an id, characters and a shape."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.errors import CheckpointError
from elman.text import lexicon as module
from elman.text.lexicon import SHAPES, Lexicon, Spelling, shape

TRAIN = [["The", "cat", "saw", "the", "cat"], ["In", "1996", "it", "saw", "2026"]]
PLAIN = Spelling(lowercase=False, digits=False)
some_words = st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5), max_size=30)


def ids(lexicon, words):
    return lexicon.word_ids(np.array(lexicon.forms(words), dtype=np.int64)).tolist()


def read(lexicon, words):
    """Return the characters of words as the lexicon reads them."""
    characters, mask = lexicon.spelled(np.array(lexicon.forms(words), dtype=np.int64))
    assert not characters[~mask].any()
    return ["".join(lexicon.characters.decode(row[real])) for row, real in zip(characters, mask, strict=True)]


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
    lexicon = Lexicon.learn(TRAIN, Spelling())
    assert lexicon.shapes(np.array(lexicon.forms([word]))).tolist() == [SHAPES.index(expected)]


def test_words_are_counted_as_spelled_and_characters_as_written():
    lexicon = Lexicon.learn(TRAIN, Spelling())
    assert lexicon.words.tokens == ("<unk>", "0000", "cat", "saw", "the", "in", "it")
    assert lexicon.words.counts.tolist() == [0, 2, 2, 2, 2, 1, 1]
    assert set(lexicon.characters.tokens) == {"<unk>", *"ThecatsawtheInit19962026"}
    assert ids(lexicon, ["THE", "1234", "dog", "99"]) == [4, 1, 0, 0]
    assert read(lexicon, ["The", "1996", "dog"]) == ["The", "1996", "<unk><unk><unk>"]


@given(train=some_words, other=some_words)
def test_every_word_of_training_is_known_and_every_other_unknown(train, other):
    lexicon = Lexicon.learn([train], PLAIN)
    known = {*train} - {"<unk>"}
    assert lexicon.words.decode(ids(lexicon, other)) == [word if word in known else "<unk>" for word in other]
    assert read(lexicon, train) == train


def test_rare_words_are_unknown_but_their_characters_stay():
    lexicon = Lexicon.learn(TRAIN, Spelling(), least=2)
    assert lexicon.words.tokens == ("<unk>", "0000", "cat", "saw", "the")
    assert read(lexicon, ["In", "it"]) == ["In", "it"]


def test_known_words_stay_however_rare_and_as_they_are_looked_up():
    lexicon = Lexicon.learn(TRAIN, Spelling(), least=2, known=["it", "Paris", "paris", "x86", "cat"])
    assert lexicon.words.tokens[5:] == ("it", "paris", "x00")
    assert lexicon.words.counts[1:].tolist() == [2, 2, 2, 2, 0, 0, 0]
    assert 0 not in ids(lexicon, ["PARIS", "x64", "It"])


def test_a_word_of_more_than_64_characters_is_read_by_its_ends():
    lexicon = Lexicon.learn([["abxyc"]], Spelling())
    fits, long = "a" * 32 + "b" * 32, "a" * 32 + "xyx" + "b" * 31 + "c"
    assert read(lexicon, [fits, long]) == [fits, "a" * 32 + "b" * 31 + "c"]
    assert len(set(lexicon.forms([fits, long]))) == 2


def test_forms_keep_their_numbers_until_there_are_too_many(monkeypatch):
    lexicon = Lexicon.learn(TRAIN, Spelling())
    assert lexicon.forms(["The", "the", "new", "The"]) == [0, 1, 2, 0]
    assert lexicon.forms(["new", "newer"]) == [2, 3]
    lexicon.trim()
    assert lexicon.forms(["newer"]) == [3]
    assert ids(lexicon, ["The", "newer", "the"]) == [4, 0, 4]
    monkeypatch.setattr(module, "_MOST_FORMS", 3)
    lexicon.trim()
    # As many forms as before, but others.
    assert lexicon.forms(["cat", "In", "it", "1996"]) == [0, 1, 2, 3]
    assert ids(lexicon, ["cat", "In", "it", "1996"]) == [2, 5, 6, 1]
    assert read(lexicon, ["cat", "1996"]) == ["cat", "1996"]


def test_what_is_saved_is_loaded_and_other_words_have_another_fingerprint(tmp_path):
    lexicon = Lexicon.learn(TRAIN, Spelling(), known=["Ünïcode", "a\tb"])
    lexicon.save(tmp_path)
    loaded = Lexicon.load(tmp_path, Spelling())
    assert loaded.words.tokens == lexicon.words.tokens
    assert loaded.characters.tokens == lexicon.characters.tokens
    assert loaded.words.counts.tolist() == lexicon.words.counts.tolist()
    same_words = Lexicon.learn([["cat"], ["xs"]], Spelling()), Lexicon.learn([["cat"], ["sx"]], Spelling())
    prints = [one.fingerprint for one in (lexicon, *same_words, Lexicon.learn([["Cat"], ["xs"]], Spelling()))]
    assert loaded.fingerprint == prints[0]
    assert len(set(prints)) == 4


def test_a_missing_file_is_named(tmp_path):
    Lexicon.learn(TRAIN, Spelling()).save(tmp_path)
    (tmp_path / "characters.txt").unlink()
    with pytest.raises(CheckpointError, match=r"characters.txt: the vocabulary cannot be read"):
        Lexicon.load(tmp_path, Spelling())
