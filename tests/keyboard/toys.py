"""The model of the brief's golden, and what a keyboard needs of a run."""

import json
from pathlib import Path

import numpy as np

from elman.decoding.stepper import Stepper
from elman.keyboard.of_words import WordKeyboard
from elman.text.tokenization import Tokenization
from elman.text.tokenizers.word import WordTokenizer
from elman.text.vocabulary import Vocabulary

GOLDEN = json.loads((Path(__file__).parent / "golden_typing.json").read_text(encoding="utf-8"))


class Rows(Stepper):
    """The next word by the last one: a row of probabilities each."""

    def __init__(self, rows, start):
        with np.errstate(divide="ignore"):
            self._rows = np.log(np.array(rows, float))
        self.size, self.start, self.steps = len(rows), start, 0

    def begin(self, inputs):
        return np.zeros(len(inputs), np.int64)

    def advance(self, ids, state):
        self.steps += 1
        return self._rows[ids], state


def keyboard_of(words, rows=None, start=1, counts=None):
    """Return a keyboard over some words, behind `<unk>` and `<eos>`, each as likely after any as its row says."""
    tokens = ["<unk>", "<eos>", *words]
    rows = np.full((len(tokens), len(tokens)), 1 / len(tokens)) if rows is None else rows
    vocabulary = Vocabulary(tokens, [1] * len(tokens) if counts is None else counts)
    return WordKeyboard(Rows(rows, start), Tokenization(vocabulary, WordTokenizer()))


def of_golden():
    """Return the keyboard of the golden: next words and frequencies, mixed."""
    unigram, after = GOLDEN["unigram"], GOLDEN["next"]
    words = list(unigram)
    rows = []
    for last in ["<unk>", "<s>", *words]:
        row = after.get(last, {})
        mixed = [0.7 * row.get(word, 0) + 0.3 * unigram[word] if row else unigram[word] for word in words]
        rows.append([0, 0, *mixed])
    return keyboard_of(words, rows)
