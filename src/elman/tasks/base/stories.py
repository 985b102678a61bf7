"""What tasks share whose examples are a story and a question about it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from pydantic import Field as Option

from elman.coders.base import Coder
from elman.coders.labels import LabelsCoder
from elman.coders.stories import StoryCoder, answering_words
from elman.data.bucketing import BucketedEpoch, buckets, mixed
from elman.data.encoded import Encoded
from elman.data.epochs import Epoch
from elman.data.fields import Field, Kind
from elman.data.labels import check_known, check_labels
from elman.data.records import Batch, Example
from elman.errors import DataError, TabsError
from elman.evaluation.questions import kinds_of
from elman.tasks.base.data import Say, TaskData
from elman.tasks.base.examples import ExampleTask
from elman.tasks.base.protocols import Labeler
from elman.tasks.base.reading import labels_of
from elman.text.printed import counted
from elman.text.sentences import sentences_of
from elman.text.vocabulary import Vocabulary

_MOST_ROWS, _MOST_PLACES = 512, 1 << 14


class StoryTask(ExampleTask):
    """A task whose examples are a story, a question about it, and its answer, which is one word of the vocabulary.

    Args:
        config: the `[task]` section, everything decided.
        inputs: the coder of stories.
        answers: that of `answer`.
    """

    coder: StoryCoder
    answers: Mapping[str, LabelsCoder]

    class Config(ExampleTask.Config):
        """Options of tasks that read stories."""

        longest: int = Option(50, ge=1, le=100_000, description="Sentences of a story that are read, the last ones.")
        lowercase: bool = Option(True, description="Look words up in lower case.")
        sentence: int = Option(0, ge=0, description="Words of the longest sentence; training counts them.")
        files: int = Option(0, ge=0, description="Files that were learned from together; training counts them.")

    bounds = {**ExampleTask.bounds, "longest": "width"}
    plural = "questions"
    target = "question"
    left_out = "about stories of more than {room:,} sentences, of which the last are read"

    @classmethod
    def fields(cls, config: Any) -> tuple[Field, ...]:
        """Return what it reads: a story, a question, and the answer."""
        return (*cls.inputs(config), Field("answer", Kind.LABEL))

    @classmethod
    def inputs(cls, config: Any) -> tuple[Field, ...]:
        """Return what is there without an answer."""
        return Field("story", Kind.STORY), Field("question", Kind.TEXT)

    @classmethod
    def strata(cls, config: Any) -> tuple[str, ...]:
        """Return the answer."""
        return ("answer",)

    @classmethod
    def reads(cls, config: Any) -> tuple[str, ...]:
        """Return the story and the question."""
        return "story", "question"

    @classmethod
    def heads(cls, config: Any) -> tuple[str, ...]:
        """Return what is predicted."""
        return ("answer",)

    @classmethod
    def given(cls, config: Any, example: Example) -> Sequence[Any]:
        """Return the sentences of the story, and the question, which is one sentence."""
        return example.fields["story"], [example.fields["question"]]

    @classmethod
    def room(cls, config: Any) -> int:
        """Return how many sentences are read."""
        return int(config.longest)

    def within(self, value: Any, room: int) -> Any:
        """Return the last sentences of a story."""
        return value[-room:]

    @classmethod
    def learn(cls, config: Any, train: Sequence[Example], say: Say) -> tuple[Any, Coder, dict[str, Coder]]:
        """Return the options with the number of files, the coder of stories, and that of answers.

        Raises:
            DataError: there is only one answer.
        """
        answers = Counter[str](example.fields["answer"] for example in train)
        check_labels(answers, train[0].where, "answer")
        texts = (text for one in train for part in cls.given(config, one) for text in part[-config.longest :])
        inputs = StoryCoder.learn(texts, answers.elements(), config.lowercase, config.longest)
        config = config.model_copy(update={"files": len(kinds_of(train)[0]), "sentence": inputs.longest})
        return config, inputs, {"answer": answering_words(inputs.words, answers, config.lowercase)}

    @classmethod
    def load(cls, config: Any, folder: Path) -> Self:
        """Return a task with the vocabularies of a folder."""
        inputs = StoryCoder.load(folder, config.lowercase, config.longest, config.sentence)
        return cls(config, inputs, {"answer": LabelsCoder(labels_of(folder, ["answer"])["answer"])})

    @property
    def known(self) -> Vocabulary:
        """What can be answered."""
        return self.answers["answer"].vocabulary

    def true(self, example: Example) -> str:
        """Return the true answer, as it was learned."""
        answer = str(example.fields["answer"])
        word = answer.lower() if self.config.lowercase else answer
        words = self.coder.words
        return self.known.tokens[words.encode([word])[0]] if word in words else answer

    def gold(self, example: Example) -> dict[str, Any]:
        """Return the answer."""
        return {"answer": [self.true(example)]}

    def check(self, examples: Sequence[Example], held_out: bool) -> None:
        """Refuse questions none of whose answers was learned."""
        check_known(self.known, map(self.true, examples), examples[0].where, "answer", held_out)

    def tell_cut(self, parts: Sequence[Encoded], say: Say) -> None:
        """Tell how many stories are longer than what is read of one."""
        lengths = np.array([len(one.fields["story"]) for part in parts for one in part.examples])
        room = self.config.longest
        longer = int((lengths > room).sum())
        if longer:
            unseen = counted(int((lengths - room).clip(0).sum()), "sentences")
            say(
                f"{longer:,} of {len(lengths):,} questions are about stories of more than {room:,} "
                f"sentences, the longest of {lengths.max():,}: the last {room:,} are read, {unseen} in all are not "
                "seen; --set task.longest=N decides it"
            )

    def parse(self, line: str, split: bool) -> Example:
        """Return the question of a line, which stands behind its story and a tab.

        Raises:
            DataError: there is no tab, there are several, or one of the two is empty.
        """
        parts = line.split("\t")
        if len(parts) != 2:
            raise TabsError(line, "one, between a story and a question about it")
        return self.about(*parts)

    def about(self, story: str, question: str) -> Example:
        """Return a question about a story, whose sentences end with a line, or with a mark and a blank.

        Raises:
            DataError: one of the two is empty.
        """
        sentences = sentences_of(story)
        if not sentences or not question.strip():
            raise DataError(f"no {'question' if sentences else 'story'}: got nothing, expected some words. Give it.")
        return Example({"story": sentences, "question": question.strip()})

    def unknown(self, examples: Sequence[Example]) -> tuple[int, int, str]:
        """Return how many words of stories and questions are unknown, and of how many."""
        words, unknown = self.coder.counts(self.encode(examples).inputs).values()
        return unknown, words, self.coder.unit

    def batches(self, data: TaskData, batch_size: int, seed: int, epoch: int) -> Epoch:
        """Return the batches of one epoch, stories of any length together: files differ in length, and would be apart.

        Padding costs little, as each different sentence of a batch becomes a vector once.
        """
        train: Encoded = data.train

        def make(rows: np.ndarray, draw: np.random.Generator) -> Batch:
            return self.batch(train, rows, draw)

        return BucketedEpoch(train.widths, batch_size, self.config.batch_places, make, seed, epoch, mixed)

    def each(self, model: Labeler, data: Encoded, weighed: bool) -> Iterator[tuple[int, Any, np.ndarray | None]]:
        """Yield the row of each question, log p of every answer (nats), and how much each hop looked at sentences."""
        for rows in buckets(data.widths, _MOST_ROWS, _MOST_PLACES):
            batch = self.batch(replace(data, targets={}), rows)
            answers = model.answers(batch)
            log_probs, looked, lengths = answers.log_probs["answer"][:, 0], answers.attention, data.widths[0, rows]
            for place, (row, length) in enumerate(zip(rows.tolist(), lengths.tolist(), strict=True)):
                yield row, log_probs[place], None if looked is None else looked[place, :, :length]
