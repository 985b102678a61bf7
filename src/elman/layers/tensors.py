"""From the arrays of a batch to tensors on a device, and from tensors to the arrays that compiled code reads."""

import numpy as np
import torch
from torch import Tensor

from elman.data.records import Batch


def to_tensors(batch: Batch, device: torch.device) -> Batch:
    """Return a batch whose arrays are tensors on a device."""
    return batch.map(lambda array: torch.from_numpy(array).to(device))


def to_array(tensor: Tensor | None) -> np.ndarray | None:
    """Return what a kernel reads, one behind the other; nothing of nothing."""
    return None if tensor is None else tensor.detach().contiguous().numpy()
