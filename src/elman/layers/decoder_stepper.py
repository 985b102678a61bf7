"""A decoder that writes token by token, in torch."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from elman.cells.base import Memory, Step
from elman.decoding.choice import NOTHING_BANNED, Banned, check_numbers
from elman.decoding.stepper import Best, Read, Stepper
from elman.layers.compiled import takes
from elman.layers.cross_entropy import chunks
from elman.layers.embedding import Embedding
from elman.layers.packing import Packing
from elman.layers.products import product
from elman.layers.unroll import unroll
from elman.native.likeliest import likeliest


class Writing(NamedTuple):
    """Where rows stand.

    Args:
        step: the state of the decoder.
        sources: the source of each row, (R,).
        weights: where each looked last, (R, T); None before the first step.
    """

    step: Any
    sources: Tensor
    weights: Tensor | None


class DecoderStepper(Stepper):
    """A decoder over encoded sources as a stepper: input r is source r.

    Args:
        embedding: the vectors of target tokens.
        step: the decoder.
        head: predicts the token, a `elman.heads.base.TokenHead`.
        memory: the sources.
        marks: the tokens that start and end a target.
    """

    def __init__(self, embedding: Embedding, step: Step, head: Any, memory: Memory, marks: tuple[int, int]) -> None:
        self.size = len(embedding.weight)
        self.start, self.end = marks
        self._embedding, self._step, self._head, self._memory = embedding, step, head, memory

    @torch.no_grad()
    def begin(self, inputs: np.ndarray) -> Writing:
        """Return the state before the first token."""
        sources = self._tensor(inputs)
        return Writing(self._step.initial_state(len(inputs), self._memory.select(sources)), sources, None)

    @torch.no_grad()
    def advance(self, ids: np.ndarray, state: Any) -> tuple[np.ndarray, Any]:
        """Read one token a row and return log p (nats) of the next."""
        y, after = self._read(ids, state)
        return self._head.next(y).double().cpu().numpy(), after

    @torch.no_grad()
    def best(self, ids: np.ndarray, state: Any, k: int, banned: Banned = NOTHING_BANNED) -> Best:
        """Read one token a row and return the k likeliest that may come next, and how likely the end is.

        Where the logits are one product, they are made and ranked some rows at a time, while they are in the cache.
        """
        linear, some = self._head.linear, len(banned.always) or len(banned.ids)
        if linear is None or some or not len(ids) or k >= self.size or not takes(linear[0].dtype, *linear):
            return super().best(ids, state, k, banned)
        y, after = self._read(ids, state)
        weight, bias = linear
        found = []
        for piece in chunks(len(y), len(weight)):
            logits = product(y[piece], weight.t()).add_(bias)
            found.append(likeliest(logits.numpy(), k, self.end, torch.get_num_threads()))
        log_probs, numbers, log_end = (np.concatenate(parts) for parts in zip(*found, strict=True))
        check_numbers(log_end)
        return Best(log_probs, numbers, log_end, after)

    def _read(self, ids: np.ndarray, state: Any) -> tuple[Tensor, Writing]:
        """Read one token a row and return what the head sees, and the state."""
        rows = self._step.project(self._embedding(self._tensor(ids)))
        values = self._step.values(rows, state.step, self._memory.select(state.sources))
        return values[self._step.output], Writing(state.step.filled(values), state.sources, values.get("weights"))

    @torch.no_grad()
    def read(self, ids: np.ndarray, lengths: np.ndarray | None, state: Any, keep: Sequence[str] = ()) -> Read:
        """Read all tokens of each row but the last, and score all but the first: at once, unless more is wanted."""
        if keep:
            return super().read(ids, lengths, state, keep)
        if ids.shape[1] == 1 or not len(ids):
            return Read(np.zeros((len(ids), ids.shape[1] - 1)), state)
        tokens, real = self._tensor(ids), None if lengths is None else self._tensor(lengths - 1)
        packing = Packing(len(ids), ids.shape[1] - 1, real)
        memory = self._memory.select(state.sources)
        made = unroll(self._step, self._embedding(packing.pack(tokens[:, :-1])), packing, state.step, memory)
        nats = self._head.nll(packing.unpack(made.outputs), tokens[:, 1:]).double().cpu().numpy()
        if lengths is not None:
            nats = np.where(np.arange(nats.shape[1]) < lengths[:, None] - 1, nats, 0.0)
        return Read(nats, Writing(made.state, state.sources, None))

    def select(self, state: Any, rows: np.ndarray) -> Any:
        """Return the state of some rows."""
        chosen = self._tensor(rows)
        weights = None if state.weights is None else state.weights[chosen]
        return Writing(state.step.select(chosen), state.sources[chosen], weights)

    def join(self, states: Sequence[Any]) -> Any:
        """Return the rows of several states as one."""
        step = type(states[0].step).join([state.step for state in states])
        weights = None if states[0].weights is None else torch.cat([state.weights for state in states])
        return Writing(step, torch.cat([state.sources for state in states]), weights)

    def looked(self, state: Any) -> np.ndarray | None:
        """Return how much each place of its source a row looked at when it read its last token, (R, T)."""
        return None if state.weights is None else state.weights.cpu().numpy()

    def _tensor(self, array: np.ndarray) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).to(self._embedding.weight.device)
