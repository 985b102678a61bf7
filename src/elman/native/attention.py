"""Queries that read sources in compiled code, on NumPy arrays: B sources of at most S places."""

from typing import NamedTuple

import numpy as np

from elman.errors import ShapeError
from elman.native import instructions
from elman.native.places import Place, refuse
from elman.native.recurrences import compiled


class Sources(NamedTuple):
    """What is looked at, and how places of it fit a query q.

        e_j = vector · tanh(q + k_j), or scale q · k_j without a vector;    α = softmax(e);    c = Σ_j α_j v_j

    Args:
        lengths: real places of each source, (B,) int64, 0 to S.
        values: v, (B, S, D).
        keys: k, (B, S, K).
        weight_query: (K, H), q is W h; None where q is h.
        vector: (K), or None.
        scale: see above.
    """

    lengths: np.ndarray
    values: np.ndarray
    keys: np.ndarray
    weight_query: np.ndarray | None
    vector: np.ndarray | None
    scale: float

    def check(self, dtype: np.dtype, count: int, query_size: int) -> None:
        """Refuse arrays that do not fit each other.

        Raises:
            ShapeError: one line for each array of a wrong shape or type.
        """
        lengths, (places, width), key_width = self.lengths, self.values.shape[1:], self.keys.shape[2]
        if lengths.shape != (count,) or lengths.dtype != np.int64:
            raise ShapeError(f"lengths: got {lengths.dtype} {lengths.shape}, expected int64 ({count},).")
        if count and not 0 <= lengths.min() <= lengths.max() <= places:
            raise ShapeError(f"lengths: got {lengths.min()}..{lengths.max()}, expected 0..{places}.")
        if self.weight_query is None and key_width != query_size:
            raise ShapeError(f"keys: got {key_width} numbers, expected {query_size}, as the query has.")
        refuse(
            "sources",
            dtype,
            Place("values", self.values, (count, places, width), True),
            Place("keys", self.keys, (count, places, key_width), True),
            Place("weight_query", self.weight_query, (key_width, query_size), None),
            Place("vector", self.vector, (key_width,), None),
        )


def look(sources: Sources, which: np.ndarray, queries: np.ndarray, threads: int) -> tuple[np.ndarray, np.ndarray]:
    """Return what queries read, (R, D), and where they look, (R, S).

    Args:
        sources: their `weight_query` is passed over.
        which: the source that each looks at, (R,) int64.
        queries: q, (R, K).
        threads: how many to use at most.

    Raises:
        KernelError: there is no compiled code.
        ShapeError: arrays that do not fit each other, or a source that is not there.
    """
    rows, (count, places, width) = len(queries), sources.values.shape
    sources._replace(weight_query=None).check(queries.dtype, count, queries.shape[1])
    if which.shape != (rows,) or which.dtype != np.int64 or (rows and not 0 <= which.min() <= which.max() < count):
        raise ShapeError(f"which: got {which.dtype} {which.shape}, expected int64 ({rows},) below {count}.")
    weights, context = np.empty((rows, places), queries.dtype), np.empty((rows, width), queries.dtype)
    compiled().look(instructions(), threads, sources, which, queries, weights, context)
    return context, weights
