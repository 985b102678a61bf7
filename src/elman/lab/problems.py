"""What networks learn in the lab: sequences drawn from a seed, and how right an answer is."""

import math
from abc import ABC, abstractmethod
from typing import NamedTuple

import torch
from torch import Generator, Tensor
from torch.nn import functional


class Drawn(NamedTuple):
    """Sequences and what is asked of them.

    Args:
        x: vectors (B, T, I), or words (B, T).
        y: the answers, as the problem has them.
        lengths: of the rows; None where all have T.
    """

    x: Tensor
    y: Tensor
    lengths: Tensor | None = None


class Problem(ABC):
    """Data without an end, a loss and a score.

    `inputs` is I, or how many words there are; `embedded` how wide a word is, 0 for vectors; `outputs` is O; `baseline`
    the score of who knows nothing of the past; `solved` that of who has learned it.
    """

    inputs: int
    outputs: int
    embedded: int = 0
    baseline: float
    solved: float

    @abstractmethod
    def drawn(self, draw: Generator, rows: int) -> Drawn:
        """Return some sequences."""

    @abstractmethod
    def loss(self, said: Tensor, drawn: Drawn) -> Tensor:
        """Return the loss of what was said at each step, (B, T, O)."""

    @abstractmethod
    def score(self, said: Tensor, drawn: Drawn) -> float:
        """Return how right it is."""

    def is_solved(self, score: float) -> bool:
        """Say whether a score is that of who has learned it."""
        return score <= self.solved if self.solved < self.baseline else score >= self.solved


class Adding(Problem):
    """Two of T numbers of U[0, 1] are marked, one in each half, and their sum is asked.

    The mean squared error of always saying 1 is the variance of the sum, 1/6.

    Args:
        length: T.
    """

    inputs, outputs = 2, 1
    baseline, solved = 1 / 6, 0.005

    def __init__(self, length: int) -> None:
        self.length = length

    def drawn(self, draw: Generator, rows: int) -> Drawn:
        """Return numbers, marks and sums."""
        values = torch.rand(rows, self.length, generator=draw)
        half = self.length // 2
        first = torch.randint(0, half, (rows,), generator=draw)
        second = torch.randint(half, self.length, (rows,), generator=draw)
        marks = torch.zeros(rows, self.length)
        every = torch.arange(rows)
        marks[every, first] = 1
        marks[every, second] = 1
        return Drawn(torch.stack([values, marks], -1), values[every, first] + values[every, second])

    def loss(self, said: Tensor, drawn: Drawn) -> Tensor:
        """Return the mean squared error at the end."""
        return (said[:, -1, 0] - drawn.y).square().mean()

    def score(self, said: Tensor, drawn: Drawn) -> float:
        """Return the mean squared error at the end."""
        return float(self.loss(said, drawn))


class Order(Problem):
    """Among distractors stand two signs, X or Y each: in which order? Four classes, 2 · first + second.

    Args:
        length: T; the signs stand between T/10 and T/5, and between T/2 and 3T/5.
    """

    inputs, outputs = 6, 4
    baseline, solved = 0.25, 0.99

    def __init__(self, length: int) -> None:
        self.length = length

    def drawn(self, draw: Generator, rows: int) -> Drawn:
        """Return sequences and classes; 4 and 5 are X and Y, which no distractor is."""
        T, every = self.length, torch.arange(rows)
        ids = torch.randint(0, 4, (rows, T), generator=draw)
        signs = torch.randint(0, 2, (rows, 2), generator=draw)
        places = [
            torch.randint(T // 10, T // 5 + 1, (rows,), generator=draw),
            torch.randint(T // 2, 3 * T // 5 + 1, (rows,), generator=draw),
        ]
        for number, place in enumerate(places):
            ids[every, place] = 4 + signs[:, number]
        return Drawn(functional.one_hot(ids, 6).float(), 2 * signs[:, 0] + signs[:, 1])

    def loss(self, said: Tensor, drawn: Drawn) -> Tensor:
        """Return the cross-entropy at the end; ln 4 is chance."""
        return functional.cross_entropy(said[:, -1], drawn.y)

    def score(self, said: Tensor, drawn: Drawn) -> float:
        """Return the share of right classes."""
        return float((said[:, -1].argmax(-1) == drawn.y).float().mean())


class Copy(Problem):
    """S symbols of K, T - 1 blanks, a mark, and S blanks at which the symbols are asked again.

        place:  0 ... S-1 | S ... T+S-2 | T+S-1 | T+S ... T+2S-1
                symbols   | blanks      | mark  | asked

    The loss is over all T + 2S places: who has no memory reaches S ln K / (T + 2S). What is scored are the last S
    places alone, as always saying blank is right nearly everywhere else.

    Args:
        lag: T.
        symbols: S.
        kinds: K.
    """

    def __init__(self, lag: int, symbols: int, kinds: int) -> None:
        self.lag, self.symbols, self.kinds = lag, symbols, kinds
        self.inputs, self.outputs = kinds + 2, kinds + 1
        self.baseline, self.solved = 1 / kinds, 0.99
        self.floor = symbols * math.log(kinds) / (lag + 2 * symbols)

    def drawn(self, draw: Generator, rows: int) -> Drawn:
        """Return sequences and answers; 0 is the blank, K + 1 the mark."""
        S, T = self.symbols, self.lag
        said = torch.randint(1, self.kinds + 1, (rows, S), generator=draw)
        ids = torch.zeros(rows, T + 2 * S, dtype=torch.long)
        ids[:, :S] = said
        ids[:, T + S - 1] = self.kinds + 1
        y = torch.zeros_like(ids)
        y[:, -S:] = said
        return Drawn(functional.one_hot(ids, self.inputs).float(), y)

    def loss(self, said: Tensor, drawn: Drawn) -> Tensor:
        """Return the cross-entropy over all places."""
        return functional.cross_entropy(said.flatten(0, 1), drawn.y.flatten())

    def score(self, said: Tensor, drawn: Drawn) -> float:
        """Return the share of right symbols among the last S."""
        return float((said.argmax(-1) == drawn.y)[:, -self.symbols :].float().mean())
