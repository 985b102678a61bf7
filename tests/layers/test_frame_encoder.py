"""What is read of frames: lengths against real shapes, rows that do not know each other, and the definition."""

from itertools import product

import numpy as np
import pytest
import torch
from torch.nn import functional

from elman.data.outlines import Classes, Frames, Tokens
from elman.data.records import Batch, Padded
from elman.errors import ConfigError
from elman.layers.frame_encoder import FrameEncoder, FrameEncoderConfig
from elman.layers.frame_steps import spread
from elman.layers.initialization import initialize
from elman.models.rnn_classifier import RnnClassifier

OPTIONS = [
    {"stack": stack, "stride": stride, "convolutions": filters}
    for stack, stride, filters in product((1, 2, 3, 8), (0, 1, 2, 3), ([], [2], [3, 2]))
    if stride <= stack
]
each_way = pytest.mark.parametrize("options", OPTIONS, ids=str)


def encoder(width=5, **options):
    made = FrameEncoder(Frames((width,)), FrameEncoderConfig(**options)).double()
    initialize(made, 1)
    return made


def frames(*lengths, width=5, behind=0.0):
    draw = torch.Generator().manual_seed(4)
    values = torch.randn(len(lengths), max(lengths), width, dtype=torch.float64, generator=draw)
    counts = torch.tensor(lengths)
    real = torch.arange(max(lengths)) < counts[:, None]
    return Padded(torch.where(real[..., None], values, behind), counts)


@each_way
def test_lengths_are_those_of_real_shapes(options):
    made = encoder(**options)
    for count in range(20):
        found = made(Padded(torch.ones(2, count, 5, dtype=torch.float64)))
        assert found.values.shape == (2, made.lengths(count), made.output_size)
        assert found.lengths is None
    counts = np.arange(20)
    assert made.lengths(counts).tolist() == [made.lengths(int(count)) for count in counts]


@each_way
def test_a_row_is_the_same_alone_and_whatever_stands_behind_it(options):
    made, lengths = encoder(**options), (9, 4, 1, 0, 13)
    both = [made(frames(*lengths, behind=behind)) for behind in (0.0, 1e6, np.nan)]
    for row, length in enumerate(lengths):
        count = made.lengths(length)
        assert [int(found.lengths[row]) for found in both] == [count] * 3
        alone = made(Padded(frames(*lengths).values[row : row + 1, :length])).values[0]
        for found in both:
            torch.testing.assert_close(found.values[row, :count], alone, rtol=1e-12, atol=1e-12)


@each_way
def test_each_frame_belongs_to_one_step_and_no_step_is_left_out(options):
    made = encoder(**options)
    for count in range(1, 20):
        steps = torch.arange(made.lengths(count), dtype=torch.float64)[None, :, None].expand(2, -1, 3)
        found = spread(steps, made.span, count)
        assert found[..., 0].tolist() == [[frame // made.span for frame in range(count)]] * 2
        assert found[0, -1, 0] == made.lengths(count) - 1


@pytest.mark.parametrize(("stack", "stride"), [(1, 1), (3, 3), (4, 2), (8, 3)])
def test_stacks_stand_side_by_side_with_zeros_behind_the_last(stack, stride):
    field = frames(7)
    found = encoder(stack=stack, stride=stride)(field).values[0].numpy()
    wide = np.concatenate([field.values[0].numpy(), np.zeros((20, 5))])
    expected = [wide[start : start + stack].ravel() for start in range(0, 7, stride)]
    np.testing.assert_array_equal(found, expected)


def test_convolutions_are_those_of_each_row_by_itself():
    made, field = encoder(convolutions=[3, 2]), frames(6, 11, behind=7.0)
    found = made(field)
    for row, length in enumerate((6, 11)):
        maps = field.values[row : row + 1, None, :length]
        for layer in made.convolutions:
            maps = functional.relu(functional.conv2d(maps, layer.weight, layer.bias, padding=1))
            rows, columns = (-(-size // 2) for size in maps.shape[2:])
            wide = functional.pad(maps, (0, 2 * columns - maps.shape[3], 0, 2 * rows - maps.shape[2]), value=-torch.inf)
            maps = wide.reshape(1, -1, rows, 2, columns, 2).amax((3, 5))
        expected = maps[0].transpose(0, 1).flatten(1)
        torch.testing.assert_close(found.values[row, : len(expected)], expected)


def test_gradients_of_filters_are_finite_differences_and_know_no_padding():
    made, field = encoder(convolutions=[2], stack=2), frames(5, 2, behind=3.0)

    def total(weight):
        with torch.no_grad():
            made.convolutions[0].weight.copy_(weight)
        found = made(field)
        return (torch.where(found.mask[..., None], found.values, 0.0) ** 2).sum()

    start = made.convolutions[0].weight.detach().clone()
    total(start).backward()
    gradient = made.convolutions[0].weight.grad.clone()
    for place in ((0, 0, 0, 0), (1, 0, 2, 1)):
        shift = torch.zeros_like(start)
        shift[place] = 1e-6
        slope = (total(start + shift) - total(start - shift)) / 2e-6
        torch.testing.assert_close(gradient[place], slope.detach(), rtol=1e-5, atol=1e-6)


def test_frames_as_they_are_have_no_weights():
    made, field = encoder(), frames(3, 2)
    assert made(field) is field
    assert not list(made.parameters())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"stack": 2, "stride": 3}, r"model\.stride: got 3, but 2 frames are read as one, expected at most that"),
        ({"convolutions": [0]}, r"convolutions: got \[0\], expected at most 8 numbers from 1 to 1024"),
    ],
)
def test_options_that_mean_nothing(options, message):
    with pytest.raises((ConfigError, ValueError), match=message):
        encoder(**options)


def classifier(outline, field, **options):
    config = RnnClassifier.Config(hidden_size=4, dropout=0.0, **options)
    network = RnnClassifier(config, {field: outline}, {"label": Classes(("a", "b", "c"))})
    initialize(network, 3)
    return network


def test_a_classifier_of_strided_frames_answers_each_row_as_alone():
    network = classifier(Frames((5,)), "frames", stack=3, stride=2, convolutions=[2], pooling="attention")
    field = frames(9, 4, 1).map(lambda one: one.float().numpy() if one.is_floating_point() else one.numpy())
    whole = network.answers(Batch(3, {"frames": field}))
    assert whole.attention.shape == (3, network.lengths("frames", np.array([9]))[0])
    for row, length in enumerate((9, 4, 1)):
        alone = network.answers(Batch(1, {"frames": Padded(field.values[[row], :length])}))
        np.testing.assert_allclose(whole.log_probs["label"][row], alone.log_probs["label"][0], rtol=1e-5, atol=1e-6)


def test_penalties_count_steps_and_not_frames():
    rates = {"activation_penalty": 1.0, "temporal_penalty": 1.0}
    network = classifier(Frames((5,)), "frames", stack=2, bidirectional=False, regularization=rates)
    terms = network.penalty_terms(Batch(2, {"frames": frames(9, 4)}))
    assert terms == {"activation": (5 + 2) * 4, "temporal_activation": (4 + 1) * 4}


def test_options_of_frames_mean_nothing_to_words_and_the_other_way_round():
    words = Tokens(("a", "b"), parts={"characters": 3, "shapes": 2})
    with pytest.raises(ConfigError, match=r"model\.stack: means nothing to words, which are no frames\. Leave it out"):
        classifier(words, "words", stack=2)
    with pytest.raises(ConfigError, match=r"model\.embedding_size: means nothing to frames, which are numbers already"):
        classifier(Frames((5,)), "frames", embedding_size=7)
