"""A vector for each word of a sentence: from its table, its characters, its shape."""

from collections.abc import Mapping

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn

from elman.layers.character_encoder import CharacterConfig, CharacterEncoder
from elman.layers.embedding import Embedding
from elman.layers.tensors import BatchTensors
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
        sizes: `words`, `characters` and `shapes`: how many ids there are.
        config: which parts.
        word_dropout: probability that a word's own vector is 0 in a whole batch.
    """

    def __init__(self, sizes: Mapping[str, int], config: WordEncoderConfig, word_dropout: float = 0.0) -> None:
        super().__init__()
        self.words = Embedding(sizes["words"], config.embedding_size, word_dropout)
        self.words.weight.requires_grad_(not config.freeze_embedding)
        self.characters = CharacterEncoder(sizes["characters"], config) if config.characters != "none" else None
        self.shapes = Embedding(sizes["shapes"], config.shape_size) if config.shape_size else None
        matched = config.match_size if isinstance(config, PairEncoderConfig) else 0
        self.matches = Embedding(2, matched) if matched else None
        read = self.characters.output_size if self.characters else 0
        self.output_size = config.embedding_size + read + config.shape_size + matched

    def forward(self, batch: BatchTensors, name: str = "", noise: Noise | None = None) -> Float[Tensor, "B T E"]:
        """Return the vectors of the words of a batch.

        Args:
            batch: has `words` and `forms` (B, T), and for the parts that read them, `characters` (U, C), which `forms`
                counts, and `shapes` (U).
            name: what stands before `words` and `forms` where a batch has several texts, such as `first_`.
            noise: the noise of a training step, or None.
        """
        # Time-major, as the layers below work.
        parts = [self.words(batch.fields[f"{name}words"].t(), noise)]
        if self.characters is not None or self.shapes is not None:
            forms = batch.fields[f"{name}forms"].t()
            if self.characters is not None:
                read = self.characters(batch.fields["characters"], batch.masks.get("characters"), noise)
                parts.append(nn.functional.embedding(forms, read))
            if self.shapes is not None:
                parts.append(self.shapes(batch.fields["shapes"][forms]))
        if self.matches is not None:
            parts.append(self.matches(batch.fields[f"{name}matches"].t()))
        return torch.cat(parts, dim=-1).transpose(0, 1) if len(parts) > 1 else parts[0].transpose(0, 1)
