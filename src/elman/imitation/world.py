"""What a world promises: where episodes start, what an action leads to, what a learner sees, and what is right."""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from random import Random
from typing import Generic, NamedTuple, TypeVar

S = TypeVar("S", bound=Hashable)


class Outcome(NamedTuple, Generic[S]):
    """One of the things that an action may lead to.

    Args:
        chance: P(outcome | state, action).
        state: the next one.
        cost: of this step.
    """

    chance: float
    state: S
    cost: float


class World(ABC, Generic[S]):
    """Episodes of decisions, each of which changes what the next one is about.

    A state is a value, such as a tuple of numbers, and knows how far the episode is. It should hold no more than the
    world needs: costs are computed over states, so that paths which meet again are one.

    `actions` is A, the number of actions, and `features` D, the number of features.
    """

    actions: int
    features: int

    @abstractmethod
    def starts(self) -> Sequence[S]:
        """Return the state in which each episode starts."""

    @abstractmethod
    def is_over(self, state: S) -> bool:
        """Say whether an episode ends in a state."""

    @abstractmethod
    def seen(self, state: S) -> Sequence[int]:
        """Return what a learner sees of a state: the numbers, below D, of the features that are 1."""

    @abstractmethod
    def right(self, state: S) -> int:
        """Return the action of one who knows, in any state, and so also after a mistake."""

    @abstractmethod
    def outcomes(self, state: S, action: int) -> Sequence[Outcome[S]]:
        """Return what an action may lead to; the chances add up to 1."""

    def step(self, state: S, action: int, draw: Random) -> Outcome[S]:
        """Return one of the outcomes, drawn by its chance."""
        outcomes = self.outcomes(state, action)
        if len(outcomes) == 1:
            return outcomes[0]
        return draw.choices(outcomes, [outcome.chance for outcome in outcomes])[0]
