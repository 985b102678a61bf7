"""A decoder that is led along given targets: the one way in which training, scores and search read whole targets."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import torch
from torch import Tensor

from elman.cells.base import Memory, Step
from elman.data.records import Padded
from elman.layers.copying import Copied
from elman.layers.cross_entropy import chunks
from elman.layers.packing import Packing
from elman.layers.unroll import unroll

WEIGHTS = "weights"
"""The letter of how much each place of a source is looked at."""

NOTHING: Mapping[str, Any] = {}


class Beside:
    """What a head reads beside the outputs of a decoder: nothing.

    A subclass says which letters of the steps it is made of, and makes it.
    """

    letters: ClassVar[Sequence[str]] = ()

    def given(self, inputs: "Inputs", hidden: Tensor, kept: Mapping[str, Tensor], memory: Any) -> Mapping[str, Any]:
        """Return it by the names that heads declare.

        Args:
            inputs: the tokens that the decoder read.
            hidden: what it gave, (B, U, H).
            kept: its letters, (B, U, ...).
            memory: the sources, row b of (B, ...) at source b.
        """
        return {}


class Copies(Beside):
    """What may be copied.

    Args:
        ids: what stands at each place of each source, (B, T), as in `Copied`.
    """

    letters = (WEIGHTS, "context")

    def __init__(self, ids: Tensor) -> None:
        self.ids = ids

    def given(self, inputs: "Inputs", hidden: Tensor, kept: Mapping[str, Tensor], memory: Any) -> Mapping[str, Any]:
        """Return where was looked, what stands there, and what decides beside the output."""
        return {"copied": Copied.of(kept[WEIGHTS], kept["context"], inputs.vectors, self.ids)}


class OverPlaces(Beside):
    """What each place of the source would say.

    Args:
        decoder: sums over places, such as `elman.steps.hard.HardDecoder`.
    """

    def __init__(self, decoder: Any) -> None:
        self.decoder = decoder

    def given(self, inputs: "Inputs", hidden: Tensor, kept: Mapping[str, Tensor], memory: Any) -> Mapping[str, Any]:
        """Return the places of each step."""
        return {"places": self.decoder.places(inputs.ids, hidden, memory)}


NOTHING_BESIDE = Beside()


class Inputs(NamedTuple):
    """Tokens that a decoder reads.

    Args:
        ids: (B, U).
        rows: their vectors, packed.
        packing: how.
    """

    ids: Tensor
    rows: Tensor
    packing: Packing

    @property
    def vectors(self) -> Tensor:
        """Their vectors, (B, U, E)."""
        return self.packing.unpack(self.rows)


class Led(NamedTuple):
    """What a decoder gives along given targets.

    Args:
        hidden: what the head sees at each token, (B, U, H).
        given: what else it reads.
        state: of the decoder after the last token of each.
        weights: how much each place of the source was looked at, (B, U, T); None where nobody asks, or nobody looks.
    """

    hidden: Tensor
    given: Mapping[str, Any]
    state: Any
    weights: Tensor | None


def led(
    step: Step,
    inputs: Inputs,
    state: Any,
    memory: Memory,
    beside: Beside = NOTHING_BESIDE,
    looks: bool = False,
    drop: Callable[[Tensor], Tensor] | None = None,
    by_steps: bool = False,
) -> Led:
    """Return what a decoder gives that reads given tokens.

    Args:
        step: the decoder.
        inputs: what it reads, the right token before each target.
        state: before the first.
        memory: the sources, rows in the order of the targets.
        beside: what the head reads beside the outputs.
        looks: whether it is wanted where the decoder looked.
        drop: makes dropout of outputs.
        by_steps: whether each step is made by itself, for who watches.
    """
    packing = inputs.packing
    wanted = [*beside.letters, *[WEIGHTS] * (looks and WEIGHTS in step.traces), *[step.output] * by_steps]
    letters = tuple(dict.fromkeys(wanted))
    made = unroll(step, inputs.rows, packing, state, memory, keep=letters)
    # Outputs with letters are dropped padded, others packed: numbers of dropout hang on where each mask is drawn.
    outputs = made.outputs if letters or drop is None else drop(made.outputs)
    hidden = packing.unpack(outputs)
    hidden = drop(hidden) if letters and drop is not None else hidden
    kept = {letter: packing.unpack(torch.cat(made.kept[letter])) for letter in letters}
    return Led(hidden, beside.given(inputs, hidden, kept, memory), made.state, kept.get(WEIGHTS))


def best_of(head: Any, hidden: Padded, given: Mapping[str, Any] = NOTHING) -> Tensor:
    """Return the likeliest token of each place, (B, U), some targets at a time: log p of all never exists.

    Args:
        head: predicts it, a `elman.heads.base.TokenHead`.
        hidden: what it sees, (B, U, H).
        given: what it reads beside.
    """
    found = []
    for piece in chunks(len(hidden.values), hidden.values.shape[1] * head.num_classes):
        lengths = None if hidden.lengths is None else hidden.lengths[piece]
        beside = {name: one.part(piece) for name, one in given.items()}
        found.append(head.best(Padded(hidden.values[piece], lengths), beside).values)
    return torch.cat(found)
