"""Prefix beam search: the likeliest labels, each with all of its paths together."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from elman.decoding.ctc.paths import NEVER
from elman.decoding.ctc.scorer import Scorer

_NOBODY = -1


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
        self._blank, self._limits, self._scorer = blank, limits, scorer
        self._parents, self._symbols = [_NOBODY], [_NOBODY]
        self._states: list[Any] = [scorer.begin() if scorer else None]
        self._nodes, self._last = np.zeros(1, np.int64), np.full(1, _NOBODY)
        self._above = np.full(1, _NOBODY)  # the node of each prefix without its last label
        self._ends_blank, self._ends_label = np.zeros(1), np.full(1, NEVER)
        self._added = np.zeros(1)
        self._rows = scorer.row(self._states[0])[None] if scorer else None

    def read(self, log_probs: np.ndarray) -> None:
        """Read some frames: log p (nats) of each symbol, (T, V)."""
        kept = np.exp(log_probs) >= self._limits.least
        kept[:, self._blank] = False
        for frame, some in zip(log_probs.astype(np.float64), kept, strict=True):
            symbols = np.flatnonzero(some)
            if len(symbols) > self._limits.most:
                likeliest = np.argsort(-frame[symbols], kind="stable")[: self._limits.most]
                symbols = np.sort(symbols[likeliest])
            self._read(frame, symbols)

    def _read(self, frame: np.ndarray, symbols: np.ndarray) -> None:
        """Read one frame, with the symbols that may be a new label."""
        whole = np.logaddexp(self._ends_blank, self._ends_label)
        own = np.where(self._last == _NOBODY, NEVER, frame[self._last])
        has, place = self._parent_of()
        doubled = self._last == self._last[place]
        comes = np.where(doubled, self._ends_blank[place], whole[place]) + own  # from the prefix without its last label
        label = np.logaddexp(self._ends_label + own, np.where(has, comes, NEVER))
        blank = whole + frame[self._blank]
        scores = np.logaddexp(blank, label) + self._added
        if not len(symbols):
            self._keep(np.argsort(-scores, kind="stable"), blank, label)
            return
        enters = np.where(symbols == self._last[:, None], self._ends_blank[:, None], whole[:, None]) + frame[symbols]
        added = self._added[:, None] + (0.0 if self._rows is None else self._rows[:, symbols])
        fresh = enters + added
        index = np.full(len(frame), _NOBODY)
        index[symbols] = np.arange(len(symbols))
        there = has & (index[self._last] != _NOBODY)
        fresh[place[there], index[self._last[there]]] = NEVER  # it is a prefix already
        order = np.argsort(-np.concatenate([scores, fresh.ravel()]), kind="stable")[: self._limits.width]
        stay = order[order < len(scores)]
        new = order[order >= len(scores)] - len(scores)
        new = new[fresh.ravel()[new] > NEVER]
        rows, columns = new // len(symbols), new % len(symbols)
        entered, gained = enters[rows, columns], np.broadcast_to(added, fresh.shape)[rows, columns]
        made = self._made(self._nodes[rows], symbols[columns])
        self._keep(stay, blank, label)
        self._join(made, symbols[columns], entered, gained)

    def _parent_of(self) -> tuple[np.ndarray, np.ndarray]:
        """Say of each prefix whether it is there without its last label, too, and which that is."""
        same = self._above[:, None] == self._nodes
        return same.any(1), same.argmax(1)

    def _keep(self, stay: np.ndarray, blank: np.ndarray, label: np.ndarray) -> None:
        """Go on with some of the prefixes."""
        self._nodes, self._last, self._above = self._nodes[stay], self._last[stay], self._above[stay]
        self._ends_blank, self._ends_label, self._added = blank[stay], label[stay], self._added[stay]
        if self._rows is not None:
            self._rows = self._rows[stay]

    def _made(self, above: np.ndarray, symbols: np.ndarray) -> np.ndarray:
        """Return nodes for new prefixes."""
        first = len(self._parents)
        for node, symbol in zip(above.tolist(), symbols.tolist(), strict=True):
            self._parents.append(node)
            self._symbols.append(symbol)
            self._states.append(self._scorer.after(self._states[node], symbol) if self._scorer else None)
        return np.arange(first, len(self._parents))

    def _join(self, made: np.ndarray, symbols: np.ndarray, entered: np.ndarray, gained: np.ndarray) -> None:
        """Take new prefixes among those that are kept."""
        if not len(made):
            return
        above = np.array([self._parents[node] for node in made.tolist()])
        self._nodes, self._last = np.append(self._nodes, made), np.append(self._last, symbols)
        self._above = np.append(self._above, above)
        self._ends_blank = np.append(self._ends_blank, np.full(len(made), NEVER))
        self._ends_label = np.append(self._ends_label, entered)
        self._added = np.append(self._added, gained)
        if self._rows is not None and self._scorer is not None:
            rows = [self._scorer.row(self._states[node]) for node in made.tolist()]
            self._rows = np.concatenate([self._rows, np.stack(rows)])

    def found(self, count: int = 1) -> list[Hypothesis]:
        """Return the best texts as if the recording ended here, best first.

        Where no prefix may end, as inside of a word, all may.
        """
        whole = np.logaddexp(self._ends_blank, self._ends_label)
        scores = whole + self._added
        if self._scorer is not None:
            ends = np.array([self._scorer.end(self._states[node]) for node in self._nodes.tolist()])
            scores = scores + (ends if (ends > NEVER).any() else 0.0)
        order = [row for row in np.argsort(-scores, kind="stable")[:count].tolist() if scores[row] > NEVER]
        return [Hypothesis(self._labels(int(self._nodes[row])), float(whole[row]), float(scores[row])) for row in order]

    @property
    def settled(self) -> tuple[int, ...]:
        """The labels with which every prefix begins: no later frame changes them."""
        every = [self._labels(node) for node in self._nodes.tolist()]
        shared: Sequence[int] = every[0]
        for other in every[1:]:
            same = [one == another for one, another in zip(shared, other, strict=False)]
            shared = shared[: same.index(False) if False in same else len(same)]
        return tuple(shared)

    def _labels(self, node: int) -> tuple[int, ...]:
        found = []
        while node:
            found.append(self._symbols[node])
            node = self._parents[node]
        return tuple(reversed(found))
