"""The number of the step, for attention that goes by it."""

from typing import Any, NamedTuple

from torch import Tensor

from elman.cells.base import Memory, State, Step
from elman.layers.source import CountedSource
from elman.moment import Noise


class CountedState(NamedTuple("CountedState", [("decoder", Any), ("count", Tensor)]), State):
    """The state of a decoder, and how many steps were made, (B,)."""

    __slots__ = ()


class Counted(Step):
    """A decoder whose attention knows how many steps were made: it is taken from the last number of each key.

    Args:
        decoder: looks at a source by a score that counts steps.
    """

    output = "y"
    traces = ("weights",)

    def __init__(self, decoder: Any) -> None:
        self._decoder = decoder

    @property
    def output_size(self) -> int:
        """That of the decoder."""
        return int(self._decoder.output_size)

    def initial_state(self, batch_size: int, memory: Any = None, steps: int | None = None) -> CountedState:
        """Return the state of the decoder, and no step."""
        return CountedState(self._decoder.initial_state(batch_size, memory, steps), memory.values.new_zeros(batch_size))

    def under(self, noise: Noise | None, packing: Any) -> "Counted":
        """Return it with the noise of the decoder drawn."""
        return Counted(self._decoder.under(noise, packing))

    def project(self, rows: Any) -> Any:
        """Return what the decoder makes of inputs."""
        return self._decoder.project(rows)

    def values(self, input_t: Any, state: Any, memory: Memory | None = None) -> dict[str, Any]:
        """Return the quantities of the decoder, its state, and the number of steps after this one."""
        source: Any = memory.spread() if memory is not None else None
        keys = source.keys.clone()
        keys[..., -1] -= state.count[:, None]
        values = self._decoder.values(input_t, state.decoder, CountedSource(*source._replace(keys=keys)))
        return {**values, "decoder": state.decoder.filled(values), "count": state.count + 1}
