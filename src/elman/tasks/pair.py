"""Pairs: what holds between two texts, such as entailment, paraphrase or relatedness."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from pydantic import Field as Option

from elman.answers.base import Answer
from elman.answers.labels import likeliest
from elman.answers.pairs import TEXTS, paired, texts_of
from elman.coders.base import Coder
from elman.coders.labels import LabelsCoder
from elman.coders.scale import ScaleCoder, read_score
from elman.data.encoded import Encoded
from elman.data.fields import Field, Kind
from elman.data.labels import check_known, check_labels
from elman.data.records import Answers, Example
from elman.errors import TabsError
from elman.evaluation.base import Verdict
from elman.evaluation.classes import class_verdict
from elman.evaluation.graded import graded_verdict
from elman.evaluation.mistakes import GOLD, PREDICTED, WHERE, Asked
from elman.tasks.base import Say, TextTask
from elman.text.vocabulary import Vocabulary

_TEXTS = tuple(Field(name, Kind.TEXT) for name in TEXTS)


class PairComparison(TextTask):
    """A label for two texts, or a score.

        J = -1/N Σ log p(label | first, second)

    A score is predicted as a distribution over the levels of its scale.

    Args:
        config: the `[task]` section, everything decided.
        inputs: the coder of the words.
        answers: that of `label`, or of `score`.
    """

    answers: Mapping[str, Any]

    class Config(TextTask.Config):
        """Options of pairs."""

        name: str = "pair"
        target: Literal["label", "score"] = Option("label", description="What is predicted of a pair.")
        levels: int = Option(5, ge=2, le=1000, description="Levels of the scale of a score, both ends included.")
        lowest: float | None = Option(None, description="The lowest score there can be; else the lowest in training.")
        highest: float | None = Option(None, description="The highest; by default the highest in training.")

        @property
        def single(self) -> str:
            """A pair has one score, but several labels are more or less likely."""
            return "a pair has one score" if self.target == "score" else ""

    default_model = "conditional_pair"
    plural = "pairs"
    texts = raw = TEXTS

    @classmethod
    def fields(cls, config: Any) -> tuple[Field, ...]:
        """Return what it reads: two texts and their label or score."""
        kind = Kind.NUMBER if config.target == "score" else Kind.LABEL
        return (*_TEXTS, Field(config.target, kind))

    @classmethod
    def inputs(cls, config: Any) -> tuple[Field, ...]:
        """Return what is there without an answer."""
        return _TEXTS

    @classmethod
    def strata(cls, config: Any) -> tuple[str, ...]:
        """Return the label, if it is predicted."""
        return ("label",) if config.target == "label" else ()

    @classmethod
    def heads(cls, config: Any) -> tuple[str, ...]:
        """Return what is predicted."""
        return (config.target,)

    @classmethod
    def learn_answers(cls, config: Any, train: Sequence[Example], say: Say) -> tuple[Any, dict[str, Coder]]:
        """Decide how words are cut, and collect labels or the scale.

        Raises:
            DataError: there is only one label or score, or a score is no number or outside of the scale.
        """
        config = cls.settle_words(config, train, say)
        if config.target == "label":
            labels = LabelsCoder.learn(Counter(example.fields["label"] for example in train))
            check_labels(labels.names, train[0].where)
            return config, {"label": labels}
        scores, places = [_score(example) for example in train], [example.where for example in train]
        scale = ScaleCoder.learn(scores, places, config.lowest, config.highest, config.levels)
        return config.model_copy(update={"lowest": scale.low, "highest": scale.high}), {"score": scale}

    @classmethod
    def answer_coder(cls, config: Any, head: str, labels: Vocabulary) -> Coder:
        """Return the coder of labels, or of scores."""
        return LabelsCoder(labels) if head == "label" else ScaleCoder(config.lowest, config.highest, config.levels)

    def gold(self, example: Example) -> dict[str, Any]:
        """Return the label of a pair, or its score."""
        if self.config.target == "score":
            return {"score": _score(example)}
        return {"label": [example.fields["label"]]}

    def check(self, examples: Sequence[Example], held_out: bool) -> None:
        """Refuse pairs none of whose labels was learned."""
        if self.config.target == "label":
            labels = (example.fields["label"] for example in examples)
            check_known(self.answers["label"].vocabulary, labels, examples[0].where, "label", held_out)

    def parse(self, line: str, split: bool) -> Example:
        """Return the two texts of a line, a tab between them.

        Raises:
            DataError: there is no tab, or there are several.
        """
        parts = line.split("\t")
        if len(parts) != 2:
            raise TabsError(line, "one, between the two texts")
        return self.of_texts(parts, split)

    def said(self, answers: Answers, row: int, length: int, weighed: bool) -> Any:
        """Return the score of a pair, or the log-probability of each label, (K,)."""
        if self.config.target == "score":
            return self.answers["score"].decode(answers.best["score"][row])
        return answers.log_probs["label"][row, 0]

    def present(self, example: Example, said: Any, k: int, facts: bool, looked: np.ndarray | None) -> Answer:
        """Return the k likeliest labels of a pair or its score; in JSON where the model looked, if it looks."""
        found = said if self.config.target == "score" else likeliest(said, self.answers["label"].names, k)
        return paired(example, found, facts, self.read(self.config, example), looked)

    def show_loss(self, nats: float) -> str:
        """Return nats a pair."""
        return f"{nats:.3f} nats/pair"

    def verdict(self, data: Encoded, said: Sequence[Any]) -> Verdict:
        """Return accuracy of labels, or correlation of scores."""
        asked = Asked(data.examples, (WHERE, *TEXTS, GOLD, PREDICTED), texts_of)
        if self.config.target == "score":
            return graded_verdict(asked, [_score(example) for example in data.examples], said)
        known: Vocabulary = self.answers["label"].vocabulary
        gold = [example.fields["label"] for example in data.examples]
        ranked = [likeliest(row, known.tokens, len(known)) for row in said]
        likelihood = [dict(found).get(label, 0.0) for found, label in zip(ranked, gold, strict=True)]
        odds = [float(row[-1] - row[0]) for row in said]
        predicted = [found[0][0] for found in ranked]
        found = class_verdict(asked, [[label] for label in gold], predicted, likelihood, known, self.plural, odds)
        return found._replace(gold=gold)


def _score(example: Example) -> float:
    return read_score(example.fields["score"], example.where)
