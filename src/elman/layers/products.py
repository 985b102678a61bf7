"""Products of large matrices, whose speed is the machine's and not that of one library."""

import torch
from torch import Tensor

from elman.layers.compiled import takes
from elman.native import matrices


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
    kind = tensors[0].dtype
    return takes(kind, *tensors) and all(
        one.dtype == kind and (1 in one.stride() or one.numel() < 2) for one in tensors
    )
