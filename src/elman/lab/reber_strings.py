"""The embedded Reber grammar, string after string, without a sign that says when the memory may be emptied."""

from collections.abc import Iterator

import torch
from torch import Generator, Tensor
from torch.nn import functional

from elman.lab.problems import Drawn, Problem

SYMBOLS = "BTPSXVE"
_ARCS: dict[int, tuple[tuple[str, int], ...]] = {
    0: (("B", 1),),
    1: (("T", 2), ("P", 3)),
    2: (("S", 2), ("X", 4)),
    3: (("T", 3), ("V", 5)),
    4: (("X", 3), ("S", 6)),
    5: (("P", 4), ("V", 6)),
    6: (("E", 7),),
}
"""Of the inner grammar: what may come at each node, and where it leads; 7 is the end."""
_LAST, _BLOCK = 7, 256


class Reber(Problem):
    """Streams of embedded Reber strings: after each symbol, the set of those that may come next.

        string:  B w [B ... E] w E        w is T or P, the same at both places
        inside:  of the Reber grammar, which is the same for both, so that nothing between tells w

    A stream is some strings one after the other. Once its E has come, a string is of no use to anybody: who cannot
    empty the memory has to live with all of them. A string is right where, at each of its symbols, all that may come
    next are scored above all that may not.

    Args:
        strings: of a stream; with 1 every string is read from the first state, as if the memory were reset.

    Source: Gers, Schmidhuber & Cummins (2000), Learning to forget: continual prediction with LSTM, Neural Computation
    12(10).
    """

    inputs = outputs = len(SYMBOLS)
    baseline, solved = 0.5, 0.99

    def __init__(self, strings: int) -> None:
        self.strings = strings

    def drawn(self, draw: Generator, rows: int) -> Drawn:
        """Return streams, one-hot, and sets, (B, T, 7)."""
        coins = _coins(draw)
        every = [[place for _ in range(self.strings) for place in _string(coins)] for _ in range(rows)]
        lengths = torch.tensor(list(map(len, every)))
        x, y = torch.zeros(2, rows, int(lengths.max()), self.inputs)
        for row, places in enumerate(every):
            x[row, : len(places)] = torch.stack([_one_hot(symbol) for symbol, _ in places])
            y[row, : len(places)] = torch.stack([_one_hot(may) for _, may in places])
        return Drawn(x, y, lengths)

    def loss(self, said: Tensor, drawn: Drawn) -> Tensor:
        """Return the binary cross-entropy of all symbols of all sets."""
        real = drawn.y.any(-1)
        return functional.binary_cross_entropy_with_logits(said[real], drawn.y[real])

    def score(self, said: Tensor, drawn: Drawn) -> float:
        """Return the share of right strings; who does not know w is right in half of them."""
        return float(self.right(said, drawn).float().mean())

    def right(self, said: Tensor, drawn: Drawn) -> Tensor:
        """Return which strings of each stream are right, (B, strings)."""
        may = drawn.y > 0.5
        least, most = said.masked_fill(~may, torch.inf).amin(-1), said.masked_fill(may, -torch.inf).amax(-1)
        wrong = may.any(-1) & (least <= most)
        ends = (drawn.x[..., SYMBOLS.index("E")] > 0.5) & (drawn.y[..., SYMBOLS.index("B")] > 0.5)
        string = (ends.long().cumsum(1) - ends.long()).clamp(max=self.strings - 1)
        return said.new_zeros(len(said), self.strings).scatter_add_(1, string, wrong.to(said)) == 0


def _coins(draw: Generator) -> Iterator[int]:
    """Yield 0 and 1 without an end."""
    while True:
        yield from torch.randint(0, 2, (_BLOCK,), generator=draw).tolist()


def _string(coins: Iterator[int]) -> Iterator[tuple[str, str]]:
    """Yield each symbol of a string, with those that may come next."""
    w = "TP"[next(coins)]
    yield from (("B", "TP"), (w, "B"))
    node = 0
    while node != _LAST:
        arcs = _ARCS[node]
        symbol, node = arcs[next(coins) if len(arcs) > 1 else 0]
        yield symbol, "".join(letter for letter, _ in _ARCS[node]) if node != _LAST else w
    yield from ((w, "E"), ("E", "B"))


_ROWS = torch.eye(len(SYMBOLS))


def _one_hot(letters: str) -> Tensor:
    return _ROWS[[SYMBOLS.index(letter) for letter in letters]].sum(0)
