"""Keeping what each step gave, to see its gradient afterwards."""

from typing import Any

from torch import Tensor

from elman.cells.base import Recurrence, State


class Watched:
    """A recurrence that keeps the state after each step, so that ∂L/∂s_t can be read once L went backward.

    Args:
        recurrence: makes the steps.
        seen: the states are appended to it, in the order in which they are made: backward in time for a layer that
            reads backward.
    """

    def __init__(self, recurrence: Recurrence, seen: list[State]) -> None:
        self._recurrence = recurrence
        self._seen = seen

    def project(self, inputs: Tensor) -> Tensor:
        """Return what the recurrence makes of the inputs."""
        return self._recurrence.project(inputs)

    def recur(self, projected_t: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Return output and state of one step."""
        output, after = self._recurrence.recur(projected_t, state)
        for tensor in after.tensors():
            tensor.retain_grad()
        self._seen.append(after)
        return output, after
