"""A gradient is a sum over parts that is divided once: it does not depend on how a batch was split."""

import random
from itertools import pairwise

import numpy as np
import pytest
import torch

import elman
from elman.cells.base import HiddenState
from elman.config import Settings
from elman.data.records import Batch, Padded
from elman.events import Stepped, silent
from elman.moment import Moment, Noise
from elman.runs.configuration import RunConfig
from elman.runs.folder import RunFolder
from elman.runs.log import read_events
from elman.training.assembly import read_data
from elman.training.gradient_norms import GradientWatch
from elman.training.gradients import Gradients
from elman.training.parts import add_gradients, alone, split

NAMES = ["anna", "ben", "carla", "dora", "emil"]
VERBS = ["sees", "likes", "avoids", "follows"]
PENALTIES = {"model.regularization.activation_penalty": 2.0, "model.regularization.temporal_penalty": 1.0}


def write(folder, task):
    """Write a small file for a task, sentences of different lengths; return its name as `data.train` has it."""
    draw = random.Random(1)
    facts = [[draw.choice(NAMES), draw.choice(VERBS)] + [draw.choice(NAMES)] * draw.randint(1, 4) for _ in range(41)]
    if task == "joint":
        lines = {
            "words": lambda one: " ".join(one),
            "tags": lambda one: " ".join("O" if word in VERBS else "B-PER" for word in one),
            "label": lambda one: one[1],
        }
        for name, line in lines.items():
            (folder / name).write_text("".join(f"{line(one)}\n" for one in facts))
        return ",".join(str(folder / name) for name in lines)
    lines = {
        "lm": lambda one, other: f"{' '.join(one)} .\n",
        "tag": lambda one, other: "".join(f"{word} {'O' if word in VERBS else 'B-PER'}\n" for word in one) + "\n",
        "classify": lambda one, other: f"{' '.join(one)}\t{one[1]}\n",
        "seq2seq": lambda one, other: f"{' '.join(one)}\t{' '.join(other)}\n",
        "pair": lambda one, other: f"{' '.join(one)}\t{' '.join(other)}\t{one[1] == other[1]}\n",
    }
    path = folder / f"{task}.txt"
    path.write_text("".join(lines[task](*both) for both in pairwise(facts)))
    return str(path)


def made(folder, task, settings):
    """Return a task, a network in float64, and the first batches of an epoch."""
    readers = {"lm": "text", "tag": "conll", "joint": "parallel"}
    tree = Settings()
    given = {
        **({"task.bptt": 6} if task == "lm" else {}),
        "task.name": "tag" if task == "joint" else task,
        "reader.name": readers.get(task, "table"),
        "data.train": [write(folder, task)],
        "data.valid": ["10%"],
        "model.hidden_size": 6,
        "model.dropout": 0.0,
        **settings,
    }
    for key, value in given.items():
        tree.set(key, value)
    config = RunConfig.resolve(tree)
    task, data, config = read_data(config, RunFolder(folder / "run"), silent)
    batches = task.batches(data, 7, 1, 0)
    return task, Gradients.built(config, task).double(), [batches[i] for i in range(min(3, len(batches)))]


def moment(part):
    return Moment(Noise(1, 0, part))


def gradients(network, task, batches, number, loss=None, per_row=False, joined=None):
    """Return what two updates in so many parts give: gradients added up, and the sums of the second."""
    state = network.initial_state(batches[0].size)
    network.zero_grad()
    for batch in batches[:2]:
        if not batch.continues:
            state = network.initial_state(batch.size)
        parts = split(batch, state, number, network.penalty_terms, moment, network.initial_state)
        assert len(parts) == min(number, batch.size)
        weights = {head: network.head_weights.get(head, 1.0) for head in task.heads(task.config)}
        found = add_gradients(loss or network.loss, parts, weights, per_row, joined or alone)
        state = found.state.detach()
    dense = {name: p.grad.to_dense() if p.grad.is_sparse else p.grad for name, p in network.named_parameters()}
    return {name: gradient.clone() for name, gradient in dense.items()}, found


CASES = [
    ("lm", {"model.num_layers": 2, "task.level": "word", **PENALTIES}),
    ("lm", {"model.initial_state": "learned", "task.level": "character", "model.cell": "gru"}),
    ("lm", {"task.carry_state": False, "task.level": "word"}),
    ("lm", {"model.initial_state": "learned", "task.fresh_starts": 0.5, "task.level": "word"}),
    ("tag", PENALTIES),
    ("tag", {"model.bidirectional": False, "model.num_layers": 2, "model.connections": "dense", **PENALTIES}),
    ("joint", {"task.joint": True, "model.label_weight": 2.0}),
    ("classify", {"task.input": "text", "task.class_weights": "balanced", "model.pooling": "attention"}),
    ("classify", {"task.input": "text", "model.merge": "sum", "model.bidirectional": True, **PENALTIES}),
    ("seq2seq", {"model.embedding_size": 4, **PENALTIES}),
    ("pair", {}),
    ("pair", PENALTIES),
    ("pair", {"model.name": "independent_pair", **PENALTIES}),
]


@pytest.mark.parametrize("per_row", [False, True], ids=["mean", "sum"])
@pytest.mark.parametrize(("task", "settings"), CASES, ids=str)
def test_the_gradient_in_parts_is_that_of_the_whole_batch(tmp_path, task, settings, per_row):
    task, network, batches = made(tmp_path, task, settings)
    whole, sums = gradients(network, task, batches, 1, per_row=per_row)
    for number in (2, 3, 100):
        parts, found = gradients(network, task, batches, number, per_row=per_row)
        for name, gradient in whole.items():
            torch.testing.assert_close(parts[name], gradient, rtol=1e-10, atol=1e-12, msg=name)
        assert (found.loss, found.nats) == pytest.approx((sums.loss, sums.nats), rel=1e-10)
        assert found.penalties == pytest.approx(sums.penalties, rel=1e-10)
        assert found.targets == sums.targets
        for one, other in zip(found.state.tensors(), sums.state.tensors(), strict=True):
            torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-12)


def test_a_language_model_carries_its_state_in_these_tests_and_starts_anew(tmp_path):
    _, _, batches = made(tmp_path, "lm", CASES[0][1])
    assert batches[1].continues
    _, _, batches = made(tmp_path, "lm", CASES[3][1])
    assert 0 < batches[1].fresh.sum() < len(batches[1].fresh)


@pytest.mark.parametrize(("task", "settings"), CASES, ids=str)
def test_a_batch_counts_the_targets_that_a_network_has_a_loss_of(tmp_path, task, settings):
    task, network, batches = made(tmp_path, task, settings)
    for batch in batches:
        found = network.loss(batch, network.initial_state(batch.size), None)
        assert {name: loss.targets for name, loss in found.heads.items()} == {
            head: batch.count(head) for head in task.heads(task.config)
        }


@pytest.mark.parametrize(("task", "settings"), [case for case in CASES if PENALTIES.keys() <= case[1].keys()], ids=str)
def test_a_network_says_beforehand_what_its_penalties_are_means_of(tmp_path, task, settings):
    _, network, batches = made(tmp_path, task, settings)
    for batch in batches:
        found = network.loss(batch, network.initial_state(batch.size), moment(0)).penalties
        assert {name: penalty.terms for name, penalty in found.items()} == network.penalty_terms(batch)
        assert len(found) == (4 if task == "pair" else 2)


def test_each_head_is_divided_by_its_own_count_and_weighted_by_name(tmp_path):
    _, network, [batch, *_] = made(tmp_path, "joint", {"task.joint": True})
    found = network.loss(batch, network.initial_state(batch.size), None).heads
    assert found["tags"].targets > 2 * found["label"].targets == 2 * batch.size
    (found["tags"].nats / found["tags"].targets + 3 * found["label"].nats / batch.size).backward()
    expected = {name: parameter.grad for name, parameter in network.named_parameters()}
    network.zero_grad()
    initial = network.initial_state
    parts = split(batch, initial(batch.size), 2, network.penalty_terms, moment, initial)
    sums = add_gradients(network.loss, parts, {"tags": 1.0, "label": 3.0})
    for name, parameter in network.named_parameters():
        torch.testing.assert_close(parameter.grad, expected[name], rtol=1e-10, atol=1e-12, msg=name)
    means = [float(found[head].nats.detach()) / found[head].targets for head in ("tags", "label")]
    assert sums.loss == pytest.approx(means[0] + 3 * means[1], rel=1e-10)
    assert sums.nats / sums.targets == pytest.approx(sums.loss, rel=1e-10)


def test_the_norms_of_gradients_are_those_of_the_whole_batch(tmp_path):
    task, network, batches = made(tmp_path, "tag", {})
    seen = []
    for number in (1, 3):
        watch = GradientWatch(network)
        gradients(network, task, batches[1:2], number, watch.loss)
        seen.append(watch.norms())
    assert seen[1]["weights"] == pytest.approx(seen[0]["weights"], rel=1e-10)
    assert seen[1]["states"].keys() == seen[0]["states"].keys()
    of_rows = {name: norms for name, norms in seen[0]["states"].items() if name.startswith("recurrent.")}
    assert list(of_rows) == ["recurrent.layers.0", "recurrent.backward_layers.0"]
    for name, norms in of_rows.items():
        assert seen[1]["states"][name] == pytest.approx(norms, rel=1e-9), name


def test_what_others_counted_divides_too(tmp_path):
    task, network, batches = made(tmp_path, "lm", {"task.level": "word"})
    whole, _ = gradients(network, task, batches, 1)
    shared, _ = gradients(network, task, batches, 2, joined=lambda numbers: [2 * number for number in numbers])
    for name, gradient in whole.items():
        torch.testing.assert_close(shared[name], gradient / 2, rtol=1e-10, atol=1e-12)


def test_rows_are_split_in_order_and_evenly():
    batch = Batch(7, {"tokens": Padded(np.arange(14).reshape(7, 2)), "next_token": Padded(np.zeros((7, 2), np.int64))})
    state = HiddenState(torch.arange(7.0)[:, None])
    parts = split(batch, state, 3, lambda part: {"a": part.fields["tokens"].real}, moment, lambda rows: state)
    assert [part.batch.fields["tokens"].values[:, 0].tolist() for part in parts] == [[0, 2, 4], [6, 8], [10, 12]]
    assert [part.state.h[:, 0].tolist() for part in parts] == [[0, 1, 2], [3, 4], [5, 6]]
    assert [part.terms["a"] for part in parts] == [6, 4, 4]
    assert torch.equal(type(state).join([part.state for part in parts]).h, state.h)


def test_every_part_has_noise_of_its_own_and_the_first_that_of_the_whole_batch():
    like = torch.ones(50)
    whole, first, second = (noise.keep_mask(like, 0.5) for noise in (Noise(1, 3), Noise(1, 3, 0), Noise(1, 3, 1)))
    assert torch.equal(whole, first)
    assert not torch.equal(first, second)


def test_a_run_in_parts_learns_the_same(tmp_path, text_file):
    losses = []
    for parts in (1, 3):
        seen = []
        elman.train(
            "lm",
            str(text_file),
            out=tmp_path / f"run-{parts}",
            steps=12,
            hidden=8,
            level="word",
            batch_size=5,
            dropout=0,
            threads=1,
            settings={"training.parts": parts, "training.optimizer": "sgd"},
            listener=lambda event, seen=seen: seen.append(event.nats) if isinstance(event, Stepped) else None,
        )
        losses.append(seen)
    assert losses[1] == pytest.approx(losses[0], rel=1e-4)
    logged = [[e["nats"] for e in read_events(tmp_path / f"run-{n}" / "metrics.jsonl") if e["event"] == "train"]
              for n in (1, 3)]  # fmt: skip
    assert logged[1] == pytest.approx(logged[0], rel=1e-4)
