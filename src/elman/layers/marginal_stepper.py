"""A decoder with hard attention that writes token by token."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from elman.cells.base import State
from elman.decoding.choice import NOTHING_BANNED, Banned
from elman.decoding.stepper import Best, Read, Stepper
from elman.layers.decoder_stepper import DecoderStepper, real_nats
from elman.layers.leading import Beside, OverPlaces
from elman.layers.marginal import Places, Predicted, at_first, likeliest_path, posteriors

_MOST_NUMBERS = 1 << 24
"""Of log-probabilities of all tokens at all places, which are there at once."""


class Chosen(
    NamedTuple("Chosen", [("step", Any), ("sources", Tensor), ("prior", Tensor), ("spoken", Tensor)]),
    State,
):
    """Where rows stand.

    Args:
        step: the state of the decoder.
        sources: the source of each row, (R,).
        prior: log p of each place for the token that was predicted last, (R, T); before the first it is at the first.
        spoken: log p of each token there, (R, T, V); (R, 0, V) where no step depends on the place before.
    """

    __slots__ = ()


class MarginalStepper(DecoderStepper):
    """A decoder over encoded sources that sums over the places each token may come from.

    `looked` is the probability of each place before the token is known; `read` with `looked` gives that of each place
    given the whole target, and with `aligned` the places of the likeliest path, (R, T), of targets that are read from
    their beginning.

    Args:
        embedding: the vectors of target tokens.
        step: the decoder, a `elman.steps.hard.HardDecoder`.
        head: predicts the token, a `elman.heads.marginal.MarginalHead`.
        memory: the sources.
        marks: the tokens that start and end a target.
    """

    @torch.no_grad()
    def begin(self, inputs: np.ndarray) -> Chosen:
        """Return the state before the first token."""
        sources, values = self._tensor(inputs), self._memory.values  # type: ignore[attr-defined]
        prior = at_first(values.new_empty(len(inputs), *values.shape[1:]))
        follows = self._step.follows  # type: ignore[attr-defined]
        spoken = values.new_zeros(len(inputs), values.shape[1] if follows else 0, self.size)
        return Chosen(self._step.initial_state(len(inputs), self._memory.select(sources)), sources, prior, spoken)

    @torch.no_grad()
    def advance(self, ids: np.ndarray, state: Any) -> tuple[np.ndarray, Any]:
        """Read one token a row and return log p (nats) of the next, summed over the places it may come from."""
        tokens, memory = self._tensor(ids), self._memory.select(state.sources)
        y, after = self._step.recur(self._step.project(self._embedding(tokens)), state.step, memory)
        places = self._step.places(tokens[:, None], y[:, None], memory)  # type: ignore[attr-defined]
        found = self._head.predicted(_going_on(places, state))
        spoken = found.spoken[:, 0] if self._step.follows else state.spoken  # type: ignore[attr-defined]
        log_probs = found.log_probs[:, 0].double().cpu().numpy()
        return log_probs, Chosen(after, state.sources, found.prior[:, 0], spoken)

    def best(self, ids: np.ndarray, state: Any, k: int, banned: Banned = NOTHING_BANNED) -> Best:
        """Read one token a row and return the k likeliest that may come next, and how likely the end is."""
        return Stepper.best(self, ids, state, k, banned)

    @torch.no_grad()
    def read(self, ids: np.ndarray, lengths: np.ndarray | None, state: Any, keep: Sequence[str] = ()) -> Read:
        """Read all tokens of each row but the last, and score all but the first, some rows at a time."""
        if ids.shape[1] == 1 or not len(ids):
            return Read(np.zeros((len(ids), ids.shape[1] - 1)), state)
        counts = np.full(len(ids), ids.shape[1]) if lengths is None else lengths
        parts = [self._some(ids[rows], counts[rows], self.select(state, rows), keep) for rows in self._pieces(ids)]
        kept = {name: np.concatenate([part.kept[name] for part in parts]) for name in parts[0].kept}
        nats = np.concatenate([part.nats for part in parts])
        return Read(real_nats(nats, lengths), Chosen.join([part.state for part in parts]), kept)

    @torch.no_grad()
    def forced(self, ids: np.ndarray, lengths: np.ndarray | None, state: Any) -> np.ndarray:
        """Return the likeliest token after each token but the last, some rows at a time."""
        if ids.shape[1] == 1 or not len(ids):
            return np.zeros((len(ids), ids.shape[1] - 1), np.int64)
        counts = np.full(len(ids), ids.shape[1]) if lengths is None else lengths
        found = []
        for rows in self._pieces(ids):
            predicted, _, _ = self._predicted(ids[rows], counts[rows], self.select(state, rows))
            found.append(predicted.log_probs.argmax(-1).cpu().numpy())
        return np.concatenate(found)

    def select(self, state: Any, rows: np.ndarray) -> Any:
        """Return the state of some rows."""
        return state.select(self._tensor(rows))

    def join(self, states: Sequence[Any]) -> Any:
        """Return the rows of several states as one."""
        return Chosen.join(states)

    def looked(self, state: Any) -> np.ndarray | None:
        """Return the probability of each place before the last token that was predicted, (R, T)."""
        looked: np.ndarray = state.prior.exp().cpu().numpy()
        return looked

    def _beside(self, state: Any) -> Beside:
        return OverPlaces(self._step)

    def _pieces(self, ids: np.ndarray) -> Iterator[np.ndarray]:
        """Yield rows that are read together."""
        each = ids.shape[1] * self._memory.values.shape[1] * self.size  # type: ignore[attr-defined]
        size = max(1, _MOST_NUMBERS // each)
        yield from (np.arange(first, min(first + size, len(ids))) for first in range(0, len(ids), size))

    def _predicted(self, ids: np.ndarray, lengths: np.ndarray, state: Any) -> tuple[Predicted, Places, Any]:
        """Return what is predicted along rows, their places, and the state of the decoder after them."""
        found = self._led(ids, lengths, state)
        places = _going_on(found.given["places"], state)
        return self._head.predicted(places), places, found.state

    def _some(self, ids: np.ndarray, lengths: np.ndarray, state: Any, keep: Sequence[str]) -> Read:
        """Read some rows at once."""
        found, places, after = self._predicted(ids, lengths, state)
        said, counts = found.of(self._tensor(ids[:, 1:])), self._tensor(lengths - 1)
        real = (torch.arange(said.shape[1], device=said.device) < counts[:, None]).to(said.dtype)
        kept = {}
        if "looked" in keep:
            kept["looked"] = posteriors(places, said, real).double().cpu().numpy()
        if "aligned" in keep:
            kept["aligned"] = likeliest_path(places, said, real).cpu().numpy()
        nats = -torch.logsumexp(found.prior + said, -1)
        rows, last, some = torch.arange(len(ids), device=said.device), (counts - 1).clamp(min=0), counts > 0
        prior = torch.where(some[:, None], found.prior[rows, last], state.prior)
        spoken = state.spoken
        if self._step.follows:  # type: ignore[attr-defined]
            spoken = torch.where(some[:, None, None], found.spoken[rows, last], spoken)
        return Read(nats.double().cpu().numpy(), Chosen(after, state.sources, prior, spoken), kept)


def _going_on(places: Places, state: Chosen) -> Places:
    """Return places of steps that go on from where rows stand, given the tokens that they read first."""
    if places.move is None:
        return places
    tokens = places.read[:, 0, None, None].expand(*state.prior.shape, 1)
    return places._replace(first=torch.log_softmax(state.prior + state.spoken.gather(2, tokens)[..., 0], -1))
