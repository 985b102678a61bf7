"""The likeliest of many classes, ranked while their logits are in the cache."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from elman.layers.compiled import takes
from elman.layers.cross_entropy import chunks
from elman.layers.products import product
from elman.native.likeliest import likeliest


class Ranking(NamedTuple):
    """Log-probabilities (nats, float64) of some classes of each row.

    Args:
        log_probs: of the likeliest but the end, largest first, equal ones by their ids, (R, k).
        ids: which, (R, k).
        log_end: of the end, (R,).
        asked: of those that were asked for, (R, J).
    """

    log_probs: np.ndarray
    ids: np.ndarray
    log_end: np.ndarray
    asked: np.ndarray


@torch.no_grad()
def ranked(
    rows: Tensor, weight: Tensor, bias: Tensor, k: int, end: int | None, asked: Tensor | None = None
) -> Ranking | None:
    """Return the k likeliest classes of softmax(W h + b) but the end; no table of all of them ever exists.

    None where there is no compiled code for it, or k are all.

    Args:
        rows: h, (R, H), at least one.
        weight: W, (V, H).
        bias: b, (V,).
        k: how many.
        end: a class; None for none.
        asked: further classes whose log-probability is wanted, (R, J).
    """
    if not takes(weight.dtype, weight) or k >= len(weight):
        return None
    wanted = rows.new_empty(len(rows), 0, dtype=torch.long) if asked is None else asked
    found = []
    for piece in chunks(len(rows), len(weight)):
        logits = product(rows[piece], weight.t()).add_(bias)
        log_probs, ids, log_end = likeliest(logits.numpy(), k, end, torch.get_num_threads())
        best = logits.gather(1, torch.from_numpy(ids[:, :1])).double().numpy()
        others = logits.gather(1, wanted[piece]).double().numpy()
        found.append((log_probs, ids, log_end, others - best + log_probs[:, :1]))
    return Ranking(*(np.concatenate(parts) for parts in zip(*found, strict=True)))
