"""The prefixes of a search, frame by frame, in NumPy: the definition that compiled code has to equal."""

import numpy as np

from elman.decoding.ctc.paths import NEVER
from elman.decoding.ctc.states import States
from elman.native.prefixes import Kept

_NOBODY = -1


class Prefixes:
    """Prefixes with the probability of their paths; each is there once.

    Args:
        blank: the symbol that stands for no label.
        width: prefixes that stay after each frame.
        most: symbols of a frame that may be a new label, at most.
        states: of a scorer, or None.
    """

    def __init__(self, blank: int, width: int, most: int, states: States | None) -> None:
        self._blank, self._width, self._most, self._scorer = blank, width, most, states
        self._parents, self._symbols, self._states = [_NOBODY], [_NOBODY], [0]
        self._children: dict[tuple[int, int], int] = {}
        self._nodes, self._last = np.zeros(1, np.int64), np.full(1, _NOBODY)
        self._above = np.full(1, _NOBODY)  # the node of each prefix without its last label
        self._ends_blank, self._ends_label = np.zeros(1), np.full(1, NEVER)
        self._added = np.zeros(1)
        self._rows = states.row(0)[None] if states else None

    def read(self, frames: np.ndarray, allowed: np.ndarray) -> None:
        """Read some frames.

        Args:
            frames: log p (nats) of each symbol, (T, V).
            allowed: which may be a new label there, (T, V).
        """
        for frame, some in zip(frames, allowed, strict=True):
            symbols = np.flatnonzero(some)
            if len(symbols) > self._most:
                likeliest = np.argsort(-frame[symbols], kind="stable")[: self._most]
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
        order = np.argsort(-np.concatenate([scores, fresh.ravel()]), kind="stable")[: self._width]
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
        """Return the nodes of prefixes that come; one that was kept before has its own again."""
        found = []
        for move in zip(above.tolist(), symbols.tolist(), strict=True):
            node = self._children.setdefault(move, len(self._parents))
            if node == len(self._parents):
                self._parents.append(move[0])
                self._symbols.append(move[1])
                self._states.append(self._scorer.after(self._states[move[0]], move[1]) if self._scorer else 0)
            found.append(node)
        return np.array(found, np.int64)

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

    def kept(self) -> Kept:
        """Return the prefixes that stayed."""
        states = np.array([self._states[node] for node in self._nodes.tolist()])
        return Kept(self._nodes, states, np.logaddexp(self._ends_blank, self._ends_label), self._added)

    def labels(self, node: int) -> tuple[int, ...]:
        """Return the labels of a prefix."""
        found = []
        while node:
            found.append(self._symbols[node])
            node = self._parents[node]
        return tuple(reversed(found))
