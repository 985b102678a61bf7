"""Tokens and ids."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.text.vocabulary import UNKNOWN, Vocabulary, VocabularyBuilder

tokens = st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=4), max_size=40)


def build(train, extra=(), inventory=None):
    builder = VocabularyBuilder(inventory)
    ids = builder.encode(train)
    builder.encode(extra)
    vocabulary, table = builder.finish(np.bincount(ids, minlength=len(builder)))
    return vocabulary, table[ids]


@given(train=tokens)
def test_provisional_ids_become_those_of_the_vocabulary(train):
    vocabulary, ids = build(train)
    assert ids.tolist() == vocabulary.encode(train).tolist()
    assert vocabulary.decode(ids) == train


@given(train=tokens, other=tokens)
def test_every_training_token_is_kept_and_all_others_are_unknown(train, other):
    vocabulary, _ = build(train, other)
    assert set(vocabulary.tokens) == {*train, UNKNOWN}
    expected = [token if token in {*train, UNKNOWN} else UNKNOWN for token in other]
    assert vocabulary.decode(vocabulary.encode(other)) == expected


@given(train=tokens)
def test_frequent_tokens_come_first(train):
    vocabulary, _ = build(train)
    keys = [(-train.count(token), token) for token in vocabulary.tokens[1:]]
    assert keys == sorted(keys)
    assert [train.count(token) for token in vocabulary.tokens] == vocabulary.counts.tolist()


@given(train=st.lists(st.text(st.sampled_from("ab\n\r\t\\n "), min_size=1, max_size=5)))
def test_files_keep_tokens_whatever_is_in_them(tmp_path_factory, train):
    vocabulary, _ = build(train)
    path = tmp_path_factory.mktemp("v") / "tokens.txt"
    vocabulary.save(path)
    loaded = Vocabulary.load(path)
    assert loaded.tokens == vocabulary.tokens
    assert loaded.counts.tolist() == vocabulary.counts.tolist()
    assert loaded.fingerprint == vocabulary.fingerprint
    assert len(path.read_text().split("\n")) == len(vocabulary) + 1


def test_a_fixed_inventory_has_the_most_frequent_first_and_no_unknown():
    vocabulary, ids = build("cbc", inventory="abc")
    assert vocabulary.tokens == ("c", "b", "a")
    assert vocabulary.counts.tolist() == [2, 1, 0]
    assert ids.tolist() == [0, 1, 0]
    assert vocabulary.unknown_id is None
    with pytest.raises(KeyError):
        vocabulary.encode("d")


def test_another_order_is_another_fingerprint():
    assert Vocabulary("ab", [1, 1]).fingerprint != Vocabulary("ba", [1, 1]).fingerprint
