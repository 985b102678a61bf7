"""The compiled prefixes of a search against their definition: the same texts in the same order, the same scores."""

import copy
import pickle

import numpy as np
import pytest

from elman.decoding.ctc import paths
from elman.decoding.ctc.beam import Limits, PrefixBeam
from elman.decoding.ctc.scorer import Labels, Lexicon, Scorer, Weights, Words
from elman.errors import ShapeError
from elman.ngram.language import Ngrams

NAMES = ["\n", " ", *"abcde"]
TEXTS = [
    "a bad cab",
    "dead bee ace",
    "add a bead",
    "bed aced a dab",
    "a cab bad",
    "ebb bead dad",
    "decade face".replace("f", "b"),
]
WORDS = sorted({word for text in TEXTS for word in text.split()})
WEIGHTS = Weights(0.7, 0.3)


def lexicon():
    return Lexicon([(word, [NAMES.index(one) for one in word]) for word in WORDS], len(NAMES), 1)


@pytest.fixture(scope="module")
def scorers():
    words, labels = Ngrams.learn([text.split() for text in TEXTS], 2), Ngrams.learn(TEXTS, 4)
    return {
        "none": lambda: None,
        "labels": lambda: Labels(NAMES, 0, labels, WEIGHTS),
        "words": lambda: Words(NAMES, 1, WEIGHTS, words),
        "list": lambda: Words(NAMES, 1, WEIGHTS, None, lexicon()),
        "words and list": lambda: Words(NAMES, 1, WEIGHTS, words, lexicon()),
    }


@pytest.fixture
def searched(monkeypatch):
    def search(mode, log_probs, limits, scorer, pieces=1):
        monkeypatch.setenv("ELMAN_KERNELS", mode)
        beam = PrefixBeam(0, limits, scorer)
        for piece in np.array_split(log_probs, pieces):
            beam.read(piece)
        return beam.found(limits.width), beam.settled

    return search


@pytest.mark.parametrize("scorer", ["none", "labels", "words", "list", "words and list"])
@pytest.mark.parametrize("width", [1, 4, 25])
@pytest.mark.parametrize("scale", [0.5, 2.0, 6.0])
def test_the_same_texts_and_scores_as_the_definition(searched, scorers, scorer, width, scale):
    for seed, limits in enumerate([Limits(width), Limits(width, 0.0, 3), Limits(width, 0.05)]):
        logits = np.random.default_rng(seed).normal(0, scale, (60, len(NAMES)))
        logits[:, 0] += scale
        log_probs = paths.log_softmax(logits)
        for given in (log_probs, log_probs.astype(np.float32)):
            expected, settled = searched("reference", given, limits, scorers[scorer]())
            for pieces in (1, 7):
                found, known = searched("native", given, limits, scorers[scorer](), pieces)
                assert [one.labels for one in found] == [one.labels for one in expected]
                for name in ("log_prob", "score"):
                    ours, theirs = ([getattr(one, name) for one in some] for some in (found, expected))
                    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9)
                assert known == settled


def test_equal_prefixes_are_kept_in_the_same_order(searched):
    for scorer in (None, Words(NAMES, 1, Weights(0.0, 0.0), None, lexicon())):
        even = np.full((8, len(NAMES)), -np.log(len(NAMES)))
        found, expected = (searched(mode, even, Limits(9, 0.0), scorer)[0] for mode in ("native", "reference"))
        assert found == expected


def test_what_is_impossible_is_not_found(searched):
    with np.errstate(divide="ignore"):
        log_probs = np.log(
            np.array([[0.5, 0.0, 0.5, 0, 0, 0, 0], [0.0, 0.0, 1.0, 0, 0, 0, 0], [0.0, 1.0, 0, 0, 0, 0, 0]])
        )
    for limits in (Limits(2), Limits(9, 0.0)):
        found, expected = (searched(mode, log_probs, limits, None)[0] for mode in ("native", "reference"))
        assert found == expected
        assert [one.labels for one in found] == [(2, 1)]


def test_each_state_is_asked_once(searched):
    class Asked(Scorer):
        def __init__(self):
            self.rows, self.moves = [], []

        def begin(self):
            return 0

        def row(self, state):
            self.rows.append(state)
            return np.zeros(len(NAMES))

        def after(self, state, symbol):
            self.moves.append((state, symbol))
            return symbol

        def end(self, state):
            return 0.0

    asked = Asked()
    searched("native", paths.log_softmax(np.random.default_rng(1).normal(0, 1, (50, len(NAMES)))), Limits(20), asked)
    assert len(asked.rows) == len(set(asked.rows))
    assert len(asked.moves) == len(set(asked.moves))


def test_what_goes_wrong_in_a_scorer_reaches_the_caller(searched):
    class Breaks(Labels):
        def after(self, state, symbol):
            raise LookupError("no more states")

    with pytest.raises(LookupError, match="no more states"):
        searched("native", np.zeros((1, len(NAMES))), Limits(4), Breaks(NAMES, 0, Ngrams.learn(TEXTS, 2), WEIGHTS))


def test_frames_of_another_size_are_refused(monkeypatch):
    monkeypatch.setenv("ELMAN_KERNELS", "native")
    beam = PrefixBeam(0, Limits(4))
    beam.read(np.zeros((2, 5)))
    with pytest.raises(ShapeError, match=r"^frames: got \(1, 4\), allowed \(1, 4\), expected twice \(T, 5\)\.$"):
        beam.read(np.zeros((1, 4)))
    with pytest.raises(ValueError, match="a row of another size"):
        PrefixBeam(0, Limits(4), Labels(NAMES, 0, Ngrams.learn(TEXTS, 2), WEIGHTS)).read(np.zeros((1, 9)))


@pytest.mark.parametrize("mode", ["reference", "auto"])
def test_a_copy_has_the_prefixes_and_not_the_frames(monkeypatch, mode):
    monkeypatch.setenv("ELMAN_KERNELS", mode)
    beam, blank = PrefixBeam(0, Limits(6)), np.log([[1 - 6e-9, *[1e-9] * 6]])
    beam.read(blank)
    short = len(pickle.dumps(beam))
    beam.read(np.repeat(blank, 10_000, 0))
    assert len(pickle.dumps(beam)) < short + 200


@pytest.mark.parametrize("mode", ["reference", "auto"])
@pytest.mark.parametrize("scorer", ["none", "labels", "words and list"])
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda beam: pickle.loads(pickle.dumps(beam))])
def test_a_copy_goes_on_alone_from_where_it_was_made(monkeypatch, scorers, mode, scorer, copied):
    monkeypatch.setenv("ELMAN_KERNELS", mode)
    log_probs = paths.log_softmax(np.random.default_rng(4).normal(0, 2, (40, len(NAMES))))
    beams = [PrefixBeam(0, Limits(6), scorers[scorer]()) for _ in range(2)]
    for beam in beams:
        beam.read(log_probs[:15])
        beam.read(log_probs[15:25])
    other = copied(beams[0])
    assert other.found(6) == beams[1].found(6)
    beams[0].read(log_probs[25:][::-1])
    assert other.found(6) == beams[1].found(6)
    for beam in (other, beams[1]):
        beam.read(log_probs[25:])
    assert other.found(6) == beams[1].found(6)
    assert other.settled == beams[1].settled
