"""Whole sequences in torch's own operators, where there is one for exactly this recurrence."""

from typing import Any

import torch
from torch import Tensor

from elman.cells.base import Cell
from elman.layers.packing import Packing


def run(cell: Cell, rows: Tensor, packing: Packing, state: Any) -> tuple[Tensor, Any]:
    """Run torch's operator over a packed batch, with the cell's own parameters.

    Arguments and results are those of `unroll`.
    """
    operator: Any = cell.torch_operator()
    parts = [tensor.unsqueeze(0).contiguous() for tensor in packing.sort(state).tensors()]
    hidden = parts if len(parts) > 1 else parts[0]
    pairs = (cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh)
    parameters = [parameter for parameter in pairs if parameter is not None]
    # has_biases, num_layers, dropout, train, bidirectional
    options: list[Any] = [cell.bias_ih is not None, 1, 0.0, torch.is_grad_enabled(), False]
    if packing.order is None:
        sequence = rows.view(packing.steps, packing.batch_size, -1)
        output, *after = operator(sequence, hidden, parameters, *options, False)
        return output.flatten(0, 1), state._make(part.squeeze(0) for part in after)
    active = packing.batch_sizes[0]
    hidden = [part[:, :active] for part in parts] if len(parts) > 1 else parts[0][:, :active]
    output, *after = operator(rows, torch.tensor(packing.batch_sizes), hidden, parameters, *options)
    whole = (torch.cat([new, old[:, active:]], 1) for new, old in zip(after, parts, strict=True))
    return output, packing.restore(state._make(part.squeeze(0) for part in whole))
