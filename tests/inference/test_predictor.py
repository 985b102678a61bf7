"""A loaded run: weights that change, copies."""

import copy

import torch

import elman


def test_weights_that_were_changed_are_seen_by_what_writes_text(small_run):
    model = elman.load(small_run)
    before = model.predict("anna", k=3)
    assert model.predict("anna", k=3) == before
    with torch.no_grad():
        for weight in model.model.parameters():
            weight.mul_(0)
    even = [probability for _, probability in model.predict("anna", k=3)]
    assert even[0] == even[2]
    other = elman.load(small_run)
    model.model.load_state_dict(other.model.state_dict())
    assert model.predict("anna", k=3) == before


def test_sessions_can_be_copied(small_run):
    session = elman.load(small_run).session()
    session.feed("anna sees ")
    copied = copy.deepcopy(session)
    session.feed("ben")
    copied.feed("ben")
    assert copied.likely(3) == session.likely(3)
