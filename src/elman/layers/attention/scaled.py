"""Scaled dot attention: the product of query and value, made as small as chance makes it large."""

from jaxtyping import Float
from torch import Tensor

from elman.layers.attention.base import Form
from elman.layers.attention.dot import DotScore


class ScaledScore(DotScore):
    """Scores without weights, whose spread does not grow with the width.

        e_j = q · v_j / √Q

    Args:
        query_size: Q.
        value_size: D, which must be Q.

    Raises:
        ConfigError: it is not.

    Source: Vaswani et al. (2017), Attention is all you need, arXiv:1706.03762, section 3.2.1.
    """

    def every(self, queries: Float[Tensor, "B U Q"], keys: Float[Tensor, "B T D"]) -> Float[Tensor, "B U T"]:
        """Return e of each place for each query, one product."""
        return super().every(queries, keys) * self.query_size**-0.5

    def form(self) -> Form:
        """Return it as compiled code knows it."""
        return Form(scale=self.query_size**-0.5)
