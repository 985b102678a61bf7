"""A network that writes to a source, looked into along a target: what its decoder did, and what it predicts."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from elman.answers.written import END
from elman.coders.tokens import TokensCoder, as_line
from elman.data.records import Batch, Example
from elman.errors import DataError, quoted
from elman.evaluation.looked import visible
from elman.heads.base import TokenHead
from elman.inspection.recording import inputs_of, stacks_of
from elman.inspection.subject import START, Heard, OfNetwork, Subject


class Answered(Subject):
    """A network that writes to sources: what is looked at is a source with its target."""

    def examples(self, line: str) -> list[Example]:
        """Return the inputs that a line is: sources, or a source, a tab and its target.

        Raises:
            DataError: there are several tabs.
        """
        given, tab, target = line.partition("\t")
        if "\t" in target:
            raise DataError(
                f"{quoted(line)}: got {line.count(tab)} tabs, expected one, between a source and its target."
            )
        found = super().examples(given)
        if tab:
            found = [replace(one, fields={**one.fields, "target": [target]}) for one in found]
        return [self.answered(one) for one in found]

    def answered(self, example: Example) -> Example:
        """Return an example with a target: its own, or what is written to it."""
        if "target" in example.fields:
            return example
        ((said,),) = self.task.write(self.model.ready, [example])
        return replace(example, fields={**example.fields, "target": [said.text]})


class OfBothTexts(Answered, OfNetwork):
    """A network that reads a source and its target as one text."""

    def batch(self, *examples: Example) -> Batch:
        """Return the batch of sources and their targets."""
        found: Batch = self.task.batch(self.task.encode(examples, learns=True), np.arange(len(examples)))
        return found

    def places(self, example: Example) -> list[list[str]]:
        """Return the numbers of the places of both texts together, as the last token of a target is not read."""
        fields = self.batch(example).fields
        count = sum(fields[name].values.shape[1] for name in ("source", "target"))
        return [[str(place + 1) for place in range(count - 1)]]


class OfSources(Answered):
    """A network that writes to a source: the layers that read the source, and those that write a target.

    The target is the one that is given with the source, else what the network writes to it by itself, read again.
    Before its first token stands its start; the answer at each place is the token that comes next, the end included.
    """

    texts = ("the source", "what was written before")
    text = -1

    def batch(self, *examples: Example) -> Batch:
        """Return the batch of sources and their targets, as tensors."""
        return self.double(self.task.batch(self.task.encode(examples, learns=True), np.arange(len(examples))))

    def places(self, example: Example) -> list[list[str]]:
        """Return what stands at the places of the source where a recurrence reads it, and the tokens of the target."""
        written = [START, *(self.name(number, example) for number in self.true(example)[:-1])]
        if not stacks_of(self.network):
            return [written]
        source = self.batch(example).fields[self.network.field]
        steps = source.values.shape[1]
        of_frames = source.values.is_floating_point()
        shown = map(str, range(1, steps + 1)) if of_frames else map(visible, self.task.places(example, steps))
        return [list(shown), written]

    def hidden(self, batch: Batch) -> Heard:
        """Return what the head sees of each token of the target after the right ones before it."""
        led = self.network.along(batch)
        return Heard(led.hidden, given=led.given)

    @contextmanager
    def given(self, found: list[Tensor], other: Sequence[Tensor] = ()) -> Iterator[None]:
        """Within it, vectors that are read are kept or replaced: those of stacks, then those of the target."""
        rows = len(other[0]) if other else 1

        def embedded(module: Any, args: Any, vectors: Tensor) -> Tensor:
            """Packed tokens lie step by step, (U N, E). The source may have the same vectors, and is read before."""
            if len(found) < len(stacks_of(self.network)):
                return vectors
            if other:
                read = other[len(found)]
            else:
                read = vectors.view(-1, rows, vectors.shape[-1]).transpose(0, 1).detach()
                read.requires_grad_(torch.is_grad_enabled())
            found.append(read)
            return read.transpose(0, 1).reshape(vectors.shape)

        hook = self.network.target_embedding.register_forward_hook(embedded)
        try:
            with inputs_of(self.network, found, other):
                yield
        finally:
            hook.remove()

    @property
    def head(self) -> TokenHead:
        """What predicts the next token."""
        found: TokenHead = self.network.head
        return found

    @property
    def answers(self) -> Sequence[str]:
        """The vocabulary of targets."""
        return list(self.task.writer.tokens.vocabulary.tokens)

    def name(self, number: int, example: Example) -> str:
        """Return a token as a person is shown it, also one that only the source has."""
        if number == self.task.writer.tokens.start_id:  # the end has its id
            return END
        return visible(self.task.written([number], example)[1][0])

    def true(self, example: Example) -> list[int]:
        """Return the next token at each place, at the last the end."""
        return [int(one) for one in self.batch(example).fields["target"].values[0]]

    def log_probs(self, hidden: Any, place: int) -> Tensor:
        """Return log p of all tokens at a place of the target, (N, V), or more where they may be copied."""
        found: Tensor = self.head.log_probs(hidden, hidden.given)[:, place]
        return found

    def without(self, example: Example, text: int, place: int) -> Example:
        """Return the example without a token of its source or of its target.

        Raises:
            DataError: it cannot be left out: an end, frames, a token whose text is then read as others, or one that can
            only be copied from there.
        """
        of_target = text == len(self.places(example)) - 1
        if not of_target and "source" not in example.fields:
            return super().without(example, text, place)
        coder = self.task.writer if of_target else self.task.coder
        kept = example.fields["target"][0] if of_target else example.fields["source"]
        tokens, at = _cut(coder, kept), place - 1 if of_target else place
        rest = [token for number, token in enumerate(tokens) if number != at]
        left = coder.tokens.tokenizer.join(rest)
        copied = not of_target and getattr(self.task.config, "copying", False) and at < len(tokens)
        only_there = copied and tokens[at] not in self.task.writer.tokens.vocabulary
        if at >= len(tokens) or _cut(coder, left) != rest or only_there:
            raise DataError(f"{self.model.path}: what stands at place {place + 1} cannot be left out.")
        fields = {"target": [left]} if of_target else {"source": left}
        return replace(example, fields={**example.fields, **fields})


def _cut(coder: TokensCoder, text: str) -> list[str]:
    """Return the tokens of a text, without its end."""
    return list(coder.tokens.tokenizer.split(as_line(text)))[:-1]
