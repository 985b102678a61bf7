"""What tasks share that write a text to each source, of which several may be right."""

from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import nan
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import Field as Option

from elman.answers.written import WrittenText
from elman.coders.tokens import TokensCoder
from elman.data.encoded import Encoded
from elman.data.fields import Field, Kind, names_of
from elman.data.parts import Parts
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.errors import DataError, quoted
from elman.evaluation.base import Evaluation, Verdict, score
from elman.evaluation.mistakes import GOLD, PREDICTED, WHERE, Asked
from elman.evaluation.texts import text_verdict
from elman.metrics.base import Edits, Score, Written, WrittenTokens
from elman.tasks.base.data import TaskData
from elman.tasks.base.examples import ExampleTask
from elman.tasks.base.framing import frames_from

ROWS, PLACES = 512, 8192
"""Sources that are read together, and places of their padded rectangle, at most: weights are packed once for all."""

_TARGET = Field("target", Kind.TEXTS)


class Rote(NamedTuple):
    """What writes without a model.

    Args:
        writes: gives the texts to examples, in their order.
        frequencies: whether it knows nothing but how often targets are given.
    """

    writes: Callable[[Sequence[Example]], Sequence[str]]
    frequencies: bool = False


class TargetsTask(ExampleTask):
    """A task whose examples have a source, and targets of which each is right.

    Training reads one example for each of them; what is written is held against all.
    """

    class Config(ExampleTask.Config):
        """Options of tasks whose targets are texts."""

        longest: int = Option(1000, ge=1, description="Tokens of a source that are read; what is beyond is left.")

    @classmethod
    def fields(cls, config: Any) -> tuple[Field, ...]:
        """Return source and targets."""
        return (*cls.inputs(config), _TARGET)

    @classmethod
    def heads(cls, config: Any) -> tuple[str, ...]:
        """Return the target."""
        return ("target",)

    @classmethod
    def room(cls, config: Any) -> int:
        """Return `longest`: memory goes with the longest source."""
        return int(config.longest)

    def examples(self, reader: Reader, paths: Sequence[Path]) -> list[Example]:
        """Return the examples of files, those with an empty side too: each has its place."""
        return super().examples(reader.for_answers(), paths)

    @classmethod
    def learned_from(cls, examples: Sequence[Example]) -> list[Example]:
        """Return an example for each target.

        Raises:
            DataError: all targets are the same.
        """
        found = [replace(one, fields={**one.fields, "target": [text]}) for one in examples for text in targets_of(one)]
        if len(found) > 1 and len({targets_of(one)[0] for one in found}) == 1:
            raise DataError(
                f"{found[0].where}: all {len(found):,} targets are the same: {quoted(targets_of(found[0])[0])}, "
                "expected different ones. Is it the right column or file?"
            )
        return found

    def gold(self, example: Example) -> dict[str, str]:
        """Return the target; of several, the first."""
        return {"target": targets_of(example)[0]}

    def right(self, example: Example) -> dict[str, Any]:
        """Return the target, or all of several."""
        first, *others = targets_of(example)
        return {"target": [first, *others] if others else first}

    def parts(self, data: TaskData) -> Parts:
        """Return the examples of both parts, each with its first target, to be checked."""
        inputs = self.inputs(self.config)
        fields = (*inputs, Field("target", Kind.TEXT))
        train, valid = (
            [replace(one, fields={**one.fields, "target": targets_of(one)[0]}) for one in part.examples]
            for part in (data.train, data.valid)
        )
        return Parts(fields, names_of(inputs), train, valid, data.unknown)

    @property
    @abstractmethod
    def writer(self) -> TokensCoder:
        """The coder of targets."""

    @property
    @abstractmethod
    def how(self) -> str:
        """How targets are written, for signatures of scores."""

    @property
    def unit(self) -> str:
        """Tokens of targets."""
        return self.writer.unit

    @property
    def target(self) -> str:
        """A token of a target."""
        return self.writer.tokens.tokenizer.unit

    def trivial(self, data: TaskData) -> Mapping[str, Rote]:
        """Return what always writes the target that training has most often."""
        often = Counter(targets_of(example)[0] for example in data.train.examples).most_common(1)[0][0]
        return {"most_frequent": Rote(lambda examples: [often] * len(examples), frequencies=True)}

    def told(self, model: Any, data: Encoded) -> list[Any]:
        """Return what was written to each example."""
        if not isinstance(model, Rote):
            return super().told(model, data)
        return [[WrittenText(text, nan, ())] for text in model.writes(data.examples)]

    def evaluate(self, model: Any, reader: Reader, paths: Sequence[Path], folder: Path) -> Evaluation:
        """Evaluate on files: behind the scores what the model owes to its own mistakes.

        After the true tokens a model predicts the next one; after its own ones, as it writes, it is further off. How
        many errors a token that costs is `free_running_gap`.
        """
        source = frames_from(self, self.config, reader, folder)
        data = self.encode(self.examples(source, paths))
        for said in self.remarks(data.examples):
            reader.remark(said)
        found = self.evaluation(model, data)
        found = replace(found, counts={**found.counts, **reader.skipped}, copied=self.copied(data))
        return replace(found, scores=[*found.scores, *self._gap(self.forced(model, data), data, found)])

    def copied(self, data: Encoded) -> Mapping[str, float]:
        """Return the scores of sources that are copied, by name: none, where a source is no text."""
        return {}

    @abstractmethod
    def forced(self, model: Any, data: Encoded) -> Edits:
        """Return how many tokens a model would get wrong behind the true ones, of all, ends included."""

    def _gap(self, edits: Edits, data: Encoded, found: Evaluation) -> list[Score]:
        """Return the rate of errors where the tokens before each are the true ones, and how much it grows without."""
        how, unit = f"teacher forcing|token:{self.target} and end", f"changes a {self.target}"
        forced = score("error_rate", edits, unit, how, "forced_error_rate")
        # Of as many tokens: the ends, of which the other rate knows nothing, count in both.
        free = next(one.value for one in found.scores if one.name == "error_rate") * (
            1 - len(data.examples) / edits.tokens
        )
        signature = forced.signature.replace("teacher forcing", f"{self.how} against teacher forcing", 1)
        gap = replace(forced, name="free_running_gap", value=free - forced.value, signature=signature)
        return [forced, gap]

    def verdict(self, data: Encoded, said: Sequence[Sequence[WrittenText]]) -> Verdict:
        """Return how much of what should be there was written."""
        split = self.writer.tokens.tokenizer.split
        written = Written([one[0].text for one in said], [targets_of(example) for example in data.examples])
        cut = {text: split(text) for texts in (written.hypotheses, *written.references) for text in texts}
        tokens = WrittenTokens(
            [cut[text] for text in written.hypotheses], [[cut[text] for text in texts] for texts in written.references]
        )
        return text_verdict(self.told_of(data), written, tokens, self.target, self.config.score, self.how)

    def told_of(self, data: Encoded) -> Asked:
        """Return the examples as a table of mistakes tells them."""
        return Asked(data.examples, (WHERE, GOLD, PREDICTED))


def targets_of(example: Example) -> Sequence[str]:
    """Return all that would be right."""
    found: Sequence[str] = example.fields["target"]
    return found
