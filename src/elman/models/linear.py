"""The linear classifier: n-grams of words or characters weighted by TF-IDF, and a logistic regression."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from pydantic import Field

from elman.data.encoded import Encoded
from elman.data.outlines import Outline, Tokens
from elman.data.records import Answers, Batch
from elman.decoding.choice import check_numbers
from elman.errors import CheckpointError, ConfigError
from elman.models.base import Fitted, Fitting, Model, check_names
from elman.models.base.ngram_counts import NgramCounts, TokenRuns
from elman.models.base.tfidf import EDGE, Tfidf
from elman.regression import LinearWeights, Row, can_fit, fit_logistic

_KINDS = {"i": "whole numbers", "f": "real numbers"}
_WORDS, _CHARACTERS = 2, 5
_SECONDS, _OF_A_WORD, _OF_A_ROW = 1.0, 2.5e-6, 4.5e-6
"""Seconds of any fit, of cutting a word, and of a word in a row of weights where nothing tells the classes apart."""
_TABLES = 24
_FEATURE, _LIBRARY = 150, 80_000_000
"""Bytes of a feature of a text in dictionaries, and of scikit-learn."""


class Linear(Fitted):
    """What every recurrent classifier has to beat, fitted in seconds.

        x_g = (1 + log tf_g) · idf_g,  idf_g = 1 + log((1 + N) / (1 + df_g)),  then x / ‖x‖₂
        p = softmax(W x + b);  several labels a text: σ(W x + b) for each

    over the n-grams g of up to `ngrams` words. Where a text is read character by character, they are n-grams of
    characters, of which its beginning and its end are two. Beside words there may be n-grams of the `characters` within
    them, edges too, with a norm of their own. Fitting it needs the extra `linear` (scikit-learn), using it does not.

    Args:
        config: n-grams and regularization.
        reads: `words`.
        answers: `label`, or `labels` where a text may have several.

    Source: Joachims (1998), ECML; Wang & Manning (2012), Baselines and bigrams, ACL; Cavnar & Trenkle (1994),
    N-gram-based text categorization (characters).
    """

    class Config(Model.Config):
        """Options of the linear classifier."""

        name: str = "linear"
        ngrams: int | None = Field(
            None, ge=1, le=9, description="n, words of the longest n-gram, 2 by default; or characters, 5 by default."
        )
        characters: int = Field(
            0, ge=0, le=9, description="n, characters of the longest n-gram within words, beside words; 0 is none."
        )
        least: int = Field(1, ge=1, description="How often an n-gram must occur in training.")
        strength: float = Field(10.0, gt=0, description="C of the regression: smaller regularizes more.")

        @property
        def spells(self) -> bool:
            """Whether it has n-grams of the characters within words."""
            return self.characters > 0

    reads = (("words",),)
    predicts = ("label", "labels")

    def __init__(self, config: Config, reads: Mapping[str, Outline], answers: Mapping[str, Outline]) -> None:
        super().__init__(config, reads, answers)
        (self.head, outline), *_ = answers.items()
        self._classes = len(outline)  # type: ignore[arg-type]
        (tokens,) = reads.values()
        self._spelled = isinstance(tokens, Tokens) and "characters" in tokens.parts
        if config.characters and not self._spelled:
            raise ConfigError(
                f"model.characters: got {config.characters}, but what is read are characters already "
                "(task.words=characters). Set model.ngrams."
            )
        longest = config.ngrams or (_WORDS if self._spelled else _CHARACTERS)
        self._tokens, self._within = Tfidf.nothing(longest), Tfidf.nothing(config.characters)
        self._linear = LinearWeights(np.zeros((self._classes, 0)), np.zeros(self._classes))
        self._kept: tuple[Encoded, tuple[NgramCounts, NgramCounts]] | None = None

    @property
    def title(self) -> str:
        """What it is made of."""
        parts = [f"{self._tokens.longest}-grams{'' if self._spelled else ' of characters'}"]
        if self.config.characters:
            parts.append(f"{self.config.characters}-grams of characters within words")
        return f"TF-IDF of up to {' and '.join(parts)}, logistic regression"

    def seconds(self, source: Encoded) -> float:
        """Return about how long: words are cut into n-grams, and each class has a row of weights, two have one."""
        rows = 1 if self._classes == 2 and self.head == "label" else self._classes
        return _SECONDS + (_OF_A_WORD + rows * _OF_A_ROW) * len(source.inputs.values) if can_fit() else math.inf

    def working(self, source: Encoded) -> int:
        """Return what the regression takes: W, its gradient and ten pairs of both, K x F numbers each.

        Source: Liu & Nocedal (1989), the limited memory of BFGS; F counts n-grams of every frequency.
        """
        counts = self._counted(source)
        self._kept = source, counts
        different, features = sum(len(one.ngrams) for one in counts), sum(int(one.times.sum()) for one in counts)
        return _TABLES * 8 * self._classes * different + _FEATURE * features + _LIBRARY

    def _counted(self, source: Encoded) -> tuple[NgramCounts, NgramCounts]:
        """Return the n-grams of tokens of each text, and those of characters; those of `working` are not cut again."""
        kept, self._kept = self._kept, None
        if kept is not None and kept[0] is source:
            return kept[1]
        tokens, within = zip(*map(self._parts, self._given(source)), strict=True)
        return NgramCounts.of(tokens, self._tokens.longest), NgramCounts.of(within, self._within.longest)

    def _given(self, source: Encoded) -> list[tuple[list[int], list[list[int]]]]:
        """Return the tokens of each text, and the characters of each of its words where these count."""
        inputs = source.inputs
        words, letters = inputs.of["words"], inputs.of["characters"]
        spelled = [letters.row(form).tolist() for form in range(len(words))] if self.config.characters else []
        forms = [inputs.row(row) for row in range(len(source.examples))]
        return [(words[row].tolist(), [spelled[form] for form in row] if spelled else []) for row in forms]

    def fit(self, source: Encoded, fitting: Fitting) -> None:
        """Count the n-grams and fit the regression.

        Raises:
            ConfigError: no n-gram is frequent enough, or scikit-learn is not installed.
        """
        tokens, within = (counts.frequent(self.config.least) for counts in self._counted(source))
        self._tokens, self._within = Tfidf.learn(tokens), Tfidf.learn(within)
        width = len(self._tokens.idf) + len(self._within.idf)
        if not width:
            least = f"no n-gram occurs {self.config.least:,} times in training"
            raise ConfigError(f"model.least: {least}. Give a smaller number.")
        rows = list(map(self._beside, self._tokens.rows(tokens), self._within.rows(within)))
        labels = source.targets[self.head]
        if self.head == "label":
            targets = labels.values
        else:
            targets = np.zeros((len(rows), self._classes), bool)
            targets[np.repeat(np.arange(len(rows)), labels.lengths), labels.values] = True
        weights = source.weights.get(self.head)
        self._linear = fit_logistic(rows, width, targets, self.config.strength, weights, fitting.tell)

    def answers(self, batch: Batch) -> Answers:
        """Return the best label of each text, or those that fit, and log p of every label."""
        logits = self._linear.logits([self._row(text) for text in self._texts(batch)])[:, None]
        check_numbers(logits)
        if self.head == "label":
            log_probs = logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)
            return Answers({self.head: logits.argmax(-1)}, {self.head: log_probs})
        return Answers({self.head: logits > 0}, {self.head: -np.logaddexp(0, -logits)})

    def weights(self) -> dict[str, np.ndarray]:
        """Return n-grams, their idf, and the regression."""
        arrays: dict[str, np.ndarray] = {"ngrams": self._tokens.ngrams, "idf": self._tokens.idf}
        if self.config.characters:
            arrays |= {"characters": self._within.ngrams, "characters.idf": self._within.idf}
        return {**arrays, "weight": self._linear.weight, "bias": self._linear.bias}

    def load_weights(self, weights: Mapping[str, np.ndarray]) -> None:
        """Take what `weights` gave.

        Raises:
            CheckpointError: an array is missing, or shapes do not fit each other.
        """
        names = ["idf", "ngrams", "weight", "bias"]
        if self.config.characters:
            names[2:2] = ["characters.idf", "characters"]
        missing = [name for name in names if name not in weights]
        if missing:
            raise CheckpointError(f"the linear model has no {missing[0]!r}.")
        own = weights["idf"].size
        within = weights["characters.idf"].size if self.config.characters else 0
        expected = {
            "idf": (own,),
            "ngrams": (own, self._tokens.longest),
            "characters.idf": (within,),
            "characters": (within, self.config.characters),
            "weight": (self._classes, own + within),
            "bias": (self._classes,),
        }
        for name in names:
            if weights[name].shape != expected[name]:
                raise CheckpointError(
                    f"the linear model has {name} of shape {weights[name].shape}, expected {expected[name]}."
                )
            kind = "i" if name in ("ngrams", "characters") else "f"
            if weights[name].dtype.kind != kind:
                raise CheckpointError(f"the linear model has {name} of {weights[name].dtype}, expected {_KINDS[kind]}.")
        check_names(weights, names)
        self._tokens = Tfidf.of_arrays(weights["ngrams"], weights["idf"])
        if self.config.characters:
            self._within = Tfidf.of_arrays(weights["characters"], weights["characters.idf"])
        self._linear = LinearWeights(weights["weight"], weights["bias"])

    def _texts(self, batch: Batch) -> list[Any]:
        """Return the words of each text of a batch, and the letters of each word where they count."""
        words, forms = (batch.fields[name] for name in ("words", "words.forms"))
        rows = [row[:length].tolist() for row, length in zip(words.values, words.lengths, strict=True)]
        if not self.config.characters:
            return [(row, []) for row in rows]
        letters = batch.tables["characters"]
        spelled = [row[:length].tolist() for row, length in zip(letters.values, letters.lengths, strict=True)]
        numbers = (row[:length].tolist() for row, length in zip(forms.values, forms.lengths, strict=True))
        return [(row, [spelled[form] for form in some]) for row, some in zip(rows, numbers, strict=True)]

    def _parts(self, text: tuple[Sequence[int], Sequence[Sequence[int]]]) -> tuple[TokenRuns, TokenRuns]:
        """Return what n-grams of tokens lie within, and those of characters: with edges where the ends count."""
        tokens, letters = text
        return [tokens if self._spelled else _edged(tokens)], [_edged(word) for word in letters]

    def _row(self, text: tuple[Sequence[int], Sequence[Sequence[int]]]) -> Row:
        tokens, within = self._parts(text)
        return self._beside(self._tokens.row(tokens), self._within.row(within))

    def _beside(self, tokens: Row, within: Row) -> Row:
        """Return the features of a text, those of characters behind those of tokens."""
        first = len(self._tokens.idf)
        return {**tokens, **{first + column: value for column, value in within.items()}} if within else tokens


def _edged(part: Sequence[int]) -> Sequence[int]:
    return [EDGE, *part, EDGE]
