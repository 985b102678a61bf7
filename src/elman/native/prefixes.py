"""The prefixes of a search through frames in compiled code: `elman.decoding.ctc.prefixes` is the definition."""

from typing import Any, NamedTuple

import numpy as np

from elman.errors import ShapeError
from elman.native.recurrences import compiled


class Kept(NamedTuple):
    """The K prefixes that a search keeps.

    Args:
        nodes: of the tree of prefixes, (K,).
        states: of what scores them, (K,).
        log_probs: log Σ over the paths that were kept (nats), (K,).
        added: what the scorer added, (K,).
    """

    nodes: np.ndarray
    states: np.ndarray
    log_probs: np.ndarray
    added: np.ndarray


class CompiledPrefixes:
    """Prefixes with the probability of their paths, in double precision.

    A copy stands where its original does, bit for bit.

    Args:
        kernels: what `compiled` gave.
        blank: the symbol that stands for no label.
        width: prefixes that stay after each frame.
        most: symbols of a frame that may be a new label, at most.
        states: `row(state)` and `after(state, symbol)` of a scorer, or None; each is asked once.
    """

    def __init__(self, kernels: Any, blank: int, width: int, most: int, states: Any) -> None:
        self._prefixes = kernels.Prefixes(blank, width, most, states)
        self._given = (blank, width, most, states)
        self._blank, self._symbols = blank, 0

    def __getstate__(self) -> dict[str, Any]:
        """Return what it was given, and the prefixes."""
        nodes, count = self._prefixes.nodes(), len(self._prefixes)
        saved = np.empty((nodes, 3), np.int64), np.empty(count, np.int64), np.empty((count, 3))
        self._prefixes.save(*saved)
        return {"given": self._given, "symbols": self._symbols, "saved": saved}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Go on with them."""
        self.__init__(compiled(), *state["given"])  # type: ignore[misc]
        self._symbols = state["symbols"]
        self._prefixes.restore(*state["saved"])

    def read(self, frames: np.ndarray, allowed: np.ndarray) -> None:
        """Read some frames.

        Args:
            frames: log p (nats) of each symbol, (T, V).
            allowed: which may be a new label there, (T, V) bool.

        Raises:
            ShapeError: frames of another V than before, or without the blank.
        """
        symbols = self._symbols or max(frames.shape[-1], self._blank + 1)
        if frames.ndim != 2 or frames.shape[1] != symbols or allowed.shape != frames.shape:
            raise ShapeError(f"frames: got {frames.shape}, allowed {allowed.shape}, expected twice (T, {symbols}).")
        self._symbols = symbols
        self._prefixes.read(np.ascontiguousarray(frames, np.float64), np.ascontiguousarray(allowed, np.uint8))

    def kept(self) -> Kept:
        """Return the prefixes that stayed."""
        count = len(self._prefixes)
        found = Kept(np.empty(count, np.int64), np.empty(count, np.int64), np.empty(count), np.empty(count))
        self._prefixes.kept(*found)
        return found

    def labels(self, node: int) -> tuple[int, ...]:
        """Return the labels of a prefix."""
        return tuple(self._prefixes.labels(node))
