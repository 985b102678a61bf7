"""Gradients against finite differences, along one direction of each input and of all outputs."""

import torch

STEP = 1e-6
"""Of the finite differences: central ones in float64, whose error is then about 1e-10."""


def equal_finite_differences(function, inputs):
    """Return true where the gradients of a function are those of central differences, else raise what differs.

    v·(J u) is compared with (v·J) u for vectors u, v of numbers between 0 and 1, for each input: two calls an input,
    where the whole Jacobian J takes two a number. One wrong entry of J is seen nevertheless, be it by 1e-4 only: the
    tolerance is that much stricter than the usual one of whole Jacobians.
    """

    def together(*inputs):
        found = function(*inputs)
        return torch.cat([one.flatten() for one in ([found] if isinstance(found, torch.Tensor) else found)])

    inputs = (inputs,) if isinstance(inputs, torch.Tensor) else tuple(inputs)
    return torch.autograd.gradcheck(together, inputs, eps=STEP, atol=1e-8, rtol=1e-6, fast_mode=True)
