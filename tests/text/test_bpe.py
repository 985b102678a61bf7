"""Byte-pair encoding: what it learns, how it is written, that nothing is lost."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.data.corpus import learn
from elman.data.records import Example
from elman.errors import CheckpointError
from elman.text.tokenizers.bpe import BPETokenizer

TEXT = "low low low low low lower lower newest newest newest newest newest newest widest widest widest\n"


@pytest.fixture(scope="module")
def learned():
    tokenizer = BPETokenizer()
    tokenizer.learn([TEXT] * 3, 256 + 12)
    return tokenizer


def test_each_merge_is_a_most_frequent_pair(learned):
    words = [list("Ġ" + word) for word in TEXT.split()] * 3
    words[0::17] = [list("low") for _ in words[0::17]]  # the first word of a line has no blank before it
    for left, right in learned._merges:
        pairs = {}
        for word in words:
            for pair in itertools.pairwise(word):
                pairs[pair] = pairs.get(pair, 0) + 1
        assert pairs[left, right] == max(pairs.values())
        for word in words:
            for place in range(len(word) - 1):
                if word[place : place + 2] == [left, right]:
                    word[place : place + 2] = [left + right, ""]
        words = [[piece for piece in word if piece] for word in words]


def test_frequent_words_become_one_piece_and_no_piece_has_two_words(learned):
    assert learned.split(" newest") == ["Ġnewest"]
    assert all("Ġ" not in piece[1:] for piece in learned.split(TEXT))
    assert len(learned.split(" zzz")) == 4


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_nothing_is_lost(learned, text):
    assert learned.join(learned.split(text)) == text


@given(lines=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=4))
def test_lines_one_by_one_are_the_whole(learned, lines):
    ended = [line.replace("\n", " ") + "\n" for line in lines]
    assert [token for line in ended for token in learned.split(line)] == learned.split("".join(ended))


def test_a_piece_is_shown_as_text(learned):
    assert [learned.shown(piece) for piece in ("Ġnewest", "Ċ", "Ã©", "Ã", "<unk>")] == [
        " newest", "\n", "é", "\\xc3", "<unk>"
    ]  # fmt: skip


def test_a_character_comes_with_its_last_byte(learned):
    assert list(learned.pieces(["Ã", "©"])) == ["", "é", ""]
    assert learned.join(["Ã"]) == "\ufffd"
    assert learned.join(learned.split("a\ud800b")) == "a?b"


def test_it_round_trips_as_text(learned, tmp_path):
    learned.save(tmp_path)
    lines = (tmp_path / "merges.txt").read_text(encoding="utf-8").split("\n")
    assert lines[0] == "#version: 0.2"
    assert len(lines) == 1 + 12 + 1
    loaded = BPETokenizer.load(tmp_path)
    assert loaded._merges == learned._merges
    assert loaded.fingerprint == learned.fingerprint
    assert loaded.split(TEXT + "was für ein Text") == learned.split(TEXT + "was für ein Text")


def test_broken_files_are_named(learned, tmp_path):
    with pytest.raises(CheckpointError, match=r"merges\.txt: the merges cannot be read"):
        BPETokenizer.load(tmp_path)
    (tmp_path / "merges.txt").write_text("l o\n", encoding="utf-8")
    with pytest.raises(CheckpointError, match=r"merges\.txt:1: got 'l o', expected '#version: 0\.2': this is not a"):
        BPETokenizer.load(tmp_path)
    (tmp_path / "merges.txt").write_text("#version: 0.2\nl o\nlow\n", encoding="utf-8")
    with pytest.raises(CheckpointError, match=r"merges\.txt:3: got 'low', expected two pieces that are known by"):
        BPETokenizer.load(tmp_path)


def test_a_byte_that_never_stood_alone_in_training_is_known_and_rare(tmp_path):
    tokenizer = BPETokenizer()
    text = "queen quick quiet é\n" * 50
    tokenizer.learn([text], 270)
    vocabulary, _, _ = learn([Example({"text": text})], tokenizer, tmp_path, 0.0)
    assert "q" not in set(tokenizer.split(text))
    ids = vocabulary.encode(tokenizer.split("q ü"))
    assert vocabulary.unknown_id not in ids
    assert len(vocabulary) == len(tokenizer.pieces_known) + 1 > 257
    assert vocabulary.counts[1] == vocabulary.counts.max()
    assert vocabulary.counts[-1] == 0


def test_the_fingerprint_is_that_of_the_merges(learned):
    other = BPETokenizer()
    other.learn(["a b a b ab ab\n"], 258)
    assert learned.fingerprint != other.fingerprint
