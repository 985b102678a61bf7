"""One step of a recurrence: what `unroll`, `feed` and every decoder know."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from torch import Tensor

from elman.cells.base.memory import Memory
from elman.cells.base.state import State
from elman.moment import Noise


class Step(ABC):
    """One step of a recurrence over a state that changes and a memory that does not.

    A subclass gives `values`, the definition, and `initial_state`. What `values` names like a part of the state becomes
    that part, what it names `output` is the output. Cells, stacks of them, attention decoders, machines with a memory
    in their state are steps.

    A step with parameters inherits `nn.Module` too, behind this class, and has `reset_parameters(generator, bound)`. It
    gives a value to each parameter that no module within draws by itself, those of torch's layers included: weights
    hang on the seed and on names alone. `initialize` refuses a network in which nobody does.
    """

    output: ClassVar[str] = "h"
    """The letter of the output."""

    traces: ClassVar[tuple[str, ...]] = ()
    """The letters that are worth keeping over time: gates, attention weights, places that are read and written."""

    @property
    @abstractmethod
    def output_size(self) -> int:
        """Numbers in an output."""

    @abstractmethod
    def initial_state(self, batch_size: int, memory: Any = None, steps: int | None = None) -> State:
        """Return the state before the first step, whose shapes no step changes.

        Args:
            batch_size: B.
            memory: what the steps will look at.
            steps: how many will be made at most, for a state that has room for each; None where nobody knows.
        """

    @abstractmethod
    def values(self, input_t: Any, state: Any, memory: Any = None) -> dict[str, Any]:
        """Return every quantity of one step by its letter, in the order in which they are computed.

        Args:
            input_t: what `project` made of x_t, (B, ...).
            state: the state before.
            memory: what the step may look at, with a row for each of the state (`Memory.spread`), or shared.
        """

    def project(self, rows: Any) -> Any:
        """Return the part of the step that needs neither state nor memory, for any number of rows at once."""
        return rows

    def recur(self, input_t: Any, state: Any, memory: Any = None) -> tuple[Tensor, Any]:
        """Return output and state of one step, given `project(x_t)`."""
        values = self.values(input_t, state, memory)
        return values[self.output], state.filled(values)

    def forward(self, input_t: Any, state: Any, memory: Any = None) -> tuple[Tensor, Any]:
        """Return output and state of one step."""
        return self.recur(self.project(input_t), state, memory)

    def under(self, noise: Noise | None, packing: Any) -> "Step":
        """Return the step for one pass over a packed batch, with all its noise drawn.

        Args:
            noise: of the training step; None in evaluation, where noise takes its mean.
            packing: how many steps there are of which sequence.
        """
        return self

    def backwards(self, packing: Any) -> "Step":
        """Return the step for a loop that reads every sequence from its end: another one where noise has an order."""
        return self

    def whole(
        self, rows: Any, packing: Any, state: Any, memory: Memory | None, backwards: bool
    ) -> tuple[Tensor, Any] | None:
        """Return outputs and last state of a whole packed batch, or None where only the loop can make them.

        The numbers are those of the loop. Arguments are those of `unroll`.
        """
        return None

    def traced(
        self, rows: Any, packing: Any, state: Any, memory: Memory | None, keep: Sequence[str]
    ) -> tuple[Tensor, Any, Mapping[str, Any]] | None:
        """Return what `whole` does and, packed, what is kept of each step, or None where only the loop can.

        Args:
            rows: those of `unroll`, read forwards, and so are the others.
            packing: how they are packed.
            state: before the first step.
            memory: what the steps may look at.
            keep: letters of `values`.
        """
        return None
