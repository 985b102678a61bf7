"""Suggestions that a model of characters spells: against every word there can be."""

import itertools

import numpy as np
import pytest

from elman.errors import ConfigError
from elman.keyboard.line import TAB, Line
from elman.keyboard.of_characters import SpellingKeyboard
from elman.text.tokenization import Tokenization
from elman.text.tokenizers.character import CharacterTokenizer
from elman.text.vocabulary import Vocabulary
from tests.keyboard.toys import Rows

TOKENS = ["<unk>", "\n", " ", ",", "a", "b", "c"]


def spelling(seed=0, tokens=TOKENS):
    """Return a keyboard over a random model of the next character by the last, and its rows; words are short."""
    rows = np.random.default_rng(seed).dirichlet(np.full(len(tokens), 1.0), len(tokens))
    rows[:, 2] += 1
    rows /= rows.sum(1, keepdims=True)
    vocabulary = Vocabulary(tokens, [1] * len(tokens))
    return SpellingKeyboard(Rows(rows, 1), Tokenization(vocabulary, CharacterTokenizer())), rows


def every_word(rows, before, longest=7):
    """Return every word up to a length with its probability behind a character and before a blank."""
    found = {}
    for length in range(1, longest + 1):
        for letters in itertools.product("abc", repeat=length):
            ids = [before, *(TOKENS.index(letter) for letter in letters), 2]
            found["".join(letters)] = float(np.prod([rows[a, b] for a, b in itertools.pairwise(ids)]))
    return found


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_likeliest_words_of_all_that_can_be_spelled(seed):
    keyboard, rows = spelling(seed)
    for context, before in ((keyboard.begin(), 1), (keyboard.after(keyboard.begin(), "ab"), 2)):
        every = every_word(rows, before)
        for letters in ("", "a", "cb", "abc"):
            fitting = [word for word in every if word.startswith(letters) and word != letters]
            best = sorted(fitting, key=lambda word: (-every[word], word))[:5]
            found = keyboard.suggestions(context, letters, 5)
            assert [one.word for one in found] == best
            assert [one.probability for one in found] == pytest.approx([every[word] for word in best], rel=1e-9)


def test_a_suggestion_does_not_vanish_while_the_next_letter_agrees():
    keyboard, _ = spelling(4)
    context = keyboard.begin()
    for one in keyboard.suggestions(context, "", 10):
        for letters in range(1, len(one.word)):
            assert one.word in [again.word for again in keyboard.suggestions(context, one.word[:letters], 10)]


def test_letters_are_read_in_the_case_that_the_model_has():
    keyboard, _ = spelling()
    context = keyboard.begin()
    small, large = keyboard.suggestions(context, "a", 3), keyboard.suggestions(context, "A", 3)
    assert [one.word.capitalize() for one in small] == [one.word for one in large]
    assert keyboard.knows("AB")
    assert not keyboard.knows("axe")
    assert not keyboard.knows(",")


def test_words_that_were_removed_are_not_spelled_again():
    keyboard, _ = spelling()
    context = keyboard.begin()
    first, second = (one.word for one in keyboard.suggestions(context, "", 2))
    keyboard.own.remove(first)
    assert keyboard.suggestions(context, "", 1)[0].word == second


def test_a_line_is_typed_as_with_words():
    keyboard, _ = spelling()
    line = Line(keyboard)
    first = line.suggestions[0].word
    line.press(TAB)
    assert line.text == f"{first} "
    expected = keyboard.suggestions(keyboard.after(keyboard.begin(), first), "", 3)
    assert line.suggestions == expected
    line.press("\r")
    assert [one.word for one in line.suggestions] == [one.word for one in keyboard.suggestions(keyboard.begin(), "", 3)]


def test_what_is_longer_than_a_word_has_no_suggestions():
    keyboard, _ = spelling()
    assert keyboard.suggestions(keyboard.begin(), "a" * 29, 3) == []
    assert keyboard.suggestions(keyboard.begin(), "a" * 40, 3) == []


def test_a_text_without_blanks_is_refused():
    message = r"^typing: the text that the model was trained on has no blanks, so it spells no words\.$"
    with pytest.raises(ConfigError, match=message):
        spelling(tokens=["<unk>", "\n", "x", "a"])
