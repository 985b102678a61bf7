"""The loss of CTC in torch: compiled code where there is some, and else its definition."""

from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from elman.decoding.ctc import paths
from elman.layers.compiled import takes
from elman.layers.once import once
from elman.native import ctc


def row_nats(
    logits: Float[Tensor, "N V"],
    lengths: Int[Tensor, " B"],
    labels: Int[Tensor, " M"],
    label_lengths: Int[Tensor, " B"],
    blank: int,
) -> Float[Tensor, " B"]:
    """Return -log p(labels) of each utterance, in float64, with a gradient for the logits.

    Infinity, with a gradient of 0, where labels do not fit into the frames.

    Args:
        logits: z; utterances lie one behind the other.
        lengths: frames of each.
        labels: y, one behind the other.
        label_lengths: labels of each.
        blank: the symbol that stands for no label.

    Raises:
        ShapeError: lengths that do not add up, or a label that is the blank, or none.
    """
    found: Tensor = _Nats.apply(logits, lengths, labels, label_lengths, blank)  # type: ignore[no-untyped-call]
    return found


class _Nats(torch.autograd.Function):
    """-log P of utterances. The forward pass has all that the gradient needs at hand."""

    @staticmethod
    def forward(ctx: Any, logits: Tensor, lengths: Tensor, labels: Tensor, label_lengths: Tensor, blank: int) -> Tensor:
        rows, frames, texts, sizes = (one.detach().cpu().numpy() for one in (logits, lengths, labels, label_lengths))
        learns = ctx.needs_input_grad[0]
        if takes(logits.dtype, logits):
            found = ctc.losses(rows, frames, texts, sizes, blank, learns, torch.get_num_threads())
        else:
            found = _defined(rows, frames, texts, sizes, blank, learns)
        if found.gradient is not None:
            ctx.save_for_backward(torch.from_numpy(found.gradient).to(logits.device), lengths)
        return torch.from_numpy(found.nats).to(logits.device)

    @staticmethod
    @once
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        gradient, lengths = ctx.saved_tensors
        return gradient * grad.to(gradient.dtype).repeat_interleave(lengths)[:, None], None, None, None, None


def _defined(
    logits: np.ndarray, lengths: np.ndarray, labels: np.ndarray, label_lengths: np.ndarray, blank: int, learns: bool
) -> ctc.Losses:
    """Return what the definition says, utterance by utterance."""
    ctc.check_labels(logits.shape, lengths, labels, label_lengths, blank)
    log_probs = paths.log_softmax(logits)
    rows = np.split(log_probs, np.cumsum(lengths)[:-1])
    targets = np.split(labels, np.cumsum(label_lengths)[:-1])
    found = np.array([paths.nats(row, target, blank) for row, target in zip(rows, targets, strict=True)], np.float64)
    if not learns:
        return ctc.Losses(found, None)
    gradients = [paths.gradient(row, target, blank) for row, target in zip(rows, targets, strict=True)]
    return ctc.Losses(found, np.concatenate(gradients).astype(logits.dtype))
