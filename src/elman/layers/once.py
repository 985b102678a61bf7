"""Gradients that have none of their own: functions that are differentiated once, and say so when it is not enough."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import torch
from torch import Tensor

from elman.errors import KernelError


def once(backward: Callable[..., Any]) -> Callable[..., Any]:
    """Return the way back of an `autograd.Function` whose gradient refuses to be differentiated.

    torch's `once_differentiable` refuses only where what comes in has a gradient, so that a constant above it, as of a
    sum, gives a wrong second gradient without a word.
    """

    @wraps(backward)
    def wrapped(ctx: Any, *above: Any) -> Any:
        with torch.no_grad():
            found = backward(ctx, *above)
        if not torch.is_grad_enabled():
            return found
        every = found if isinstance(found, tuple) else (found,)
        asks = torch.zeros((), requires_grad=True)
        refusing = [_Refusal.apply(asks, one) if isinstance(one, Tensor) else one for one in every]  # type: ignore[no-untyped-call]
        return tuple(refusing) if isinstance(found, tuple) else refusing[0]

    return wrapped


class _Refusal(torch.autograd.Function):
    """A gradient as it is, which cannot be differentiated."""

    @staticmethod
    def forward(ctx: Any, asks: Tensor, gradient: Tensor) -> Tensor:
        return gradient.view_as(gradient)

    @staticmethod
    def backward(ctx: Any, *above: Any) -> Any:
        raise KernelError(
            "a gradient of a gradient: what is differentiated here has none. Recurrences and machines have one with "
            "ELMAN_KERNELS=reference."
        )
