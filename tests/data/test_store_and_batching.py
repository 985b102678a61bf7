"""Stores, streams and padded lines."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elman.data.batching import BpttStreams, EvaluationStreams
from elman.data.records import Batch, pad
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
    targets = np.concatenate([b.fields["targets"] for b in batches], 1)
    inputs = np.concatenate([b.fields["inputs"] for b in batches], 1)
    assert targets.ravel().tolist() == ids[: size // batch * batch].tolist()
    assert inputs.ravel().tolist() == [START, *ids[: size // batch * batch - 1]]
    assert [b.continues for b in batches] == [False] + [True] * (len(batches) - 1)
    assert all(b.count("targets") == b.fields["targets"].size for b in batches)
    with pytest.raises(IndexError):
        streams[len(streams)]


@settings(deadline=None, max_examples=50)
@given(size=st.integers(1, 9000), streams=st.integers(1, 5), warm_up=st.integers(0, 50), length=st.integers(1, 700))
def test_evaluation_streams_count_each_token_once_in_its_context(size, streams, warm_up, length):
    found = EvaluationStreams(TokenStore(np.arange(size)), 10**6, streams, warm_up, length)
    counted = []
    for batch in found:
        targets, inputs = batch.fields["targets"], batch.fields["inputs"]
        mask = batch.masks["targets"]
        assert (mask <= batch.masks["inputs"]).all()
        counted += targets[mask].tolist()
        expected = np.where(targets[mask] == 0, 10**6, targets[mask] - 1)
        assert inputs[mask].tolist() == expected.tolist()
        assert (np.diff(batch.masks["inputs"].astype(int), axis=1) <= 0).all()
    assert sorted(counted) == list(range(size))
    with pytest.raises(IndexError):
        found[len(found)]


def test_padding_is_zero_and_masked():
    padded, mask = pad([np.array([5, 6]), np.array([], dtype=int), np.array([7])])
    assert padded.tolist() == [[5, 6], [0, 0], [7, 0]]
    assert mask.tolist() == [[True, True], [False, False], [True, False]]
    assert Batch({"x": padded}, {"x": mask}).count("x") == 3
