"""Leaving n-grams out of a model."""

from collections.abc import Sequence

import numpy as np

from elman.ngram.backoff import BackoffModel, Order
from elman.ngram.counts import Level


def chosen(levels: Sequence[Level], thresholds: Sequence[int]) -> list[np.ndarray]:
    """Return which n-grams stay when those that occur at most so often go, by order.

    What stays keeps its context and what it is without its first word: a model walks over them.

    Args:
        levels: counts of orders 1, 2, ...; order 1 stays whole.
        thresholds: of order 1, 2, ...; the last one holds for all higher orders.
    """
    stays = []
    for k, level in enumerate(levels):
        threshold = thresholds[min(k, len(thresholds) - 1)]
        stays.append(np.ones(len(level.words), bool) if k == 0 else level.counts > threshold)
    for k in range(len(levels) - 1, 0, -1):
        stays[k - 1][levels[k].contexts[stays[k]]] = True
        stays[k - 1][levels[k].links[stays[k]]] = True
    return stays


def prune(model: BackoffModel, stays: Sequence[np.ndarray]) -> BackoffModel:
    """Return a model without the n-grams that do not stay; `estimate` was told of them."""
    orders = []
    before = np.arange(1, dtype=np.uint32)
    for k, (order, kept) in enumerate(zip(model.orders, stays, strict=True)):
        numbers = (np.cumsum(kept) - 1).astype(np.uint32)
        starts, backoffs = order.starts, order.backoffs
        if k + 1 < len(model.orders):
            left = np.concatenate([[0], np.cumsum(stays[k + 1])])
            firsts = left[starts].astype(np.uint32)
            starts = np.concatenate([firsts[:-1][kept], firsts[-1:]])
            backoffs = backoffs[kept]
        links = before[order.links[kept]] if k else order.links
        orders.append(Order(order.words[kept], links, order.log_probs[kept], backoffs, starts))
        before = numbers
    there = [order for order in orders if len(order.words)]
    there[-1] = there[-1]._replace(backoffs=there[-1].backoffs[:0], starts=there[-1].starts[:0])
    return BackoffModel(there, model.uniform)
