"""What tasks share that write a text to each text."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from pydantic import Field as Option

from elman.coders.tokens import TokensCoder
from elman.data.encoded import Encoded
from elman.data.fields import Field, Kind
from elman.data.records import Example
from elman.evaluation.mistakes import GOLD, PREDICTED, WHERE, Asked
from elman.tasks.base.data import TaskData
from elman.tasks.base.sides import are_turned, other_case
from elman.tasks.base.targets import Rote, targets_of
from elman.tasks.base.writes import WritingTask
from elman.text.tokenizers.marked import without_marks

_SOURCE = Field("source", Kind.TEXT)


class TextSourceTask(WritingTask):
    """A task whose sources are texts."""

    coder: TokensCoder

    class Config(WritingTask.Config):
        """What the sources of training decide."""

        longest_learned: int = Option(
            0, ge=0, description="Tokens of the longest source of training, which decides it; a longer one is told."
        )

    apart_by = ("source",)

    @classmethod
    def inputs(cls, config: Any) -> tuple[Field, ...]:
        """Return the source."""
        return (_SOURCE,)

    @classmethod
    def reads(cls, config: Any) -> tuple[str, ...]:
        """Return the source."""
        return ("source",)

    @staticmethod
    def measured(config: Any, coder: TokensCoder, sources: Sequence[str]) -> Any:
        """Return the options with the length of the longest source of training."""
        longest = int(coder.encode(sources).lengths.max(initial=1)) - 1
        return config.model_copy(update={"longest_learned": min(longest, config.longest)})

    @classmethod
    def given(cls, config: Any, example: Example) -> Sequence[str]:
        """Return the source."""
        return (example.fields["source"],)

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

    def unknown(self, examples: Sequence[Example]) -> tuple[int, int, str]:
        """Return how many tokens of sources the vocabulary lacks, and of how many."""
        column = self.coder.encode([example.fields["source"] for example in examples])
        tokens, unknown = self.coder.counts(column).values()
        return unknown, tokens, self.coder.unit

    def remarks(self, examples: Sequence[Example]) -> list[str]:
        """Say that sources have the words of targets, another case than those of training, or a greater length."""
        sides = [side for side in self._sides(examples) if side]
        turned = are_turned(sides, (self.coder, self.writer))
        said = "sources have the words of training's targets"
        asked = "Have the two changed places?"
        alone = f"the {said}. {asked} This run writes a target to each source"
        both = (
            f"{examples[0].where}: its {said} and the other way round. {asked} Name files side by side in one order, "
            "source,target, as in training, or swap them in reader.columns"
        )
        case = other_case(sides[0], self.coder) if sides else ""
        cased = f"the sources are mostly unknown: training had them in {case} case. Give them so"
        odd = [both if len(sides) == 2 else alone] if turned else [cased] if case else []
        return [*odd, *self._longer(examples)]

    def _longer(self, examples: Sequence[Example]) -> list[str]:
        """Say how many sources are longer than those of training, where some are."""
        known, sources = self.config.longest_learned, [one.fields["source"] for one in examples]
        read = [self.within(text, self.config.longest) for text in sources if known and len(text.encode()) > known]
        lengths = [length for length in self.coder.encode(read).lengths - 1 if length > known] if read else []
        if not lengths:
            return []
        verb = "is" if len(lengths) == 1 else "are"
        most, unit = int(self.config.most(np.array(max(lengths) + 1))), self.coder.unit
        return [
            f"{len(lengths):,} of {len(sources):,} sources {verb} longer than any of training: {max(lengths):,} {unit} "
            f"where those have {known:,}. What is written to such a one is a guess, and a search up to {most:,} "
            f"{self.writer.unit} takes its time; --set task.longest_ratio=0.5 looks for shorter ones"
        ]

    @staticmethod
    def _sides(examples: Sequence[Example]) -> list[list[str]]:
        """Return sources and targets."""
        targets = [target for one in examples for target in targets_of(one)] if "target" in examples[0].fields else []
        return [[one.fields["source"] for one in examples], targets]

    def parse(self, line: str, split: bool) -> Example:
        """Return the source that a line is."""
        return Example({"source": line})

    @property
    def copy(self) -> Rote:
        """What writes the source, without marks that only a source has."""
        write = without_marks if self.config.level == "marked" else str
        return Rote(lambda examples: [write(example.fields["source"]) for example in examples])

    def trivial(self, data: TaskData) -> Mapping[str, Rote]:
        """Return what copies the source, and what always writes the target that training has most often."""
        return {"copy_source": self.copy, **super().trivial(data)}

    def copied(self, data: Encoded) -> Mapping[str, float]:
        """Return the scores of sources that are copied."""
        copy: Any = self.copy
        return {score.name: score.value for score in self.evaluation(copy, data).scores}

    def told_of(self, data: Encoded) -> Asked:
        """Return the examples with their sources."""
        return Asked(data.examples, (WHERE, "source", GOLD, PREDICTED), lambda one: {"source": one.fields["source"]})

    def named(self, example: Example) -> str:
        """Return the source."""
        return str(example.fields["source"])

    def is_blank(self, example: Example) -> bool:
        """Say whether a source has nothing but blanks."""
        return not example.fields["source"].strip()
