"""One update: what it was made of, and why there is none."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from elman.errors import TrainingError


class Update(NamedTuple):
    """What one update was made of.

    Args:
        nats: summed losses.
        targets: how many.
        tokens: of the data, which the speed is counted in.
        rate: the learning rate.
        norm: gradient norm before clipping, where there is a gradient.
        penalties: by name.
        gradients: norms by layer and time step, where they are logged.
        shares: what to know of its batch besides, by name: of how many, of how many in all.
    """

    nats: float
    targets: int
    tokens: int
    rate: float
    norm: float | None = None
    penalties: Mapping[str, float] = {}
    gradients: Mapping[str, Any] | None = None
    shares: Mapping[str, tuple[int, int]] = {}

    def beside(self, shown: str) -> str:
        """Return a loss, as people say it, with the shares of the batch beside it."""
        return "   ".join([shown, *(f"{name} {some / max(1, of):.0%}" for name, (some, of) in self.shares.items())])


class DivergedError(TrainingError):
    """An update that would have ended in numbers that are not finite; the learner is as it was before.

    Args:
        what: is not finite, such as `loss of step 7`.
        mend: what to do about it.
    """

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(f"the {what} is not a finite number. {mend}")
        self.what, self.mend = what, mend
