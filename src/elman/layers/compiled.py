"""Which tensors compiled code can take."""

import torch
from torch import Tensor

from elman.native import compiled


def takes(kind: torch.dtype, *tensors: Tensor) -> bool:
    """Say whether there is compiled code for numbers of this type, float32 or float64, where these tensors are."""
    able = compiled() is not None and kind in (torch.float32, torch.float64)
    return able and all(tensor.device.type == "cpu" for tensor in tensors)
