"""Stores, streams and lines of similar lengths."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elman.data.batching import BpttStreams, EvaluationStreams, FreshStarts
from elman.data.store import TokenStore, TokenStoreWriter, renumber
from elman.errors import DataError

START = 99


@settings(deadline=None)
@given(parts=st.lists(st.lists(st.integers(0, 300), max_size=20), max_size=5))
def test_a_store_gives_back_what_was_appended(tmp_path_factory, parts):
    folder = tmp_path_factory.mktemp("store")
    with TokenStoreWriter(folder) as writer:
        for part in parts:
            writer.append(np.array(part, dtype=np.uint32))
        store = writer.finish()
    whole = [i for part in parts for i in part]
    assert len(store) == len(whole)
    assert store.rows(np.array([0]), len(whole))[0].tolist() == whole
    assert store.counts(301).tolist() == np.bincount(np.array(whole, dtype=int), minlength=301).tolist()
    assert list(folder.iterdir()) == []
    doubled = renumber(store, np.arange(302) * 2, folder)
    assert doubled.rows(np.array([0]), len(whole))[0].tolist() == [2 * i for i in whole]


def test_the_fingerprint_is_that_of_the_numbers_and_not_of_their_width():
    narrow, wide = np.array([1, 2, 3], np.uint8), np.array([1, 2, 3], np.uint32)
    assert TokenStore(narrow).fingerprint == TokenStore(wide).fingerprint
    assert TokenStore(narrow).fingerprint != TokenStore(narrow[:2]).fingerprint
    assert TokenStore(wide).slice(1, 3).fingerprint == TokenStore(narrow[1:]).fingerprint


@settings(deadline=None)
@given(size=st.integers(2, 80), batch=st.integers(1, 6), bptt=st.integers(1, 9))
def test_training_streams_target_each_token_once_with_the_one_before_as_input(size, batch, bptt):
    ids = np.arange(size)
    if size < 2 * batch:
        with pytest.raises(DataError, match=f"{size} tokens, expected at least {2 * batch}"):
            BpttStreams(TokenStore(ids), batch, bptt, START)
        return
    streams = BpttStreams(TokenStore(ids), batch, bptt, START)
    batches = list(streams)
    assert len(batches) == len(streams)
    targets = np.concatenate([b.fields["next_token"].values for b in batches], 1)
    inputs = np.concatenate([b.fields["tokens"].values for b in batches], 1)
    assert targets.ravel().tolist() == ids[: size // batch * batch].tolist()
    assert inputs.ravel().tolist() == [START, *ids[: size // batch * batch - 1]]
    assert [b.continues for b in batches] == [False] + [True] * (len(batches) - 1)
    assert all(b.count("next_token") == b.fields["next_token"].values.size for b in batches)
    with pytest.raises(IndexError):
        streams[len(streams)]


def test_streams_start_anew_as_often_as_they_are_told_whatever_was_read_before():
    store = TokenStore(np.arange(6400))
    streams = BpttStreams(store, 8, 2, START, fresh=FreshStarts(0.1, 7))
    begun = [batch.fresh for batch in streams]
    assert begun[0] is None
    assert any(one is None for one in begun)
    share = np.mean([np.zeros(8) if one is None else one for one in begun[1:]])
    assert abs(share - 0.1) < 0.02  # 3,192 draws: 3.8 standard deviations
    again = BpttStreams(store, 8, 2, START, fresh=FreshStarts(0.1, 7))
    late = next(at for at, one in enumerate(begun) if at > 300 and one is not None)
    assert again[late].fresh.tolist() == begun[late].tolist()
    assert all(batch.fresh is None for batch in BpttStreams(store, 8, 2, START, fresh=FreshStarts(0.0, 7)))
    alone = BpttStreams(store, 8, 2, START, carried=False, fresh=FreshStarts(0.9, 7))
    assert all(batch.fresh is None and not batch.continues for batch in alone)


@settings(deadline=None, max_examples=50)
@given(size=st.integers(1, 9000), streams=st.integers(1, 5), warm_up=st.integers(0, 50), length=st.integers(1, 700))
def test_evaluation_streams_count_each_token_once_in_its_context(size, streams, warm_up, length):
    found = EvaluationStreams(TokenStore(np.arange(size)), 10**6, streams, warm_up, length)
    counted = []
    for batch in found:
        targets, inputs = batch.fields["next_token"].values, batch.fields["tokens"].values
        mask, read = batch.fields["next_token.weights"].values, batch.fields["tokens"].mask
        assert mask.dtype == bool
        assert (mask <= read).all()
        assert batch.count("next_token") == mask.sum()
        counted += targets[mask].tolist()
        expected = np.where(targets[mask] == 0, 10**6, targets[mask] - 1)
        assert inputs[mask].tolist() == expected.tolist()
        assert (np.diff(read.astype(int), axis=1) <= 0).all()
    assert sorted(counted) == list(range(size))
    with pytest.raises(IndexError):
        found[len(found)]
