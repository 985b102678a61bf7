"""The loss of CTC in compiled code, on NumPy arrays: `elman.decoding.ctc.paths` is its definition.

Utterances lie one behind the other, and so do their labels. Sums are kept as m 2^e with an exponent for every state, in
double precision, so that none underflows however long an utterance is.
"""

from typing import NamedTuple

import numpy as np

from elman.errors import ShapeError
from elman.native import instructions
from elman.native.places import Place, refuse
from elman.native.recurrences import compiled


class Losses(NamedTuple):
    """What B utterances with N frames in all lose.

    Args:
        nats: -log P of each, (B,); infinity where its labels do not fit into its frames.
        gradient: by the logits, (N, V), in their type; 0 where the labels do not fit. None if it was not asked for.
    """

    nats: np.ndarray
    gradient: np.ndarray | None


def losses(
    logits: np.ndarray,
    lengths: np.ndarray,
    labels: np.ndarray,
    label_lengths: np.ndarray,
    blank: int,
    learns: bool = False,
    threads: int = 1,
) -> Losses:
    """Return the loss of each utterance, and its gradient by the logits.

    Args:
        logits: z, (N, V), float32 or float64.
        lengths: frames of each utterance, (B,) int64, N in all.
        labels: y, (M,) int64.
        label_lengths: labels of each utterance, (B,) int64, M in all.
        blank: the symbol that stands for no label.
        learns: whether the gradient is wanted.
        threads: how many to use at most.

    Raises:
        KernelError: there is no compiled code.
        ShapeError: arrays of another shape or type, lengths that do not add up, or a label that is none.
    """
    if logits.ndim != 2 or logits.shape[1] == 0 or logits.dtype not in (np.float32, np.float64):
        raise ShapeError(f"logits: got {logits.dtype} {logits.shape}, expected float32 or float64 (N, V).")
    check_labels(logits.shape, lengths, labels, label_lengths, blank)
    found = np.empty(len(lengths))
    gradient = np.empty(logits.shape, logits.dtype) if learns else None
    rows = [np.ascontiguousarray(array) for array in (logits, lengths, labels, label_lengths)]
    compiled().ctc_nats(instructions(), threads, *rows, blank, found, gradient)
    return Losses(found, gradient)


def check_labels(
    shape: tuple[int, ...], lengths: np.ndarray, labels: np.ndarray, label_lengths: np.ndarray, blank: int
) -> None:
    """Refuse lengths that do not add up, and labels that are none.

    Args:
        shape: of the logits, (N, V).
        lengths: as in `losses`.
        labels: the same.
        label_lengths: the same.
        blank: the same.

    Raises:
        ShapeError: there are some.
    """
    frames, symbols = shape
    count = len(lengths)
    refuse(
        "ctc",
        np.dtype(np.int64),
        Place("lengths", lengths, (count,), True),
        Place("labels", labels, (labels.size,), True),
        Place("label_lengths", label_lengths, (count,), True),
    )
    for name, some, whole in (("lengths", lengths, frames), ("label_lengths", label_lengths, len(labels))):
        if (some < 0).any() or int(some.sum()) != whole:
            raise ShapeError(f"{name}: got {np.array2string(some, threshold=8)}, expected ones from 0, {whole} in all.")
    if not 0 <= blank < symbols:
        raise ShapeError(f"blank: got {blank}, expected 0..{symbols - 1}.")
    if len(labels) and not 0 <= labels.min() <= labels.max() < symbols:
        raise ShapeError(f"labels: got {labels.min()} to {labels.max()}, expected 0..{symbols - 1}.")
    if (labels == blank).any():
        raise ShapeError(f"labels: got {blank}, which is the blank: no label may be it.")
