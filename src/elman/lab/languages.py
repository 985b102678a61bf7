"""Languages of counted letters: which symbols may come next, and how far a network gets them right."""

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Generator, Tensor
from torch.nn import functional

from elman.lab.problems import Drawn, Problem

_SURE = 0.9


class Texts(NamedTuple):
    """Strings of a language, and others.

    Args:
        drawn: what is read, and what comes next.
        belong: which are of the language, (B,).
    """

    drawn: Drawn
    belong: Tensor


class Counted(Problem):
    """aⁿbⁿ, aⁿbⁿcⁿ and so on: after each symbol, the set of those that may come next.

        read:     S  a  a  a  b  b  b           σ(said) > 1/2 says of each symbol whether it may come next
        allowed:  a ab ab ab  b  b  T           T is the end

    A string is right where every set is. As each set of a prefix is that of all strings which begin so, a network that
    is right up to n refuses everything else whose a's are n at most: one b more or less, abab, a letter after the end.

    Targets are .9 and .1 in place of 1 and 0. Then a set is not only right but has to be as sure for ten letters as
    for one, and the counts are made exact; with 1 and 0 the loss is as good as gone before they are.

    Args:
        letters: how many; two are a and b.
        longest: n of the longest string; training has each of 1 to n once.

    Source: Gers & Schmidhuber (2001), LSTM recurrent networks learn simple context-free and context-sensitive
    languages, IEEE Transactions on Neural Networks 12(6).
    """

    baseline, solved = 0.0, 1.0

    def __init__(self, letters: int, longest: int) -> None:
        self.letters, self.longest = letters, longest
        self.inputs = self.outputs = letters + 1

    def drawn(self, draw: Generator, rows: int) -> Drawn:
        """Return all strings of training: there are no others."""
        return self.strings(range(1, self.longest + 1))

    def strings(self, counts: Sequence[int]) -> Drawn:
        """Return the strings of some n, with their sets.

        What is read is S, a, b and so on, (B, T, letters + 1); a set is of a, b and so on, and T.
        """
        lengths = torch.tensor([self.letters * n + 1 for n in counts])
        places, n = torch.arange(int(lengths.max())), torch.tensor(list(counts))[:, None]
        read = torch.where(places == 0, 0, 1 + (places - 1).div(n, rounding_mode="floor")).clamp(max=self.letters)
        following = (places.div(n, rounding_mode="floor")).clamp(max=self.letters)
        sets = functional.one_hot(following, self.outputs).float()
        sets[..., :2][(places > 0) & (places <= n)] = 1.0
        return Drawn(functional.one_hot(read, self.inputs).float(), sets, lengths)

    def word(self, n: int) -> list[int]:
        """Return a string as numbers: 0 is S, then the letters from 1 on, and T behind them."""
        return [0, *(letter for letter in range(1, self.letters + 1) for _ in range(n)), self.letters + 1]

    def every(self, length: int) -> Texts:
        """Return all strings of the letters up to a length but the empty one, and which belong to the language."""
        words = [word for size in range(1, length + 1) for word in itertools.product(range(self.letters), repeat=size)]
        lengths = torch.tensor([len(word) + 1 for word in words])
        ids = torch.tensor([[-1, *word, *[self.letters] * (length + 1 - len(word))] for word in words])
        belongs = [
            word == tuple(sorted(word)) and len({word.count(k) for k in range(self.letters)}) == 1 for word in words
        ]
        read = functional.one_hot((ids[:, :-1] + 1).clamp(max=self.letters), self.inputs).float()
        return Texts(Drawn(read, functional.one_hot(ids[:, 1:], self.outputs).float(), lengths), torch.tensor(belongs))

    def loss(self, said: Tensor, drawn: Drawn) -> Tensor:
        """Return the binary cross-entropy of all symbols of all sets."""
        inside = _inside(drawn)
        targets = _SURE * drawn.y + (1 - _SURE) * (1 - drawn.y)
        return functional.binary_cross_entropy_with_logits(said[inside], targets[inside])

    def score(self, said: Tensor, drawn: Drawn) -> float:
        """Return the share of strings of which every set is right."""
        return float((margins(said, drawn) > 0).float().mean())


def margins(said: Tensor, drawn: Drawn) -> Tensor:
    """Return by how much each string is right, (B,), below 0 where a set is wrong.

    It is the smallest score of a symbol that may come, or of one that may not with its sign turned.
    """
    signed = torch.where(drawn.y > 0.5, said, -said).amin(-1)
    return torch.where(_inside(drawn), signed, torch.inf).amin(-1)


def accepted(said: Tensor, drawn: Drawn) -> Tensor:
    """Return which strings are taken, (B,): every symbol of them, and their end, may come where it comes."""
    next_ = torch.where(drawn.y > 0.5, said, torch.inf).amin(-1)
    return (torch.where(_inside(drawn), next_, torch.inf) > 0).all(-1)


def up_to(right: Tensor) -> int:
    """Return the largest n with which it and everything before is right, given each from 1 on."""
    return int(right.long().cumprod(0).sum())


def _inside(drawn: Drawn) -> Tensor:
    """Return which places are those of a string, (B, T)."""
    steps = drawn.x.shape[1]
    lengths = torch.full((len(drawn.x),), steps) if drawn.lengths is None else drawn.lengths
    return torch.arange(steps) < lengths[:, None]
