"""A vector for each token."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from elman.data.outlines import StartingVectors
from elman.errors import ConfigError
from elman.moment import Noise


class Embedding(nn.Module):
    """A table of vectors: row i is the vector of token i, `e = E x` for the one-hot x of deck and textbook.

    `sparse_rows`, set by whoever updates the weights, makes the gradient hold only the rows that were looked up.

    Args:
        num_tokens: V.
        embedding_size: E.
        dropout: probability that a token's whole vector is 0, everywhere in the batch (Merity et al., 2018; Gal &
            Ghahramani, 2016, tie it within a sequence only).
        start: vectors that some rows start with.

    Source: Bengio et al. (2003), JMLR 3.
    """

    def __init__(
        self, num_tokens: int, embedding_size: int, dropout: float = 0.0, start: StartingVectors | None = None
    ) -> None:
        super().__init__()
        if start is not None and start.matrix.shape[1] != embedding_size:
            width = start.matrix.shape[1]
            raise ConfigError(
                f"task.vectors: {start.source} has vectors of {width} numbers, expected {embedding_size} as "
                f"model.embedding_size. Give --set model.embedding_size={width}."
            )
        self.weight = nn.Parameter(torch.empty(num_tokens, embedding_size))
        self.dropout = dropout
        self.sparse_rows = False
        self._start = start
        self.reset_parameters(torch.Generator().manual_seed(0))

    @property
    def device(self) -> torch.device:
        """Where the table is."""
        return self.weight.device

    @property
    def output_size(self) -> int:
        """E."""
        return self.weight.shape[1]

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw every weight from U(-bound, bound), 0.1 if left out; rows with a vector take that."""
        bound = 0.1 if bound is None else bound
        with torch.no_grad():
            self.weight.uniform_(-bound, bound, generator=generator)
            if self._start is not None:
                self.weight[torch.from_numpy(self._start.rows)] = torch.from_numpy(self._start.matrix).to(self.weight)

    def forward(self, ids: Int[Tensor, "..."], noise: Noise | None = None) -> Float[Tensor, "... E"]:
        """Return the rows of ids."""
        vectors = functional.embedding(ids, self.weight, sparse=self.sparse_rows)
        if noise is None or self.dropout == 0.0:
            return vectors
        kept = noise.keep_mask(self.weight[:, 0], 1.0 - self.dropout)
        return vectors * kept[ids][..., None]
