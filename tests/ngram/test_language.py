"""An n-gram model of texts: by name, against counts, and as a file."""

import numpy as np
import pytest

from elman.errors import CheckpointError, DataError
from elman.ngram.language import Ngrams

TEXTS = [list("ab a"), list("b"), list("ab"), list("a b"), list("aab b")]


def log_prob(model, text):
    state, total = model.begin(), 0.0
    for token in text:
        [nats], [state] = model.read(state, np.array([model.number(token)]))
        total += nats
    return total + model.end(state)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_the_next_tokens_and_the_end_sum_to_one(order):
    model = Ngrams.learn(TEXTS, order)
    every = np.array([model.number(token) for token in ["<unk>", "a", "b", " "]])
    assert sorted(every.tolist()) == sorted(set(every.tolist()))
    state = model.begin()
    for token in "ab a":
        chances = np.exp(model.read(state, every)[0])
        assert chances.sum() + np.exp(model.end(state)) == pytest.approx(1, abs=1e-6)
        state = int(model.read(state, np.array([model.number(token)]))[1][0])


def test_many_next_tokens_are_each_as_it_is_alone():
    model = Ngrams.learn(TEXTS, 3)
    numbers = np.array([model.number(token) for token in "ab "])
    log_probs, states = model.read(model.begin(), numbers)
    alone = [model.read(model.begin(), numbers[[place]]) for place in range(3)]
    assert log_probs.tolist() == [one[0][0] for one in alone]
    assert states.tolist() == [one[1][0] for one in alone]


def test_a_file_says_the_same_with_blanks_as_tokens(tmp_path):
    model = Ngrams.learn(TEXTS, 3)
    model.save(tmp_path / "labels.arpa")
    again = Ngrams.restored(tmp_path / "labels.arpa")
    assert again.order == model.order == 3
    assert sorted(again.tokens) == sorted(model.tokens) == ["a", "b"]
    for text in [*TEXTS, list("ba  a"), list("xyz"), []]:
        assert log_prob(again, text) == pytest.approx(log_prob(model, text), abs=1e-5)


def test_a_broken_file_is_refused(tmp_path):
    (tmp_path / "labels.arpa").write_text("nothing\n")
    with pytest.raises(
        CheckpointError, match=r"labels\.arpa:2: the file ends before \\end\\\. Is it all there\? Restore the"
    ):
        Ngrams.restored(tmp_path / "labels.arpa")
    with pytest.raises(DataError, match=r"the file ends before \\end\\"):
        Ngrams.load(tmp_path / "labels.arpa")
