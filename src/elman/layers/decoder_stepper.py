"""A decoder that writes token by token, in torch."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from elman.cells.base import Memory, Step
from elman.data.records import Padded
from elman.decoding.choice import NOTHING_BANNED, Banned, check_numbers
from elman.decoding.stepper import Best, Read, Stepper
from elman.layers.embedding import Embedding
from elman.layers.leading import NOTHING_BESIDE, WEIGHTS, Beside, Inputs, Led, best_of, led
from elman.layers.packing import Packing

_FEW = 64
"""Tokens that never come, up to which all are ranked and these left out."""


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
    def begin(self, inputs: np.ndarray) -> Any:
        """Return the state before the first token."""
        sources = self._tensor(inputs)
        return Writing(self._step.initial_state(len(inputs), self._memory.select(sources)), sources, None)

    @torch.no_grad()
    def advance(self, ids: np.ndarray, state: Any) -> tuple[np.ndarray, Any]:
        """Read one token a row and return log p (nats) of the next."""
        y, after, given = self._read(ids, state)
        return self._head.next(y, given).double().cpu().numpy(), after

    @torch.no_grad()
    def best(self, ids: np.ndarray, state: Any, k: int, banned: Banned = NOTHING_BANNED) -> Best:
        """Read one token a row and return the k likeliest that may come next, and how likely the end is.

        Where compiled code can rank them, no table of all is made. What never comes, such as `<unk>`, is ranked with
        the others and left out.
        """
        y, after, given = self._read(ids, state)
        never, few = banned.always, len(banned.always) <= _FEW and not len(banned.ids) and len(ids) > 0
        found = self._head.leading(y, k + len(never), self.end, given) if few else None
        if found is None:
            return self.among(self._head.next(y, given).double().cpu().numpy(), after, k, banned)
        check_numbers(found.log_end)
        return Best(found.log_probs, found.ids, found.log_end, after).without(never, self.end, k)

    @torch.no_grad()
    def read(self, ids: np.ndarray, lengths: np.ndarray | None, state: Any, keep: Sequence[str] = ()) -> Read:
        """Read all tokens of each row but the last, and score all but the first, all at once."""
        if _reads_none(ids, lengths):
            return Read(np.zeros((len(ids), ids.shape[1] - 1)), state)
        found = self._led(ids, lengths, state, "looked" in keep)
        nats = self._head.nll(found.hidden, self._tensor(ids[:, 1:]), found.given).double().cpu().numpy()
        looks = "looked" in keep and found.weights is not None
        kept = {"looked": found.weights.double().cpu().numpy()} if looks else {}  # type: ignore[union-attr]
        return Read(real_nats(nats, lengths), Writing(found.state, state.sources, None), kept)

    @torch.no_grad()
    def forced(self, ids: np.ndarray, lengths: np.ndarray | None, state: Any) -> np.ndarray:
        """Return the likeliest token after each token but the last, all at once."""
        if _reads_none(ids, lengths):
            return np.zeros((len(ids), ids.shape[1] - 1), np.int64)
        found = self._led(ids, lengths, state)
        real = None if lengths is None else self._tensor(lengths - 1)
        best: np.ndarray = best_of(self._head, Padded(found.hidden, real), found.given).cpu().numpy()
        return best

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

    def _read(self, ids: np.ndarray, state: Any) -> tuple[Tensor, Writing, Mapping[str, Any]]:
        """Read one token a row and return what the head sees, the state, and what the head reads beside."""
        rows = self._vectors(self._tensor(ids))
        values = self._step.values(self._step.project(rows), state.step, self._memory.select(state.sources))
        after = Writing(state.step.filled(values), state.sources, values.get(WEIGHTS))
        return values[self._step.output], after, self._beside_step(rows, values, state)

    def _led(self, ids: np.ndarray, lengths: np.ndarray | None, state: Any, looks: bool = False) -> Led:
        """Return what the decoder gives that reads all tokens of rows but the last of each."""
        tokens, real = self._tensor(ids[:, :-1]), None if lengths is None else self._tensor(lengths - 1)
        packing = Packing(len(tokens), tokens.shape[1], real)
        inputs = Inputs(tokens, self._vectors(packing.pack(tokens)), packing)
        return led(self._step, inputs, state.step, self._memory.select(state.sources), self._beside(state), looks)

    def _vectors(self, ids: Tensor) -> Tensor:
        return self._embedding(ids)

    def _beside(self, state: Any) -> Beside:
        """Return what the head reads beside the outputs, of rows."""
        return NOTHING_BESIDE

    def _beside_step(self, rows: Tensor, values: Mapping[str, Any], state: Any) -> Mapping[str, Any]:
        """Return what the head reads beside the output of one step, given the vectors that it read and its letters."""
        return {}

    def _tensor(self, array: np.ndarray) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).to(self._embedding.weight.device)


def real_nats(nats: np.ndarray, lengths: np.ndarray | None) -> np.ndarray:
    """Return nats of tokens behind the first, 0 in padding."""
    return nats if lengths is None else np.where(np.arange(nats.shape[1]) < lengths[:, None] - 1, nats, 0.0)


def _reads_none(ids: np.ndarray, lengths: np.ndarray | None) -> bool:
    return ids.shape[1] == 1 or not len(ids) or (lengths is not None and int(lengths.max()) == 1)
