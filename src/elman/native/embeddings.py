"""Vectors of words learned from windows of text in compiled code."""

from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from elman.errors import ShapeError
from elman.native import instructions
from elman.native.places import Place, refuse


class Read(NamedTuple):
    """What stretches of text gave, (S,) each.

    Args:
        nats: the losses of all pairs, summed.
        pairs: how many pairs.
        words: how many words stayed in the text.
    """

    nats: np.ndarray
    pairs: np.ndarray
    words: np.ndarray


class WindowTables(NamedTuple):
    """Two tables of vectors, and what decides which of their rows meet.

    Args:
        inputs: (R, D), float32 or float64; changed in place, as is the next.
        outputs: (O, D).
        keep: word w stays in the text if 32 random bits are at most keep[w], (V,) uint32.
        window: words that a window reaches to each side, at most.
        averaged: one input a window, the mean of its words (CBOW); else each word is one (skip-gram).
        part_starts: word w as an input is the mean of rows parts[part_starts[w] : part_starts[w + 1]], (V + 1,) int64.
        parts: rows of `inputs`, uint32; without both, word w is row w.
        negatives: k, words that are drawn for a window from an alias table; -1 for a tree.
        limits: of the alias table, (V,) uint32.
        aliases: (V,) uint32.
        path_starts: the path of word w is path_starts[w] : path_starts[w + 1] of the next two, (V + 1,) int64.
        nodes: rows of `outputs`, uint32.
        left: whether the path goes left there, uint8.
    """

    inputs: np.ndarray
    outputs: np.ndarray
    keep: np.ndarray
    window: int
    averaged: bool
    part_starts: np.ndarray | None = None
    parts: np.ndarray | None = None
    negatives: int = -1
    limits: np.ndarray | None = None
    aliases: np.ndarray | None = None
    path_starts: np.ndarray | None = None
    nodes: np.ndarray | None = None
    left: np.ndarray | None = None

    def check(self) -> None:
        """Refuse what compiled code would read or write past the end of.

        Raises:
            ShapeError: shapes or types that do not fit each other, or numbers that point nowhere.
        """
        words, drawn = len(self.keep), self.negatives >= 0
        floats = self.inputs.dtype
        if self.inputs.ndim != 2 or 0 in self.inputs.shape or floats not in (np.float32, np.float64) or not words:
            got = f"{floats} {self.inputs.shape} for {words} words"
            raise ShapeError(f"inputs: got {got}, expected float32 or float64 (R, D) with something in it.")
        if not 1 <= self.window <= 10_000 or not -1 <= self.negatives <= 10_000:
            got = f"{self.window} and {self.negatives}"
            raise ShapeError(f"window and negatives: got {got}, expected 1 to 10000, and 0 to 10000 or -1 for a tree.")
        rows = self.inputs.shape if self.parts is not None else (words, self.inputs.shape[1])
        nodes = 0 if self.nodes is None else self.nodes.size
        composed = self.part_starts is not None or self.parts is not None
        size = 0 if self.parts is None else self.parts.size
        refuse(
            "word vectors",
            floats,
            Place("inputs", self.inputs, rows, True),
            Place("outputs", self.outputs, (len(self.outputs), self.inputs.shape[1]), True),
        )
        refuse(
            "word vectors",
            np.dtype(np.uint32),
            Place("keep", self.keep, (words,), True),
            Place("parts", self.parts, (size,), composed),
            Place("limits", self.limits, (words,), drawn),
            Place("aliases", self.aliases, (words,), drawn),
            Place("nodes", self.nodes, (nodes,), not drawn),
        )
        refuse("word vectors", np.dtype(np.uint8), Place("left", self.left, (nodes,), not drawn))
        _check_rows("parts", self.part_starts, self.parts, words, len(self.inputs))
        _check_rows("nodes", self.path_starts, self.nodes, words, len(self.outputs))
        if self.aliases is not None and (self.aliases.max() >= words or len(self.outputs) < words):
            raise ShapeError(f"aliases: got up to {self.aliases.max()}, expected words below {words}, outputs for all.")


class WindowReader:
    """Reads stretches of text and changes both tables.

        J = -Σ_i Σ_j log σ(s_j x_i · y_j)

    over the inputs x_i of a window, the words around its middle or their mean, and its outputs y_j: the word in the
    middle (s = 1) and drawn words (s = -1), or the nodes of its path in a tree (s = 1 to the left, else -1).

    Args:
        kernels: what `elman.native.module` gave.
        tables: checked.
    """

    def __init__(self, kernels: ModuleType, tables: WindowTables) -> None:
        tables.check()
        single = tables.inputs.dtype == np.float32
        kind: Any = kernels.WindowReader32 if single else kernels.WindowReader64
        self._reader = kind(instructions(), tables.inputs, tables.outputs, tables.keep, tables.window, tables.averaged)
        if tables.parts is not None:
            self._reader.set_parts(tables.part_starts, tables.parts)
        if tables.negatives >= 0:
            self._reader.set_noise(tables.negatives, tables.limits, tables.aliases)
        else:
            self._reader.set_tree(tables.path_starts, tables.nodes, tables.left)
        self._type = tables.inputs.dtype

    def read(
        self, ids: np.ndarray, ends: np.ndarray, line_end: int, seeds: np.ndarray, rates: np.ndarray, threads: int
    ) -> Read:
        """Read stretches of text. With one thread the same is read in the same order each time.

        Args:
            ids: (N,) uint32; those that are no words are passed over.
            ends: where each stretch ends, (S,) int64.
            line_end: the id that no window reaches over.
            seeds: of each stretch, (S,) uint64.
            rates: the learning rate of each, (S,); 0 changes nothing.
            threads: that may work side by side.

        Raises:
            ShapeError: arrays that do not fit each other.
        """
        covered = int(ends[-1]) if len(ends) else 0
        if covered != len(ids) or (np.diff(ends, prepend=0) < 0).any():
            raise ShapeError(f"ends: got {len(ends)} up to {covered}, expected them to rise to {len(ids)}.")
        refuse("word vectors", np.dtype(np.uint64), Place("seeds", seeds, ends.shape, True))
        rates = np.ascontiguousarray(rates, self._type)
        refuse("word vectors", self._type, Place("rates", rates, ends.shape, True))
        found = Read(np.zeros(len(ends)), np.zeros(len(ends), np.int64), np.zeros(len(ends), np.int64))
        whole = (np.ascontiguousarray(ids, np.uint32), np.ascontiguousarray(ends, np.int64))
        self._reader.read(*whole, line_end, seeds, rates, *found, threads)
        return found


def _check_rows(name: str, starts: np.ndarray | None, rows: np.ndarray | None, words: int, size: int) -> None:
    """Refuse lists of rows, one a word, that do not lie one behind the other or name rows that are not there."""
    if rows is None:
        return
    refuse("word vectors", np.dtype(np.int64), Place(f"starts of {name}", starts, (words + 1,), True))
    ends = [] if starts is None else [starts[0] != 0, starts[-1] != len(rows), (np.diff(starts) < 0).any()]
    if any(ends) or rows.max(initial=0) >= size:
        raise ShapeError(f"{name}: got lists that do not cover it or rows of {size} that are not there.")
