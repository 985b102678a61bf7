"""Text that goes on from text."""

import numpy as np
import pytest

from elman.decoding import writing
from elman.decoding.choice import Choice
from elman.decoding.until import Until, before
from elman.decoding.writing import Wanted, likeliest_next, next_tokens, write, write_many
from elman.text.tokenization import Tokenization
from elman.text.tokenizers.character import CharacterTokenizer
from elman.text.vocabulary import Vocabulary
from tests.decoding.toys import Markov, every_path

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


@pytest.mark.parametrize(
    ("stop", "text", "expected"),
    [
        ("ab", "xaab", "xa"),
        ("aab", "aaab", "a"),
        ("b", "aaa", "aaa"),
        ("abc", "ababd", "ababd"),
        ("abc", "xab", "xab"),
        ("\n\n", "a\nb\n\nc", "a\nb"),
        ("a", "a", ""),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 5])
def test_what_stands_before_a_text_whatever_the_pieces(stop, text, expected, size):
    pieces = [text[first : first + size] for first in range(0, len(text), size)]
    assert "".join(before(stop, pieces)) == expected == text.partition(stop)[0]


def test_pieces_come_as_soon_as_they_are_known():
    assert list(before("xyz", ["ab", "x", "y", "a", "bc"])) == ["ab", "xya", "bc", ""]


def test_many_texts_are_each_that_of_its_seed_and_end_at_their_end():
    stepper = Until(Markov(4, 3, inputs=1), 0)
    texts = list(write_many(stepper, TOKENS, "ab", Wanted(12, seed=5), 40))
    assert texts[0].text == "".join(write(stepper, TOKENS, "ab", Wanted(12, seed=5)))
    assert all(one.text.startswith("ab") and "\n" not in one.text and len(one.text) <= 14 for one in texts)
    assert {one.ended for one in texts} == {len(one.text) < 14 for one in texts} == {True, False}
    assert list(write_many(stepper, TOKENS, "ab", Wanted(12, seed=5), 7)) == texts[:7]
    assert next(write_many(stepper, TOKENS, "b\nab", Wanted(12, seed=5), 1)).text == f"b\n{texts[0].text}"


class Counted(Markov):
    """Counts the tokens that are drawn, and how many rows were drawn side by side."""

    drawn = widest = 0

    def draw(self, ids, state, choice, uniforms, banned):
        self.drawn, self.widest = self.drawn + len(ids), max(self.widest, len(ids))
        return super().draw(ids, state, choice, uniforms, banned)


def test_many_texts_come_as_each_is_finished_and_some_are_drawn_at_once(monkeypatch):
    whole = list(write_many(Until(Markov(4, 3, inputs=1), 0), TOKENS, "ab", Wanted(12, seed=5), 40))
    monkeypatch.setattr(writing, "_AT_ONCE", 16)
    counted = Counted(4, 3, inputs=1)
    found = write_many(Until(counted, 0), TOKENS, "ab", Wanted(12, seed=5), 40)
    first = next(found)
    rest, at_first = list(found), counted.drawn
    assert [first, *rest] == whole
    assert counted.widest == 16
    counted.drawn = 0
    assert next(write_many(Until(counted, 0), TOKENS, "ab", Wanted(12, seed=5), 10**9)) == first  # no list of all
    steps = len(first.text) - len("ab") + first.ended
    assert counted.drawn <= 16 * steps < at_first


def test_as_many_texts_end_as_the_model_says():
    stepper, count = Until(Markov(4, 3, inputs=1), 0), 4000
    found = [one.text for one in write_many(stepper, TOKENS, "a", Wanted(3), count)]
    ends = np.exp([stepper._stepper.table[0, 0, 1, 0]])
    unknown = np.exp(stepper._stepper.table[0, 0, 1, 3])
    share = ends[0] / (1 - unknown)
    assert found.count("a") / count == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / count))


def test_the_likeliest_texts_are_those_of_every_path():
    stepper = Until(Markov(4, 3, inputs=1), 0)
    toy = Markov(4, 3, end=0, inputs=1)
    paths = sorted(every_path(toy, 4), key=lambda one: -one[1])
    expected = ["".join(TOKENS.vocabulary.decode(path)) for path, _ in paths if 3 not in path][:5]
    found = list(write_many(stepper, TOKENS, "", Wanted(4, beam=4**4), 5))
    assert [one.text for one in found] == expected
    assert all(one.ended for one in found)


def test_a_text_ends_before_another_also_where_many_are_drawn():
    stepper = Markov(4, 3, inputs=1)
    whole = list(write_many(stepper, TOKENS, "ab", Wanted(30, seed=2), 9))
    some = list(write_many(stepper, TOKENS, "ab", Wanted(30, seed=2, stop="ba"), 9))
    assert [one.text for one in some] == [one.text[:2] + one.text[2:].partition("ba")[0] for one in whole]
    assert [one.ended for one in some] == ["ba" in one.text[2:] for one in whole]
    assert "".join(write(stepper, TOKENS, "ab", Wanted(30, seed=2, stop="ba"))) == some[0].text
