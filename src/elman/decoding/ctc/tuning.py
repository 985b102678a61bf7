"""How much a language model counts beside what was heard: α and β that make the fewest errors."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

ALPHAS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
BETAS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0)


class Tuned(NamedTuple):
    """What was found.

    Args:
        alpha: α.
        beta: β.
        error: what they lead to.
        tried: how many pairs were.
    """

    alpha: float
    beta: float
    error: float
    tried: int


def tuned(
    error: Callable[[float, float], float],
    start: tuple[float, float],
    alphas: Sequence[float] = ALPHAS,
    betas: Sequence[float] = BETAS,
) -> Tuned:
    """Return the best α and β of a grid, found one after the other until neither changes.

    Of equal ones the first is taken, from the lowest on; where a text leaves them open, they stay small.

    Args:
        error: of a pair; the less the better.
        start: a pair to begin with.
        alphas: to try.
        betas: to try.
    """
    known: dict[tuple[float, float], float] = {}

    def of(pair: tuple[float, float]) -> float:
        if pair not in known:
            known[pair] = error(*pair)
        return known[pair]

    best, before = start, None
    while best != before:
        before = best
        best = min(((alpha, best[1]) for alpha in alphas), key=of)
        best = min(((best[0], beta) for beta in betas), key=of)
    return Tuned(*best, known[best], len(known))
