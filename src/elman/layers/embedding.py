"""A vector for each token."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional


class Embedding(nn.Module):
    """A table of vectors: row i is the vector of token i, `e = E x` for the one-hot x of deck and textbook.

    Args:
        num_tokens: V.
        embedding_size: E.

    Source: Bengio et al. (2003), JMLR 3.
    """

    def __init__(self, num_tokens: int, embedding_size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(num_tokens, embedding_size))
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator) -> None:
        """Draw every weight from U(-0.1, 0.1)."""
        with torch.no_grad():
            self.weight.uniform_(-0.1, 0.1, generator=generator)

    def forward(self, ids: Int[Tensor, "..."]) -> Float[Tensor, "... E"]:
        """Return the rows of ids."""
        return functional.embedding(ids, self.weight)
