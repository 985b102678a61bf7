"""The likeliest path: the quickest answer, and the first that a network is asked for."""

import numpy as np

from elman.decoding.ctc.beam import Hypothesis
from elman.decoding.ctc.paths import collapsed


class BestPath:
    """The labels of the likeliest path, which reads frames as they come.

        y = B(argmax_k p_t(k)),    log p = Σ_t max_k log p_t(k)

    What is kept of the frames is what was made of them, so that a stream may go on for ever.

    Args:
        blank: the symbol that stands for no label.

    Source: Graves et al. (2006), Connectionist temporal classification, ICML, section 3.2.
    """

    def __init__(self, blank: int) -> None:
        self._blank, self._last = blank, blank
        self._labels: list[int] = []
        self._log_prob = 0.0

    def read(self, log_probs: np.ndarray) -> None:
        """Read some frames: log p (nats) of each symbol, (T, V)."""
        path = np.append(self._last, log_probs.argmax(1))
        self._labels += collapsed(path, self._blank)[self._last != self._blank :].tolist()
        self._last = int(path[-1])
        # One after the other, so that the sum of a recording has the same bits in whatever pieces it comes.
        sums = np.add.accumulate(np.append(self._log_prob, log_probs.max(1).astype(np.float64)))
        self._log_prob = float(sums[-1])

    def found(self, count: int = 1) -> list[Hypothesis]:
        """Return the labels as if the recording ended here; there is one text, however many are asked for."""
        return [Hypothesis(self.settled, self._log_prob, self._log_prob)]

    @property
    def settled(self) -> tuple[int, ...]:
        """The labels so far: no later frame changes them."""
        return tuple(self._labels)
