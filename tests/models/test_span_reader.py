"""The span reader: answers that do not depend on what else is asked, attention against loops, gradients."""

import numpy as np
import pytest
import torch

from elman.coders.passages import PassagesCoder
from elman.data.column import Column
from elman.data.outlines import Spans
from elman.data.records import Batch, Padded
from elman.errors import ConfigError
from elman.layers.initialization import initialize
from elman.layers.reading import read_from
from elman.layers.two_way import TwoWayAttention
from elman.models.span_reader import SpanReader
from elman.moment import Moment, Noise
from elman.text.spelling import Spelling

PASSAGES = [
    ["Ann", "went", "to", "the", "old", "garden", "in", "1990", "."],
    ["Ben", "slept"],
    [
        "Carla",
        "saw",
        "Ben",
        "and",
        "Ann",
        ",",
        "who",
        "went",
        "home",
        "with",
        "the",
        "golden",
        "cup",
        "of",
        "the",
        "town",
    ],
]
QUESTIONS = [
    ["Where", "did", "Ann", "go", "?"],
    ["Who", "slept", "?"],
    ["Whom", "did", "Carla", "see", "going", "home", "?"],
]
CODER = PassagesCoder.learn([*PASSAGES, *QUESTIONS], Spelling(True, False))


def batch(rows=(0, 1, 2), wider=0):
    column = CODER.encode([*PASSAGES, *QUESTIONS])
    rows = np.array(rows)
    fields, tables = CODER.batch(column, {"passage": rows, "question": rows + len(PASSAGES)})
    if wider:
        fields = {name: Padded(_wide(one.values, wider), one.lengths) for name, one in fields.items()}
    answer = Column.cut(np.array([[6, 6], [5, 6], [0, 0], [2, 4]]), np.array([2, 1, 1])).padded(rows)
    return Batch(len(rows), {**fields, "answer": answer}, tables)


def _wide(values, wider):
    return np.concatenate([values, np.ones((len(values), wider, *values.shape[2:]), values.dtype)], 1)


def network(seed=1, **options):
    config = SpanReader.Config(**{"embedding_size": 6, "hidden_size": 5, "shape_size": 2, "dropout": 0.0, **options})
    made = SpanReader(config, dict.fromkeys(("passage", "question"), CODER.outline), {"answer": Spans(15)})
    initialize(made, seed, 0.5)
    return made


VARIANTS = pytest.mark.parametrize(
    "options", [{}, {"attention": True, "ends": "given_start"}, {"characters": "lstm", "num_layers": 2}], ids=str
)


@VARIANTS
def test_what_is_answered_is_the_same_bit_for_bit_whatever_else_is_asked(monkeypatch, options):
    monkeypatch.setenv("ELMAN_KERNELS", "native")  # PyTorch's products of several rows have other last bits
    made = network(**options)
    together = made.spans(batch())
    for row in range(3):
        alone = made.spans(batch([row]))
        length, asked = len(PASSAGES[row]), len(QUESTIONS[row])
        assert np.array_equal(alone.start[0], together.start[row, :length])
        assert np.array_equal(alone.end[0], together.end[row, :length])
        assert np.array_equal(alone.looked[0], together.looked[row, :length, :asked])
    turned = made.spans(batch([2, 0, 1]))
    assert np.array_equal(turned.start[0], together.start[2])


@VARIANTS
def test_padding_has_no_say_in_training(options):
    made = network(**options).double()
    one, other = (made.loss(batch(wider=wider), None, None).heads["answer"] for wider in (0, 3))
    torch.testing.assert_close(one.nats, other.nats, atol=1e-12, rtol=0)
    parts = sum(made.loss(batch([row]), None, None).heads["answer"].nats for row in range(3))
    torch.testing.assert_close(one.nats, parts, atol=1e-10, rtol=0)
    assert one.targets == 3
    with torch.no_grad():
        torch.testing.assert_close(made.loss(batch(), None, None).heads["answer"].nats, one.nats, atol=1e-10, rtol=0)


def test_gradients_are_finite_differences():
    made = network(attention=True, ends="given_start").double()
    given, step = batch(), 1e-6

    def loss():
        return made.loss(given, None, None).heads["answer"].nats

    loss().backward()
    draw = np.random.default_rng(3)
    for name, weight in made.named_parameters():
        place = tuple(draw.integers(0, size) for size in weight.shape)
        with torch.no_grad():
            weight[place] += step
            above = loss().item()
            weight[place] -= 2 * step
            below = loss().item()
            weight[place] += step
        assert weight.grad[place].item() == pytest.approx((above - below) / (2 * step), abs=2e-6), name


def test_noise_is_that_of_the_step():
    made = network(dropout=0.5)
    nats = [made.loss(batch(), None, Moment(Noise(1, step))).heads["answer"].nats.item() for step in (0, 0, 1)]
    assert nats[0] == nats[1] != nats[2]


def test_what_is_read_is_that_of_loops_with_gradients_and_without():
    torch.manual_seed(1)
    queries, keys, values = (torch.randn(2, size, 3, dtype=torch.float64) for size in (4, 5, 5))
    lengths = torch.tensor([5, 2])
    trained = read_from(queries, keys, values, lengths)
    with torch.no_grad():
        used = read_from(queries, keys, values, lengths)
    for row, length in enumerate(lengths.tolist()):
        for place in range(4):
            weights = torch.stack([queries[row, place] @ key for key in keys[row, :length]]).softmax(0)
            expected = sum(weight * value for weight, value in zip(weights, values[row], strict=False))
            for found in (trained, used):
                torch.testing.assert_close(found.found[row, place], expected, atol=1e-12, rtol=0)
                assert not found.weights[row, place, length:].any()


def test_attention_both_ways_is_that_of_loops():
    torch.manual_seed(2)
    passage, question = (torch.randn(2, size, 3, dtype=torch.float64) for size in (4, 5))
    lengths, asked = torch.tensor([2, 4]), torch.tensor([5, 3])
    layer = TwoWayAttention(3).double()
    u, v, w = layer.weight
    found = layer(passage, question, lengths, asked)
    for row in range(2):
        p, q = passage[row, : lengths[row]], question[row, : asked[row]]
        scores = torch.stack([torch.stack([u @ x + v @ y + (w * x) @ y for y in q]) for x in p])
        read, back = scores.softmax(1) @ q, scores.amax(1).softmax(0) @ p
        expected = torch.cat([p, read, p * read, p * back], 1)
        torch.testing.assert_close(found[row, : lengths[row]], expected, atol=1e-12, rtol=0)


def test_signs_say_what_a_word_shares_with_its_own_question():
    given = batch()
    signs = given.fields["passage.signs"].values
    exact = [[word for word, sign in zip(PASSAGES[row], signs[row, :, 0], strict=False) if sign] for row in range(3)]
    assert exact == [["Ann"], ["slept"], ["Carla", "home"]]
    assert (signs[:, :, 1:] <= 1).all()
    rare, common = CODER._rarity(CODER.words.encode(["garden", "the"]))
    assert rare > common
    assert not signs[1, 2:].any(), "padding shares nothing"


@pytest.mark.parametrize("options", [{"bidirectional": False}, {"self_attention_heads": 2}])
def test_what_means_nothing_to_it_is_refused(options):
    with pytest.raises((ConfigError, ValueError), match="the span reader reads from both ends"):
        network(**options)
