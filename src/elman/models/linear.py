"""The linear classifier: n-grams of words weighted by TF-IDF, and a logistic regression."""

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np
from pydantic import Field

from elman.data.encoded import Encoded
from elman.data.outlines import Outline
from elman.data.records import Answers, Batch
from elman.decoding.choice import check_numbers
from elman.errors import CheckpointError, ConfigError
from elman.models.base import Fitted, Fitting, Model, check_names
from elman.regression import LinearWeights, Row, fit_logistic

_KINDS = {"i": "whole numbers", "f": "real numbers"}
_NO_WORD = -1
_TABLES = 24
_FEATURE, _LIBRARY = 150, 80_000_000
"""Bytes of a feature of a text in dictionaries, and of scikit-learn."""


class Linear(Fitted):
    """What every recurrent classifier has to beat, fitted in seconds.

        x_g = (1 + log tf_g) · idf_g,  idf_g = 1 + log((1 + N) / (1 + df_g)),  then x / ‖x‖₂
        p = softmax(W x + b);  several labels a text: σ(W x + b) for each

    over the n-grams g of up to `ngrams` words. Fitting it needs the extra `linear` (scikit-learn), using it does not.

    Args:
        config: n-grams and regularization.
        reads: `words`.
        answers: `label`, or `labels` where a text may have several.

    Source: Joachims (1998), ECML; Wang & Manning (2012), Baselines and bigrams, ACL.
    """

    class Config(Model.Config):
        """Options of the linear classifier."""

        name: str = "linear"
        ngrams: int = Field(2, ge=1, le=9, description="n, words of the longest n-gram.")
        least: int = Field(1, ge=1, description="How often an n-gram must occur in training.")
        strength: float = Field(10.0, gt=0, description="C of the regression: smaller regularizes more.")

    reads = (("words",),)
    predicts = ("label", "labels")

    def __init__(self, config: Config, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None:
        super().__init__(config, reads, answers)
        (self.head, outline), *_ = answers.items()
        self._classes = len(outline)  # type: ignore[arg-type]
        self._ngrams = np.empty((0, config.ngrams), np.int64)
        self._columns: dict[tuple[int, ...], int] = {}
        self._idf = np.empty(0)
        self._linear = LinearWeights(np.zeros((self._classes, 0)), np.zeros(self._classes))

    @property
    def title(self) -> str:
        """What it is made of."""
        return f"TF-IDF of up to {self.config.ngrams}-grams, logistic regression"

    def working(self, source: Encoded) -> int:
        """Return what the regression takes: W, its gradient and ten pairs of both, K x F numbers each.

        Source: Liu & Nocedal (1989), the limited memory of BFGS; F counts n-grams of every frequency.
        """
        texts = self._texts(source)
        different = len({ngram for text in texts for ngram in self._of(text)})
        features = sum(self.config.ngrams * len(text) for text in texts)
        return _TABLES * 8 * self._classes * different + _FEATURE * features + _LIBRARY

    def _texts(self, source: Encoded) -> list[list[int]]:
        words = source.inputs._replace(values=source.inputs.of["words"][source.inputs.values])
        return [words.row(row).tolist() for row in range(len(source.examples))]

    def fit(self, source: Encoded, fitting: Fitting) -> None:
        """Count the n-grams and fit the regression.

        Raises:
            ConfigError: no n-gram is frequent enough, or scikit-learn is not installed.
        """
        texts = self._texts(source)
        counts = Counter(ngram for text in texts for ngram in self._of(text))
        texts_with = Counter(ngram for text in texts for ngram in set(self._of(text)))
        known = sorted(ngram for ngram, count in counts.items() if count >= self.config.least)
        if not known:
            least = f"no n-gram occurs {self.config.least:,} times in training"
            raise ConfigError(f"model.least: {least}. Give a smaller number.")
        self._take(known, np.array([1 + np.log((1 + len(texts)) / (1 + texts_with[ngram])) for ngram in known]))
        rows = [self._row(text) for text in texts]
        labels = source.targets[self.head]
        if self.head == "label":
            targets = labels.values
        else:
            targets = np.zeros((len(texts), self._classes), bool)
            targets[np.repeat(np.arange(len(texts)), labels.lengths), labels.values] = True
        weights = source.weights.get(self.head)
        self._linear = fit_logistic(rows, len(known), targets, self.config.strength, weights, fitting.tell)

    def answers(self, batch: Batch) -> Answers:
        """Return the best label of each text, or those that fit, and log p of every label."""
        words = batch.fields["words"]
        texts = (row[:length].tolist() for row, length in zip(words.values, words.lengths, strict=True))
        logits = self._linear.logits([self._row(text) for text in texts])[:, None]
        check_numbers(logits)
        if self.head == "label":
            log_probs = logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)
            return Answers({self.head: logits.argmax(-1)}, {self.head: log_probs})
        return Answers({self.head: logits > 0}, {self.head: -np.logaddexp(0, -logits)})

    def weights(self) -> dict[str, np.ndarray]:
        """Return n-grams, their idf, and the regression."""
        arrays = {"ngrams": self._ngrams, "idf": self._idf}
        return {**arrays, "weight": self._linear.weight, "bias": self._linear.bias}

    def load_weights(self, weights: Mapping[str, np.ndarray]) -> None:
        """Take what `weights` gave.

        Raises:
            CheckpointError: an array is missing, or shapes do not fit each other.
        """
        names = ("idf", "ngrams", "weight", "bias")
        missing = [name for name in names if name not in weights]
        if missing:
            raise CheckpointError(f"the linear model has no {missing[0]!r}.")
        idf, ngrams, weight, bias = (weights[name] for name in names)
        columns = idf.size
        shapes = ((columns,), (columns, self.config.ngrams), (self._classes, columns), (self._classes,))
        for name, expected in zip(names, shapes, strict=True):
            if weights[name].shape != expected:
                raise CheckpointError(
                    f"the linear model has {name} of shape {weights[name].shape}, expected {expected}."
                )
            kind = "i" if name == "ngrams" else "f"
            if weights[name].dtype.kind != kind:
                raise CheckpointError(f"the linear model has {name} of {weights[name].dtype}, expected {_KINDS[kind]}.")
        check_names(weights, names)
        self._take([tuple(row[row != _NO_WORD].tolist()) for row in ngrams], idf)
        self._linear = LinearWeights(weight, bias)

    def _take(self, ngrams: list[tuple[int, ...]], idf: np.ndarray) -> None:
        self._columns = {ngram: column for column, ngram in enumerate(ngrams)}
        self._ngrams = np.full((len(ngrams), self.config.ngrams), _NO_WORD, np.int64)
        for row, ngram in zip(self._ngrams, ngrams, strict=True):
            row[: len(ngram)] = ngram
        self._idf = idf

    def _of(self, text: list[int]) -> Iterable[tuple[int, ...]]:
        for n in range(1, self.config.ngrams + 1):
            yield from zip(*(text[i:] for i in range(n)), strict=False)

    def _row(self, text: list[int]) -> Row:
        counts = Counter(self._columns[ngram] for ngram in self._of(text) if ngram in self._columns)
        found = {column: (1 + np.log(count)) * float(self._idf[column]) for column, count in counts.items()}
        norm = float(np.sqrt(sum(value * value for value in found.values()))) or 1.0
        return {column: value / norm for column, value in found.items()}
