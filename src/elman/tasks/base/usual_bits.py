"""Bits as they are most often, whatever was read."""

import numpy as np

from elman.data.records import Answers, Batch


class UsualBits:
    """What says of each bit how often it is 1 in training, at every step.

        p(bit k) = n_k / n        n steps of training with an answer, n_k of them with 1

    Args:
        rates: of the bits, (K,).
    """

    frequencies = True
    slots = 0

    def __init__(self, rates: np.ndarray) -> None:
        self._log = np.log(np.clip(rates, np.finfo(np.float64).tiny, 1.0))

    def resized(self, slots: int) -> "UsualBits":
        """Return itself: it has no memory."""
        return self

    def answers(self, batch: Batch) -> Answers:
        """Return the same at each step of a batch."""
        steps = batch.fields["steps"].values.shape[:2]
        said = np.broadcast_to(self._log, (*steps, len(self._log)))
        return Answers({"bits": said > np.log(0.5)}, {"bits": said})
