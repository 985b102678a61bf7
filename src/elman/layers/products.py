"""Products of large matrices, whose speed is the machine's and not that of one library."""

import torch
from torch import Tensor

from elman.native import kernel_mode, matrices, module

_TYPES = (torch.float32, torch.float64)


def product(left: Tensor, right: Tensor, out: Tensor | None = None, adds: bool = False) -> Tensor:
    """Return left right, without a gradient.

    In compiled code where there is some: the library that torch was built with may be half as fast on a machine of
    another maker.

    Args:
        left: (M, K).
        right: (K, N).
        out: (M, N), contiguous, where it goes; a new one if left out.
        adds: whether it is added to what `out` has.
    """
    made = left.new_empty(len(left), right.shape[1]) if out is None else out
    if _computes(left, right, made):
        factors = left.detach().numpy(), right.detach().numpy()
        matrices.multiply(*factors, made.detach().numpy(), torch.get_num_threads(), adds)
    elif adds:
        made.addmm_(left, right)
    else:
        torch.mm(left, right, out=made)
    return made


def _computes(*tensors: Tensor) -> bool:
    """Say whether compiled code can take these matrices as they lie."""
    if kernel_mode() == "reference" or module() is None:
        return False
    kind = tensors[0].dtype
    return kind in _TYPES and all(
        one.device.type == "cpu" and one.dtype == kind and (1 in one.stride() or one.numel() < 2) for one in tensors
    )
