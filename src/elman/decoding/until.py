"""Text that ends."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from elman.decoding.choice import NOTHING_BANNED, Banned, Choice
from elman.decoding.stepper import Read, Stepper


class Until(Stepper):
    """A stepper whose rows end with a token that is one like others to the stepper within, such as the end of a line.

    Args:
        stepper: predicts.
        end: the token that ends a row.
    """

    def __init__(self, stepper: Stepper, end: int) -> None:
        self._stepper = stepper
        self.size, self.start, self.end = stepper.size, stepper.start, end

    def begin(self, inputs: np.ndarray) -> Any:
        """Return the state before the first token."""
        return self._stepper.begin(inputs)

    def advance(self, ids: np.ndarray, state: Any) -> tuple[np.ndarray, Any]:
        """Read one token a row and return log p (nats) of the next."""
        return self._stepper.advance(ids, state)

    def read(self, ids: np.ndarray, lengths: np.ndarray | None, state: Any, keep: Sequence[str] = ()) -> Read:
        """Read all tokens of each row but the last, and score all but the first."""
        return self._stepper.read(ids, lengths, state, keep)

    def forced(self, ids: np.ndarray, lengths: np.ndarray | None, state: Any) -> np.ndarray:
        """Return the likeliest token after each token but the last."""
        return self._stepper.forced(ids, lengths, state)

    def draw(
        self, ids: np.ndarray, state: Any, choice: Choice, uniforms: np.ndarray, banned: Banned = NOTHING_BANNED
    ) -> tuple[np.ndarray, Any]:
        """Read a token a row, draw the next, read that, and so on, behind an end too."""
        return self._stepper.draw(ids, state, choice, uniforms, banned)

    def select(self, state: Any, rows: np.ndarray) -> Any:
        """Return the state of some rows."""
        return self._stepper.select(state, rows)

    def join(self, states: Sequence[Any]) -> Any:
        """Return the rows of several states as one."""
        return self._stepper.join(states)

    def looked(self, state: Any) -> np.ndarray | None:
        """Return how much each place of its input a row looked at when it read its last token."""
        return self._stepper.looked(state)


def before(stop: str, pieces: Iterable[str]) -> Iterator[str]:
    """Yield pieces of text up to the first place where a text stands, which is not part of it.

    What may be the beginning of that text is kept back until it is known.
    """
    held = ""
    for piece in pieces:
        held += piece
        place = held.find(stop)
        if place >= 0:
            yield held[:place]
            return
        sizes = range(min(len(stop) - 1, len(held)), 0, -1)
        kept = next((size for size in sizes if stop.startswith(held[-size:])), 0)
        if len(held) > kept:
            yield held[: len(held) - kept]
            held = held[len(held) - kept :]
    yield held
