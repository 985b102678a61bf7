"""Sums over all paths that give some labels, in log space and double precision: the definition of CTC.

A path has one symbol a frame, a label or the blank. B(path), the labels that it gives, merges equal neighbours and then
drops blanks. With l' = blank, y_1, blank, .., y_U, blank of S = 2U + 1 places,

    α_t(s) = log p_t(l'_s) + log Σ exp of α_{t-1}(s), α_{t-1}(s-1), and α_{t-1}(s-2) unless l'_s is blank or l'_{s-2}
    β_t(s) = log p_t(l'_s) + log Σ exp of β_{t+1}(s), β_{t+1}(s+1), and β_{t+1}(s+2) unless l'_s is blank or l'_{s+2}
    log P = log Σ_{B(path) = y} Π_t p_t(path_t) = log Σ exp of α_T(S), α_T(S-1)
    ∂(-log P) / ∂z_t(k) = p_t(k) - 1/P Σ_{s: l'_s = k} exp(α_t(s) + β_t(s) - log p_t(k)),    p_t = softmax(z_t)

Both α and β contain p_t, as those of Graves. Source: Graves et al. (2006), Connectionist temporal classification, ICML.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

NEVER = -np.inf


def frames_needed(labels: Sequence[int] | np.ndarray) -> int:
    """Return how many frames labels need at least: U, and a blank more between equal neighbours."""
    return len(labels) + sum(int(one == other) for one, other in pairwise(labels))


def collapsed(path: np.ndarray, blank: int) -> np.ndarray:
    """Return the labels that a path gives.

    >>> collapsed(np.array([0, 1, 1, 0, 1, 2]), 0).tolist()
    [1, 1, 2]
    """
    begins = np.append(True, path[1:] != path[:-1])[: len(path)]
    found: np.ndarray = path[begins & (path != blank)]
    return found


def places(labels: np.ndarray, blank: int) -> tuple[np.ndarray, np.ndarray]:
    """Return l', (S,), and which of its places may be reached past the one before, (S,)."""
    extended = np.full(2 * len(labels) + 1, blank, np.int64)
    extended[1::2] = labels
    skips = np.zeros(len(extended), bool)
    skips[3::2] = labels[1:] != labels[:-1]
    return extended, skips


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Return log p of rows of logits, in double precision."""
    scores = np.asarray(logits, np.float64)
    scores = scores - scores.max(-1, keepdims=True)
    found: np.ndarray = scores - np.log(np.exp(scores).sum(-1, keepdims=True))
    return found


def log_alphas(log_probs: np.ndarray, labels: np.ndarray, blank: int) -> np.ndarray:
    """Return α, (T, S).

    Args:
        log_probs: of each symbol at each frame, (T, V).
        labels: y, (U,).
        blank: the symbol that stands for no label.
    """
    extended, skips = places(labels, blank)
    return _summed(log_probs[:, extended], skips)


def log_betas(log_probs: np.ndarray, labels: np.ndarray, blank: int) -> np.ndarray:
    """Return β, (T, S): the α of everything turned round."""
    extended, _ = places(labels, blank)
    return _summed(log_probs[::-1, extended[::-1]], places(labels[::-1], blank)[1])[::-1, ::-1]


def _summed(own: np.ndarray, skips: np.ndarray) -> np.ndarray:
    found = np.full(own.shape, NEVER)
    before = np.full(own.shape[1] + 2, NEVER)  # two places more, so that nothing is before the first
    before[1] = 0.0  # and before the first frame one is about to enter the first or the second place
    for t, here in enumerate(own):
        skipped = np.where(skips, before[:-2], NEVER)
        stays = before[2:] if t else np.full(len(here), NEVER)
        enters = before[1:-1].copy()
        if not t and len(here) > 1:
            enters[1] = 0.0
        found[t] = here + np.logaddexp(np.logaddexp(stays, enters), skipped)
        before[1] = NEVER
        before[2:] = found[t]
    return found


def nats(log_probs: np.ndarray, labels: np.ndarray, blank: int) -> float:
    """Return -log P; infinity where the labels do not fit into the frames."""
    if not len(log_probs):
        return np.inf if len(labels) else 0.0
    return -float(np.logaddexp.reduce(log_alphas(log_probs, labels, blank)[-1, -2:]))


def gradient(log_probs: np.ndarray, labels: np.ndarray, blank: int) -> np.ndarray:
    """Return ∂(-log P) / ∂z, (T, V), by the logits that `log_probs` is the log softmax of; 0 where P is 0."""
    shares = np.zeros(log_probs.shape)
    total = nats(log_probs, labels, blank)
    if not len(shares) or total == np.inf:
        return shares
    extended, _ = places(labels, blank)
    both = log_alphas(log_probs, labels, blank) + log_betas(log_probs, labels, blank)
    own = log_probs[:, extended]
    gammas = np.exp(np.where(own > NEVER, both - np.where(own > NEVER, own, 0.0), NEVER) + total)
    np.add.at(shares.T, extended, gammas.T)
    found: np.ndarray = np.exp(log_probs) - shares
    return found
