"""Classification: one label for a text or a series, or several."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from pydantic import Field as Option

from elman.coders.base import Coder
from elman.coders.labels import LabelsCoder
from elman.data.column import Column
from elman.data.encoded import Encoded
from elman.data.fields import Field, Kind
from elman.data.readers import formats, likeness
from elman.data.records import Example
from elman.errors import ConfigError, DataError
from elman.evaluation.base import Answer, Detail, Evaluation
from elman.evaluation.classes import label_scores
from elman.evaluation.several import several_scores
from elman.tasks.base import ExampleTask, Say, TaskData, check_known, check_labels, cut_words
from elman.tasks.base.inputs import FRAMES
from elman.tasks.base.protocols import Labeler
from elman.text.vocabulary import Vocabulary

_WORST = 10
_SAMPLES = 4
_LONGEST = 300
_INPUTS = {"text": Field("text", Kind.TEXT), FRAMES: Field(FRAMES, Kind.FRAMES)}
_LABELS = Field("labels", Kind.LABELS)


class Classification(ExampleTask):
    """A label for each text or each series of frames, or with `multi_label` any number of them.

        J = -1/N Σ w log p(label | text);    several: each label is a yes or no of its own

    Args:
        config: the `[task]` section, everything decided.
        inputs: the coder of the words.
        answers: that of `label`, or of `labels`.
    """

    answers: Mapping[str, LabelsCoder]

    class Config(ExampleTask.Config):
        """Options of classification."""

        name: str = "classify"
        words: Literal["auto", "simple", "blanks"] = Option(
            "auto",
            description="How text is cut into words: simple cuts off punctuation, blanks takes it as split already.",
        )
        input: Literal["auto", "text", "frames"] = Option(
            "auto",
            description="What has a label: a text, or a series of frames; auto sees it by the file.",
        )
        multi_label: bool = Option(False, description="A text may have several labels.")
        class_weights: Literal["none", "balanced"] = Option(
            "none", description="balanced: every class counts as much as any other, however rare it is."
        )

    default_model = "rnn_classifier"

    @property
    def unit(self) -> str:
        """Texts or series."""
        return self.plural

    @property
    def plural(self) -> str:
        """Texts or series."""
        return "series" if self.config.input == FRAMES else "texts"

    @property
    def target(self) -> str:
        """A text, or a series."""
        return "series" if self.config.input == FRAMES else "text"

    @classmethod
    def suggestions(cls, config: Any) -> Sequence[str]:
        """Series come from files of their own."""
        data = " --input data" if config.input == FRAMES else ""
        return (f"elman predict {{run}} FILE{data}", "elman evaluate {run} FILE")

    @classmethod
    def settle(cls, config: Any, names: Sequence[str]) -> Any:
        """See whether the training file looks more like series than like texts."""
        if config.input != "auto":
            return config
        fields = {name: (one, _LABELS) for name, one in _INPUTS.items()}
        sure = {name: max(likeness(names[0], both, formats(both)).values()) for name, both in fields.items()}
        frames = sure[FRAMES] and sure[FRAMES] >= sure["text"]
        return config.model_copy(update={"input": FRAMES if frames else "text"})

    @classmethod
    def fields(cls, config: Any) -> tuple[Field, ...]:
        """Return what it reads: a text or a series, and its labels."""
        return (*cls.inputs(config), _LABELS)

    @classmethod
    def inputs(cls, config: Any) -> tuple[Field, ...]:
        """Return what is there without an answer."""
        return (_INPUTS[FRAMES if config.input == FRAMES else "text"],)  # `auto` in runs from before there were frames

    @classmethod
    def reads(cls, config: Any) -> tuple[str, ...]:
        """Return the words of the text, or the frames of the series."""
        return (FRAMES,) if config.input == FRAMES else ("words",)

    @classmethod
    def heads(cls, config: Any) -> tuple[str, ...]:
        """Return what is predicted."""
        return ("labels",) if config.multi_label else ("label",)

    @classmethod
    def given(cls, config: Any, example: Example) -> Sequence[Any]:
        """Return the words of the text, or the frames of the series."""
        if config.input == FRAMES:
            return (example.fields[FRAMES],)
        if "words" in example.fields:
            return (example.fields["words"],)
        return (cls.cut(example.fields["text"], config.words == "blanks"),)

    @classmethod
    def learn_labels(cls, config: Any, train: Sequence[Example], say: Say) -> tuple[Any, dict[str, Vocabulary]]:
        """Decide how words are cut, whether there are several labels a text, and collect labels.

        Raises:
            DataError: there is only one label, or a text has several without `multi_label`.
        """
        if config.input != FRAMES:
            config = cut_words(config, (example.fields["text"] for example in train), say)
        several = next((example for example in train if len(example.fields["labels"]) > 1), None)
        if several is not None and not config.multi_label:
            config = config.model_copy(update={"multi_label": True})
            say(f"labels: several a text, as at {several.where}; each is a yes or no of its own")
        counts = Counter(label for example in train for label in example.fields["labels"])
        if not config.multi_label:
            check_labels(counts, train[0].where)
        if config.multi_label and config.class_weights != "none":
            raise ConfigError("task.class_weights: several labels a text cannot be balanced. Leave it out.")
        return config, {cls.heads(config)[0]: Vocabulary.by_frequency(counts)}

    @classmethod
    def answer_coder(cls, config: Any, head: str, labels: Vocabulary) -> Coder:
        """Return the coder of the labels."""
        return LabelsCoder(labels, config.multi_label, config.class_weights == "balanced")

    def gold(self, example: Example) -> dict[str, Any]:
        """Return the labels of a text."""
        return {self.heads(self.config)[0]: example.fields["labels"]}

    def check(self, examples: Sequence[Example], held_out: bool) -> None:
        """Refuse texts none of whose labels was learned."""
        labels = (label for example in examples for label in example.fields["labels"])
        check_known(self.labels, labels, examples[0].where, "label", held_out)

    def weights(self, targets: Mapping[str, Column]) -> dict[str, np.ndarray]:
        """Return what each text counts if classes are balanced."""
        ((head, coder),) = self.answers.items()
        return {} if coder.weights is None else {head: coder.weights[targets[head].values]}

    @property
    def labels(self) -> Vocabulary:
        """The labels."""
        found: Vocabulary = next(iter(self.answers.values())).vocabulary
        return found

    # Use

    def parse(self, line: str, split: bool) -> Example:
        """Return the text of a line, and its words.

        Raises:
            DataError: the run reads series, which are no lines.
        """
        if self.config.input == FRAMES:
            raise DataError("this run reads series of numbers, not lines of text. Give a file with --input data.")
        return Example({"text": line, "words": self.cut(line, split)})

    def answer(self, model: Labeler, examples: Sequence[Example], k: int, facts: bool = True) -> list[Answer]:
        """Return the k likeliest labels of each text with their probabilities, or all that fit.

        In JSON also where the model looked, if it looks.
        """
        looked: dict[int, list[float]] = {}
        log_probs = self.log_probs(model, self.encode(examples), looked if facts else None)
        answers = []
        for number, (example, row) in enumerate(zip(examples, log_probs, strict=True)):
            order = np.argsort(-row, kind="stable")
            chosen = order[: int((row > np.log(0.5)).sum())] if self.config.multi_label else order[:k]
            found = [(self.labels.tokens[i], float(np.exp(row[i]))) for i in chosen]
            shown = "  ".join(f"{label} {probability:.3f}" for label, probability in found) or "(none)"
            text = _shown(example)
            told: dict[str, Any] = {}
            if facts:
                labels = [{"label": label, "probability": round(probability, 4)} for label, probability in found]
                told = (
                    {"text": text, "labels": labels} if "text" in example.fields else {"series": text, "labels": labels}
                )
            if number in looked:
                words = {"words": list(self.given(self.config, example)[0])} if "text" in example.fields else {}
                told["attention"] = {**words, "weights": looked[number]}
            answers.append(Answer(found, f"{shown}\t{text}", told))
        return answers

    def log_probs(self, model: Labeler, data: Encoded, looked: dict[int, list[float]] | None = None) -> np.ndarray:
        """Return the log-probability (nats) of every label of each text, (N, K).

        Args:
            model: predicts.
            data: the texts.
            looked: takes the weights that a model with attention puts on the words of each text.
        """
        found = np.empty((len(data.examples), len(self.labels)))
        for rows, batch, answers in self.asked(model, data):
            found[rows] = answers.log_probs[self.heads(self.config)[0]][:, 0]
            if looked is not None and answers.attention is not None:
                lengths = batch.fields[self.reads(self.config)[0]].lengths
                for row, weights, length in zip(rows, answers.attention, lengths, strict=True):
                    looked[int(row)] = [round(float(weight), 4) for weight in weights[:length]]
        return found

    def sample(self, model: Labeler, data: TaskData, seed: int) -> str:
        """Return some texts of the validation part with their labels."""
        return "\n".join(answer.shown for answer in self.answer(model, data.valid.examples[:_SAMPLES], 1, False))

    def show_loss(self, nats: float) -> str:
        """Return nats a text, or a series."""
        return f"{nats:.3f} nats/{self.target}"

    # Scores

    def evaluation(self, model: Labeler, data: Encoded) -> Evaluation:
        """Return accuracy and F1, or F1 over all labels where a text may have several."""
        log_probs = self.log_probs(model, data)
        gold = [list(example.fields["labels"]) for example in data.examples]
        counts = self.counted(data)
        counts["labels unseen in training"] = sum(label not in self.labels for labels in gold for label in labels)
        if not self.config.multi_label:
            counts["labels beyond the first"] = sum(len(labels) - 1 for labels in gold)
        counts[f"empty {self.plural}"] = int((data.lengths == 0).sum())
        if self.config.multi_label:
            scored, first = several_scores(gold, log_probs, self.labels.tokens), "micro F1"
        else:
            true, predicted = [labels[0] for labels in gold], [self.labels.tokens[i] for i in log_probs.argmax(1)]
            counts["of the label most frequent in training"] = true.count(self.labels.tokens[0])
            scored, first = label_scores(true, predicted, self.plural), "accuracy"
        details = [*scored.details, *self._worst(data, log_probs)]
        shown = f"{first} {scored.scores[0].value:.2%}"
        by_piece = self.by_piece(data, [*map(sorted, gold)], scored.observed)
        return Evaluation(scored.scores, counts, shown, details, by_piece)

    def _worst(self, data: Encoded, log_probs: np.ndarray) -> list[Detail]:
        """Return the texts whose labels the model finds least likely."""
        wrong = []
        for row, example in enumerate(data.examples):
            labels = [label for label in example.fields["labels"] if label in self.labels]
            given = [self.labels.tokens[i] for i in np.flatnonzero(log_probs[row] > np.log(0.5))]
            given = given if self.config.multi_label else [self.labels.tokens[log_probs[row].argmax()]]
            if set(given) != set(example.fields["labels"]):
                ids = self.labels.encode(labels)
                wrong.append((float(log_probs[row][ids].min(initial=0.0)), row, ", ".join(given)))
        rows = [
            [data.examples[row].place, ", ".join(data.examples[row].fields["labels"]), given, _cut(data.examples[row])]
            for _, row, given in sorted(wrong)[:_WORST]
        ]
        return [Detail("Worst mistakes", ["where", "in the file", "predicted", self.target], rows)] if rows else []


def _shown(example: Example) -> str:
    """Return the text of an example, or where a series stands and how long it is."""
    if "text" in example.fields:
        return str(example.fields["text"])
    count = len(example.fields[FRAMES])
    return f"{example.place} ({count:,} frame{'s' * (count != 1)})"


def _cut(example: Example) -> str:
    """Return the text of an example, its beginning where it is long."""
    text = _shown(example)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."
