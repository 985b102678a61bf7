"""Sentences as vectors, and how old each is: what a memory network keeps of a story."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from elman.data.records import Padded
from elman.moment import Noise

_DEVIATION = 0.1

Kind = Literal["paper", "code", "none"]


class Position(NamedTuple):
    """How the place of a word changes what it adds to a sentence: l_kj = a + s_k p_j.

        paper   l_kj = (1 - j/J) - (k/d)(1 - 2j/J) = ½ + 2 (k/d - ½)(j/J - ½)
        code    l_kj = 1 + 4 (k - (d+1)/2)(j - (J+1)/2) / (d J)
        none    l_kj = 1, a plain sum

    j is the place of a word and k the number of a dimension among d, both from 1. J is how many words a sentence has;
    in `code`, which is that of the authors, it is one more than the longest sentence of training has, so that a word
    adds the same at a place whatever follows.

    Args:
        kind: which.
        longest: words of the longest sentence of training.

    Source: Sukhbaatar et al. (2015), arXiv:1503.08895, section 4.1; MemNN/MemN2N-babi-matlab.
    """

    kind: Kind
    longest: int

    @property
    def plain(self) -> float:
        """What each word adds anyhow, a."""
        return 0.5 if self.kind == "paper" else 1.0

    def places(self, sentences: Padded, like: Tensor) -> Float[Tensor, "U J"]:
        """Return p_j of each word."""
        places = torch.arange(1, sentences.values.shape[1] + 1, device=like.device).to(like)
        if self.kind == "paper":
            return places / sentences.lengths[:, None].clamp(min=1) - 0.5
        count = self.longest + 1
        return ((places - (count + 1) / 2) / count).expand(sentences.values.shape)

    def slopes(self, like: Tensor) -> Float[Tensor, " d"]:
        """Return s_k of each dimension of vectors."""
        size = like.shape[-1]
        numbers = torch.arange(1, size + 1, device=like.device).to(like)
        return 2 * numbers / size - 1 if self.kind == "paper" else 4 * (numbers - (size + 1) / 2) / size


class Bags(NamedTuple):
    """The words of different sentences behind each other, as a sum over bags takes them.

    Args:
        ids: of all words; twice where their places count.
        offsets: where each sentence begins.
        weights: of each word: 1; then p of its place.
    """

    ids: Int[Tensor, " N"]
    offsets: Int[Tensor, " U"]
    weights: Float[Tensor, " N"]


def bags_of(sentences: Padded, position: Position, like: Tensor) -> Bags:
    """Return the words of sentences, (U, J), with weights of the type of some tensor."""
    lengths, mask = sentences.lengths, sentences.mask
    ids, offsets = sentences.values[mask], lengths.cumsum(0) - lengths
    ones = like.new_ones(len(ids))
    if position.kind == "none":
        return Bags(ids, offsets, ones)
    places = position.places(sentences, like)[mask]
    return Bags(torch.cat([ids, ids]), torch.cat([offsets, offsets + len(ids)]), torch.cat([ones, places]))


class SentenceTable(nn.Module):
    """Vectors of words, from which those of sentences are made.

        Σ_j l_j ⊙ A x_j = a Σ_j A x_j + s ⊙ Σ_j p_j A x_j

    What a word adds changes with its place, so that word order counts: see `Position`.

    Args:
        words: V.
        size: d.
        position: of words.
    """

    def __init__(self, words: int, size: int, position: Position) -> None:
        super().__init__()
        self.position = position
        self.weight = nn.Parameter(torch.empty(words, size))
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw all from N(0, 0.1²), or from U(-bound, bound)."""
        for parameter in self.parameters():
            draw_normal(parameter, generator, bound)

    def sentences(self, bags: Bags) -> Float[Tensor, "U d"]:
        """Return the vector of each sentence."""
        return _sentences([self], bags)


class MemoryTable(SentenceTable):
    """Vectors of words and of ages: m = Σ_j l_j ⊙ A x_j + T(age). Age 0 is that of the last sentence of a story.

    Args:
        words: V.
        ages: M, the most sentences of a story.
        size: d.
        position: of words.
    """

    def __init__(self, words: int, ages: int, size: int, position: Position) -> None:
        super().__init__(words, size, position)
        self.times = nn.Parameter(torch.empty(ages, size))
        self.reset_parameters(torch.Generator().manual_seed(0))


def draw_normal(parameter: nn.Parameter, generator: torch.Generator, bound: float | None) -> None:
    """Draw weights from N(0, 0.1²), as the paper does; from U(-bound, bound) where there is a bound."""
    with torch.no_grad():
        if bound is None:
            parameter.normal_(0, _DEVIATION, generator=generator)
        else:
            parameter.uniform_(-bound, bound, generator=generator)


def memories(
    tables: Sequence[MemoryTable], bags: Bags, story: Int[Tensor, "B M"], ages: Int[Tensor, "B M"]
) -> tuple[list[Float[Tensor, "U d"]], list[Float[Tensor, "B M d"]]]:
    """Return, by each table, the different sentences, and those of each story with their ages. All tables at once.

    Args:
        tables: of one size.
        bags: all different sentences.
        story: which of them each story has.
        ages: of each.
    """
    size, sentences = tables[0].weight.shape[1], _sentences(tables, bags)
    times = torch.cat([table.times for table in tables], 1)
    slots = functional.embedding(story, sentences) + functional.embedding(ages, times)
    return list(torch.split(sentences, size, -1)), list(torch.split(slots, size, -1))


def _sentences(tables: Sequence[SentenceTable], bags: Bags) -> Float[Tensor, "U d"]:
    """Return the vectors of sentences by some tables, side by side."""
    words = torch.cat([table.weight for table in tables], 1)
    summed = functional.embedding_bag(bags.ids, words, bags.offsets, mode="sum", per_sample_weights=bags.weights)
    position = tables[0].position
    if position.kind == "none":
        return summed
    plain, placed = summed.chunk(2)
    return position.plain * plain + placed * position.slopes(tables[0].weight.detach()).repeat(len(tables))


def ages_of(story: Padded, most: int, noise: Noise | None, share: float) -> Int[Tensor, "B M"]:
    """Return how old each sentence of stories is: the last real one is 0. What padding gets means nothing.

    In training, time has gaps: of n sentences, b = 0 .. ⌈share n⌉ further moments, at which nothing is told, are drawn
    in between. So ages are learned that few stories are long enough for, and none is learned by heart.

    Args:
        story: sentences, (B, M).
        most: ages are below; it is as many as the longest story has sentences, or more.
        noise: of the training step; None draws no gaps.
        share: how many gaps, at most.

    Source: Sukhbaatar et al. (2015), section 4.1, random noise; drawn as in their code, MemNN/MemN2N-babi-matlab.
    """
    lengths, width = story.lengths, story.values.shape[1]
    places = torch.arange(width, device=lengths.device)
    plain = (lengths[:, None] - 1 - places).clamp(min=0)
    if noise is None or not share:
        return plain
    generator, device = noise.generator(lengths.device), lengths.device
    more = torch.rand(len(lengths), generator=generator, device=device) * ((share * lengths).ceil() + 1)
    room = (lengths + more.long()).clamp(max=most)
    keys = torch.rand(len(lengths), int(room.max()), generator=generator, device=device)
    keys = keys.masked_fill(torch.arange(keys.shape[1], device=device) >= room[:, None], 2.0)
    order = keys.argsort(1)
    told = torch.zeros_like(order, dtype=torch.bool)  # the moments at which something is told, n a row
    told.scatter_(1, order, torch.arange(keys.shape[1], device=device) < lengths[:, None])
    rows, ages = told.nonzero(as_tuple=True)
    plain[rows, (lengths[:, None] - told.cumsum(1))[told]] = ages
    return plain
