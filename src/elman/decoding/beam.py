"""The likeliest sequence of a given length, searched for along several paths at once."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from elman.decoding.base import Advance, Select


def beam_search(
    advance: Advance,
    select: Select,
    state: Any,
    prompt: np.ndarray,
    length: int,
    width: int,
    excluded: Sequence[int] = (),
) -> list[int]:
    """Return the ids of the best sequence found.

    At each step every kept path is extended by every token, and the `width` best of all extensions by Σ log p are kept.
    With `width` = V^(length - 1) the search is exhaustive; with 1 it is greedy.

    Args:
        advance: the model's step.
        select: gives the state of some rows.
        state: the state before the prompt, one row.
        prompt: ids to read first, at least one.
        length: tokens to find.
        width: paths kept.
        excluded: tokens that are never chosen.
    """
    for token in prompt:
        log_probs, state = advance(np.array([token]), state)
    paths = np.zeros((1, 0), dtype=np.int64)
    scores = np.zeros(1)
    for step in range(length):
        log_probs[:, list(excluded)] = -np.inf
        extended = (scores[:, None] + log_probs).ravel()
        best = np.argsort(-extended, kind="stable")[:width]
        best = best[np.isfinite(extended[best])]
        rows, tokens = np.divmod(best, log_probs.shape[1])
        paths, scores = np.column_stack([paths[rows], tokens]), extended[best]
        if step + 1 < length:
            log_probs, state = advance(tokens, select(state, rows))
    return paths[0].tolist()
