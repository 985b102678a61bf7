"""Pairs by hand-made features: overlap, negation, length, alignment; what was done before networks."""

import math
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from pydantic import Field

from elman.data.encoded import Encoded
from elman.data.outlines import Numbers, Outline, tokens_of
from elman.data.records import Answers, Batch
from elman.decoding.choice import check_numbers
from elman.errors import CheckpointError
from elman.models.base import Fitted, Fitting, Model, check_names
from elman.regression import LinearWeights, Row, can_fit, fit_logistic

NEGATIONS = frozenset(["no", "not", "n't", "none", "nobody", "nothing", "never", "neither", "nor", "without", "cannot"])
"""Words that turn a sentence into its opposite."""

_SURFACE = 64
_STEMS = ("ing", "ed", "es", "s")
_UNKNOWN = "\0"
_SECONDS, _OF_A_WORD = 1.0, 3e-6


class PairFeatures(Fitted):
    """A logistic regression on what two texts have in common, and on the words that they do not.

        overlap      shared words and pairs of neighbours
        negation     how many negating words each has, and whether only one of them has some
        length       words of each, and their difference
        alignment    every word is aligned with the same word, else with one of the same stem; how many are left over
        left over    the words without a partner of each text, and each pair of them (man, woman)

    Left-over words and their pairs are features of their own, hashed into `buckets` columns. Fitting it needs the extra
    `linear` (scikit-learn), using it does not.

    Args:
        config: columns and regularization.
        reads: `first` and `second`, words of one vocabulary.
        answers: `label`, or `score`, whose levels are classes here.

    Source: the lexicalized classifier of Bowman et al. (2015), arXiv:1508.05326, section 3.2; Lai & Hockenmaier (2014),
    SemEval (overlap, negation, alignment).
    """

    class Config(Model.Config):
        """Options of the feature baseline."""

        name: str = "pair_features"
        buckets: int = Field(
            32768, ge=1, le=2**24, description="Columns that words and pairs of words are hashed into."
        )
        strength: float = Field(1.0, gt=0, description="C of the regression: smaller regularizes more.")

    reads = (("first", "second"),)
    predicts = ("label", "score")

    def __init__(self, config: Config, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None:
        super().__init__(config, reads, answers)
        (self.head, outline), *_ = answers.items()
        self._graded = isinstance(outline, Numbers)
        self._words = tokens_of(reads, "first").names
        shape = (len(outline), _SURFACE + config.buckets)  # type: ignore[arg-type]
        self._linear = LinearWeights(np.zeros(shape), np.zeros(shape[0]))

    @property
    def title(self) -> str:
        """What it is made of."""
        return "overlap, negation, length, alignment; logistic regression"

    def seconds(self, source: Encoded) -> float:
        """Return about how long: words are aligned, and each class has a row of weights."""
        classes = len(self._linear.bias)
        return _SECONDS + _OF_A_WORD * len(source.inputs.values) * (1 + classes) if can_fit() else math.inf

    def fit(self, source: Encoded, fitting: Fitting) -> None:
        """Fit the regression."""
        words, count, rows = source.inputs.of["words"], len(source.examples), []
        for example in range(count):
            forms = (source.inputs.row(text * count + example) for text in range(2))
            rows.append(self._row(*(self._named(words[text], text) for text in forms)))
        targets = source.targets[self.head].values
        classes = np.rint(targets).astype(np.int64) if self._graded else targets
        width = _SURFACE + self.config.buckets
        present, places = np.unique(classes, return_inverse=True)
        found: Any = (0.0, 0.0)
        if len(present) > 1:
            found = fit_logistic(rows, width, places, self.config.strength, None, fitting.tell)
        weight, bias = np.zeros_like(self._linear.weight), np.full_like(self._linear.bias, -50.0)
        weight[present], bias[present] = found
        self._linear = LinearWeights(weight, bias)

    def answers(self, batch: Batch) -> Answers:
        """Return the best label of each pair or the mean of the levels, and log p of every label or level."""
        rows = []
        for pair in range(batch.size):
            named = []
            for name in ("first", "second"):
                words, forms = batch.fields[name], batch.fields[f"{name}.forms"]
                length = words.lengths[pair]
                named.append(self._named(words.values[pair, :length], forms.values[pair, :length]))
            rows.append(self._row(*named))
        logits = self._linear.logits(rows)[:, None]
        check_numbers(logits)
        log_probs = logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)
        best = np.exp(log_probs) @ np.arange(logits.shape[-1]) if self._graded else logits.argmax(-1)
        return Answers({self.head: best}, {self.head: log_probs})

    def weights(self) -> dict[str, np.ndarray]:
        """Return the regression."""
        return {"weight": self._linear.weight, "bias": self._linear.bias}

    def load_weights(self, weights: Mapping[str, np.ndarray]) -> None:
        """Take what `weights` gave.

        Raises:
            CheckpointError: a shape differs.
        """
        for name, own in self.weights().items():
            got = weights[name].shape if name in weights else "none"
            if got != own.shape:
                raise CheckpointError(f"the model of features has {name} of shape {got}, expected {own.shape}.")
            if weights[name].dtype.kind != "f":
                raise CheckpointError(
                    f"the model of features has {name} of {weights[name].dtype}, expected real numbers."
                )
        check_names(weights, self.weights())
        self._linear = LinearWeights(weights["weight"], weights["bias"])

    def _named(self, words: np.ndarray, forms: np.ndarray) -> list[str]:
        """Return words by name; an unknown one is named by its form, so that it equals itself only."""
        return [self._words[word] if word else f"{_UNKNOWN}{form}" for word, form in zip(words, forms, strict=True)]

    def _row(self, first: Sequence[str], second: Sequence[str]) -> Row:
        dense = surface(first, second)
        row: dict[int, float] = {column: value for column, value in enumerate(dense) if value}
        for name in _left_over(first, second):
            # Python's own hash of a string differs from run to run.
            column = _SURFACE + zlib.crc32(name.encode("utf-8", "surrogatepass")) % self.config.buckets
            row[column] = row.get(column, 0.0) + 1.0
        return row


def surface(first: Sequence[str], second: Sequence[str]) -> list[float]:
    """Return overlap, negation, length and alignment of two texts, each about 0 to 1."""
    one, other = Counter(first), Counter(second)
    shared = (one & other).total()
    pairs = [Counter(pairwise(text)) for text in (first, second)]
    shared_pairs = (pairs[0] & pairs[1]).total()
    negated = [sum(word in NEGATIONS for word in text) for text in (first, second)]
    left, right = unmatched(first, second)
    lengths = len(first), len(second)
    most = max(1, *lengths)
    shares = [shared / max(1, length) for length in (*lengths, one.total() + other.total() - shared)]
    left_over = [len(left), len(right)]
    flags = [
        float(negated[0] > 0),
        float(negated[1] > 0),
        float((negated[0] > 0) != (negated[1] > 0)),
        float(negated[0] > 0 and negated[1] > 0),
        float(first == second),
        float(one == other),
        *(float(not words) for words in (left, right)),
        *(float(len(words) == 1) for words in (left, right)),
        float(not left and not right),
        float(len(left) == len(right) == 1),
    ]
    numbers = [
        *shares,
        *(shared_pairs / max(1, pair.total()) for pair in pairs),
        *(length / 30 for length in lengths),
        abs(lengths[0] - lengths[1]) / most,
        (lengths[0] - lengths[1]) / most,
        *(count / 5 for count in left_over),
        *(count / max(1, length) for count, length in zip(left_over, lengths, strict=True)),
    ]
    # Overlap means something else where one side is negated.
    return [*flags, *numbers, *(flags[2] * number for number in numbers)]


def unmatched(first: Sequence[str], second: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the words of each text that have no partner in the other: the same word, or one of the same stem."""
    one, other = Counter(first), Counter(second)
    left, right = list((one - other).elements()), list((other - one).elements())
    stems = [Counter(map(stem, words)) for words in (left, right)]
    both = stems[0] & stems[1]
    found = []
    for words in (left, right):
        pardoned, kept = Counter(both), []
        for word in words:
            if pardoned[stem(word)] > 0:
                pardoned[stem(word)] -= 1
            else:
                kept.append(word)
        found.append(kept)
    return found[0], found[1]


def stem(word: str) -> str:
    """Return a word without a common English ending, if enough of it is left."""
    for ending in _STEMS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)].rstrip("e")
    return word.rstrip("e") if len(word) > 3 else word


def _left_over(first: Sequence[str], second: Sequence[str]) -> Iterator[str]:
    # Forms are numbered anew in each batch, so here all unknown words are one.
    sides = unmatched(first, second)
    left, right = ([_UNKNOWN if word.startswith(_UNKNOWN) else word for word in words] for words in sides)
    yield from (f"1 {word}" for word in left)
    yield from (f"2 {word}" for word in right)
    yield from (f"{word} {partner}" for word in left for partner in right)
