"""What a policy promises: how likely it takes each action in a state."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from random import Random
from typing import Any, Generic

import numpy as np

from elman.imitation.world import S, World


class Policy(ABC, Generic[S]):
    """Who decides."""

    @abstractmethod
    def chances(self, state: S) -> np.ndarray:
        """Return π(a | state): (A), adding up to 1."""

    def act(self, state: S, draw: Random) -> int:
        """Return an action, drawn from π(a | state)."""
        chances = self.chances(state).tolist()
        return draw.choices(range(len(chances)), chances)[0]


class Decided(Policy[S]):
    """A policy that takes one action in a state, always the same.

    Args:
        actions: A.
    """

    def __init__(self, actions: int) -> None:
        self._sure = np.eye(actions)

    @abstractmethod
    def action(self, state: S) -> int:
        """Return what it does."""

    def chances(self, state: S) -> np.ndarray:
        """Return 1 for that action, and 0 for the others."""
        return self._sure[self.action(state)]

    def act(self, state: S, draw: Random) -> int:
        """Return that action; nothing is drawn."""
        return self.action(state)


class Oracle(Decided[S]):
    """π*: the one who knows what is right.

    Args:
        world: is asked.
    """

    def __init__(self, world: World[S]) -> None:
        super().__init__(world.actions)
        self._world = world

    def action(self, state: S) -> int:
        """Return what is right."""
        return self._world.right(state)


class LeastCost(Decided[S]):
    """π(s) = argmin_a Σ_{i seen in s} W_ia: the action whose predicted cost is least; of equal ones the first.

    Args:
        world: says what is seen.
        weights: W, (D, A).
    """

    def __init__(self, world: World[S], weights: np.ndarray) -> None:
        super().__init__(world.actions)
        self._world, self.weights = world, weights
        self._known: dict[S, int] = {}

    def action(self, state: S) -> int:
        """Return the action that is predicted to cost least."""
        if state not in self._known:
            self._known[state] = int(self.weights[list(self._world.seen(state))].sum(axis=0).argmin())
        return self._known[state]


class Mixture(Policy[S]):
    """π(a | s) = Σ_k w_k π_k(a | s): before each action it is drawn anew who decides.

    Args:
        policies: π_k.
        weights: w_k, adding up to 1.
    """

    def __init__(self, policies: Sequence[Policy[Any]], weights: Sequence[float]) -> None:
        self.policies, self.weights = policies, weights

    def chances(self, state: S) -> np.ndarray:
        """Return the mean of what they would do."""
        return np.asarray(self.weights) @ [policy.chances(state) for policy in self.policies]

    def act(self, state: S, draw: Random) -> int:
        """Return what one of them does, drawn by weight."""
        return draw.choices(self.policies, self.weights)[0].act(state, draw)
