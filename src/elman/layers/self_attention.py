"""Self-attention over a sequence: every place looks at every other."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional

from elman.errors import ConfigError


class SelfAttention(nn.Module):
    """Multi-head scaled dot-product attention of a sequence with itself, added to the sequence.

        q, k, v = W_q h, W_k h, W_v h                       H / A of them for each of A heads
        α_tj = softmax_j(q_t · k_j / √(H / A))              0 where j is padding
        out_t = h_t + W_o [Σ_j α_tj v_j of each head]

    Args:
        hidden_size: H, a multiple of the heads.
        heads: A.

    Raises:
        ConfigError: H is no multiple of A.

    Source: Vaswani et al. (2017), arXiv:1706.03762, over recurrent states as in Cheng et al. (2016), arXiv:1601.06733.
    """

    def __init__(self, hidden_size: int, heads: int) -> None:
        super().__init__()
        if hidden_size % heads:
            raise ConfigError(
                f"model.self_attention_heads: got {heads}, expected a divisor of {hidden_size}, the width of the stack."
            )
        self.heads = heads
        self.qkv = nn.Linear(hidden_size, 3 * hidden_size, bias=False)
        self.out = nn.Linear(hidden_size, hidden_size, bias=False)
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw the weights from U(-bound, bound), 1/sqrt(H) if left out."""
        limit = self.out.in_features**-0.5 if bound is None else bound
        with torch.no_grad():
            for linear in (self.qkv, self.out):
                linear.weight.uniform_(-limit, limit, generator=generator)

    def forward(self, hidden: Float[Tensor, "B T H"], mask: Bool[Tensor, "B T"] | None) -> Float[Tensor, "B T H"]:
        """Return the sequence with what each place saw added. Padding is seen by nobody and stays 0."""
        batch, steps, size = hidden.shape
        q, k, v = self.qkv(hidden).view(batch, steps, 3, self.heads, size // self.heads).permute(2, 0, 3, 1, 4)
        seen = None if mask is None else (mask | ~mask.any(1, keepdim=True))[:, None, None, :]
        read = functional.scaled_dot_product_attention(q, k, v, attn_mask=seen)
        added = self.out(read.transpose(1, 2).reshape(batch, steps, size))
        return hidden + (added if mask is None else added * mask[..., None])
