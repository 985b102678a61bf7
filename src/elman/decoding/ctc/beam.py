"""Prefix beam search: the likeliest labels, each with all of its paths together."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from elman.decoding.ctc.paths import NEVER
from elman.decoding.ctc.prefixes import Prefixes
from elman.decoding.ctc.scorer import Scorer
from elman.decoding.ctc.states import States
from elman.native import compiled
from elman.native.prefixes import CompiledPrefixes


class Hypothesis(NamedTuple):
    """Labels that were found.

    Args:
        labels: y.
        log_prob: log Σ over the paths that were kept (nats); never above log p(y).
        score: that and what a scorer added.
    """

    labels: tuple[int, ...]
    log_prob: float
    score: float


class Limits(NamedTuple):
    """How much of everything a search looks at.

    Args:
        width: prefixes that it keeps after each frame.
        least: p of a symbol at a frame from which it may be a new label there.
        most: symbols of a frame that may, at most.
    """

    width: int
    least: float = 1e-4
    most: int = 40


class PrefixBeam:
    """A search that reads frames as they come; between them it always knows what is best so far.

    Each prefix l has the probability of its paths that end in a blank, b, and of those that do not, n. At a frame

        b'(l)   = (b + n)(l) p(blank)
        n'(l)   = n(l) p(last of l),        and n'(l c) += (b + n)(l) p(c), or b(l) p(c) where c is the last of l

    Then the `width` prefixes stay that are best by log (b + n) and what the scorer adds. Of equal ones those stay that
    were there before, in their order; no result depends on anything but the frames of this one recording.

    Args:
        blank: the symbol that stands for no label.
        limits: how much is looked at.
        scorer: what is known of texts, or None.

    Source: Hannun et al. (2014), First-pass large vocabulary continuous speech recognition using bi-directional
    recurrent DNNs, arXiv:1408.2873, with scores added in log space.
    """

    def __init__(self, blank: int, limits: Limits, scorer: Scorer | None = None) -> None:
        self._blank, self._limits, self._states = blank, limits, States(scorer) if scorer else None
        kernels, given = compiled(), (blank, limits.width, limits.most, self._states)
        self._prefixes = Prefixes(*given) if kernels is None else CompiledPrefixes(kernels, *given)

    def read(self, log_probs: np.ndarray) -> None:
        """Read some frames: log p (nats) of each symbol, (T, V)."""
        allowed = np.exp(log_probs) >= self._limits.least
        allowed[:, self._blank] = False
        self._prefixes.read(log_probs.astype(np.float64), allowed)

    def found(self, count: int = 1) -> list[Hypothesis]:
        """Return the best texts as if the recording ended here, best first.

        Where no prefix may end, as inside of a word, all may.
        """
        kept = self._prefixes.kept()
        scores = kept.log_probs + kept.added
        if self._states is not None:
            ends = np.array([self._states.end(state) for state in kept.states.tolist()])
            scores = scores + (ends if (ends > NEVER).any() else 0.0)
        order = [row for row in np.argsort(-scores, kind="stable")[:count].tolist() if scores[row] > NEVER]
        labels = self._prefixes.labels
        return [
            Hypothesis(labels(int(kept.nodes[row])), float(kept.log_probs[row]), float(scores[row])) for row in order
        ]

    @property
    def settled(self) -> tuple[int, ...]:
        """The labels with which every prefix begins: no later frame changes them."""
        every = [self._prefixes.labels(node) for node in self._prefixes.kept().nodes.tolist()]
        shared: Sequence[int] = every[0]
        for other in every[1:]:
            same = [one == another for one, another in zip(shared, other, strict=False)]
            shared = shared[: same.index(False) if False in same else len(same)]
        return tuple(shared)
