"""Features of the last words beside a network: normalised, of the past alone, whatever text is cut into."""

from dataclasses import replace

import numpy as np
import pytest
import torch

import elman
from elman.config import Settings
from elman.data.outlines import Tokens
from elman.data.records import Batch, Padded
from elman.errors import ConfigError
from elman.events import Planned
from elman.heads.class_softmax import ClassSoftmaxHead
from elman.heads.maxent_softmax import MaxentSoftmaxHead
from elman.layers import cross_entropy
from elman.models.rnn_maxent import RnnMaxent, _read
from elman.runs.configuration import TrainingConfig
from elman.training.optimizers import Optimizer, clip_by_global_norm
from tests.gradients import equal_finite_differences

V, H = 12, 4

pytestmark = pytest.mark.usefixtures("float64")


def tokens():
    return Tokens([str(number) for number in range(V)], np.arange(3 * V, 0, -3), {"start": 0})


def make_head(**options):
    torch.manual_seed(1)
    head = MaxentSoftmaxHead(
        H, tokens(), MaxentSoftmaxHead.Config(**{"order": 3, "cells": 600, "classes": 4, **options})
    )
    for parameter in head.parameters():
        parameter.data = 0.5 * torch.randn_like(parameter)
    return head


def make(**options):
    torch.manual_seed(1)
    head = {"order": 3, "cells": 600, "classes": 4, **options}
    config = RnnMaxent.Config(hidden_size=H, head_options=head)
    model = RnnMaxent(config, {"tokens": tokens()}, {"next_token": tokens()})
    for parameter in model.parameters():
        parameter.data = 0.5 * torch.randn_like(parameter)
    return model


def batch(ids):
    return Batch(len(ids), {"tokens": Padded(ids[:, :-1]), "next_token": Padded(ids[:, 1:])})


def given(history):
    return {"history": Padded(history)}


def test_probabilities_sum_to_one_and_are_those_of_the_loss():
    head, hidden, history = make_head(), torch.randn(2, 5, H), torch.randint(V, (2, 5, 2))
    log_probs = head.next(hidden, given(history))
    torch.testing.assert_close(log_probs.exp().sum(-1), torch.ones(2, 5), atol=1e-12, rtol=0)
    for word in range(V):
        target = torch.full((2, 5), word)
        torch.testing.assert_close(head.nll(hidden, target, given(history)), -log_probs[..., word], atol=1e-12, rtol=0)
        nats = head.loss(Padded(hidden), Padded(target), given=given(history)).nats
        torch.testing.assert_close(nats, -log_probs[..., word].sum(), atol=1e-11, rtol=0)


def test_with_a_large_table_it_is_the_sum_over_the_histories_themselves():
    head, hidden = make_head(cells=200_000, order=2), torch.randn(1, V, H)
    # Each history has features of its own: written out one by one, they give the same probabilities.
    history = torch.arange(V)[None, :, None]
    bins, widths = head.class_of, head.widths
    logits = hidden @ head.class_weight.t() + head.class_bias
    words = hidden @ head.weight.t() + head.bias
    seen = {}
    for word in range(V):
        places = head.features.places(history[0, word][None], torch.zeros(1, dtype=torch.int64), len(widths), False)[0]
        for a, place in enumerate(places.tolist()):
            seen.setdefault((a, word if a else "any", "classes"), place)
            logits[0, word] += head.features.weight[place : place + len(widths)]
        for number, (start, width) in enumerate(zip(head.starts, widths.tolist(), strict=False)):
            salt = torch.tensor([number + 1])
            for a, place in enumerate(head.features.places(history[0, word][None], salt, width, True)[0].tolist()):
                seen.setdefault((a, word if a else "any", number), place)
                words[0, word, start : start + width] += head.features.weight[place : place + width]
    starts = sorted(seen.values())
    assert min(np.diff(starts)) >= widths.max() or len(set(starts)) == len(starts)
    parts = [torch.log_softmax(part, -1) for part in torch.split(words, widths.tolist(), -1)]
    expected = torch.cat(parts, -1) + torch.log_softmax(logits, -1)[..., bins]
    torch.testing.assert_close(head.next(hidden, given(history)), expected, atol=1e-12, rtol=0)


@pytest.mark.parametrize("decay", [0.0, 0.3])
def test_the_gradient_is_that_of_finite_differences(decay):
    head, hidden = make_head(decay=0.0), torch.randn(1, 4, H, requires_grad=True)
    history, target = torch.randint(V, (1, 4, 2)), Padded(torch.tensor([[3, 0, 7, 3]]))
    names, values = zip(*head.named_parameters(), strict=True)
    head.forward = lambda hidden: head.loss(Padded(hidden), target, given=given(history)).nats

    def function(hidden, *parameters):
        return torch.func.functional_call(head, dict(zip(names, parameters, strict=True)), (hidden,))

    assert equal_finite_differences(function, (hidden, *values))
    # λ D is added for each look at a cell, and changes nothing else.
    plain = torch.autograd.grad(head(hidden), head.features.weight)[0]
    head.config = head.config.model_copy(update={"decay": decay})
    decayed = torch.autograd.grad(head(hidden), head.features.weight)[0]
    looks = torch.zeros_like(plain)
    classes = head.class_of[target.values[0]]
    wide = len(head.widths)
    for row in range(4):
        of_classes = head.features.places(history[0, row][None], torch.zeros(1, dtype=torch.int64), wide, False)[0]
        for place in of_classes.tolist():
            looks[place : place + wide] += 1
        width = int(head.widths[classes[row]])
        salt = classes[row][None] + 1
        for place in head.features.places(history[0, row][None], salt, width, True)[0].tolist() if width > 1 else []:
            looks[place : place + width] += 1
    torch.testing.assert_close(decayed, plain + decay * looks * head.features.weight, atol=1e-12, rtol=0)


def test_sparse_and_whole_gradients_are_the_same(monkeypatch):
    head, hidden = make_head(decay=0.1), torch.randn(2, 6, H)
    history, target, found = torch.randint(V, (2, 6, 2)), Padded(torch.randint(V, (2, 6))), []
    for sparse, size in ((False, 2**21), (True, 2**21), (True, 1)):
        monkeypatch.setattr(cross_entropy, "_MOST_ROWS", size)
        head.features.sparse_rows = sparse
        head.zero_grad()
        head.loss(Padded(hidden), target, given=given(history)).nats.backward()
        assert head.features.weight.grad.is_sparse == sparse
        found.append(head.features.weight.grad.to_dense())
    torch.testing.assert_close(found[0], found[1], atol=1e-12, rtol=0)
    torch.testing.assert_close(found[0], found[2], atol=1e-12, rtol=0)


def test_without_features_it_is_the_class_softmax():
    head, hidden, target = make_head(), torch.randn(2, 5, H), torch.randint(V, (2, 5))
    head.features.weight.data.zero_()
    plain = ClassSoftmaxHead(H, tokens(), ClassSoftmaxHead.Config(classes=4))
    plain.load_state_dict({name: value for name, value in head.state_dict().items() if "features" not in name})
    history = torch.randint(V, (2, 5, 2))
    torch.testing.assert_close(head.nll(hidden, target, given(history)), plain.nll(hidden, target), atol=1e-12, rtol=0)


@pytest.mark.parametrize("order", [1, 3])
def test_text_in_stretches_of_any_length_costs_the_same(order):
    model, ids, found = make(order=order), np.random.default_rng(0).integers(0, V, (2, 13)), []
    for length in (1, 5, 12):
        state, nats = model.initial_state(2), 0.0
        for first in range(0, 12, length):
            out = model.loss(batch(ids[:, first : min(13, first + length + 1)]), state, None)
            nats, state = nats + out.heads["next_token"].nats, out.state
        found.append(nats.item())
    np.testing.assert_allclose(found, found[0], atol=1e-10)
    stepper = model.stepper()
    whole = np.concatenate([[[0], [0]], ids[:, 1:]], 1)  # a text is read from its start
    state, nats = stepper.begin(np.arange(2)), 0.0
    for place in range(12):
        log_probs, state = stepper.advance(whole[:, place], state)
        nats -= log_probs[np.arange(2), whole[:, place + 1]].sum()
    assert stepper.read(whole, None, stepper.begin(np.arange(2))).nats.sum() == pytest.approx(nats, abs=1e-10)


def test_features_are_of_the_past_alone():
    model, ids = make(), np.random.default_rng(0).integers(0, V, (1, 9))
    other = ids.copy()
    other[0, 6:] = (other[0, 6:] + 1) % V
    left, right = (model.stepper().read(one, None, model.stepper().begin(np.arange(1))).nats[0] for one in (ids, other))
    assert np.array_equal(left[:5], right[:5])


def test_rows_end_where_they_end():
    model, ids = make(), torch.randint(V, (3, 6))
    out = model.layers.run(Padded(ids, torch.tensor([6, 0, 1])), model.initial_state(3))
    assert out.state.ids.tolist() == [ids[0, 4:].flip(0).tolist(), [0, 0], [int(ids[2, 0]), 0]]


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
@pytest.mark.parametrize("accumulator", [0.0, 0.04])
def test_the_table_has_a_rate_of_its_own_and_learns_where_it_was_looked_at(optimizer, accumulator):
    model, ids = make(decay=0.0, rate=0.1, accumulator=accumulator), np.array([[1, 2, 3, 4]])
    rule = Optimizer(TrainingConfig(optimizer=optimizer, learning_rate=0.5), model)
    assert model.head.features.sparse_rows
    before = model.head.features.weight.detach().clone()
    model.loss(batch(ids), model.initial_state(1), None).heads["next_token"].nats.backward()
    gradient = model.head.features.weight.grad.to_dense()
    looked_at = gradient != 0
    clip_by_global_norm(model.parameters(), 100.0)
    rule.step(0.25)  # half of the rate that was configured: the table follows the schedule
    change = model.head.features.weight.detach() - before
    assert not change[~looked_at].any()
    # From 0 Adagrad's first step is the rate, whatever the gradient; from more it is small where the gradient is.
    expected = -0.05 * gradient / (accumulator + gradient**2).sqrt()
    torch.testing.assert_close(change[looked_at], expected[looked_at], atol=1e-6, rtol=0)
    steps = change[looked_at].abs()
    assert steps.min() == pytest.approx(0.05, abs=1e-6) if accumulator == 0 else steps.min() < 0.025


def test_it_learns_what_a_network_of_that_size_does_not_and_resumes(tmp_path, text_file):
    torch.set_default_dtype(torch.float32)
    settings = {"training.schedule": "constant", "training.validate_every": 30, "task.bptt": 8}
    features = {"model.head_options": {"cells": 4096, "classes": 4}}
    options = {"hidden": 2, "level": "word", "threads": 1, "learning_rate": 0.01}
    run = {"model": "rnn_maxent", "settings": {**settings, **features}, **options}
    elman.train("lm", str(text_file), out=tmp_path / "whole", steps=60, **run)
    elman.train("lm", str(text_file), out=tmp_path / "parts", steps=30, **run)
    elman.resume(tmp_path / "parts", steps=60)
    elman.train("lm", str(text_file), out=tmp_path / "plain", steps=60, settings=settings, **options)
    whole, parts, plain = (elman.load(tmp_path / name) for name in ("whole", "parts", "plain"))
    assert all(np.array_equal(value, parts.model.weights()[name]) for name, value in whole.model.weights().items())
    scores = [one.evaluate(str(text_file)).scores[1].value for one in (whole, plain)]
    assert scores[0] < 0.8 * scores[1]
    assert whole.generate("anna", length=5, seed=1) == whole.generate("anna", length=5, seed=1)
    assert "4-gram features in 4,096 cells" in whole.model.title


@pytest.mark.parametrize("order", [1, 3])
def test_how_full_the_table_gets_is_said_before_training(order):
    model, ids = make(order=order, cells=100_000), np.random.default_rng(0).integers(0, V, (2, 13))
    asked, histories = set(), [[0] * (order - 1) + row[:-1].tolist() for row in ids]
    for row, history in zip(ids.tolist(), histories, strict=True):
        for place, word in enumerate(row[1:]):
            for a in range(order):
                last = tuple(history[order - 1 + place - b] for b in range(a))
                number = int(model.head.class_of[word])
                width = int(model.head.widths[number])
                asked |= {("classes", last, k) for k in range(len(model.head.widths))}
                asked |= {(number, last, k) for k in range(width)} if width > 1 else set()
    whole = model.foreseen([batch(ids)])["table"]
    assert (
        whole
        == f"100,000 cells of features, {100_000 * 8 / 2**20:.1f} MiB, load factor {len(asked) / 1e5:.3g} by 24 words"
    )
    parts = [batch(ids[:, :8]), replace(batch(ids[:, 7:]), continues=True)]
    assert model.foreseen(parts)["table"] == whole
    assert model.head.looked_at(*next(_read([batch(ids)], order, 0))) == len(asked)
    assert model.foreseen([]) == {}
    full = make(order=3, cells=100).foreseen([batch(ids)])["table"]
    assert full.endswith("; above 1 histories share cells: model.head_options.cells has more")


def test_the_plan_has_the_load(tmp_path, text_file):
    torch.set_default_dtype(torch.float32)
    told = []
    options = {"model": "rnn_maxent", "level": "word", "threads": 1, "steps": 1, "listener": told.append}
    elman.train("lm", str(text_file), out=tmp_path / "run", **options)
    [planned] = [event for event in told if isinstance(event, Planned)]
    assert "4,194,304 cells of features, 16.0 MiB, load factor " in planned.facts["table"]


def test_another_head_is_refused():
    with pytest.raises(ConfigError, match=r"head: got 'softmax', expected maxent_softmax, which has the features\. Or"):
        Settings({"model": {"head": "softmax"}}).build("model", RnnMaxent.Config)
