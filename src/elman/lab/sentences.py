"""Sentences of small grammars, for language models of the lab."""

from abc import abstractmethod

import torch
from torch import Generator, Tensor
from torch.nn import functional

from elman.lab.problems import Drawn, Problem

_NONE = -1


class Sentences(Problem):
    """A language model of sentences: every next word is learned, and one of them is scored.

    `words` are the vocabulary, and `embedded` is how wide they are.
    """

    words: list[str]
    embedded = 32

    def numbered(self) -> None:
        """Give every word its number."""
        self.ids = {word: number for number, word in enumerate(self.words)}
        self.inputs = self.outputs = len(self.words)

    @abstractmethod
    def sentence(self, draw: Generator) -> list[str]:
        """Return one sentence."""

    def drawn(self, draw: Generator, rows: int) -> Drawn:
        """Return sentences, each word with the one after it."""
        return self.encoded([self.sentence(draw) for _ in range(rows)])

    def encoded(self, sentences: list[list[str]]) -> Drawn:
        """Return sentences as numbers; behind the end of a row nothing is asked."""
        lengths = torch.tensor([len(one) - 1 for one in sentences])
        x = torch.zeros(len(sentences), int(lengths.max()), dtype=torch.long)
        y = torch.full_like(x, _NONE)
        for row, words in enumerate(sentences):
            ids = torch.tensor([self.ids[word] for word in words])
            x[row, : len(ids) - 1] = ids[:-1]
            y[row, : len(ids) - 1] = ids[1:]
        return Drawn(x, y, lengths)

    def loss(self, said: Tensor, drawn: Drawn) -> Tensor:
        """Return the cross-entropy of all words."""
        return functional.cross_entropy(said.flatten(0, 1), drawn.y.flatten(), ignore_index=_NONE)


def _one(draw: Generator, count: int) -> int:
    return int(torch.randint(0, count, (1,), generator=draw))


class Tickets(Sentences):
    """What she tried to print is what she printed: one of eight items, k words before.

        when PERSON VERB to print her ITEM , FILLER{k} . she finally printed her ITEM .

    In half of the sentences another item stands in the filler, so that which items are there is not enough.

    Args:
        lag: k, words of the filler.
    """

    items = ("tickets", "letters", "photos", "posters", "poems", "reports", "maps", "plans")
    people = ("she", "mary", "anna", "sue")
    verbs = ("tried", "wanted", "began", "hoped", "planned")
    baseline, solved = 1 / 8, 0.95

    def __init__(self, lag: int) -> None:
        self.lag = lag
        self.fillers = [f"word{number}" for number in range(30)]
        fixed = ["when", "to", "print", "her", ",", ".", "finally", "printed"]
        self.words = [*fixed, *self.items, *self.people, *self.verbs, *self.fillers]
        self.numbered()

    def sentence(self, draw: Generator) -> list[str]:
        """Return one sentence."""
        item = _one(draw, 8)
        filler = [self.fillers[_one(draw, 30)] for _ in range(self.lag)]
        if _one(draw, 2):
            filler[_one(draw, self.lag)] = self.items[(item + 1 + _one(draw, 7)) % 8]
        start = ["when", self.people[_one(draw, 4)], self.verbs[_one(draw, 5)], "to", "print", "her", self.items[item]]
        return [*start, ",", *filler, ".", "she", "finally", "printed", "her", self.items[item], "."]

    def score(self, said: Tensor, drawn: Drawn) -> float:
        """Return how often the right item is likelier than all others at its second place."""
        first = self.ids[self.items[0]]
        scores = said[:, -2, first : first + 8]
        return float((scores.argmax(-1) + first == drawn.y[:, -2]).float().mean())


class Agreement(Sentences):
    """The verb agrees with the first noun, however many stand between: the N ((of|near|behind) the N)* V .

    Args:
        attractors: how many nouns stand between, with the number that the first does not have; None draws them as in
            training: 0 to 4 with shares .7 .2 .07 .02 .01, of either number.
    """

    nouns = tuple(f"noun{number}" for number in range(20))
    verbs = tuple(f"verb{number}" for number in range(10))
    between = ("of", "near", "behind")
    shares = (0.7, 0.2, 0.07, 0.02, 0.01)
    baseline, solved = 0.5, 0.02

    def __init__(self, attractors: int | None = None) -> None:
        self.attractors = attractors
        plain = [*self.nouns, *(f"{noun}s" for noun in self.nouns)]
        self.words = ["the", ".", *self.between, *plain, *(f"{verb}s" for verb in self.verbs), *self.verbs]
        self.numbered()

    def sentence(self, draw: Generator) -> list[str]:
        """Return one sentence; a verb in s is singular, a noun in s plural."""
        plural = _one(draw, 2)
        count = self.attractors
        if count is None:
            count = int(torch.multinomial(torch.tensor(self.shares), 1, generator=draw))
        words = ["the", self._noun(draw, plural)]
        for _ in range(count):
            other = 1 - plural if self.attractors is not None else _one(draw, 2)
            words += [self.between[_one(draw, 3)], "the", self._noun(draw, other)]
        verb = self.verbs[_one(draw, 10)]
        return [*words, verb if plural else f"{verb}s", "."]

    def score(self, said: Tensor, drawn: Drawn) -> float:
        """Return how often the wrong form of the verb is likelier than the right one; a tie is half an error."""
        if drawn.lengths is None:
            return 0.0
        rows, places = torch.arange(len(said)), drawn.lengths - 2
        right = drawn.y[rows, places]
        singular = self.ids[f"{self.verbs[0]}s"]
        wrong = torch.where(right < singular + 10, right + 10, right - 10)
        at = said[rows, places]
        found, other = at.gather(1, right[:, None]), at.gather(1, wrong[:, None])
        return float(((found < other).float() + 0.5 * (found == other).float()).mean())

    def _noun(self, draw: Generator, plural: int) -> str:
        return f"{self.nouns[_one(draw, 20)]}{'s' if plural else ''}"
