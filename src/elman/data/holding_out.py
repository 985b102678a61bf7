"""Which examples are held out: the same share of every class."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import numpy as np


def stratified(
    classes: Sequence[Collection[str]], keys: Sequence[bytes], share: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return which examples are trained on and which are held out, each in the order of the data.

    Every class has the share of its examples held out, rounded so that all of them together have theirs, and at least
    one of each stays. An example may have several classes: then rare ones are dealt with first, and shares are about
    so large. Which examples are held out depends on their keys, not on their order.

    Args:
        classes: of each example.
        keys: of each example, which decide like lots who is drawn.
        share: how much is held out, 0 to below 1.

    Source: Sechidis et al. (2011), On the stratification of multi-label data, ECML PKDD.
    """
    members: dict[str, list[int]] = {}
    for row in sorted(range(len(keys)), key=keys.__getitem__):
        for name in dict.fromkeys(classes[row]):
            members.setdefault(name, []).append(row)
    counts = {name: len(rows) for name, rows in members.items()}
    wanted = _shares(counts, {name: keys[rows[0]] for name, rows in members.items()}, share)
    drawn: Counter[str] = Counter()
    held, decided = np.zeros(len(keys), bool), np.zeros(len(keys), bool)
    for name in sorted(counts, key=lambda name: (counts[name], name)):
        for row in members[name]:
            some = set(classes[row])
            if not decided[row] and drawn[name] < wanted[name] and all(counts[one] > drawn[one] + 1 for one in some):
                held[row] = True
                drawn.update(some)
            decided[row] = True
    return np.flatnonzero(~held), np.flatnonzero(held)


def _shares(counts: Mapping[str, int], keys: Mapping[str, bytes], share: float) -> dict[str, int]:
    """Return how many examples of each class are held out, by the largest remainders; one of each stays.

    Args:
        counts: how many there are.
        keys: decide among classes with equal remainders.
        share: how much is held out.
    """
    most = {name: max(0, min(count - 1, int(count * share))) for name, count in counts.items()}
    left = max(1, round(sum(counts.values()) * share)) - sum(most.values())
    order = sorted(counts, key=lambda name: (-((counts[name] * share) % 1), keys[name], name))
    for name in (name for name in order if most[name] < counts[name] - 1):
        if left > 0:
            most[name] += 1
            left -= 1
    return most
