"""A stack of recurrent layers."""

from collections.abc import Sequence

from jaxtyping import Bool, Float
from torch import Tensor, nn

from elman.cells.base import Cell, State
from elman.layers.dropout import dropout
from elman.layers.packing import Packing
from elman.layers.unroll import unroll
from elman.noise import Noise


class StackState(tuple[State, ...], State):
    """The states of the layers, first layer first."""

    __slots__ = ()

    @classmethod
    def _make(cls, parts: object) -> "StackState":
        return cls(parts)  # type: ignore[arg-type]


class RecurrentStack(nn.Module):
    """Layers of recurrence: the hidden states of layer l are the inputs of layer l + 1.

    Args:
        layers: the cells, each taking what the one before gives.
        dropout: probability of dropping an output of a layer, 0 to below 1; it acts on what goes up, never on
            what goes on in time (Zaremba et al., 2014).
    """

    def __init__(self, layers: Sequence[Cell], dropout: float = 0.0) -> None:
        super().__init__()
        self.layers = nn.ModuleList(layers)
        self.dropout = dropout

    def initial_state(self, batch_size: int) -> StackState:
        """Return zeros for each layer."""
        return StackState(cell.initial_state(batch_size) for cell in self._cells())

    def forward(
        self,
        inputs: Float[Tensor, "B T I"],
        state: StackState,
        mask: Bool[Tensor, "B T"] | None = None,
        noise: Noise | None = None,
    ) -> tuple[Float[Tensor, "B T H"], StackState]:
        """Return the outputs of the last layer and the state after each row's last real step.

        Args:
            inputs: padded at the end of rows, where `mask` is False.
            state: the state before the first step.
            mask: True = real; None when nothing is padded. Outputs at padding are 0.
            noise: the noise of a training step, or None.
        """
        packing = Packing(inputs.shape[0], inputs.shape[1], None if mask is None else mask.sum(1))
        rows = packing.pack(inputs)
        after = []
        for cell, before in zip(self._cells(), state, strict=True):
            rows, last = unroll(cell, rows, packing, before)
            rows = dropout(rows, self.dropout, noise)
            after.append(last)
        return packing.unpack(rows), StackState(after)

    def _cells(self) -> list[Cell]:
        return [cell for cell in self.layers if isinstance(cell, Cell)]
