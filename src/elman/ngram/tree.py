"""A model from lists of n-grams, such as an ARPA file has."""

from collections.abc import Sequence

import numpy as np

from elman.ngram.backoff import BackoffModel, Order

NgramList = tuple[np.ndarray, np.ndarray, np.ndarray]
"""n-grams of one order k: ids (N, k), log p (N) and log backoff (N), in nats."""


def build(lists: Sequence[NgramList]) -> BackoffModel:
    """Return the model of n-grams with their log p and log backoff.

    n-grams that are needed and not there, as context or as end of a longer one, are added: they have the probability
    that backing off gives them, and no backoff weight.

    Args:
        lists: of order 1, 2, ...; order 1 has every id in turn.
    """
    size = len(lists[0][0])
    keys: list[np.ndarray] = []  # of order 2, 3, ...: number of the context x V + last word, which rise

    def find(rows: np.ndarray) -> np.ndarray:
        nodes = rows[:, 0]
        for column, known in zip(rows.T[1:], keys, strict=False):
            nodes = np.searchsorted(known, nodes * size + column)
        return nodes

    orders: list[Order] = []
    for rows, (words, given, weights) in zip(_complete([words for words, *_ in lists]), lists, strict=True):
        if not orders:
            log_probs, links = np.zeros(size), np.empty(0, np.uint32)
        else:
            contexts, links = find(rows[:, :-1]), find(rows[:, 1:])
            keys.append(contexts * size + rows[:, -1])
            log_probs = orders[-1].backoffs[contexts] + orders[-1].log_probs[links]
            starts = np.concatenate([[0], np.cumsum(np.bincount(contexts, minlength=len(orders[-1].words)))])
            orders[-1] = orders[-1]._replace(starts=starts)
        backoffs, places = np.zeros(len(rows)), find(words)
        log_probs[places], backoffs[places] = given, weights
        orders.append(Order(rows[:, -1], links, log_probs, backoffs, np.empty(0)))
    orders[-1] = orders[-1]._replace(backoffs=np.empty(0))
    types = (np.uint32, np.uint32, np.float32, np.float32, np.uint32)
    return BackoffModel(
        [Order(*(array.astype(kind) for array, kind in zip(order, types, strict=True))) for order in orders]
    )


def _complete(lists: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return the n-grams of each order with all that longer ones need, sorted."""
    complete = [lists[-1]]
    for words in reversed(lists[:-1]):
        longer = complete[0]
        complete.insert(0, np.concatenate([words, longer[:, :-1], longer[:, 1:]]))
    return [lists[0], *(np.unique(words, axis=0) for words in complete[1:])]
