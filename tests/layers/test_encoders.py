"""Vectors of words from characters, tables and shapes, and the layers on one vector, against torch's own."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from elman.data.outlines import Tokens
from elman.data.records import Batch, Padded
from elman.layers.character_encoder import CharacterConfig, CharacterEncoder
from elman.layers.feed_forward import FeedForward
from elman.layers.word_encoder import WordEncoder, WordEncoderConfig
from elman.moment import Noise
from tests.gradients import equal_finite_differences

pytestmark = pytest.mark.usefixtures("float64")

LENGTHS = [3, 1, 6, 2]
PARTS = {"characters": 9, "shapes": 4}
WORDS = Tokens([str(number) for number in range(7)], parts=PARTS)
every_kind = pytest.mark.parametrize("kind", ["lstm", "cnn"])


def shaken(module):
    for parameter in module.parameters():
        parameter.data += 0.5 * torch.randn_like(parameter)
    return module


def characters(kind, hidden=3, size=4, count=9, **options):
    sizes = {"character_embedding_size": size, "character_hidden_size": hidden}
    return shaken(CharacterEncoder(count, CharacterConfig(characters=kind, **sizes, **options)))


def spelled(lengths, steps=None):
    mask = torch.arange(steps or max(lengths)) < torch.tensor(lengths)[:, None]
    return torch.randint(9, mask.shape), mask


def alone(encoder, ids):
    """Return the vector of one word by torch.nn.LSTM or torch's convolution."""
    vectors = encoder.embedding.weight[ids]
    if encoder.filters is not None:
        made = functional.conv1d(vectors.T[None], encoder.filters.weight, encoder.filters.bias, padding=1)
        return made[0].max(1).values
    theirs = nn.LSTM(4, 3, bidirectional=True, batch_first=True)
    for suffix, cells in (("", encoder.recurrent.layers), ("_reverse", encoder.recurrent.backward_layers)):
        for name, value in cells[0].named_parameters():
            getattr(theirs, f"{name}_l0{suffix}").data = value.data
    return theirs(vectors[None])[1][0].flatten()


@every_kind
def test_a_word_is_read_as_torch_reads_it_alone(kind):
    encoder, (ids, mask) = characters(kind), spelled(LENGTHS, 8)
    expected = torch.stack([alone(encoder, row[real]) for row, real in zip(ids, mask, strict=True)])
    assert expected.shape == (4, encoder.output_size)
    torch.testing.assert_close(encoder(ids, mask), expected, atol=1e-12, rtol=0)
    torch.testing.assert_close(encoder(ids[:1, :3], None), expected[:1], atol=1e-12, rtol=0)
    ids[~mask] = torch.randint(9, ids.shape)[~mask]
    torch.testing.assert_close(encoder(ids, mask), expected, atol=1e-12, rtol=0)


@every_kind
def test_gradients_through_characters_equal_finite_differences(kind):
    encoder, (ids, mask) = characters(kind, hidden=1, size=2, count=3), spelled([2, 0, 3])
    names, values = zip(*encoder.named_parameters(), strict=True)

    def function(*parameters):
        return torch.func.functional_call(encoder, dict(zip(names, parameters, strict=True)), (ids % 3, mask))

    assert equal_finite_differences(function, values)


@every_kind
def test_words_without_characters_are_zeros(kind):
    encoder, (ids, mask) = characters(kind), spelled([2, 0])
    assert torch.equal(encoder(ids, mask)[1], torch.zeros(encoder.output_size))
    assert torch.equal(encoder(ids[:, :0], mask[:, :0]), torch.zeros(2, encoder.output_size))
    assert encoder(ids[:0, :0], mask[:0, :0]).shape == (0, encoder.output_size)


@every_kind
def test_a_bound_holds_for_filters_and_their_biases_are_zero(kind):
    encoder = characters(kind)
    before = {name: value.clone() for name, value in encoder.named_parameters()}
    encoder.reset_parameters(torch.Generator().manual_seed(1), 0.01)
    changed = {name for name, value in encoder.named_parameters() if not torch.equal(value, before[name])}
    assert changed == ({"filters.weight", "filters.bias"} if kind == "cnn" else set())
    if kind == "cnn":
        assert 0.009 < encoder.filters.weight.abs().max() <= 0.01
        assert (encoder.filters.bias == 0).all()
        encoder.reset_parameters(torch.Generator().manual_seed(1))
        assert 0.25 < encoder.filters.weight.abs().max() <= 12**-0.5


def test_dropout_of_characters_acts_in_training_only():
    encoder, (ids, mask) = characters("cnn", character_dropout=0.5), spelled(LENGTHS)
    assert not torch.equal(encoder(ids, mask, Noise(0, 0)), encoder(ids, mask))
    assert torch.equal(encoder(ids, mask, Noise(0, 0)), encoder(ids, mask, Noise(0, 0)))


def batch(name="words"):
    """Return two sentences of 3 and 1 words: forms 0 1 0, and 2."""
    ids, mask = spelled([3, 1, 6])
    words, forms = torch.tensor([[3, 5, 3], [1, 0, 0]]), torch.tensor([[0, 1, 0], [2, 0, 0]])
    lengths = torch.tensor([3, 1])
    tables = {"characters": Padded(ids, mask.sum(1)), "shapes": Padded(torch.tensor([[1], [3], [0]]))}
    return Batch(2, {name: Padded(words, lengths), f"{name}.forms": Padded(forms, lengths)}, tables)


@pytest.mark.parametrize("kind", ["none", "lstm", "cnn"])
@pytest.mark.parametrize("shape_size", [0, 2])
@pytest.mark.parametrize("name", ["words", "second"])
def test_a_word_is_its_row_its_characters_and_its_shape(kind, shape_size, name):
    options = {"character_embedding_size": 4, "character_hidden_size": 3, "shape_size": shape_size}
    encoder = shaken(WordEncoder(WORDS, WordEncoderConfig(embedding_size=5, characters=kind, **options)))
    given = batch(name)
    found = encoder(given, name)
    assert found.shape == (2, 3, encoder.output_size)
    assert encoder.output_size == 5 + {"none": 0, "lstm": 6, "cnn": 3}[kind] + shape_size
    for b, t in ((0, 0), (0, 1), (0, 2), (1, 0)):
        form = given.fields[f"{name}.forms"].values[b, t]
        parts = [encoder.words.weight[given.fields[name].values[b, t]]]
        if kind != "none":
            letters = given.tables["characters"]
            parts.append(alone(encoder.characters, letters.values[form][letters.mask[form]]))
        if shape_size:
            parts.append(encoder.shapes.weight[given.tables["shapes"].values[form, 0]])
        torch.testing.assert_close(found[b, t], torch.cat(parts), atol=1e-12, rtol=0)
    assert torch.equal(found[0, 0], found[0, 2])


@pytest.mark.parametrize("freeze", [False, True])
def test_frozen_vectors_get_no_gradient(freeze):
    config = WordEncoderConfig(embedding_size=5, characters="cnn", shape_size=2, freeze_embedding=freeze)
    encoder = WordEncoder(WORDS, config)
    encoder(batch()).sum().backward()
    assert (encoder.words.weight.grad is None) is freeze
    assert all(value.grad is not None for name, value in encoder.named_parameters() if name != "words.weight")


def test_word_dropout_takes_the_same_words_away_in_the_whole_batch():
    encoder = WordEncoder(Tokens([str(i) for i in range(50)], parts=PARTS), WordEncoderConfig(embedding_size=5), 0.5)
    words = torch.arange(50).repeat(2, 2)
    given = Batch(2, {"words": Padded(words)})
    plain, found = encoder(given), encoder(given, noise=Noise(0, 0))
    gone = (found == 0).all(-1)
    assert 10 < gone[0, :50].sum() < 40
    assert torch.equal(gone, gone[0, :50].repeat(2, 2))
    torch.testing.assert_close(found, torch.where(gone[..., None], 0.0, 2 * plain), atol=1e-12, rtol=0)


def test_feed_forward_layers():
    layers, x = shaken(FeedForward(4, 3, 2)), torch.randn(2, 5, 4)
    (w1, b1), (w2, b2) = ((layer.weight, layer.bias) for layer in layers.layers)
    expected = torch.tanh(torch.tanh(x @ w1.T + b1) @ w2.T + b2)
    torch.testing.assert_close(layers(x), expected, atol=1e-12, rtol=0)
    assert layers.output_size == 3
    nothing = FeedForward(4, 3, 0)
    assert torch.equal(nothing(x), x)
    assert nothing.output_size == 4


def test_feed_forward_weights_and_dropout():
    layers, x = FeedForward(100, 4, 1, 0.5), torch.ones(20, 100)
    assert 0.09 < layers.layers[0].weight.abs().max() <= 0.1
    layers.reset_parameters(torch.Generator().manual_seed(1), 0.01)
    assert 0.009 < layers.layers[0].weight.abs().max() <= 0.01
    assert (layers.layers[0].bias == 0).all()
    assert torch.equal(layers(x)[0], layers(x)[1])
    found = layers(x, Noise(0, 0))
    kept = found[found != 0]
    assert 20 < len(kept) < 60  # of 80 outputs
    assert len(kept.unique()) > 4  # inputs are dropped too, for each row by itself
