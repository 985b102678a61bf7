"""Dot attention: the product of query and value."""

from jaxtyping import Float
from torch import Tensor

from elman.errors import ConfigError
from elman.layers.attention.base import Form, Score


class DotScore(Score):
    """Scores without weights.

        e_j = q · v_j

    Args:
        query_size: Q.
        value_size: D, which must be Q.

    Raises:
        ConfigError: it is not.

    Source: Luong et al. (2015), Effective approaches to attention-based neural machine translation, arXiv:1508.04025.
    """

    def __init__(self, query_size: int, value_size: int) -> None:
        super().__init__(query_size, value_size)
        if query_size != value_size:
            raise ConfigError(
                f"model.attention: a dot product needs places as wide as queries: got {value_size} and {query_size} "
                "numbers. Take attention general, or merge = sum."
            )

    def keys(self, values: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Return the values themselves."""
        return values

    def forward(self, query: Float[Tensor, "B Q"], keys: Float[Tensor, "B T D"]) -> Float[Tensor, "B T"]:
        """Return e of each place."""
        return self.every(query[:, None], keys)[:, 0]

    def every(self, queries: Float[Tensor, "B U Q"], keys: Float[Tensor, "B T D"]) -> Float[Tensor, "B U T"]:
        """Return e of each place for each query, one product."""
        return queries @ keys.transpose(1, 2)

    def form(self) -> Form:
        """Return it as compiled code knows it."""
        return Form()
