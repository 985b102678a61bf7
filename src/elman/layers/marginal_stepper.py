"""A decoder with hard attention that writes token by token."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from elman.cells.base import State
from elman.decoding.stepper import Read, Stepper
from elman.layers.decoder_stepper import DecoderStepper
from elman.layers.embedding import Embedding
from elman.layers.marginal import moved, posteriors
from elman.layers.packing import Packing
from elman.layers.unroll import unroll


class Chosen(
    NamedTuple(
        "Chosen", [("step", Any), ("sources", Tensor), ("prior", Tensor), ("spoken", Tensor), ("begun", Tensor)]
    ),
    State,
):
    """Where rows stand.

    Args:
        step: the state of the decoder.
        sources: the source of each row, (R,).
        prior: log p of each place for the token that was predicted last, (R, T).
        spoken: log p of each token there, (R, T, V).
        begun: whether one was predicted, (R,).
    """

    __slots__ = ()


class MarginalStepper(DecoderStepper):
    """A decoder over encoded sources that sums over the places each token may come from.

    `looked` is the probability of each place before the token is known; `read` with `looked` gives that of each place
    given the whole target, the alignment, of targets that are read from their beginning.

    Args:
        embedding: the vectors of target tokens.
        step: the decoder, a `elman.steps.hard.HardDecoder`.
        head: predicts the token, a `elman.heads.marginal.MarginalHead`.
        memory: the sources.
        marks: the tokens that start and end a target.
        monotone: whether no step goes back.
    """

    def __init__(
        self, embedding: Embedding, step: Any, head: Any, memory: Any, marks: tuple[int, int], monotone: bool
    ) -> None:
        super().__init__(embedding, step, head, memory, marks)
        self._monotone = monotone

    @torch.no_grad()
    def begin(self, inputs: np.ndarray) -> Chosen:  # type: ignore[override]
        """Return the state before the first token."""
        sources, values = self._tensor(inputs), self._memory.values  # type: ignore[attr-defined]
        prior = values.new_zeros(len(inputs), values.shape[1])
        spoken = values.new_zeros(len(inputs), values.shape[1] if self._monotone else 0, self.size)
        before = self._step.initial_state(len(inputs), self._memory.select(sources))
        return Chosen(before, sources, prior, spoken, torch.zeros_like(sources, dtype=torch.bool))

    @torch.no_grad()
    def advance(self, ids: np.ndarray, state: Any) -> tuple[np.ndarray, Any]:
        """Read one token a row and return log p (nats) of the next, summed over the places it may come from."""
        tokens, memory = self._tensor(ids), self._memory.select(state.sources)
        y, after = self._step.recur(self._step.project(self._embedding(tokens)), state.step, memory)
        places = self._step.places(y[:, None], memory, self._monotone)  # type: ignore[attr-defined]
        prior, spoken = places.log_weights[:, 0], self._head.next(places.joined[:, 0])
        if self._monotone:
            said = state.spoken.gather(2, tokens[:, None, None].expand(*state.prior.shape, 1))[..., 0]
            further = moved(torch.log_softmax(state.prior + said, -1), prior)
            prior = torch.where(state.begun[:, None], further, prior)
        log_probs = torch.logsumexp(prior[..., None] + spoken, 1).double().cpu().numpy()
        kept = spoken if self._monotone else spoken[:, :0]  # only paths that may not go back need it again
        return log_probs, Chosen(after, state.sources, prior, kept, torch.ones_like(state.begun))

    @torch.no_grad()
    def read(self, ids: np.ndarray, lengths: np.ndarray | None, state: Any, keep: Sequence[str] = ()) -> Read:
        """Read all tokens of each row but the last, and score all but the first."""
        found = Stepper.read(self, ids, lengths, state)
        if "looked" not in keep or ids.shape[1] == 1 or not len(ids):
            return found
        tokens, real = self._tensor(ids), None if lengths is None else self._tensor(lengths - 1)
        packing, memory = Packing(len(ids), ids.shape[1] - 1, real), self._memory.select(state.sources)
        made = unroll(self._step, self._embedding(packing.pack(tokens[:, :-1])), packing, state.step, memory)
        places = self._step.places(packing.unpack(made.outputs), memory, self._monotone)  # type: ignore[attr-defined]
        every = self._head.next(places.joined)
        said = every.gather(3, tokens[:, 1:, None, None].expand(*every.shape[:3], 1))[..., 0]
        counts = torch.ones_like(tokens[:, 1:], dtype=said.dtype)
        if real is not None:
            counts = (torch.arange(counts.shape[1], device=real.device) < real[:, None]).to(said.dtype)
        looked = posteriors(places, said, counts).cpu().numpy()
        return found._replace(kept={"looked": looked})

    def select(self, state: Any, rows: np.ndarray) -> Any:
        """Return the state of some rows."""
        return state.select(self._tensor(rows))

    def join(self, states: Sequence[Any]) -> Any:
        """Return the rows of several states as one."""
        return Chosen.join(states)

    def looked(self, state: Any) -> np.ndarray | None:
        """Return the probability of each place before the last token that was predicted, (R, T)."""
        return state.prior.exp().cpu().numpy()
