"""Every task through one contract: it learns one batch, keeps what it learned, and repeats itself."""

import numpy as np
import pytest
import torch

import elman
from elman.data.readers import READERS
from elman.layers.initialization import initialize
from elman.models import MODELS
from elman.noise import Noise
from elman.tasks import TASKS
from elman.tasks.base import DataFiles

OPTIONS = {"lm": {"level": "character", "bptt": 12}}
SMALL = {"lm": {"hidden_size": 32, "dropout": 0.0}}


@pytest.fixture(params=TASKS.names())
def prepared(request, text_file, tmp_path):
    kind = TASKS.get(request.param)
    reader = READERS.get(kind.default_reader)
    said = []
    task, data = kind.prepare(
        kind.Config(**OPTIONS[request.param]),
        reader(reader.Config()),
        DataFiles([text_file], [], 0.2),
        tmp_path,
        said.append,
    )
    model_kind = MODELS.get(kind.default_model)
    model = model_kind(model_kind.Config(**SMALL[request.param]), task.sizes)
    initialize(model, 3)
    return task, data, model


def loss_of(model, batch):
    found = model.loss(batch, model.initial_state(batch.size), None)
    return sum(loss.nats / loss.targets for loss in found.heads.values())


def test_one_batch_is_learned_by_heart(prepared):
    task, data, model = prepared
    batch = task.batches(data, 2, 0, 0)[1]
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(150):
        optimizer.zero_grad()
        loss_of(model, batch).backward()
        optimizer.step()
    assert loss_of(model, batch).item() < 0.02


def test_the_same_seed_gives_the_same_loss_and_another_another(prepared):
    task, data, model = prepared
    batch = task.batches(data, 4, 0, 0)[0]
    found = []
    for seed in (3, 3, 4):
        initialize(model, seed)
        found.append(loss_of(model, batch).item())
    assert found[0] == found[1] != found[2]


def test_noise_acts_in_training_only(prepared):
    task, data, model = prepared
    model.recurrent.config = model.recurrent.config.model_copy(update={"dropout": 0.5})
    batch, state = task.batches(data, 4, 0, 0)[0], model.initial_state(4)
    losses = (model.loss(batch, state, noise).heads for noise in (None, None, Noise(1, 0)))
    calm, again, noisy = (sum(loss.nats.item() for loss in heads.values()) for heads in losses)
    assert calm == again != noisy


def test_weights_and_vocabulary_round_trip(prepared, tmp_path):
    task, data, model = prepared
    task.save(tmp_path)
    loaded = type(task).load(task.config, tmp_path)
    assert (loaded.fingerprint, loaded.sizes) == (task.fingerprint, task.sizes)
    other = type(model)(model.config, loaded.sizes)
    other.load_weights({name: array.copy() for name, array in model.weights().items()})
    assert loaded.validate(other, data) == task.validate(model, data)
    assert loaded.sample(other, 5) == task.sample(model, 5)
    assert model.num_weights() == sum(p.numel() for p in model.parameters())


def test_training_twice_gives_the_same_weights(text_file, tmp_path):
    weights = []
    for name in ("one", "two"):
        elman.train("lm", str(text_file), out=tmp_path / name, steps=8, hidden=8, threads=1)
        weights.append((tmp_path / name / "model.safetensors").read_bytes())
    assert weights[0] == weights[1]


def test_a_validation_stops_at_its_limit(prepared):
    task, data, model = prepared
    whole = task.validate(model, data)
    task.config = task.config.model_copy(update={"validation_tokens": 50})
    assert task.validate(model, data).counts["tokens"] == 50 < whole.counts["tokens"]


def test_streams_of_evaluation_are_near_one_stream(prepared, monkeypatch):
    task, data, model = prepared
    many = task.validate(model, data).scores[0]
    import elman.tasks.lm as lm

    exact = lm.EvaluationStreams
    monkeypatch.setattr(lm, "EvaluationStreams", lambda store, start, streams: exact(store, start, streams=1))
    one = task.validate(model, data).scores[0]
    np.testing.assert_allclose(many.value, one.value, rtol=1e-4)
