"""Suggestions: against brute force over all words, and everything that a keyboard must not do."""

import numpy as np
import pytest

from elman.errors import TrainingError
from elman.keyboard.base import Suggestion
from elman.keyboard.of_words import LEARNED_SHARE, WordKeyboard
from elman.keyboard.own_words import BEFORE
from elman.keyboard.words import Words, is_word
from elman.text.tokenization import Tokenization
from elman.text.tokenizers.word import WordTokenizer
from elman.text.vocabulary import Vocabulary
from tests.keyboard.toys import Rows, keyboard_of, of_golden

LETTERS = "abc"


def drawn(size=200, seed=0, cases=False):
    """Return a keyboard over random words and probabilities, with some that are equal, and its words."""
    draw = np.random.default_rng(seed)
    words = {"".join(draw.choice(list(LETTERS), draw.integers(1, 7))) for _ in range(size)}
    if cases:
        words |= {word.capitalize() for word in list(words)[::3]}
    order = sorted(words)
    draw.shuffle(order)
    rows = np.round(draw.dirichlet(np.full(len(order) + 2, 0.5), len(order) + 2), 3)
    return keyboard_of(order, rows), order, rows


def words_of(suggestions):
    return [one.word for one in suggestions]


def brute(order, row, letters, k):
    """Return the k likeliest words that begin with letters and are more, by looking at each."""
    found = [(-row[place + 2], word) for place, word in enumerate(order) if row[place + 2] > 0]
    return [word for _, word in sorted(found) if word.startswith(letters) and word != letters][:k]


def test_suggestions_are_what_is_found_by_looking_at_every_word():
    keyboard, order, rows = drawn()
    context = keyboard.after(keyboard.begin(), order[7])
    for letters in ("", *LETTERS, "ab", "cab", "abcabc", "z"):
        for k in (1, 3, 10, len(order)):
            assert words_of(keyboard.suggestions(context, letters, k)) == brute(order, rows[9], letters, k)


def test_t32_no_marks_no_signs_no_numbers_and_not_what_is_typed_already():
    keyboard = keyboard_of(["the", "then", ",", "house,", "</s>", "<s>", "1850", "'s", '"no'])
    context = keyboard.begin()
    assert words_of(keyboard.suggestions(context, "", 20)) == ["'s", "the", "then"]
    assert words_of(keyboard.suggestions(context, "the", 20)) == ["then"]
    assert words_of(keyboard.suggestions(context, "THE", 20)) == ["THEN"]


def test_t33_letters_choose_before_the_likeliest_are_taken():
    words = [f"a{number:04d}x" for number in range(4000)] + ["zebra"]
    row = np.array([0, 0, *np.linspace(2, 1, 4001)])
    keyboard = keyboard_of(words, np.tile(row / row.sum(), (4003, 1)))
    assert words_of(keyboard.suggestions(keyboard.begin(), "z", 3)) == ["zebra"]


def test_t34_case_is_folded_to_compare_and_offered_as_the_model_has_it():
    rows = np.tile([0, 0, 0.2, 0.3, 0.35, 0.15], (6, 1))
    keyboard = keyboard_of(["the", "The", "that", "Thames"], rows)
    found = keyboard.suggestions(keyboard.begin(), "t", 4)
    assert words_of(found) == ["The", "that", "Thames"]  # "the" and "The" are one word, in its likelier case
    assert found[0].probability == pytest.approx(0.5)
    assert words_of(keyboard.suggestions(keyboard.begin(), "T", 4)) == ["The", "That", "Thames"]
    assert words_of(keyboard.suggestions(keyboard.begin(), "TH", 4)) == ["THE", "THAT", "THAMES"]


def test_t34_a_capital_at_the_beginning_of_a_sentence_makes_no_new_word():
    keyboard = keyboard_of(["the", "Paris", "paris"], counts=[0, 1, 5, 9, 2])
    assert keyboard.knows("The")
    keyboard.own.typed("The", keyboard.knows("The"))
    assert list(keyboard.own) == []
    rows = np.eye(5)
    keyboard = keyboard_of(["the", "Paris", "paris"], rows, counts=[0, 1, 5, 9, 2])
    assert np.exp(keyboard.after(keyboard.begin(), "THE").of_tokens).argmax() == 2
    assert np.exp(keyboard.after(keyboard.begin(), "PARIS").of_tokens).argmax() == 3  # the more frequent one
    assert np.exp(keyboard.after(keyboard.begin(), "paris").of_tokens).argmax() == 4  # as it is written
    assert np.exp(keyboard.after(keyboard.begin(), "rome").of_tokens).argmax() == 0


def test_t35_equally_likely_words_stand_by_their_spelling():
    keyboard = keyboard_of(["pear", "apple", "plum", "fig"])
    assert words_of(keyboard.suggestions(keyboard.begin(), "", 4)) == ["apple", "fig", "pear", "plum"]
    assert words_of(keyboard.suggestions(keyboard.begin(), "p", 1)) == ["pear"]


@pytest.mark.parametrize("cases", [False, True])
def test_a_suggestion_does_not_vanish_while_the_next_letter_agrees(cases):
    keyboard, order, _ = drawn(seed=3, cases=cases)
    keyboard.own.typed("abcd", False)
    keyboard.own.typed("abce", False)
    for word in order[:60]:
        context = keyboard.after(keyboard.begin(), word)
        for goal in order[:60]:
            places = []
            for letters in range(len(goal)):
                found = [one.word.casefold() for one in keyboard.suggestions(context, goal[:letters], 5)]
                places.append(found.index(goal.casefold()) if goal.casefold() in found else 99)
            assert places == sorted(places, reverse=True)


def test_cases_of_a_word_add_up():
    keyboard, order, rows = drawn(seed=5, cases=True)
    for one in keyboard.suggestions(keyboard.begin(), "", 300):
        both = [rows[1][place + 2] for place, word in enumerate(order) if word.casefold() == one.word.casefold()]
        assert one.probability == pytest.approx(sum(both), abs=1e-12)


def test_unknown_words_are_learned_for_the_session_and_can_be_removed():
    keyboard = of_golden()
    context = keyboard.begin()
    keyboard.own.typed("the", True)
    keyboard.own.typed("Thessaly", keyboard.knows("Thessaly"))
    found = keyboard.suggestions(context, "th", 3)
    assert words_of(found) == ["the", "that", "Thessaly"]
    assert found[2].probability == pytest.approx(LEARNED_SHARE / (2 + BEFORE))
    assert found[0].probability == pytest.approx((1 - LEARNED_SHARE) * (0.7 * 0.6 + 0.3 * 0.3))
    assert words_of(keyboard.suggestions(context, "Thes", 3)) == ["Thessaly"]
    keyboard.own.remove("thessaly")
    assert words_of(keyboard.suggestions(context, "th", 3)) == ["the", "that"]
    keyboard.own.remove("THE")
    assert words_of(keyboard.suggestions(context, "th", 3)) == ["that"]
    keyboard.own.typed("the", True)  # typed in full, it is wanted again
    assert words_of(keyboard.suggestions(context, "th", 3)) == ["the", "that"]


def test_a_word_that_was_typed_once_does_not_stand_above_the_words_of_the_model():
    keyboard, _, _ = drawn(seed=7, cases=False)
    likeliest = words_of(keyboard.suggestions(keyboard.begin(), "", 3))
    keyboard.own.typed("velociraptor", False)
    assert words_of(keyboard.suggestions(keyboard.begin(), "", 3)) == likeliest
    assert words_of(keyboard.suggestions(keyboard.begin(), "velo", 1)) == ["velociraptor"]


def test_signs_and_numbers_are_not_learned():
    keyboard = of_golden()
    for typed in (",", "1850", "--", "http://", "<unk>"):
        keyboard.own.typed(typed, keyboard.knows(typed))
    assert len(keyboard.own) == 0


def test_impossible_words_are_not_suggested():
    keyboard = keyboard_of(["aa", "ab"], [[0, 0, 1, 0]] * 4)
    assert keyboard.suggestions(keyboard.begin(), "", 2) == [Suggestion("aa", 1.0)]


def test_what_is_no_number_is_refused():
    keyboard = keyboard_of(["aa", "ab"], [[0, 0, float("nan"), 0]] * 4)
    with pytest.raises(TrainingError, match="The model predicts no numbers"):
        keyboard.begin()


def test_the_next_line_begins_anew_where_lines_are_texts_of_their_own():
    rows = [[0, 0, 0.6, 0.4], [0, 0, 0.4, 0.6], [0, 0, 0.5, 0.5], [0, 0, 0.9, 0.1]]
    stepper = Rows(rows, 1)
    tokens = Tokenization(Vocabulary(["<unk>", "<eos>", "aa", "ab"], [1] * 4), WordTokenizer())
    keyboard = WordKeyboard(stepper, tokens)
    after = keyboard.after_line(keyboard.after(keyboard.begin(), "aa"))
    assert np.exp(after.of_words) == pytest.approx([0.4, 0.6])
    stepper.end = 1
    assert np.exp(keyboard.after_line(after).of_words) == pytest.approx([0.4, 0.6])


def test_words_are_found_whatever_their_case_and_letters_beyond_ascii():
    words = Words(["Straße", "strasse", "élan", "Élan", "elan", "ÎLE", "\U0001f600"])
    assert words.spelled == sorted({"strasse", "élan", "elan", "île"})
    assert "STRASSE" in words
    assert "sTRAß" not in words
    first, stop = words.beginning("Stra")
    assert words.spelled[first:stop] == ["strasse"]
    first, stop = words.beginning("É")
    assert words.spelled[first:stop] == ["élan"]
    assert not is_word("")
