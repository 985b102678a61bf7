"""What a search is told of texts: a word list, a model of words, a model of labels."""

import numpy as np
import pytest

from elman.decoding.ctc import paths
from elman.decoding.ctc.beam import Limits, PrefixBeam
from elman.decoding.ctc.scorer import Labels, Lexicon, Weights, Words
from tests.decoding.ctc.every_path import labels_of

NAMES, SPACE = ["\n", "a", "b", " "], 3
EVERYTHING = Limits(100_000, 0.0, 100)
WEIGHTS = Weights(0.7, 0.4)


@pytest.fixture(params=["auto", "reference"], autouse=True)
def kernels(request, monkeypatch):
    monkeypatch.setenv("ELMAN_KERNELS", request.param)


class Counted:
    """A language model that knows how many tokens stand before; what is unknown is rare."""

    def begin(self):
        return 0

    tokens, chances = ["<unk>", "a", "ab", "b", " "], np.array([0.01, 0.5, 0.3, 0.15, 0.2])

    def number(self, token):
        return self.tokens.index(token) if token in self.tokens else 0

    def read(self, state, numbers):
        return np.log(self.chances[numbers]) - 0.1 * state, np.full(len(numbers), state + 1)

    def end(self, state):
        return -0.3 - 0.2 * state


def text_of(labels):
    return "".join(NAMES[k] for k in labels)


def scored(tokens, end=True):
    language, state, total = Counted(), 0, 0.0
    for token in tokens:
        [nats], [state] = language.read(state, np.array([language.number(token)]))
        total += WEIGHTS.alpha * nats + WEIGHTS.beta
    return total + end * WEIGHTS.alpha * language.end(state)


def exhaustive(log_probs, allowed, tokens):
    """Return every text that is allowed with its score, best first."""
    found = {
        text: -paths.nats(log_probs, np.array(text, np.int64), 0) + scored(tokens(text_of(text)))
        for text in labels_of(len(log_probs), 4, 0)
        if allowed(text_of(text))
    }
    return sorted(found.items(), key=lambda one: -one[1])


def found(log_probs, scorer, count=100_000):
    beam = PrefixBeam(0, EVERYTHING, scorer)
    beam.read(log_probs)
    return beam.found(count)


@pytest.fixture(params=[1, 2, 3])
def log_probs(request):
    return paths.log_softmax(np.random.default_rng(request.param).normal(0, 1, (5, 4)))


def test_a_model_of_words_scores_each_word_once_and_the_last_one_with_the_end(log_probs):
    scorer = Words(NAMES, SPACE, WEIGHTS, Counted())
    every = exhaustive(log_probs, lambda text: True, str.split)
    got = found(log_probs, scorer)
    assert {one.labels for one in got} == {text for text, _ in every}
    assert [one.score for one in got] == pytest.approx([score for _, score in every], abs=1e-10)


def test_a_model_of_labels_scores_each_label_and_the_end(log_probs):
    got = found(log_probs, Labels(NAMES, 0, Counted(), WEIGHTS))
    every = exhaustive(log_probs, lambda text: True, list)
    assert [one.score for one in got] == pytest.approx([score for _, score in every], abs=1e-10)


def test_a_list_of_words_is_never_left(log_probs):
    words = ["a", "ab", "bba"]
    lexicon = Lexicon([(word, [NAMES.index(one) for one in word]) for word in words], 4, SPACE)

    def allowed(text):
        return all(word in words for word in text.split(" ")) or not text

    every = exhaustive(log_probs, allowed, str.split)
    got = found(log_probs, Words(NAMES, SPACE, WEIGHTS, Counted(), lexicon))
    best = [one for one in got if allowed(text_of(one.labels))]
    assert got == best
    assert [one.score for one in got] == pytest.approx([score for _, score in every], abs=1e-10)


def test_one_word_of_a_list_of_two_is_chosen_by_the_model_as_well():
    heard = np.log(np.array([[0.05, 0.5, 0.45 - 1e-6, 1e-6]]))
    lexicon = Lexicon([("a", [1]), ("b", [2])], 4, SPACE)

    class Likes(Counted):
        chances = np.array([1e-9, 0.1, 1e-9, 0.9, 1e-9])

    assert found(heard, Words(NAMES, SPACE, Weights(0.0, 0.0), Likes(), lexicon))[0].labels == (1,)
    best = found(heard, Words(NAMES, SPACE, Weights(1.0, 0.0), Likes(), lexicon))[0]
    assert best.labels == (2,)
    assert best.score == pytest.approx(np.log(0.45 - 1e-6) + np.log(0.9) - 0.5)


def test_inside_of_a_word_a_text_ends_only_where_nothing_else_is_possible():
    lexicon = Lexicon([("ab", [1, 2])], 4, SPACE)
    beam = PrefixBeam(0, Limits(1), Words(NAMES, SPACE, Weights(0.0, 0.0), None, lexicon))
    beam.read(np.log(np.array([[1e-9, 1 - 3e-9, 1e-9, 1e-9]])))
    assert beam.found()[0].labels == (1,)
    beam.read(np.log(np.array([[0.1, 1e-9, 0.9 - 2e-9, 1e-9]])))
    assert [one.labels for one in beam.found()] == [(1, 2)]


def test_a_space_neither_begins_a_text_nor_follows_another_with_a_list():
    lexicon = Lexicon([("a", [1])], 4, SPACE)
    even = np.full((6, 4), np.log(0.25))
    texts = {text_of(one.labels) for one in found(even, Words(NAMES, SPACE, Weights(0.0, 0.0), None, lexicon))}
    assert texts == {"", "a", "a a", "a a a"}
