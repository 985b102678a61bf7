"""No memory: the controller alone, beside which the others stand."""

from typing import Any, NamedTuple

from torch import Tensor

from elman.cells.base import State
from elman.layers.unroll import unroll
from elman.machines.base import Machine
from elman.machines.base.machine import MachineState


class NothingState(NamedTuple("NothingState", []), State):
    """Nothing is written."""

    __slots__ = ()


class NoMemory(Machine):
    """The controller alone, y_t = h_t: what a memory adds is what others have more.

    Args:
        controller: makes a cell of so many inputs and units.
        input_size: I.
        config: has no options.
    """

    said_size = 0
    read_size = 0

    def blank(self, like: Tensor, steps: int | None) -> NothingState:
        """Return nothing."""
        return NothingState()

    def turned(self, memory: NothingState, said: Tensor) -> dict[str, Any]:
        """Return that nothing is read."""
        return {"r": said}

    def whole(
        self, rows: Any, packing: Any, state: Any, memory: Any, backwards: bool
    ) -> tuple[Tensor, MachineState] | None:
        """Return what the controller makes of whole sequences, in compiled code where there is some."""
        made = unroll(self.controller, rows, packing, state.controller, backwards=backwards)
        return made.outputs, state._replace(controller=made.state)
