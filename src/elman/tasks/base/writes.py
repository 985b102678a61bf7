"""What tasks share that write a text to each example."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Self
from zlib import crc32

import numpy as np

from elman.answers.base import Answer
from elman.answers.written import NOTHING, WrittenText
from elman.coders.tokens import TokensCoder
from elman.data.bucketing import buckets
from elman.data.encoded import Encoded
from elman.data.records import Example, Padded
from elman.decoding.paths import Hypothesis
from elman.decoding.targets import read_targets
from elman.errors import ConfigError, DataError, quoted
from elman.evaluation.base import Evaluation
from elman.evaluation.details import Detail
from elman.evaluation.rewards import Reward, rewards
from elman.metrics.base import Edits
from elman.tasks.base.data import TaskData
from elman.tasks.base.framing import frames_of
from elman.tasks.base.protocols import Rewarding
from elman.tasks.base.targets import PLACES, ROWS, TargetsTask
from elman.tasks.base.writing_options import OF_DRAWS, OF_SEARCH, WritingConfig

_VIEWS = 4


class WritingTask(TargetsTask, Rewarding):
    """A task whose answer is a text, written token by token to what an example gives.

    Args:
        config: the `[task]` section, everything decided.
        inputs: the coder of what an example gives.
        answers: that of `target`.
    """

    class Config(WritingConfig, TargetsTask.Config):
        """Options of tasks that write."""

    answers: Mapping[str, TokensCoder]
    source_ends: ClassVar[bool] = True
    """Whether the last place of a source that can be looked at is its end."""

    verbs = ("examples", "ensemble", "targets")
    answering = tuple(WritingConfig.model_fields)

    @property
    def writer(self) -> TokensCoder:
        """The coder of targets."""
        return self.answers["target"]

    @abstractmethod
    def named(self, example: Example) -> str:
        """Return what a source is called: itself, if it is a text."""

    @abstractmethod
    def is_blank(self, example: Example) -> bool:
        """Say whether nothing is given, so that nothing is written."""

    @abstractmethod
    def places(self, example: Example, count: int) -> list[str]:
        """Return the places of a source that can be looked at, of which there are so many, as they are shown."""

    @abstractmethod
    def looks(self, example: Example, found: WrittenText) -> Detail:
        """Return where a model looked that wrote a text to an example."""

    def written(self, ids: Sequence[int], example: Example) -> tuple[str, list[str]]:
        """Return the text of tokens that were written to an example, and each of them as a person is shown it."""
        tokenizer, every = self.writer.tokens.tokenizer, self.writer.tokens.vocabulary.tokens
        tokens = [every[number] for number in ids]
        return tokenizer.join(tokens), [tokenizer.shown(token) for token in tokens]

    @property
    def how(self) -> str:
        """Beam, and what is not as usual."""
        return self.config.signature

    @property
    def few(self) -> int:
        """One text."""
        return 1

    def widths(self, data: Encoded) -> np.ndarray:
        """Return the lengths of sources and of targets."""
        return np.stack([data.widths[0], data.targets["target"].lengths])

    def validate(self, model: Any, data: TaskData) -> Evaluation:
        """Evaluate on the validation part, without a search: it takes as long for every path more."""
        return self._quick.evaluation(model, data.valid)

    def rehearse(self, model: Any, data: TaskData) -> None:
        """Write as much as there should be, and score it: a model that has learned nothing would come to no end."""
        quick, right = self._quick, [self.gold(example)["target"] for example in data.valid.examples]
        found = dict(quick._written(model, data.valid, 1, self.writer.encode(right).lengths))
        quick.verdict(data.valid, [found[row] for row in range(len(found))])

    @property
    def _quick(self) -> Self:
        """The task without a search."""
        usual = WritingConfig(beam=1).model_dump(include=set(OF_SEARCH | OF_DRAWS))
        return self.asked({**usual, "beam": 1})

    def answer(self, model: Any, examples: Sequence[Example], k: Any, facts: bool = True) -> list[Answer]:
        """Return what a model writes to examples, in their order.

        Raises:
            ConfigError: a search has fewer paths than texts are asked for.
        """
        if 0 < self.config.beam < k:
            raise ConfigError(
                f"k: got {k} texts of a search along {self.config.beam}, expected at most as many. Set task.beam={k}."
            )
        examples = frames_of(self, examples)
        found = self.write(model, examples, k)
        return [self.present(example, said, k, facts, None) for example, said in zip(examples, found, strict=True)]

    def write(self, model: Any, examples: Sequence[Example], k: int = 1) -> list[list[WrittenText]]:
        """Return up to k texts that a model writes to each example, best first, in their order."""
        found = dict(self._written(model, self.encode(examples), k))
        return [found[row] for row in range(len(examples))]

    def each(self, model: Any, data: Encoded, weighed: bool) -> Iterator[tuple[int, Any, np.ndarray | None]]:
        """Yield the row of each example, the text that the model would write to it, and nothing."""
        yield from ((row, found, None) for row, found in self._written(model, data, 1))

    def _written(
        self, model: Any, data: Encoded, k: int, room: np.ndarray | None = None
    ) -> Iterator[tuple[int, list[WrittenText]]]:
        """Yield the row of each example, and up to k texts; with `room` none is longer than that of its row."""
        writer = self.config.writer(self.writer)
        blank = np.array([self.is_blank(example) for example in data.examples], bool)
        yield from ((row, [NOTHING]) for row in np.flatnonzero(blank).tolist())
        for some in buckets(data.widths, max(1, ROWS // k), PLACES):
            rows = some[~blank[some]]
            if not len(rows):
                continue
            batch = self.batch(replace(data, targets={}), rows)
            source = batch.fields[self.reads(self.config)[0]]
            keys = [crc32(row[:length].tobytes()) for row, length in zip(source.values, source.lengths, strict=True)]
            most, least = self.config.most(source.lengths), self.config.least(source.lengths)
            most = most if room is None else np.minimum(most, room[rows])
            every = writer.write(model.stepper(batch), most, least, k, keys)
            lengths = model.lengths(self.reads(self.config)[0], source.lengths)
            for row, length, found in zip(rows.tolist(), lengths, every, strict=True):
                yield row, [self._text(one, length, data.examples[row]) for one in found] or [NOTHING]

    def forced(self, model: Any, data: Encoded) -> Edits:
        """Return how many tokens a model would get wrong behind the true ones, of all, ends included.

        It is asked as it is when it writes: whatever has a stepper can tell, copying and several that write together.
        """
        known = self.encode(data.examples, learns=True)
        wrong = total = 0
        for rows in buckets(known.widths, ROWS, PLACES):
            target = known.targets["target"].padded(rows)
            stepper = model.stepper(self.batch(replace(known, targets={}), rows))
            ids = np.concatenate([np.full((len(rows), 1), stepper.start), target.values], 1)
            said = stepper.forced(ids, target.lengths + 1, stepper.begin(np.arange(len(rows))))
            wrong += int(((said != target.values) & target.mask).sum())
            total += target.real
        return Edits(wrong, total)

    def views(self, model: Any, data: TaskData) -> list[Detail]:
        """Return where the model looked when it wrote to some sources of the validation part."""
        examples = [one for one in data.valid.examples if self.is_short(one)][:_VIEWS]
        written = zip(examples, self.write(model, examples), strict=True)
        return [self.looks(example, found) for example, [found, *_] in written if found.looked is not None]

    def is_short(self, example: Example) -> bool:
        """Say whether a picture has room for where a source was looked at."""
        return True

    def reward(self, data: TaskData) -> Reward:
        """Return how good texts are by the score of the task, and how long those that are learned from."""
        return Reward(self.rewarded, int(data.train.targets["target"].lengths.max(initial=1)))

    def rewarded(self, said: Padded, right: Padded) -> np.ndarray:
        """Return how good texts are by the score of the task, 0 to 1, (B,).

        Args:
            said: ids that were written, (B, U).
            right: ids that should have been.
        """
        texts = [
            [self.writer.decode(ids[:length]) for ids, length in zip(one.values, one.lengths, strict=True)]
            for one in (said, right)
        ]
        pairs = list(zip(*texts, strict=True))
        return np.array(rewards(self.config.score, pairs, self.writer.tokens.tokenizer.split))

    def pairs(self, lines: Sequence[str]) -> list[Example]:
        """Return the examples that lines are, each what `parse` takes, a tab, and the target; a blank one is empty.

        Raises:
            DataError: one has no tab; the message has its number.
        """
        found = []
        for number, line in enumerate(lines, 1):
            try:
                found.append(self.pair(line))
            except DataError as error:
                raise DataError(f"line {number}: {error}") from error
        return found

    def pair(self, line: str) -> Example:
        """Return the example that a line is: what `parse` takes, a tab, and the target.

        Raises:
            DataError: there is no tab.
        """
        given, tab, target = line.partition("\t")
        if not tab and line.strip():
            raise DataError(f"{quoted(line)}: got no tab, expected a source and its target with a tab between them.")
        example = self.parse(given, False)
        return replace(example, fields={**example.fields, "target": [target]})

    def read_targets(self, model: Any, examples: Sequence[Example], looks: bool) -> list[WrittenText]:
        """Return the targets that examples have as if they had been written: how likely each is, and where it looked.

        Args:
            model: reads, and predicts.
            examples: with targets.
            looks: whether it is wanted where the model looked.
        """
        data = self.encode(examples, learns=True)
        found: dict[int, WrittenText] = {}
        for rows in buckets(data.widths, ROWS, PLACES):
            target = data.targets["target"].padded(rows)
            given = [ids[: length - 1].tolist() for ids, length in zip(target.values, target.lengths, strict=True)]
            stepper = model.stepper(self.batch(replace(data, targets={}), rows))
            read = read_targets(stepper, np.arange(len(rows)), given, [True] * len(rows), self.config.rule, 0, looks)
            lengths = model.lengths(self.reads(self.config)[0], data.widths[0][rows])
            for row, length, one in zip(rows.tolist(), lengths, read, strict=True):
                found[row] = self._text(one, int(length), examples[row])
        return [found[row] for row in range(len(examples))]

    def _text(self, found: Hypothesis, length: int, example: Example) -> WrittenText:
        looked = None if found.looked is None else found.looked[:, :length]
        text, tokens = self.written(found.ids, example)
        return WrittenText(text, found.log_prob, tokens, looked, found.ended)
