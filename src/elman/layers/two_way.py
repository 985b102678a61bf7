"""Attention between a passage and a question, both ways."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from elman.layers.reading import read_from


class TwoWayAttention(nn.Module):
    """What each word of a passage reads of the question, and what the question reads of the passage.

        S_ij = u · p_i + v · q_j + (w ⊙ p_i) · q_j
        read_i = Σ_j softmax_j(S_i:) q_j;    back = Σ_i softmax_i(max_j S_ij) p_i
        G_i = [p_i; read_i; p_i ⊙ read_i; p_i ⊙ back]

    Args:
        size: H, of p and q.

    Source: Seo et al. (2017), Bidirectional attention flow, arXiv:1611.01603.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(3, size))
        self.output_size = 4 * size
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw u, v, w from U(-bound, bound), 1/sqrt(3 H) if left out."""
        limit = self.weight.numel() ** -0.5 if bound is None else bound
        with torch.no_grad():
            self.weight.uniform_(-limit, limit, generator=generator)

    def forward(
        self,
        passage: Float[Tensor, "B T H"],
        question: Float[Tensor, "B J H"],
        lengths: Tensor | None = None,
        asked: Tensor | None = None,
    ) -> Float[Tensor, "B T G"]:
        """Return G of each place.

        Args:
            passage: p.
            question: q.
            lengths: how many places of each passage are real, (B,); None where all are.
            asked: the same of questions.
        """
        own, other, both = self.weight
        # u · p_i is the same for all j, and has no say in what a word reads; v · q_j is one more number of each key.
        queries = torch.cat([passage * both, torch.ones_like(passage[..., :1])], -1)
        keys = torch.cat([question, (question * other).sum(-1, keepdim=True)], -1)
        read = read_from(queries, keys, question, asked).found
        scores = queries @ keys.transpose(1, 2)
        if asked is not None:
            real = torch.arange(keys.shape[1], device=keys.device) < asked[:, None]
            scores = scores.masked_fill(~real[:, None], -torch.inf)
        highest = scores.amax(-1) + (passage * own).sum(-1) if keys.shape[1] else (passage * own).sum(-1)
        one = torch.ones_like(highest[:, :1, None])
        back = read_from(one, highest[..., None], passage, lengths).found
        return torch.cat([passage, read, passage * read, passage * back], -1)
