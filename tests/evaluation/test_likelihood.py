"""Lines and texts against reading them token by token."""

import numpy as np
import pytest

from elman.data.corpus import Corpus
from elman.data.store import TokenStore
from elman.decoding.stepper import Read, Stepper
from elman.evaluation import likelihood
from elman.evaluation.likelihood import LikelihoodVerdict, read_lines, read_text
from elman.text.vocabulary import Vocabulary


class Bigram(Stepper):
    """The next token by the last; it can say how many tokens it has read."""

    size, start = 5, 3

    def __init__(self):
        self.table = np.log(np.random.default_rng(0).dirichlet(np.ones(5), 5))
        self.largest = 0

    def begin(self, inputs):
        return np.zeros(len(inputs), np.int64)

    def advance(self, ids, state):
        return self.table[ids], state + 1

    def read(self, ids, lengths, state, keep=()):
        self.largest = max(self.largest, ids.size)
        found = super().read(ids, lengths, state)
        orders = np.minimum(state[:, None] + np.arange(ids.shape[1] - 1), 9).astype(np.uint8)
        return Read(found.nats, found.state, {"orders": orders} if "orders" in keep else {})


@pytest.mark.parametrize("lengths", [[4, 1, 9, 1, 700, 3], [1], [3000], []], ids=str)
def test_lines_read_alone_stretch_by_stretch(monkeypatch, lengths):
    monkeypatch.setattr(likelihood, "CELLS", 64)
    draw, stepper = np.random.default_rng(1), Bigram()
    lines = [draw.integers(0, 5, length) for length in lengths]
    ids = np.concatenate([np.empty(0, np.int64), *lines])
    found = read_lines(stepper, ids, np.cumsum(lengths, dtype=np.int64), orders=True)
    expected = [-stepper.table[[3, *line[:-1]], line] for line in lines]
    np.testing.assert_allclose(found.nats, np.concatenate([np.empty(0), *expected]), atol=1e-12)
    assert stepper.largest <= 64 + max(len(lengths), 1)
    if lengths:
        expected = np.concatenate([np.minimum(np.arange(length), 9) for length in lengths])
        assert found.orders.tolist() == expected.tolist()
    assert read_lines(stepper, ids, np.cumsum(lengths, dtype=np.int64)).orders is None


def test_lines_that_a_model_reads_at_once():
    class AtOnce(Bigram):
        def read_lines(self, ids, ends):
            return Read(ids + 0.5, None, {"orders": ids.astype(np.uint8)})

    ids, ends = np.array([4, 3, 2]), np.array([2, 3])
    found = read_lines(AtOnce(), ids, ends, orders=True)
    assert (found.nats.tolist(), found.orders.tolist()) == ([4.5, 3.5, 2.5], [4, 3, 2])
    assert read_lines(AtOnce(), ids, ends).orders is None


@pytest.mark.parametrize(("size", "streams"), [(1, 1), (700, 1), (9000, 4)])
def test_every_token_of_a_text_is_read_once(size, streams):
    stepper, ids = Bigram(), np.random.default_rng(2).integers(0, 5, size)
    nats, orders = np.zeros(size), 0
    for part in read_text(stepper, Corpus(TokenStore(ids)), streams, ("orders",)):
        nats[part.places] += part.nll
        orders += len(part.kept["orders"])
        assert np.array_equal(ids[part.places], part.tokens)
    np.testing.assert_allclose(nats, -stepper.table[[3, *ids[:-1]], ids], atol=1e-12)
    assert orders == size


def test_scores_of_a_token_are_signed_with_the_vocabulary_and_scores_of_a_character_are_not():
    corpus, found = Corpus(TokenStore(np.array([0, 1, 2])), characters=9, lines=1), []
    for words in (["<unk>", "a", "b"], ["<unk>", "b", "a"], ["<unk>", "a", "b", "c"]):
        known = Vocabulary(words, [1] * len(words))
        scores = LikelihoodVerdict("word", "word", known).evaluate(Bigram(), corpus).scores
        for score in scores:
            signed = f"|vocabulary:{len(words)}-{known.fingerprint[:8]}|" in score.signature
            assert signed == (score.name != "bits_per_character")
        found.append({(score.name, score.signature) for score in scores})
    for first, second in ((0, 1), (0, 2), (1, 2)):
        assert {name for name, _ in found[first] & found[second]} == {"bits_per_character"}
