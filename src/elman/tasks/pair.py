"""Pairs: what holds between two texts, such as entailment, paraphrase or relatedness."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from pydantic import Field as Option

from elman.coders.base import Coder
from elman.coders.labels import LabelsCoder
from elman.coders.scale import ScaleCoder
from elman.data.encoded import Encoded
from elman.data.fields import Field, Kind
from elman.data.records import Answers, Batch, Example
from elman.errors import DataError
from elman.evaluation.base import Answer, Detail, Evaluation
from elman.evaluation.classes import label_scores
from elman.evaluation.graded import correlations
from elman.tasks.base import ExampleTask, Say, TaskData, check_known, check_labels, cut_words
from elman.tasks.base.protocols import Labeler
from elman.text.vocabulary import Vocabulary

_WORST = 10
_SAMPLES = 4
_TEXTS = (Field("first", Kind.TEXT), Field("second", Kind.TEXT))


class PairComparison(ExampleTask):
    """A label for two texts, or a score.

        J = -1/N Σ log p(label | first, second)

    A score is predicted as a distribution over the levels of its scale.

    Args:
        config: the `[task]` section, everything decided.
        inputs: the coder of the words.
        answers: that of `label`, or of `score`.
    """

    answers: Mapping[str, Any]

    class Config(ExampleTask.Config):
        """Options of pairs."""

        name: str = "pair"
        words: Literal["auto", "simple", "blanks"] = Option(
            "auto",
            description="How text is cut into words: simple cuts off punctuation, blanks takes it as split already.",
        )
        target: Literal["label", "score"] = Option("label", description="What is predicted of a pair.")
        levels: int = Option(5, ge=2, le=1000, description="Levels of the scale of a score, both ends included.")
        lowest: float | None = Option(None, description="The lowest score there can be; else the lowest in training.")
        highest: float | None = Option(None, description="The highest; by default the highest in training.")

    default_model = "conditional_pair"
    texts = ("first", "second")

    @property
    def unit(self) -> str:
        """Pairs."""
        return "pairs"

    @property
    def plural(self) -> str:
        """Pairs."""
        return "pairs"

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
    def heads(cls, config: Any) -> tuple[str, ...]:
        """Return what is predicted."""
        return (config.target,)

    @classmethod
    def given(cls, config: Any, example: Example) -> Sequence[Sequence[str]]:
        """Return the words of both texts."""
        if "words" in example.fields:
            return example.fields["words"]
        return [cls.cut(example.fields[name], config.words == "blanks") for name in ("first", "second")]

    @classmethod
    def learn_labels(cls, config: Any, train: Sequence[Example], say: Say) -> tuple[Any, dict[str, Vocabulary]]:
        """Decide how words are cut, and collect labels or the scale.

        Raises:
            DataError: there is only one label or score, or a score is no number or outside of the scale.
        """
        config = cut_words(config, (example.fields["first"] for example in train), say)
        if config.target == "score":
            scores = [_number(example) for example in train]
            lowest = min(scores) if config.lowest is None else config.lowest
            highest = max(scores) if config.highest is None else config.highest
            if min(scores) == max(scores):
                raise DataError(f"{train[0].where}: every score is {scores[0]:g}, expected some that differ.")
            outside = next((i for i, one in enumerate(scores) if not lowest <= one <= highest), None)
            if outside is not None:
                raise DataError(
                    f"{train[outside].where}: the score {scores[outside]:g} is outside of the scale from {lowest:g} to "
                    f"{highest:g}. Set task.lowest and task.highest."
                )
            config = config.model_copy(update={"lowest": lowest, "highest": highest})
            return config, {"score": ScaleCoder(lowest, highest, config.levels).vocabulary}
        counts = Counter(example.fields["label"] for example in train)
        check_labels(counts, train[0].where)
        return config, {"label": Vocabulary.by_frequency(counts)}

    @classmethod
    def answer_coder(cls, config: Any, head: str, labels: Vocabulary) -> Coder:
        """Return the coder of labels, or of scores."""
        return LabelsCoder(labels) if head == "label" else ScaleCoder(config.lowest, config.highest, config.levels)

    def gold(self, example: Example) -> dict[str, Any]:
        """Return the label of a pair, or its score."""
        if self.config.target == "score":
            return {"score": _number(example)}
        return {"label": [example.fields["label"]]}

    def check(self, examples: Sequence[Example], held_out: bool) -> None:
        """Refuse pairs none of whose labels was learned."""
        if self.config.target == "label":
            labels = (example.fields["label"] for example in examples)
            check_known(self.answers["label"].vocabulary, labels, examples[0].where, "label", held_out)

    # Use

    def parse(self, line: str, split: bool) -> Example:
        """Return the two texts of a line, a tab between them.

        Raises:
            DataError: there is no tab, or there are several.
        """
        parts = line.split("\t")
        if len(parts) != 2:
            got = f"got {len(parts) - 1} tabs in {line!r}, expected one, between the two texts"
            raise DataError(f"{got}. A file like those of the training is read with --input data.")
        return Example({"first": parts[0], "second": parts[1], "words": [self.cut(part, split) for part in parts]})

    def answer(self, model: Labeler, examples: Sequence[Example], k: int, facts: bool = True) -> list[Answer]:
        """Return the k likeliest labels of each pair or its score; in JSON where the model looked, if it looks."""
        data = self.encode(examples)
        answers: list[Any] = [None] * len(examples)
        for rows, batch, found in self.asked(model, data):
            for place, row in enumerate(rows):
                given = self._found(found, place, k)
                told = self._facts(examples[row], given, found.attention, batch, place) if facts else {}
                answers[row] = Answer(given, _shown(examples[row], given), told)
        return answers

    def _found(self, answers: Answers, place: int, k: int) -> Any:
        """Return the score of one pair of a batch, or its k likeliest labels."""
        if self.config.target == "score":
            return self.answers["score"].decode(answers.best["score"][place])
        row = answers.log_probs["label"][place, 0]
        return [(self.answers["label"].names[i], float(np.exp(row[i]))) for i in np.argsort(-row, kind="stable")[:k]]

    def _facts(
        self, example: Example, found: Any, attention: np.ndarray | None, batch: Batch, place: int
    ) -> dict[str, Any]:
        """Return what JSON says of one pair of a batch."""
        facts: dict[str, Any] = {name: example.fields[name] for name in ("first", "second")}
        if isinstance(found, float):
            facts["score"] = round(found, 4)
        else:
            facts["labels"] = [{"label": label, "probability": round(p, 4)} for label, p in found]
        if attention is not None:
            first, second = map(list, self.given(self.config, example))
            looked = _looked(attention[place], batch, place)
            facts["attention"] = {"first": first, "second": second, "weights": looked}
        return facts

    def sample(self, model: Labeler, data: TaskData, seed: int) -> str:
        """Return some pairs of the validation part with their answers."""
        return "\n".join(answer.shown for answer in self.answer(model, data.valid.examples[:_SAMPLES], 1, False))

    def show_loss(self, nats: float) -> str:
        """Return nats a pair."""
        return f"{nats:.3f} nats/pair"

    # Scores

    def evaluation(self, model: Labeler, data: Encoded) -> Evaluation:
        """Return accuracy of labels, or correlation of scores."""
        counts, answers = self.counted(data), self.answer_values(model, data)
        if self.config.target == "score":
            gold: list[Any] = [_number(example) for example in data.examples]
            scored, details = correlations(gold, answers), self._far(data, answers)
            shown = f"Pearson {scored.scores[0].value:.4f}"
        else:
            gold = [example.fields["label"] for example in data.examples]
            counts["labels unseen in training"] = sum(label not in self.answers["label"].vocabulary for label in gold)
            counts["of the label most frequent in training"] = gold.count(self.answers["label"].names[0])
            scored = label_scores(gold, [found[0][0] for found in answers], self.plural)
            shown, details = f"accuracy {scored.scores[0].value:.2%}", [*scored.details, *_worst(data, answers)]
        return Evaluation(scored.scores, counts, shown, details, self.by_piece(data, gold, scored.observed))

    def answer_values(self, model: Labeler, data: Encoded) -> list[Any]:
        """Return the labels with their probabilities, or the score, of each pair."""
        found: list[Any] = [None] * len(data.examples)
        for rows, _, answers in self.asked(model, data):
            for place, row in enumerate(rows):
                found[row] = self._found(answers, place, len(self.answers[self.config.target].names))
        return found

    def _far(self, data: Encoded, answers: Sequence[float]) -> list[Detail]:
        """Return the pairs whose score is furthest from that of the file."""
        gold = [_number(example) for example in data.examples]
        order = sorted(range(len(gold)), key=lambda row: -abs(gold[row] - answers[row]))[:_WORST]
        rows: list[list[str]] = []
        for row in order:
            rows.append([*_place(data.examples[row]), f"{gold[row]:g}", f"{answers[row]:.3f}"])
        return [Detail("Worst mistakes", ["where", "first", "second", "in the file", "predicted"], rows)]


def _worst(data: Encoded, answers: Sequence[Sequence[tuple[str, float]]]) -> list[Detail]:
    """Return the pairs whose label the model finds least likely."""
    wrong = []
    for row, found in enumerate(answers):
        gold = data.examples[row].fields["label"]
        if found[0][0] != gold:
            wrong.append((dict(found).get(gold, 0.0), row, found[0][0]))
    rows = [
        [*_place(data.examples[row]), data.examples[row].fields["label"], label]
        for _, row, label in sorted(wrong)[:_WORST]
    ]
    return [Detail("Worst mistakes", ["where", "first", "second", "in the file", "predicted"], rows)] if rows else []


def _place(example: Example) -> list[str]:
    return [example.place, str(example.fields["first"]), str(example.fields["second"])]


def _shown(example: Example, found: Any) -> str:
    """Return the line of a pair: its score or its labels, and its texts."""
    if isinstance(found, float):
        said = f"{found:.3f}"
    else:
        said = "  ".join(f"{label} {probability:.3f}" for label, probability in found)
    return f"{said}\t{example.fields['first']}\t{example.fields['second']}"


def _looked(weights: np.ndarray, batch: Batch, place: int) -> list[Any]:
    """Return the weights of the real places of a pair."""
    first = int(batch.fields["first"].lengths[place])
    if weights.ndim == 1:
        return [round(float(weight), 4) for weight in weights[:first]]
    second = int(batch.fields["second"].lengths[place])
    return [[round(float(weight), 4) for weight in row[:first]] for row in weights[:second]]


def _number(example: Example) -> float:
    """Return the score of an example.

    Raises:
        DataError: it is no number.
    """
    text = example.fields["score"]
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        raise DataError(f"{example.where}: the score {text!r} is not a number.")
    return value
