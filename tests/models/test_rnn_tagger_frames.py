"""The recurrent tagger of frames: each frame has the step that read it, and no recording knows its neighbours."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from elman.data.outlines import Classes, Frames
from elman.data.records import Batch, Padded
from elman.errors import ConfigError
from elman.layers.initialization import initialize
from elman.models.rnn_tagger import RnnTagger
from tests.fields import side_by_side

LENGTHS = (11, 1, 6)
WAYS = [
    {},
    {"stack": 3},
    {"stack": 4, "stride": 2, "head": "softmax"},
    {"convolutions": [3], "stack": 2, "bidirectional": False},
]
each_way = pytest.mark.parametrize("options", WAYS, ids=str)


def tagger(**options):
    config = RnnTagger.Config(hidden_size=5, num_layers=2, **options)
    made = RnnTagger(config, {"frames": Frames((4,))}, {"tags": Classes(("a", "b", "c"))}).double()
    initialize(made, 3)
    return made


def recordings():
    draw = np.random.default_rng(2)
    frames = [draw.normal(size=(length, 4)) for length in LENGTHS]
    return frames, [draw.integers(0, 3, length) for length in LENGTHS]


def batch(frames, tags, behind=0.0):
    lengths = np.array([len(one) for one in frames])
    values = np.full((len(frames), lengths.max(), 4), behind)
    for row, one in enumerate(frames):
        values[row, : len(one)] = one
    return Batch(len(frames), {"frames": Padded(values, lengths), "tags": side_by_side(tags)})


@each_way
def test_a_recording_is_answered_the_same_alone_and_whatever_stands_behind_it(options):
    model, (frames, tags) = tagger(**options), recordings()
    assert model.lengths("frames", np.array(LENGTHS)).tolist() == list(LENGTHS)
    for behind in (0.0, 1e6):
        found = model.answers(batch(frames, tags, behind))
        assert found.best["tags"].shape == (3, 11)
        for row, length in enumerate(LENGTHS):
            alone = model.answers(batch(frames[row : row + 1], tags[row : row + 1]))
            assert found.best["tags"][row, :length].tolist() == alone.best["tags"][0].tolist()
            np.testing.assert_allclose(found.log_probs["tags"][row, :length], alone.log_probs["tags"][0], atol=1e-9)


@each_way
def test_losses_of_recordings_add_up(options):
    model, (frames, tags) = tagger(**options), recordings()
    whole = model.loss(batch(frames, tags), None, None).heads["tags"]
    parts = [
        model.loss(batch([one], [other]), None, None).heads["tags"] for one, other in zip(frames, tags, strict=True)
    ]
    assert whole.targets == sum(LENGTHS)
    torch.testing.assert_close(whole.nats, sum(one.nats for one in parts))


def test_each_frame_counts_with_what_its_step_says():
    model, (frames, tags) = tagger(stack=3, head="softmax"), recordings()
    steps = batch(frames[:1], tags[:1])
    values = torch.from_numpy(steps.fields["frames"].values)
    joined = functional.pad(values, (0, 0, 0, 1)).reshape(1, 4, 12)
    hidden = model.recurrent(joined, model.recurrent.initial_state(1)).hidden
    log_probs = model.heads["tags"].log_probs(Padded(hidden))[0]
    expected = -sum(log_probs[frame // 3, label] for frame, label in enumerate(tags[0]))
    torch.testing.assert_close(model.loss(steps, None, None).heads["tags"].nats, expected)
    assert model.title == "bi-lstm 2x5, 3 frames a step, softmax"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"shape_size": 3}, "model.shape_size: means nothing to frames"),
        ({"stack": 2, "stride": 3}, "model.stride: got 3, but 2 frames are read as one"),
        ({"label_smoothing": 0.1}, "model.label_smoothing: got 0.1, expected 0: a CRF has none"),
    ],
)
def test_options_that_mean_nothing_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        tagger(**options)
