"""Sentences as vectors, and ages with gaps: against formulas by hand."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from elman.data.records import Padded
from elman.layers.memory_table import MemoryTable, Position, ages_of, bags_of, memories
from elman.moment import Noise
from tests.gradients import equal_finite_differences

GOLDEN = json.loads((Path(__file__).parent.parent / "models" / "golden_memory_network.json").read_text())


def padded(rows):
    lengths = torch.tensor([len(row) for row in rows])
    values = torch.zeros(len(rows), int(lengths.max()), dtype=torch.long)
    for place, row in enumerate(rows):
        values[place, : len(row)] = torch.tensor(row, dtype=torch.long)
    return Padded(values, lengths)


def table(size, position="paper", words=7, ages=5, seed=0, longest=6):
    made = MemoryTable(words, ages, size, Position(position, longest)).double()
    made.reset_parameters(torch.Generator().manual_seed(seed))
    return made


def weight(kind, j, k, words, size):
    """Return l_kj as the paper has it, or the code of its authors."""
    if kind == "none":
        return 1.0
    if kind == "paper":
        return (1 - j / words) - (k / size) * (1 - 2 * j / words)
    return 1 + 4 * (k - (size + 1) / 2) * (j - (words + 1) / 2) / (size * words)


def weights_of(made, words):
    """Return what each of some words counts in a sentence of them, (J, d): a table of zeros but for one word."""
    found = []
    for j in range(1, words + 1):
        with torch.no_grad():
            made.weight.zero_()
            made.weight[j] = 1.0
        bags = bags_of(padded([list(range(1, words + 1))]), made.position, made.weight)
        found.append(made.sentences(bags)[0].tolist())
    return found


@pytest.mark.parametrize(("name", "words", "size"), [("paper_4_4", 4, 4), ("paper_3_2", 3, 2), ("code_4_4", 4, 4)])
def test_weights_of_positions_are_the_published_ones(name, words, size):
    kind = name.partition("_")[0]
    made = table(size, kind, words=words + 1, longest=words - 1)  # in the code, J is one more than the longest
    expected = [[weight(kind, j, k, words, size) for k in range(1, size + 1)] for j in range(1, words + 1)]
    np.testing.assert_allclose(weights_of(made, words), expected, atol=1e-12)
    np.testing.assert_allclose(GOLDEN[name], expected, atol=1e-11)


def test_in_the_code_a_place_counts_the_same_in_a_short_sentence():
    first, last = GOLDEN["code_6_4_first_last"]
    found = weights_of(table(4, "code", longest=5), 6)
    np.testing.assert_allclose([found[0], found[-1]], [first, last], atol=1e-11)
    np.testing.assert_allclose(weights_of(table(4, "code", longest=5), 2), found[:2], atol=1e-12)


@pytest.mark.parametrize("position", ["paper", "code", "none"])
def test_a_sentence_is_the_weighted_sum_of_its_words(position):
    one, rows = table(5, position), [[1, 4, 4], [6], [2, 3, 0, 5, 1, 6]]
    found = one.sentences(bags_of(padded(rows), one.position, one.weight)).detach()
    for row, vector in zip(rows, found, strict=True):
        expected = np.zeros(5)
        for j, word in enumerate(row, start=1):
            for k in range(1, 6):
                factor = weight(position, j, k, 7 if position == "code" else len(row), 5)
                expected[k - 1] += factor * one.weight[word, k - 1].item()
        np.testing.assert_allclose(vector, expected, atol=1e-12)


def test_a_sentence_is_the_same_beside_a_longer_one_and_no_words_are_zero():
    one = table(4)
    alone = one.sentences(bags_of(padded([[3, 1]]), one.position, one.weight))[0]
    beside = one.sentences(bags_of(padded([[1, 2, 3, 4, 5, 6], [3, 1], []]), one.position, one.weight))
    torch.testing.assert_close(beside[1], alone, rtol=0, atol=0)
    assert not beside[2].any()


def test_all_tables_at_once_are_each_by_itself():
    tables = [table(4, seed=seed) for seed in range(3)]
    sentences, story = padded([[1, 2], [3], [4, 5, 6]]), torch.tensor([[2, 0], [1, 1]])
    ages = torch.tensor([[1, 0], [3, 2]])
    bags = bags_of(sentences, tables[0].position, tables[0].weight)
    vectors, slots = memories(tables, bags, story, ages)
    for one, vector, slot in zip(tables, vectors, slots, strict=True):
        torch.testing.assert_close(vector, one.sentences(bags))
        torch.testing.assert_close(slot, one.sentences(bags)[story] + one.times[ages])


@pytest.mark.parametrize("position", ["paper", "code", "none"])
def test_gradients_are_those_of_finite_differences(position):
    one, sentences = table(3, position), padded([[1, 2], [3], [4, 1, 6]])
    story, ages = torch.tensor([[2, 0], [1, 1]]), torch.tensor([[1, 0], [3, 2]])

    def slots(words, times):
        with torch.nn.utils.stateless._reparametrize_module(one, {"weight": words, "times": times}):
            return memories([one], bags_of(sentences, one.position, words), story, ages)[1][0]

    assert equal_finite_differences(slots, (one.weight.detach().requires_grad_(), one.times.detach().requires_grad_()))


def test_ages_count_from_the_last_sentence():
    story = padded([[1, 1, 1], [1], [1, 1, 1, 1]])
    ages = ages_of(story, 9, None, 0.5)
    assert ages[0, :3].tolist() == [2, 1, 0]
    assert ages[1, :1].tolist() == [0]
    assert ages[2].tolist() == [3, 2, 1, 0]
    longer = ages_of(padded([[1] * 6]), 9, None, 0.5)
    assert longer[0, -4:].tolist() == ages[2].tolist(), "what is told before moves no age"


def test_gaps_are_drawn_between_sentences_and_never_beyond_the_last_age():
    story, most = padded([[1] * 20] * 400 + [[1] * 3] * 400 + [[1] * 24]), 24
    ages = ages_of(story, most, Noise(1, 0), 0.1)
    for row, length in zip(ages, story.lengths.tolist(), strict=True):
        told = row[:length].tolist()
        assert told == sorted(set(told), reverse=True), "sentences keep their order, each at a moment of its own"
        assert told[-1] >= 0
        assert told[0] < min(length + int(np.ceil(0.1 * length)), most)
    oldest = ages[:400, 0].numpy()
    assert set(oldest) == {19, 20, 21}, "no gap, one, or two"
    short = ages[400:800, 0].numpy()
    assert set(short) == {2, 3}
    assert ages[800].tolist() == list(range(23, -1, -1)), "a story that is as long as there are ages has no gaps"


def test_gaps_are_the_same_for_the_same_step_and_others_for_another():
    story = padded([[1] * 20] * 8)
    one, same, other = (ages_of(story, 50, Noise(1, step), 0.3) for step in (3, 3, 4))
    assert one.equal(same)
    assert not one.equal(other)
    assert ages_of(story, 50, Noise(1, 3), 0.0).equal(ages_of(story, 50, None, 0.3))
