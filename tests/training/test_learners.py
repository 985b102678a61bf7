"""What each learner declares, decides and says of itself."""

import os
from dataclasses import replace

import numpy as np
import pytest
import torch

from elman.config import Settings
from elman.errors import ConfigError
from elman.events import Notice, Planned, silent
from elman.metrics.base import Score
from elman.runs.configuration import RunConfig
from elman.runs.folder import RunFolder
from elman.runs.plan import Plan
from elman.training import gradients as module
from elman.training.assembly import learner_of, read_data
from elman.training.fits import Fits
from elman.training.gradients import Gradients
from elman.training.learner import Lengths, Lesson
from elman.training.optimizers import not_finite
from elman.training.pace import Place, Speed
from elman.training.stretches import Stretches
from elman.training.update import DivergedError


def lesson(folder, text_file, told=None, **given):
    """Return a lesson of the model that is asked for, and its configuration."""
    tree = Settings()
    named = {key.replace("__", "."): value for key, value in given.items()}
    for key, value in {"task.name": "lm", "data.train": [str(text_file)], **named}.items():
        tree.set(key, value)
    config = RunConfig.resolve(tree)
    task, data, config = read_data(config, RunFolder(folder / "run"), silent)
    model = learner_of(config).built(config, task)
    return Lesson(task, data, model, config.training, folder / "run", (lambda e: None) if told is None else told.append)


@pytest.fixture
def network(tmp_path, text_file):
    """A lesson of a small network."""
    return lesson(
        tmp_path, text_file, model__hidden_size=6, task__level="word", training__steps=8, training__validate_every=4,
        training__log_every=4, training__batch_size=4, training__optimizer="sgd", training__averaging="ntasgd",
        training__averaging_patience=0,
    )  # fmt: skip


def walk(learner, first, last):
    """Make updates of the first epoch."""
    return [learner.update(Place(step, 0, step)) for step in range(first, last)]


@pytest.mark.parametrize(
    ("task", "model", "expected", "declared"),
    [
        ("lm", "rnn_lm", Gradients, (True, "best", True, False, True, "steps")),
        ("embed", "word2vec", Stretches, (True, "last", False, True, False, "stretches")),
        ("lm", "ngram", Fits, (False, "best", False, False, False, "steps")),
    ],
)
def test_every_model_has_its_learner(tmp_path, text_file, task, model, expected, declared):
    tree = Settings()
    for key, value in {"task.name": task, "model.name": model, "data.train": [str(text_file)]}.items():
        tree.set(key, value)
    kind = learner_of(RunConfig.resolve(tree))
    assert kind is expected
    found = (kind.goes_on, kind.keeps, kind.samples_first, kind.averages_passes, kind.has_gradients, kind.steps_are)
    assert found == declared


def test_updates_go_on_from_what_was_saved(network, tmp_path, text_file):
    whole = Gradients(network)
    first = walk(whole, 0, 2)
    whole.validated(Score("loss", 1.0, "nats", "s", True), True)
    assert list(whole.validated(Score("loss", 2.0, "nats", "s", True), False)) == ["averaging"]
    first += walk(whole, 2, 4)
    numbers = whole.numbers()
    arrays = {part: {name: array.copy() for name, array in named.items()} for part, named in whole.arrays().items()}
    assert {part for part, named in arrays.items() if named} == {"model", "average", "state"}
    assert numbers["averaging"]["updates"] == 2
    rest = walk(whole, 4, 6)
    other = Gradients(
        network._replace(model=lesson(tmp_path, text_file, model__hidden_size=6, task__level="word").model)
    )
    other.restore(numbers, arrays)
    assert walk(other, 4, 6) == rest
    assert all(update.targets == update.tokens and update.norm > 0 for update in first)
    for name, array in whole.arrays()["average"].items():
        np.testing.assert_array_equal(array, other.arrays()["average"][name])


def test_averaged_weights_act_within_and_leave(network):
    learner = Gradients(network)
    for value in (1.0, 2.0):
        learner.validated(Score("loss", value, "nats", "s", True), value == 1.0)
    walk(learner, 0, 3)
    own = {name: array.copy() for name, array in learner.weights().items()}

    def interrupted():
        with learner.evaluated():
            assert any(not np.array_equal(array, own[name]) for name, array in learner.weights().items())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert all(np.array_equal(array, own[name]) for name, array in learner.weights().items())


def test_an_update_that_diverged_changes_nothing(network, monkeypatch):
    learner = Gradients(network)
    before = {name: array.copy() for name, array in learner.weights().items()}
    monkeypatch.setattr(module, "clip_by_global_norm", lambda *_: float("nan"))
    with pytest.raises(DivergedError) as refused:
        learner.update(Place(0, 0, 0))
    assert str(refused.value) == (
        "the gradient of step 1 is not a finite number. Train anew with a lower rate (--learning-rate 0.33) or tighter "
        "clipping (--set training.clip_norm=0.25)."
    )
    assert all(np.array_equal(array, before[name]) for name, array in learner.weights().items())
    with torch.no_grad():
        next(iter(network.model.parameters())).fill_(float("inf"))
    first = next(name for name, _ in network.model.named_parameters())
    with pytest.raises(
        DivergedError, match=rf"^the loss of step 1 is not a finite number\. Not finite: {first}\. Train anew"
    ):
        learner.update(Place(0, 0, 0))


def test_weights_without_a_finite_gradient_are_named():
    model = torch.nn.Sequential(torch.nn.Embedding(4, 2, sparse=True), torch.nn.Linear(2, 2), torch.nn.Linear(2, 1))
    out = model[1](model[0](torch.tensor([1, 3])))
    (model[2](out).sum() + (out * torch.tensor([float("inf"), 1.0])).sum()).backward()
    assert not_finite(model.named_parameters(), gradients=True) == ["0.weight", "1.weight", "1.bias"]
    assert not_finite(model.named_parameters(), gradients=False) == []


def test_measuring_leaves_the_network_as_it_was(network, monkeypatch):
    monkeypatch.setattr(module.pace, "_MEASURE_SECONDS", 0.0)
    before = {name: array.copy() for name, array in network.model.weights().items()}
    speed = Gradients.measure(network)
    assert speed.step > 0
    assert speed.validation > 0
    assert all(np.array_equal(array, before[name]) for name, array in network.model.weights().items())


def test_more_is_asked_for_in_one_of_three_units(network, monkeypatch):
    monkeypatch.setattr(Gradients, "measure", lambda _: Speed(0.5))
    assert Gradients.extended(network, Lengths(steps=20), 8).steps == 20
    assert Gradients.extended(network, Lengths(minutes=0.5), 8).steps == 8 + 60
    epoch = Gradients(network).epoch_length(0)
    assert Gradients.extended(network, Lengths(epochs=3), 8).steps == 3 * epoch
    with pytest.raises(ConfigError, match=r"run: 8 steps are done, and 8 are asked for\. Ask for more\."):
        Gradients.extended(network, Lengths(steps=8), 8)


def test_a_longer_cosine_says_so(network):
    told = []
    cosine = network._replace(config=network.config.model_copy(update={"schedule": "cosine"}), tell=told.append)
    Gradients.extended(cosine, Lengths(steps=1200), 8)
    assert told == [Notice("the rate rises again: the cosine now spans 1,200 steps")]


def test_what_is_said_before_the_first_update(network, tmp_path, text_file):
    [planned] = Gradients(network).introduced(3, Gradients.plan(network.config), Speed(0.5, 2.0))
    assert isinstance(planned, Planned)
    assert (planned.step, planned.steps, planned.steps_are, planned.seconds) == (3, 8, "updates", 8.0)
    assert planned.facts["model"] == f"{network.model.num_weights():,} weights"
    counts = lesson(tmp_path, text_file, model__name="ngram", task__level="word")
    assert Fits.plan(counts.config) == Plan(1, 1, 1, 1)
    [notice] = Fits(counts).introduced(0, Fits.plan(counts.config), None)
    assert notice == Notice(f"data    {counts.data_in_a_line}")


def test_stretches_decide_threads_rate_and_five_passes(tmp_path, text_file):
    words = lesson(tmp_path, text_file, task__name="embed", model__embedding_size=4)
    decided, speed = Stretches.decided(words)
    a_pass = words.model.stretches(words.data.train)
    assert (decided.steps, decided.validate_every, speed) == (5 * a_pass, a_pass, None)
    assert (decided.threads, decided.learning_rate) == (os.cpu_count(), words.model.default_rate)
    learner = Stretches(words._replace(config=decided.model_copy(update={"threads": 1})))
    assert learner.card()["threads"] == "1: the same numbers each time"
    learner.begin()
    update = learner.update(Place(0, 0, 0))
    assert (update.norm, update.rate) == (None, words.model.default_rate)
    assert update.tokens > 0


@pytest.mark.parametrize(
    ("size", "parts", "said"),
    [
        (16, 1, "--batch-size 8, or --set training.parts=2 (the same update in parts)"),
        (16, 16, "--batch-size 8"),
        (1, 1, ""),
    ],
)
def test_what_takes_less_memory_is_named(network, size, parts, said):
    config = network.config.model_copy(update={"batch_size": size, "parts": parts})
    assert Gradients(network._replace(config=config)).lighter == said


@pytest.mark.parametrize("start", ["zero", "learned"])
def test_a_stream_that_starts_anew_learns_from_the_initial_state_and_the_others_go_on(
    tmp_path, text_file, monkeypatch, start
):
    told = lesson(
        tmp_path, text_file, task__level="word", model__hidden_size=5, model__initial_state=start,
        training__batch_size=3, task__bptt=4, training__steps=4, training__validate_every=4, training__log_every=4,
    )  # fmt: skip
    learner = Gradients(told)
    first, second = learner._batches(0)[0], learner._batches(0)[1]
    anew = replace(second, fresh=np.array([False, True, False]))
    learner._epoch = 0, (first, anew)
    given = []
    loss = learner.network.loss
    monkeypatch.setattr(
        learner.network, "loss", lambda batch, state, *rest: given.append(state) or loss(batch, state, *rest)
    )
    walk(learner, 0, 1)
    left = [part.clone() for part in learner._state.tensors()]
    walk(learner, 1, 2)
    for part, before, initial in zip(given[1].tensors(), left, learner.network.initial_state(3).tensors(), strict=True):
        assert part[0].tolist() == before[0].tolist() != part[1].tolist()
        if start == "zero":
            assert part[1].tolist() == initial[1].tolist() == [0.0] * 5
        else:
            assert part.requires_grad
            assert not before.requires_grad
