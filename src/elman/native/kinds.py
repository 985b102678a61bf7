"""The recurrences that were compiled, by name."""

import numpy as np

from elman.errors import KernelError

_LSTMS = ("lstm", "peephole_lstm", "coupled_lstm", "layer_norm_lstm", "projected_lstm")
KINDS = (*_LSTMS, "gru", "reset_before_gru", "tanh", "relu", "sigmoid", "identity")
"""The recurrences that were compiled, in the order of `Kind` in sequence.hpp."""

NORMALIZED, RESET_BEFORE, NARROWED = "layer_norm_lstm", "reset_before_gru", "projected_lstm"
PROJECTED = (NORMALIZED, RESET_BEFORE)
"""The kinds that take as input, (N, G), what a cell's `project` makes of x."""

SEQUENCES_ONLY = (*PROJECTED, NARROWED)
"""The kinds without single steps of `elman.native.sessions`."""

_GATES = {"lstm": 4, "peephole_lstm": 4, "coupled_lstm": 3, NORMALIZED: 4, NARROWED: 4, "gru": 3, RESET_BEFORE: 3}


def gates(kind: str) -> int:
    """Return how many blocks of H rows the weights of a kind have.

    Raises:
        KernelError: there is no such kind.
    """
    if kind not in KINDS:
        raise KernelError(f"kind: got {kind!r}, expected one of {', '.join(KINDS)}.")
    return _GATES.get(kind, 1)


def has_memory(kind: str) -> bool:
    """Say whether the state of a kind has a memory c besides h."""
    return kind.endswith("lstm")


def join_biases(
    kind: str, bias_ih: np.ndarray | None, bias_hh: np.ndarray | None
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Return what is added to the gates, (G), and of the GRU b_hn, (H), which r multiplies before it meets the rest.

    Where b_ih stands in the input, b_hh alone is added.
    """
    if kind in PROJECTED:
        return bias_hh, None
    if bias_ih is None or bias_hh is None:
        return None, None
    if kind != "gru":
        return bias_ih + bias_hh, None
    size = len(bias_hh) // 3
    return np.concatenate([(bias_ih + bias_hh)[: 2 * size], bias_ih[2 * size :]]), bias_hh[2 * size :].copy()
