"""A vector for each word of a sentence: from its table, its characters, its shape."""

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn

from elman.data.outlines import Tokens
from elman.data.records import Batch
from elman.errors import ConfigError
from elman.layers.character_encoder import CharacterConfig, CharacterEncoder
from elman.layers.embedding import Embedding
from elman.moment import Noise


class WordEncoderConfig(CharacterConfig):
    """Options of the vectors of words, for every model that reads words."""

    embedding_size: int = Field(100, ge=1, le=65536, description="E, numbers in the vector of a word.")
    shape_size: int = Field(
        0, ge=0, le=4096, description="Numbers for how a word is capitalized (lower, Upper, ALL, mIxed, 42); 0 is none."
    )
    freeze_embedding: bool = Field(False, description="The vectors of words stay as they start.")


class PairEncoderConfig(WordEncoderConfig):
    """Options of the vectors of words in pairs of texts."""

    match_size: int = Field(
        0,
        ge=0,
        le=4096,
        description="Numbers for whether a word is in the other text too (Chen et al.); 0 is none.",
    )


class WordEncoder(nn.Module):
    """x_t = [E w_t; characters(w_t); S shape(w_t); M (does w_t occur in the other text)].

    The characters of each different word of a batch are read once, however often it occurs there.

    Args:
        outline: of the words that are read.
        config: which parts.
        word_dropout: probability that a word's own vector is 0 in a whole batch.
    """

    def __init__(self, outline: Tokens, config: WordEncoderConfig, word_dropout: float = 0.0) -> None:
        super().__init__()
        self.words = Embedding(len(outline), config.embedding_size, word_dropout, outline.vectors)
        self.words.weight.requires_grad_(not config.freeze_embedding)
        spelled = config.characters != "none"
        if spelled and "characters" not in outline.parts:
            raise ConfigError(
                f"model.characters: got {config.characters}, but what is read are characters already "
                "(task.words=characters). Leave it out."
            )
        self.characters = CharacterEncoder(outline.parts["characters"], config) if spelled else None
        self.shapes = Embedding(outline.parts["shapes"], config.shape_size) if config.shape_size else None
        matched = config.match_size if isinstance(config, PairEncoderConfig) else 0
        self.matches = Embedding(2, matched) if matched else None
        read = self.characters.output_size if self.characters else 0
        self.output_size = config.embedding_size + read + config.shape_size + matched

    def forward(self, batch: Batch, name: str = "words", noise: Noise | None = None) -> Float[Tensor, "B T E"]:
        """Return the vectors of the words of a batch.

        Args:
            batch: has the fields and tables that `elman.coders.words` makes, as tensors.
            name: of the field.
            noise: the noise of a training step, or None.
        """
        # Time-major, as the layers below work.
        parts = [self.words(batch.fields[name].values.t(), noise)]
        if self.characters is not None or self.shapes is not None:
            forms = batch.fields[f"{name}.forms"].values.t()
            if self.characters is not None:
                letters = batch.tables["characters"]
                parts.append(nn.functional.embedding(forms, self.characters(letters.values, letters.mask, noise)))
            if self.shapes is not None:
                parts.append(self.shapes(batch.tables["shapes"].values[:, 0][forms]))
        if self.matches is not None:
            parts.append(self.matches(batch.fields[f"{name}.matches"].values.t()))
        return torch.cat(parts, dim=-1).transpose(0, 1) if len(parts) > 1 else parts[0].transpose(0, 1)
