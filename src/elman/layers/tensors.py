"""From the arrays of a batch to tensors on a device."""

import torch

from elman.data.records import Batch


def to_tensors(batch: Batch, device: torch.device) -> Batch:
    """Return a batch whose arrays are tensors on a device."""
    return batch.map(lambda array: torch.from_numpy(array).to(device))
