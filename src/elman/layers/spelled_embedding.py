"""Vectors of words from their characters, as a table where one is wanted."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from pydantic import Field, field_validator, model_validator
from torch import Tensor, nn
from torch.nn import functional

from elman.config import Config
from elman.moment import Noise

_MARKS = 3
"""Ids of no character: nothing, the start of a word, its end."""
_CHUNK = 2048
"""Words that are spelled at once, so that a table of many takes little memory."""
_PARTS = 4
"""Parts of a batch's words by their length, each padded to its own longest word."""


class SpellingConfig(Config):
    """The `spelling` table of a model: words are read by their characters. Off unless `widths` are given."""

    widths: list[int] = Field(
        [], description="Characters that filters see, such as [1, 2, 3, 4, 5, 6]; [] reads words."
    )
    maps: int = Field(25, ge=1, le=4096, description="Filters of width w are so many times w, at most 200.")
    character_embedding_size: int = Field(15, ge=1, le=4096, description="Numbers in the vector of a character.")
    highways: int = Field(1, ge=0, le=16, description="Highway layers above the filters.")
    longest: int = Field(65, ge=1, le=10_000, description="Characters that are read of a word at most, its first ones.")

    @field_validator("widths")
    @classmethod
    def _rising(cls, widths: list[int]) -> list[int]:
        if widths != sorted(set(widths)) or any(not 1 <= width <= 100 for width in widths):
            raise ValueError(f"got {widths}, expected numbers from 1 to 100 that rise.")
        return widths

    @model_validator(mode="after")
    def _of_filters(self) -> "SpellingConfig":
        given = sorted(self.model_dump(exclude_defaults=True))
        if given and not self.widths:
            raise ValueError(f"{given[0]}: means nothing without widths, the filters that read a word's characters.")
        return self


class SpelledEmbedding(nn.Module):
    """A vector for each word of a vocabulary from its characters.

        f_wj = max_t tanh(F_wj · [c_t; ..; c_{t+w-1}] + b_wj)    over the characters of `{word}`
        x    = [f_1; ..; f_W];    then for each highway layer
        r    = σ(W_r x + b_r);    x = r ⊙ relu(W_h x + b_h) + (1 - r) ⊙ x

    A window never sees beyond a word, but for words that are narrower than a filter, where it sees zeros: what else is
    in a batch cannot matter. Tokens in angle brackets, such as `<unk>`, are one character each.

    Of a word longer than `longest` only the beginning is read: the table of letters is as wide as its longest word.

    In training the different words of a batch are spelled, each once. `weight` is the table of all words, made anew
    when the parameters have changed.

    Args:
        words: of the vocabulary.
        config: widths, filters, highways.
        dropout: probability that a token's whole vector is 0, everywhere in the batch.

    Source: Kim et al. (2016), Character-aware neural language models, arXiv:1508.06615.
    """

    def __init__(self, words: Sequence[str], config: SpellingConfig, dropout: float = 0.0) -> None:
        super().__init__()
        self.widths, self.dropout = config.widths, dropout
        spelled = [_symbols(word) for word in words]
        self.cut = sum(len(word) > config.longest for word in spelled)
        symbols = {
            symbol: number for number, symbol in enumerate(sorted({s for word in spelled for s in word}), _MARKS)
        }
        longest = max(min(max(map(len, spelled), default=0), config.longest) + 2, *config.widths)
        ids, lengths = torch.zeros(len(words), longest, dtype=torch.int32), []
        for row, word in zip(ids, spelled, strict=True):
            numbers = [1, *(symbols[symbol] for symbol in word[: config.longest]), 2]
            row[: len(numbers)] = torch.tensor(numbers, dtype=torch.int32)
            lengths.append(len(numbers))
        self.letters: Tensor
        self.lengths: Tensor
        self.register_buffer("letters", ids, persistent=False)
        self.register_buffer("lengths", torch.tensor(lengths), persistent=False)
        size = config.character_embedding_size
        self.characters = nn.Parameter(torch.empty(len(symbols) + _MARKS, size))
        counts = [min(200, config.maps * width) for width in config.widths]
        self.filters = nn.ParameterList(
            torch.empty(count, width * size) for count, width in zip(counts, config.widths, strict=True)
        )
        self.filter_bias = nn.Parameter(torch.empty(sum(counts)))
        self.output_size = sum(counts)
        self.highways = nn.ParameterList(
            torch.empty(2 * self.output_size, self.output_size) for _ in range(config.highways)
        )
        self.highway_bias = nn.Parameter(torch.empty(config.highways, 2 * self.output_size))
        self._table: tuple[object, Tensor] | None = None
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw every weight from U(-bound, bound), 0.05 if left out; biases are 0, and -2 for r: x passes at first."""
        bound = 0.05 if bound is None else bound
        with torch.no_grad():
            for name, parameter in self.named_parameters():
                if "bias" in name:
                    parameter.zero_()
                else:
                    parameter.uniform_(-bound, bound, generator=generator)
            self.highway_bias[:, : self.output_size] = -2.0

    @property
    def device(self) -> torch.device:
        """Where its parameters are."""
        return self.characters.device

    @property
    def weight(self) -> Float[Tensor, "V E"]:
        """The vectors of all words, without a gradient."""
        state = tuple((one.data_ptr(), one._version) for one in self.parameters())
        if self._table is None or self._table[0] != state:
            with torch.no_grad():
                words = torch.arange(len(self.letters), device=self.letters.device)
                table = torch.cat([self.spelled(some) for some in torch.split(words, _CHUNK)])
            self._table = state, table
        return self._table[1]

    def forward(self, ids: Int[Tensor, "..."], noise: Noise | None = None) -> Float[Tensor, "... E"]:
        """Return the vectors of ids."""
        if not torch.is_grad_enabled():
            return functional.embedding(ids, self.weight)
        different, places = torch.unique(ids, return_inverse=True)
        vectors = self.spelled(different)
        if noise is not None and self.dropout:
            vectors = vectors * noise.keep_mask(vectors[:, 0], 1.0 - self.dropout)[:, None]
        return functional.embedding(places, vectors)

    def spelled(self, words: Int[Tensor, " U"]) -> Float[Tensor, "U E"]:
        """Return the vectors of words, each spelled anew."""
        if not len(words):
            return self.filter_bias.expand(0, -1)
        # Words of similar length are filtered together: most are half as long as the longest of a batch.
        order = self.lengths[words].argsort(stable=True)
        alike = torch.split(words[order], -(-len(words) // _PARTS))
        x = torch.cat([self._filtered(some) for some in alike])[order.argsort()]
        for weight, bias in zip(self.highways, self.highway_bias, strict=True):
            r, h = functional.linear(x, weight, bias).chunk(2, dim=1)
            r = r.sigmoid()
            x = r * h.relu() + (1 - r) * x
        return x

    def _filtered(self, words: Int[Tensor, " U"]) -> Float[Tensor, "U E"]:
        """Return the greatest of each filter over a word, for at least one word."""
        lengths = self.lengths[words]
        longest = max(int(lengths.max()), *self.widths)
        real = torch.arange(longest, device=words.device) < lengths[:, None]
        vectors = functional.embedding(self.letters[words, :longest], self.characters) * real[..., None]
        biases, found = torch.split(self.filter_bias, [len(one) for one in self.filters]), []
        for width, filters, bias in zip(self.widths, self.filters, biases, strict=True):
            windows = vectors.unfold(1, width, 1).transpose(2, 3).flatten(2)
            made = functional.linear(windows, filters, bias)
            # The first window is always one, of a word that is too short for more as well.
            inside = torch.arange(made.shape[1], device=words.device) <= (lengths[:, None] - width).clamp(min=0)
            found.append(made.masked_fill(~inside[..., None], -torch.inf).amax(1).tanh())
        return torch.cat(found, dim=1)


def _symbols(word: str) -> Sequence[str]:
    """Return the characters of a word; a token in angle brackets is one."""
    return [word] if len(word) > 2 and word[0] == "<" and word[-1] == ">" else list(word)
