"""What tasks share that write a text to each source, of which several may be right."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from elman.answers.written import WrittenText
from elman.coders.tokens import TokensCoder
from elman.data.encoded import Encoded
from elman.data.fields import Field, Kind
from elman.data.parts import Parts
from elman.data.records import Example
from elman.evaluation.base import Verdict
from elman.evaluation.mistakes import GOLD, PREDICTED, WHERE, Asked
from elman.evaluation.texts import text_verdict
from elman.metrics.base import Written, WrittenTokens
from elman.tasks.base.data import TaskData
from elman.tasks.base.examples import ExampleTask

_SOURCE, _TARGET = Field("source", Kind.TEXT), Field("target", Kind.TEXTS)


class TargetsTask(ExampleTask):
    """A task whose examples have a source, and targets of which each is right.

    Training reads one example for each of them; what is written is held against all.
    """

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
    def learned_from(cls, examples: Sequence[Example]) -> list[Example]:
        """Return an example for each target."""
        return [replace(one, fields={**one.fields, "target": [target]}) for one in examples for target in _targets(one)]

    def gold(self, example: Example) -> dict[str, str]:
        """Return the target; of several, the first."""
        return {"target": _targets(example)[0]}

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
