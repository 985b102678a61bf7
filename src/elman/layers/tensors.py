"""From the arrays of a batch to tensors on a device."""

from typing import NamedTuple

import torch
from torch import Tensor

from elman.data.records import Batch


class BatchTensors(NamedTuple):
    """The fields and masks of a batch as tensors."""

    fields: dict[str, Tensor]
    masks: dict[str, Tensor]


def to_tensors(batch: Batch, device: torch.device) -> BatchTensors:
    """Return the arrays of a batch as tensors on a device."""
    fields = {name: torch.from_numpy(array).to(device) for name, array in batch.fields.items()}
    masks = {name: torch.from_numpy(array).to(device) for name, array in batch.masks.items()}
    return BatchTensors(fields, masks)
