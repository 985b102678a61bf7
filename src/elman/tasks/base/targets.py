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
from elman.data.fields import Field, Kind
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
from elman.tasks.base.sides import are_turned
from elman.text.tokenizers.marked import without_marks

ROWS, PLACES = 512, 8192
"""Sources that are read together, and places of their padded rectangle, at most: weights are packed once for all."""

_SOURCE, _TARGET = Field("source", Kind.TEXT), Field("target", Kind.TEXTS)


class Rote(NamedTuple):
    """What writes without a model.

    Args:
        writes: gives the text to a source.
        frequencies: whether it knows nothing but how often targets are given.
    """

    writes: Callable[[str], str]
    frequencies: bool = False


class TargetsTask(ExampleTask):
    """A task whose examples have a source, and targets of which each is right.

    Training reads one example for each of them; what is written is held against all.
    """

    coder: TokensCoder

    class Config(ExampleTask.Config):
        """Options of tasks whose targets are texts."""

        longest: int = Option(1000, ge=1, description="Tokens of a source that are read; what is beyond is left.")

    apart_by = ("source",)

    @classmethod
    def fields(cls, config: Any) -> tuple[Field, ...]:
        """Return source and targets."""
        return (_SOURCE, _TARGET)

    @classmethod
    def inputs(cls, config: Any) -> tuple[Field, ...]:
        """Return the source."""
        return (_SOURCE,)

    @classmethod
    def reads(cls, config: Any) -> tuple[str, ...]:
        """Return the source."""
        return ("source",)

    @classmethod
    def heads(cls, config: Any) -> tuple[str, ...]:
        """Return the target."""
        return ("target",)

    @classmethod
    def given(cls, config: Any, example: Example) -> Sequence[str]:
        """Return the source."""
        return (example.fields["source"],)

    @classmethod
    def room(cls, config: Any) -> int:
        """Return `longest`: memory goes with the longest source."""
        return int(config.longest)

    def within(self, value: str, room: int) -> str:
        """Return the first tokens of a source."""
        if len(value.encode("utf-8", "surrogatepass")) <= room:
            return value  # a token has a byte or more
        tokenizer = self.coder.tokens.tokenizer
        tokens = tokenizer.split(value)
        if len(tokens) <= room:
            return value
        found = tokenizer.join(tokens[:room])
        while not value.startswith(found):  # some bytes of a letter are no letter
            found = found[:-1]
        return found

    def read_in_part(self, example: Example) -> str:
        """Say how much of a source was read, where that is not all."""
        source, room = example.fields["source"], self.room(self.config)
        return "" if self.within(source, room) == source else f"{room} {self.coder.unit}"

    def examples(self, reader: Reader, paths: Sequence[Path]) -> list[Example]:
        """Return the examples of files, those with an empty side too: each has its place."""
        with reader.every_row():
            return super().examples(reader, paths)

    @classmethod
    def learned_from(cls, examples: Sequence[Example]) -> list[Example]:
        """Return an example for each target.

        Raises:
            DataError: all targets are the same.
        """
        found = [replace(one, fields={**one.fields, "target": [text]}) for one in examples for text in _targets(one)]
        if len(found) > 1 and len({_targets(one)[0] for one in found}) == 1:
            raise DataError(
                f"{found[0].where}: all {len(found):,} targets are the same: {quoted(_targets(found[0])[0])}, expected "
                "different ones. Is it the right column or file?"
            )
        return found

    def gold(self, example: Example) -> dict[str, str]:
        """Return the target; of several, the first."""
        return {"target": _targets(example)[0]}

    def right(self, example: Example) -> dict[str, Any]:
        """Return the target, or all of several."""
        first, *others = _targets(example)
        return {"target": [first, *others] if others else first}

    def unknown(self, examples: Sequence[Example]) -> tuple[int, int, str]:
        """Return how many tokens of sources the vocabulary lacks, and of how many."""
        column = self.coder.encode([example.fields["source"] for example in examples])
        tokens, unknown = self.coder.counts(column).values()
        return unknown, tokens, self.coder.unit

    def misplaced(self, examples: Sequence[Example]) -> str:
        """Say that sources have the words of targets, where so it is."""
        turned = are_turned(self._sides(examples)[:1], (self.coder, self.writer))
        said = "the sources have the words of training's targets. Have the two changed places? This run writes a target"
        return f"{said} to each source" if turned else ""

    @staticmethod
    def _sides(examples: Sequence[Example]) -> list[list[str]]:
        """Return sources and targets."""
        targets = [target for one in examples for target in _targets(one)] if "target" in examples[0].fields else []
        return [[one.fields["source"] for one in examples], targets]

    def parse(self, line: str, split: bool) -> Example:
        """Return the source that a line is."""
        return Example({"source": line})

    def parts(self, data: TaskData) -> Parts:
        """Return the examples of both parts, each with its first target, to be checked."""
        fields = (_SOURCE, Field("target", Kind.TEXT))
        train, valid = (
            [replace(one, fields={**one.fields, "target": _targets(one)[0]}) for one in part.examples]
            for part in (data.train, data.valid)
        )
        return Parts(fields, ("source",), train, valid, data.unknown)

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

    @property
    def copy(self) -> Rote:
        """What writes the source, without marks that only a source has."""
        return Rote(without_marks if self.config.level == "marked" else str)

    def trivial(self, data: TaskData) -> Mapping[str, Rote]:
        """Return what copies the source, and what always writes the target that training has most often."""
        often = Counter(_targets(example)[0] for example in data.train.examples).most_common(1)[0][0]
        return {"copy_source": self.copy, "most_frequent": Rote(lambda source: often, frequencies=True)}

    def told(self, model: Any, data: Encoded) -> list[Any]:
        """Return what was written to each example."""
        if not isinstance(model, Rote):
            return super().told(model, data)
        texts = (model.writes(example.fields["source"]) for example in data.examples)
        return [[WrittenText(text, nan, ())] for text in texts]

    def evaluate(self, model: Any, reader: Reader, paths: Sequence[Path], folder: Path) -> Evaluation:
        """Evaluate on files: beside the scores what copying gets, behind them what the model owes to its own mistakes.

        After the true tokens a model predicts the next one; after its own ones, as it writes, it is further off. How
        many errors a token that costs is `free_running_gap`.
        """
        data = self.encode(self.examples(reader, paths))
        if are_turned(self._sides(data.examples), (self.coder, self.writer)):
            reader.remark(
                f"{data.examples[0].where}: its sources have the words of training's targets and the other way round. "
                "Have the two changed places? Name files side by side in one order, source,target, as in training, or "
                "swap them in reader.columns"
            )
        copy: Any = self.copy
        found, copied = self.evaluation(model, data), self.evaluation(copy, data)
        scores = {score.name: score.value for score in copied.scores}
        found = replace(found, counts={**found.counts, **reader.skipped}, copied=scores)
        return replace(found, scores=[*found.scores, *self._gap(self.forced(model, data), data, found)])

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
        written = Written([one[0].text for one in said], [_targets(example) for example in data.examples])
        cut = {text: split(text) for texts in (written.hypotheses, *written.references) for text in texts}
        tokens = WrittenTokens(
            [cut[text] for text in written.hypotheses], [[cut[text] for text in texts] for texts in written.references]
        )
        asked = Asked(data.examples, (WHERE, "source", GOLD, PREDICTED), lambda one: {"source": one.fields["source"]})
        return text_verdict(asked, written, tokens, self.target, self.config.score, self.how)


def _targets(example: Example) -> Sequence[str]:
    found: Sequence[str] = example.fields["target"]
    return found
