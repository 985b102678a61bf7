"""A decoder that writes token by token and may copy its source."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from elman.cells.base import Memory, Step
from elman.decoding.stepper import Read, Stepper
from elman.layers.copying import LETTERS, Copied, followed
from elman.layers.decoder_stepper import DecoderStepper, Writing
from elman.layers.embedding import Embedding
from elman.layers.packing import Packing


class CopyingStepper(DecoderStepper):
    """A decoder over encoded sources whose unknown words have ids of their own, behind those of the vocabulary.

    Such an id is of one source alone. It is read as the unknown token.

    Args:
        embedding: the vectors of target tokens.
        step: the decoder; it looks at the source.
        head: writes and copies, a `elman.heads.pointer.PointerHead`.
        memory: the sources.
        marks: the tokens that start and end a target, and the unknown one.
        places: what stands at each place of each source, (N, T).
    """

    def __init__(
        self,
        embedding: Embedding,
        step: Step,
        head: Any,
        memory: Memory,
        marks: tuple[int, int, int],
        places: Tensor,
    ) -> None:
        super().__init__(embedding, step, head, memory, marks[:2])
        self._unknown, self._places = marks[2], places

    @torch.no_grad()
    def advance(self, ids: np.ndarray, state: Any) -> tuple[np.ndarray, Any]:
        """Read one token a row and return log p (nats) of the next, of what its source alone has too."""
        rows = self._vectors(self._tensor(ids))
        values = self._step.values(self._step.project(rows), state.step, self._memory.select(state.sources))
        weights, context = (values[letter] for letter in LETTERS)
        copied = Copied.of(weights, context, rows, self._places[state.sources])
        log_probs = self._head.next(values[self._step.output], {"copied": copied})
        return log_probs.double().cpu().numpy(), Writing(state.step.filled(values), state.sources, weights)

    @torch.no_grad()
    def read(self, ids: np.ndarray, lengths: np.ndarray | None, state: Any, keep: Sequence[str] = ()) -> Read:
        """Read all tokens of each row but the last, and score all but the first: at once, unless more is wanted."""
        if keep:
            return Stepper.read(self, ids, lengths, state, keep)
        if ids.shape[1] == 1 or not len(ids):
            return Read(np.zeros((len(ids), ids.shape[1] - 1)), state)
        tokens, real = self._tensor(ids), None if lengths is None else self._tensor(lengths - 1)
        packing = Packing(len(ids), ids.shape[1] - 1, real)
        rows, memory = self._vectors(packing.pack(tokens[:, :-1])), self._memory.select(state.sources)
        made = followed(self._step, rows, packing, memory, state.step)
        copied = Copied.of(made.weights, made.context, packing.unpack(rows), self._places[state.sources])
        nats = self._head.nll(made.outputs, tokens[:, 1:], {"copied": copied}).double().cpu().numpy()
        if lengths is not None:
            nats = np.where(np.arange(nats.shape[1]) < lengths[:, None] - 1, nats, 0.0)
        return Read(nats, Writing(made.state, state.sources, None))

    def _vectors(self, ids: Tensor) -> Tensor:
        return self._embedding(ids.where(ids < self.size, self._unknown))
