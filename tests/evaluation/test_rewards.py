"""Rewards of single texts."""

import pytest

from elman.evaluation.rewards import rewards

PAIRS = [
    ("The cat sat on the mat.", "The cat is on the mat."),
    ("two dogs run", "Two dogs are running through the snow."),
    ("same", "same"),
]


def test_each_score_rewards_single_texts():
    assert rewards("exact_match", PAIRS, str.split) == [0.0, 0.0, 1.0]
    assert rewards("error_rate", PAIRS, str.split) == pytest.approx([1 - 1 / 6, 1 / 7, 1.0])
    assert rewards("error_rate", [("a b c d", "a")], str.split) == [0.0]  # more errors than tokens: not below 0
    assert rewards("error_rate", [("", "")], str.split) == [1.0]


def test_bleu_is_that_of_sacrebleu_for_a_sentence():
    lower = [(said.lower(), gold.lower()) for said, gold in PAIRS[:2]]
    assert rewards("bleu", lower, str.split) == pytest.approx([0.4889230224, 0.1039422499], abs=1e-9)  # brief, G9
    assert rewards("bleu", PAIRS[2:], str.split) == pytest.approx([1.0])
    assert rewards("chrf", PAIRS[2:], str.split) == pytest.approx([1.0])
