"""Classification: one label for a text or a series, or several."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from pydantic import Field as Option

from elman.answers.base import Answer
from elman.answers.labels import labeled, likeliest
from elman.coders.base import Coder
from elman.coders.labels import LabelsCoder, settle_labels
from elman.data.encoded import Encoded
from elman.data.fields import Field, Kind
from elman.data.labels import check_known
from elman.data.records import Answers, Example
from elman.errors import NoLineError
from elman.evaluation.base import Verdict
from elman.evaluation.labels import given_labels, label_verdict
from elman.tasks.base import Say, TextTask
from elman.tasks.base.framing import FRAMES, FrameOptions
from elman.tasks.base.inputs import SERIES, TEXT, looks_like_series
from elman.text.vocabulary import Vocabulary

_LABELS = Field("labels", Kind.LABELS)


class Classification(TextTask):
    """A label for each text or each series of frames, or with `multi_label` any number of them.

        J = -1/N Σ w log p(label | text);    several: each label is a yes or no of its own

    Args:
        config: the `[task]` section, everything decided.
        inputs: the coder of the words.
        answers: that of `label`, or of `labels`.
    """

    answers: Mapping[str, LabelsCoder]

    class Config(TextTask.Config, FrameOptions):
        """Options of classification."""

        name: str = "classify"
        input: Literal["auto", "text", "frames"] = Option(
            "auto", description="What has a label: a text, or a series of frames; auto sees it by the file."
        )
        multi_label: bool = Option(False, description="A text may have several labels.")
        threshold: float = Option(0.5, gt=0, lt=1, description="Of several labels: the probability that gives one.")
        class_weights: Literal["none", "balanced"] = Option(
            "none", description="balanced: every class counts as much as any other, however rare it is."
        )

        @property
        def several(self) -> bool:
            """As the options say."""
            return self.multi_label

    default_model = "rnn_classifier"
    raw = ("text",)

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
        return (f"elman predict {{run}} FILE{' --input data' * (config.input == FRAMES)}", "elman evaluate {run} FILE")

    @classmethod
    def settle(cls, config: Any, names: Sequence[str], reader: Mapping[str, Any] | None = None) -> Any:
        """See whether the training file is read as series, or looks more like them than like texts."""
        if config.input != "auto":
            return config
        series = looks_like_series(names[0], _LABELS, reader)
        return config.model_copy(update={"input": FRAMES if series else "text"})

    @classmethod
    def fields(cls, config: Any) -> tuple[Field, ...]:
        """Return what it reads: a text or a series, and its labels."""
        return (*cls.inputs(config), _LABELS)

    @classmethod
    def inputs(cls, config: Any) -> tuple[Field, ...]:
        """Return what is there without an answer."""
        return (SERIES if config.input == FRAMES else TEXT,)  # `auto` in runs from before there were frames

    @classmethod
    def strata(cls, config: Any) -> tuple[str, ...]:
        """Return the labels."""
        return ("labels",)

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
        return (example.fields[FRAMES],) if config.input == FRAMES else super().given(config, example)

    @classmethod
    def learn_answers(cls, config: Any, train: Sequence[Example], say: Say) -> tuple[Any, dict[str, Coder]]:
        """Decide how words are cut, whether there are several labels a text, and collect labels.

        Raises:
            DataError: there is only one label.
            ConfigError: several labels a text are to be balanced.
        """
        config = config if config.input == FRAMES else cls.settle_words(config, train, say)
        labels, places = [example.fields["labels"] for example in train], [example.where for example in train]
        coder = settle_labels(labels, places, config.multi_label, config.class_weights == "balanced", say)
        config = config.model_copy(update={"multi_label": coder.several})
        return config, {cls.heads(config)[0]: coder}

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

    @property
    def labels(self) -> Vocabulary:
        """The labels."""
        return next(iter(self.answers.values())).vocabulary

    def parse(self, line: str, split: bool) -> Example:
        """Return the text of a line, and its words.

        Raises:
            NoLineError: the run reads series, which are no lines.
        """
        if self.config.input == FRAMES:
            raise NoLineError("series of numbers")
        return self.of_texts([line], split)

    def said(self, answers: Answers, row: int, length: int, weighed: bool) -> np.ndarray:
        """Return the log-probability (nats) of every label, (K,)."""
        return answers.log_probs[self.heads(self.config)[0]][row, 0].astype(np.float64)

    def present(
        self, example: Example, said: np.ndarray, k: int | None, facts: bool, looked: np.ndarray | None
    ) -> Answer:
        """Return the k likeliest labels with their probabilities, or all that fit; in JSON where the model looked."""
        count = int((said > np.log(self.config.threshold)).sum()) if k is None else k
        found = likeliest(said, self.labels.tokens, count)
        return labeled(example, found, facts, self.read(self.config, example)[0], looked)

    def kept(self, example: Example, said: np.ndarray) -> Any:
        """Return the best label, or those that are given, and how likely the true ones are."""
        threshold = self.config.threshold if self.config.several else None
        return given_labels(said, example.fields["labels"], self.labels, threshold)

    def verdict(self, data: Encoded, said: Sequence[Any]) -> Verdict:
        """Return accuracy and F1, or F1 over all labels where a text may have several."""
        threshold = self.config.threshold if self.config.several else None
        empty, things = int((data.lengths == 0).sum()), (self.target, self.plural)
        return label_verdict(data.examples, said, self.labels, things, empty, threshold)
