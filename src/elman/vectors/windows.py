"""Windows of text, and what each changes: the readable version, which compiled code is checked against."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from elman.native.embeddings import Read, WindowTables

_BITS = 2**64 - 1
_ALL = 2**32 - 1


class Window(NamedTuple):
    """One window, or its part on one side of the middle.

    Args:
        words: around its middle, in their order.
        outputs: rows of the output table.
        signs: of each, 1 or -1.
    """

    words: list[int]
    outputs: list[int]
    signs: list[int]


class Draws:
    """Random bits from a counter.

    Source: Steele et al. (2014), Fast splittable pseudorandom number generators: SplitMix64.
    """

    def __init__(self, seed: int) -> None:
        self._state = seed

    def bits(self) -> int:
        """Return 64 random bits."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _BITS
        z = self._state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _BITS
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _BITS
        return z ^ (z >> 31)

    def below(self, n: int) -> int:
        """Return one of 0 .. n - 1."""
        return (self.bits() >> 32) * n >> 32


def windows(tables: WindowTables, ids: np.ndarray, line_end: int, seed: int) -> Iterator[tuple[Window, ...]]:
    """Yield the window of each word that stays in a stretch of text.

    Frequent words are left out by chance first; then each word is the middle of a window that reaches 1 to `window`
    words to both sides, as far as its line goes. In skip-gram with drawn words it has two parts, before the middle and
    after it, which meet draws of their own. A drawn word that is the one in the middle is left out.

    Args:
        tables: say what is left out, how far windows reach, what is drawn.
        ids: of the text; those that are no words are passed over.
        line_end: the id that no window reaches over.
        seed: of the draws.
    """
    draws, line = Draws(seed), list[int]()
    for word in ids.tolist():
        if word == line_end:
            yield from _of_line(tables, line, draws)
            line = []
        elif word < len(tables.keep):
            limit = int(tables.keep[word])
            if limit == _ALL or draws.bits() >> 32 <= limit:
                line.append(word)
    yield from _of_line(tables, line, draws)


def change(tables: WindowTables, window: Window, rate: float) -> float:
    """Make the step of one window on both tables, and return its loss in nats, summed over its pairs.

        J = -Σ_i Σ_j log σ(s_j x_i · y_j);    g_ij = s_j σ(-s_j x_i · y_j)
        x_i += rate Σ_j g_ij y_j;             y_j += rate Σ_i g_ij x_i

    Inputs that are means pass what they get on to their parts, divided by how many there are.

    Source: Mikolov et al. (2013), arXiv:1301.3781 and 1310.4546; several inputs meet the same drawn words as in Ji et
    al. (2016), arXiv:1604.04661, here those of one side; the mean of CBOW is divided by on the way back too, which
    word2vec.c leaves out: Irsoy et al. (2021), Corrected CBOW performs as well as skip-gram, arXiv:2012.15332.
    """
    lists = [_rows(tables, word) for word in window.words]
    inputs = np.array([tables.inputs[rows].mean(0) for rows in lists])
    if tables.averaged:
        inputs = inputs.mean(0, keepdims=True)
    outputs, signs = tables.outputs[window.outputs], np.array(window.signs)
    margins = signs * (inputs @ outputs.T)
    errors = signs * np.exp(-np.logaddexp(0, margins))
    given = rate * errors @ outputs
    np.add.at(tables.outputs, window.outputs, (rate * errors.T @ inputs).astype(tables.outputs.dtype))
    if tables.averaged:
        given = np.repeat(given / len(lists), len(lists), axis=0)
    for rows, one in zip(lists, given, strict=True):
        np.add.at(tables.inputs, rows, (one / len(rows)).astype(tables.inputs.dtype))
    return float(np.logaddexp(0, -margins).sum())


def read(
    tables: WindowTables, ids: np.ndarray, ends: np.ndarray, line_end: int, seeds: np.ndarray, rates: np.ndarray
) -> Read:
    """Read stretches of text as `elman.native.embeddings.WindowReader.read` does, slowly and in their order."""
    found = Read(np.zeros(len(ends)), np.zeros(len(ends), np.int64), np.zeros(len(ends), np.int64))
    first = 0
    for number, (end, seed, rate) in enumerate(zip(ends.tolist(), seeds.tolist(), rates.tolist(), strict=True)):
        for sides in windows(tables, ids[first:end], line_end, seed):
            found.words[number] += 1
            for side in sides:
                if side.words:
                    found.nats[number] += change(tables, side, rate)
                    found.pairs[number] += 1 if tables.averaged else len(side.words)
        first = end
    return found


def _of_line(tables: WindowTables, line: list[int], draws: Draws) -> Iterator[tuple[Window, ...]]:
    if len(line) == 1:
        yield ()
    for place, word in enumerate(line if len(line) > 1 else []):
        reach = 1 + draws.below(tables.window)
        before, after = line[max(0, place - reach) : place], line[place + 1 : place + 1 + reach]
        if tables.averaged or tables.negatives < 0:
            yield (Window(before + after, *_outputs(tables, word, draws)),)
        else:
            yield tuple(Window(side, *_outputs(tables, word, draws)) for side in (before, after))


def _outputs(tables: WindowTables, word: int, draws: Draws) -> tuple[list[int], list[int]]:
    if tables.path_starts is not None and tables.nodes is not None and tables.left is not None:
        path = slice(tables.path_starts[word], tables.path_starts[word + 1])
        return tables.nodes[path].tolist(), [1 if left else -1 for left in tables.left[path]]
    drawn = [other for other in (_drawn(tables, draws) for _ in range(tables.negatives)) if other != word]
    return [word, *drawn], [1, *(-1 for _ in drawn)]


def _drawn(tables: WindowTables, draws: Draws) -> int:
    bits = draws.bits()
    slot = (bits >> 32) * len(tables.keep) >> 32
    return slot if bits & _ALL <= int(tables.limits[slot]) else int(tables.aliases[slot])  # type: ignore[index]


def _rows(tables: WindowTables, word: int) -> list[int]:
    if tables.part_starts is None or tables.parts is None:
        return [word]
    rows: list[int] = tables.parts[tables.part_starts[word] : tables.part_starts[word + 1]].tolist()
    return rows
