"""A vector for a word from its characters."""

from typing import Literal

import torch
from jaxtyping import Bool, Float, Int
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional

from elman.config import Config
from elman.layers.dropout import dropout
from elman.layers.embedding import Embedding
from elman.layers.recurrent import RecurrentConfig, RecurrentStack
from elman.moment import Noise


class CharacterConfig(Config):
    """Options of the character encoder, for every model that has one."""

    characters: Literal["none", "lstm", "cnn"] = Field(
        "none", description="How a word's characters are read: not at all, by a BiLSTM (Lample), by a CNN (Ma & Hovy)."
    )
    character_embedding_size: int = Field(25, ge=1, le=4096, description="Numbers in the vector of a character.")
    character_hidden_size: int = Field(
        25, ge=1, le=4096, description="Units a direction of the character BiLSTM, or filters of the CNN."
    )
    character_dropout: float = Field(0.0, ge=0, lt=1, description="Probability of dropping a number of a character.")

    @property
    def spells(self) -> bool:
        """Whether characters are read."""
        return self.characters != "none"

    @property
    def finer(self) -> str:
        """The option that has them read; empty where they are."""
        return "" if self.spells else "--set model.characters=lstm"


class CharacterEncoder(nn.Module):
    """Reads the characters of words, a row a word.

        lstm    [→h_last; ←h_first] of a bidirectional LSTM          Lample et al. (2016), arXiv:1603.01360
        cnn     max_t (W * c)_t, filters three characters wide       Ma & Hovy (2016), arXiv:1603.01354

    Args:
        num_characters: how many there are.
        config: which of them, and sizes.
    """

    def __init__(self, num_characters: int, config: CharacterConfig) -> None:
        super().__init__()
        size, hidden = config.character_embedding_size, config.character_hidden_size
        self.dropout = config.character_dropout
        self.embedding = Embedding(num_characters, size)
        self.recurrent = self.filters = None
        if config.characters == "lstm":
            self.recurrent = RecurrentStack(size, RecurrentConfig(hidden_size=hidden, bidirectional=True, dropout=0.0))
            self.output_size = self.recurrent.output_size
        else:
            self.filters = nn.Conv1d(size, hidden, kernel_size=3, padding=1)
            self.output_size = hidden
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw the filters from U(-bound, bound), 1/sqrt(inputs) if left out; the other parts draw their own."""
        if self.filters is None:
            return
        limit = (3 * self.embedding.weight.shape[1]) ** -0.5 if bound is None else bound
        with torch.no_grad():
            self.filters.weight.uniform_(-limit, limit, generator=generator)
            if self.filters.bias is not None:
                self.filters.bias.zero_()

    def forward(
        self, characters: Int[Tensor, "U C"], mask: Bool[Tensor, "U C"] | None, noise: Noise | None = None
    ) -> Float[Tensor, "U E"]:
        """Return a vector for each word.

        Args:
            characters: ids, padded at the end of rows.
            mask: True = real; None when nothing is padded.
            noise: the noise of a training step, or None.
        """
        vectors = dropout(self.embedding(characters.t()), self.dropout, noise).transpose(0, 1)
        if self.recurrent is not None:
            state = self.recurrent(vectors, self.recurrent.initial_state(len(characters)), mask, noise).state
            return torch.cat([direction.h for direction in state], dim=-1)
        return self._convolved(vectors, mask)

    def _convolved(self, vectors: Tensor, mask: Tensor | None) -> Tensor:
        filters: nn.Conv1d = self.filters  # type: ignore[assignment]
        if not vectors.shape[1]:
            return vectors.new_zeros(len(vectors), self.output_size)
        if mask is not None:
            vectors = vectors * mask[..., None]
        # As one product of all windows: torch's own convolution is several times slower at these sizes.
        windows = functional.pad(vectors, (0, 0, 1, 1)).unfold(1, 3, 1).flatten(2)
        made = functional.linear(windows, filters.weight.flatten(1), filters.bias)
        if mask is None:
            return made.amax(1)
        # A word without characters has zeros.
        return made.masked_fill(~mask[..., None], -torch.inf).amax(1).masked_fill(~mask.any(1, keepdim=True), 0.0)
