"""Text that goes on from text."""

import numpy as np
import pytest

from elman.decoding import writing
from elman.decoding.choice import Choice
from elman.decoding.writing import Wanted, likeliest_next, next_tokens, write
from elman.text.tokenization import Tokenization
from elman.text.tokenizers.character import CharacterTokenizer
from elman.text.vocabulary import Vocabulary
from tests.decoding.toys import Markov

TOKENS = Tokenization(Vocabulary(["\n", "a", "b", "<unk>"], [1] * 4), CharacterTokenizer())


@pytest.mark.parametrize("cells", [1, 16384])
def test_next_tokens_of_many_prompts_are_those_of_each_alone(monkeypatch, cells):
    monkeypatch.setattr(writing, "_CELLS", cells)
    stepper = Markov(4, 1, inputs=1)
    prompts = [np.random.default_rng(length).integers(0, 4, length) for length in (1, 70, 3, 1, 9)]
    for prompt, found in zip(prompts, next_tokens(stepper, prompts), strict=True):
        state = stepper.begin(np.zeros(1, np.int64))
        for token in prompt:
            log_probs, state = stepper.advance(np.array([token]), state)
        assert np.array_equal(found, log_probs[0])
    assert list(next_tokens(stepper, [])) == []


def test_the_likeliest_are_shown_with_their_probabilities():
    stepper = Markov(4, 1, inputs=1)
    [[(first, p), (second, q)]] = likeliest_next(stepper, TOKENS, ["ab"], 2)
    probabilities = np.exp(stepper.table[0, 1, 2])
    best = np.argsort(-probabilities)
    assert [first, second] == [TOKENS.shown(number) for number in best[:2]]
    assert [p, q] == pytest.approx(probabilities[best[:2]].tolist())


def test_what_is_written_begins_with_the_prompt_and_has_no_unknown_token():
    stepper = Markov(4, 3, inputs=1)
    texts = ["".join(write(stepper, TOKENS, "abz", Wanted(50, seed=seed))) for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]
    assert all(text.startswith("abz") and len(text) == 53 and "<unk>" not in text for text in texts)
    greedy = "".join(write(stepper, TOKENS, "a", Wanted(5, Choice(0))))
    assert "".join(write(stepper, TOKENS, "a", Wanted(5, beam=1))) == greedy
    assert "".join(write(stepper, TOKENS, "a", Wanted(0, beam=3))) == "a"


def test_a_beam_writes_the_likeliest_text():
    stepper = Markov(4, 3, inputs=1)
    text = "".join(write(stepper, TOKENS, "b", Wanted(4, beam=3**4)))
    paths = [[2, *path] for path in np.ndindex(3, 3, 3, 3)]
    best = max(paths, key=lambda path: stepper.log_prob(path, 0))
    assert text == "".join(TOKENS.vocabulary.decode(best))
