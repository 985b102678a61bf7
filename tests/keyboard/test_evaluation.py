"""Keys that suggestions save: the golden, and what must not be counted wrong."""

import pytest

from elman.errors import ConfigError, DataError
from elman.keyboard.evaluation import evaluate
from elman.keyboard.rules import RULES
from tests.keyboard.toys import GOLDEN, keyboard_of, of_golden

LINE = GOLDEN["sentence"].split()


def scores(keyboard, lines, **how):
    return {one.name: one for one in evaluate(keyboard, lines, **how).evaluation.scores}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("k", [1, 3])
def test_D37_keys_of_the_golden_sentence(rule, k):
    found = scores(of_golden(), [LINE], k=k, rule=rule)
    keys = GOLDEN["keystrokes"][f"k{k}"][rule]
    assert found["keystrokes_saved"].value == pytest.approx(1 - keys / GOLDEN["characters"], abs=1e-12)
    assert found["keys_per_character"].value == pytest.approx(keys / GOLDEN["characters"], abs=1e-12)


def test_D37_ranks_of_the_golden_sentence():
    found = scores(of_golden(), [LINE], k=3)
    assert found["top_1_recall"].value == 0.5
    assert found["top_3_recall"].value == 1
    assert found["reciprocal_rank"].value == pytest.approx(sum(1 / rank for rank in GOLDEN["ranks"]) / 6, abs=1e-12)


def test_t31_the_rule_and_how_many_are_shown_stand_in_the_signature():
    found = scores(of_golden(), [LINE], k=1, rule="B")
    assert found["keystrokes_saved"].signature.startswith("rule:B|k:1|case:folded|typed in full:out|")
    assert found["top_1_recall"].signature.startswith("letters:0|k:1|")


def test_t31_the_last_word_has_no_blank_and_a_word_typed_in_full_saves_nothing():
    # one word, never suggested before its last letter is typed: "ab" is less likely than "aa"
    rows = [[0, 0, 0.6, 0.4]] * 4
    found = scores(keyboard_of(["aa", "ab"], rows), [["ab"]], k=1, rule="C")
    assert found["keys_per_character"].value == 1
    two = scores(keyboard_of(["aa", "ab"], rows), [["ab", "ab"]], k=1, rule="C")
    assert two["keys_per_character"].value == 1


def test_an_unknown_word_is_typed_in_full_and_counted():
    found = evaluate(of_golden(), [["the", "zebra"]], k=1).evaluation
    assert dict(found.counts) == {"words": 2, "unknown": 1, "lines": 1, "characters": 9}
    assert found.scores[1].value == pytest.approx((1 + 5) / 9)
    assert found.scores[2].value == 0.5


def test_signs_are_typed_and_no_words_that_could_have_been_suggested():
    keyboard = keyboard_of(["yes", ","])
    found = evaluate(keyboard, [["yes", ",", "yes"]], k=1).evaluation
    assert dict(found.counts) == {"words": 2, "unknown": 0, "signs and numbers": 1, "lines": 1, "characters": 9}
    assert found.scores[2].value == 1
    assert found.scores[1].value == pytest.approx((1 + 2 + 1) / 9)


def test_unk_in_the_text_is_typed_as_it_is_and_counted_apart():
    found = evaluate(keyboard_of(["yes"]), [["yes", "<unk>"]], k=1).evaluation
    assert dict(found.counts) == {"words": 1, "unknown": 0, "written <unk>": 1, "lines": 1, "characters": 9}
    assert found.scores[1].value == pytest.approx((1 + 5) / 9)


def test_case_is_folded_where_words_are_compared():
    found = scores(keyboard_of(["the", "The", "Paris"]), [["THE", "paris"]], k=2)
    assert found["top_2_recall"].value == 1


def test_the_model_makes_one_step_a_word_and_none_a_key():
    keyboard = of_golden()
    evaluate(keyboard, [LINE, LINE[:2]])
    assert keyboard._stepper.steps == len(LINE) + 2


def test_the_time_is_told_beside_the_scores_and_is_none():
    found = evaluate(of_golden(), [LINE])
    assert found.milliseconds > 0
    assert not any("millisecond" in one.name for one in found.evaluation.scores)


def test_the_table_has_every_rule_as_scored_alone():
    [table] = evaluate(of_golden(), [LINE]).evaluation.details
    for row, rule in zip(table.rows, RULES, strict=True):
        for k, value in zip((1, 3, 5), row[1:], strict=True):
            assert value == scores(of_golden(), [LINE], k=k, rule=rule)["keystrokes_saved"].value


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"k": 0}, r"^k \(--k\): got 0, expected a whole number from 1 to 8, the words that the model can suggest\.$"),
        ({"k": 9}, r"^k \(--k\): got 9, expected a whole number from 1 to 8, the words that the model can suggest\.$"),
        (
            {"k": True},
            r"^k \(--k\): got True, expected a whole number from 1 to 8, the words that the model can suggest\.$",
        ),
        ({"rule": "F"}, r"^rule \(--typing\): got 'F', expected A, B, C, D or E\.$"),
    ],
)
def test_what_cannot_be_counted_is_refused(how, message):
    with pytest.raises(ConfigError, match=message):
        evaluate(of_golden(), [LINE], **how)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([[]], r"^typing: got no word, expected lines with words\. Is it the right file\?$"),
        (
            [["zebra", "gnu"]],
            r"^typing: the model knows none of 2 words\. Is it the right file, written as its training text\?$",
        ),
    ],
)
def test_texts_that_say_nothing_are_refused(lines, message):
    with pytest.raises(DataError, match=message):
        evaluate(of_golden(), lines)
