"""How much each link of a sparse non-negative matrix counts: a log-linear function of few facts about it, learned."""

from typing import NamedTuple

import numpy as np

from elman.ngram.features import NONE, Features, summed
from elman.ngram.skipgrams import mixed

_STEPS = 33
"""Buckets of a count, one a doubling: counts are below 2^32."""
_SALT = np.uint64(0xD1342543DE82EF95)
_TYPE, _TARGET, _COUNT, _LINK = 1, 2, 4, 8
_OF_COUNTS = (_TYPE, _COUNT, _LINK, _COUNT | _LINK, _TYPE | _COUNT, _TYPE | _LINK, _TYPE | _COUNT | _LINK)
_OF_TARGETS = (_TARGET, _TYPE | _TARGET)
_FEATURE, _UNIFORM = 16, 32


class Events(NamedTuple):
    """Places of a text: which features were active, and which link of each leads to the word that came.

    Args:
        features: (N, K), NONE where there was none.
        links: (N, K), NONE where the word never followed.
        own: 1 where the features were counted on this very text: each event is then left out of its own counts; else 0.
    """

    features: np.ndarray
    links: np.ndarray
    own: int = 0


class Slopes(NamedTuple):
    """The loss of some events and its derivatives.

    Args:
        nats: Σ of the loss.
        of_counts: by A of template and bucket of both counts, (K, 33, 33).
        of_targets: by A of template and word, (K, V).
        chosen: which features were active.
        of_features: by A of each of them.
        of_uniform: by A of the uniform feature.
    """

    nats: float
    of_counts: np.ndarray
    of_targets: np.ndarray
    chosen: np.ndarray
    of_features: np.ndarray
    of_uniform: float


class Adjustment:
    """A(i, j), which says how much the link from feature i to word j counts, and how it is learned.

        M_ij = exp(A_ij) C_ij / C_i*;    y_j = Σ_{i active} M_ij + exp(A_0) / V;    P(j) = y_j / Σ_k y_k
        A_ij = Σ_k θ[hash(metafeature k of i and j)]
        J = Σ_t log Σ_k y_k - log y_{x_t};    ∂J/∂A_ij = Σ_t f_i(t) M_ij (1 / Σ_k y_k - [j = x_t] / y_j)

    Metafeatures: the template, the word, the feature, buckets of C_i* and of C_ij, and template with word, with either
    bucket, with both, and both buckets. A count c lies in two buckets, ⌊log2 c⌋ and the next, by how near it is to
    each. The uniform feature, whose A_0 is learned too, keeps every y above 0.

    Where events are of the counted text, each is left out of its counts: C_i* and C_ij are one less, and a feature that
    occurs once is off.

    Args:
        features: of the text.
        vocabulary: V.
        cells: numbers in θ.

    Source: Shazeer, Pelemans & Chelba (2015), Sparse non-negative matrix language modeling for skip-grams, Interspeech;
    Chelba & Pereira (2016), Multinomial loss on held-out data for the sparse non-negative matrix language model,
    arXiv:1511.01574.
    """

    def __init__(self, features: Features, vocabulary: int, cells: int) -> None:
        self._features, self._vocabulary = features, vocabulary
        self._totals = features.totals
        kinds, size = len(features.begins) - 1, np.uint64(cells)
        self._kinds = np.repeat(np.arange(kinds), np.diff(features.begins))
        facts = np.ogrid[:kinds, :_STEPS, :_STEPS]
        self._of_counts = np.stack(
            [_hashed(which, size, facts[0], None, facts[1], facts[2], (kinds, _STEPS, _STEPS)) for which in _OF_COUNTS]
        )
        kind, word = np.ogrid[:kinds, :vocabulary]
        self._of_targets = np.stack(
            [_hashed(which, size, kind, word, None, None, (kinds, vocabulary)) for which in _OF_TARGETS]
        )
        salted = features.keys * _SALT + np.uint64(_FEATURE)
        self._of_features = (mixed(salted) % size).astype(np.int64)
        self._uniform = int(mixed(np.array([_UNIFORM], np.uint64) * _SALT)[0] % size)
        self.theta = np.zeros(cells)

    @property
    def uniform(self) -> float:
        """A_0."""
        return float(self.theta[self._uniform])

    def weights(self, chosen: np.ndarray) -> np.ndarray:
        """Return M of all links of some features, one feature behind the other."""
        return self._spread(chosen).weights

    def slopes(self, events: Events, floor: float | None = None) -> Slopes:
        """Return the loss of events and its derivatives.

        Args:
            events: of which some may be left out of their own counts.
            floor: A_0, if it is not the learned one.
        """
        floor = self.uniform if floor is None else floor
        there = events.features != NONE
        chosen, local = np.unique(events.features[there], return_inverse=True)
        rows = np.broadcast_to(np.arange(len(there))[:, None], there.shape)[there]
        links = self._spread(chosen)
        totals, own = self._totals[chosen], events.own
        left = totals - own
        with np.errstate(divide="ignore"):
            factor = np.where(left > 0, totals / left, 0.0)  # one that occurred here alone is off
        sums = summed(links.weights, links.starts) * factor
        # The link to the word that came, of each active feature: its place among those of `links`, and its share of y.
        hit = events.links[there] != NONE
        places = links.starts[local[hit]] + events.links[there][hit] - self._features.starts[chosen[local[hit]]]
        one_less = own * links.weights[places] / links.counts[places] * factor[local[hit]]
        of_hit = links.weights[places] * factor[local[hit]] - one_less
        count = len(there)
        whole = np.bincount(rows, sums[local], count) + np.exp(floor)
        whole -= np.bincount(rows[hit], one_less, count)
        right = np.bincount(rows[hit], of_hit, count) + np.exp(floor) / self._vocabulary
        inverse = np.bincount(local, 1 / whole[rows], len(chosen)) * factor
        slope = links.weights * np.repeat(inverse, np.diff(links.starts))
        slope -= np.bincount(places, one_less / whole[rows[hit]] + of_hit / right[rows[hit]], len(slope))
        uniform = np.exp(floor) * ((1 / whole).sum() - (1 / right).sum() / self._vocabulary)
        nats = float((np.log(whole) - np.log(right)).sum())
        return self._gathered(links, slope, nats, float(uniform))

    def add_to(self, gradient: np.ndarray, slopes: Slopes) -> None:
        """Add the derivatives by θ."""
        for which in self._of_counts:
            gradient += np.bincount(which.ravel(), slopes.of_counts.ravel(), len(gradient))
        for which in self._of_targets:
            gradient += np.bincount(which.ravel(), slopes.of_targets.ravel(), len(gradient))
        gradient += np.bincount(self._of_features[slopes.chosen], slopes.of_features, len(gradient))
        gradient[self._uniform] += slopes.of_uniform

    def _spread(self, chosen: np.ndarray) -> "_Links":
        """Return the links of some features with all that A needs."""
        features, starts = self._features, self._features.starts
        sizes = starts[chosen + 1] - starts[chosen]
        begins = np.concatenate([[0], np.cumsum(sizes)])
        places = np.arange(begins[-1]) + np.repeat(starts[chosen] - begins[:-1], sizes)
        targets, counts = features.targets[places].astype(np.int64), features.counts[places].astype(np.int64)
        kinds, totals = self._kinds[chosen], self._totals[chosen]
        bucket, near = _buckets(totals)
        by_count = self.theta[self._of_counts].sum(0)
        lines = by_count[kinds, bucket] * (1 - near[:, None]) + by_count[kinds, bucket + 1] * near[:, None]
        numbers, far = _buckets(counts)
        numbers += np.repeat(np.arange(len(chosen)) * _STEPS, sizes)
        words = np.repeat(kinds * self._vocabulary, sizes) + targets
        lines += self.theta[self._of_features[chosen]][:, None]
        flat = lines.ravel()
        logs = flat[numbers] * (1 - far) + flat[numbers + 1] * far + self.theta[self._of_targets].sum(0).ravel()[words]
        weights = np.exp(logs) * counts / np.repeat(totals, sizes)
        return _Links(chosen, begins, counts, numbers, far, words, weights)

    def _gathered(self, links: "_Links", slope: np.ndarray, nats: float, uniform: float) -> Slopes:
        """Return derivatives by the parts of A from those by A of each link."""
        shape = self._of_counts.shape[1:]
        lines = np.bincount(links.numbers, slope * (1 - links.nearness), len(links.chosen) * _STEPS)
        lines += np.bincount(links.numbers + 1, slope * links.nearness, len(lines))
        kinds, totals = self._kinds[links.chosen], self._totals[links.chosen]
        bucket, near = _buckets(totals)
        of_counts = np.zeros(shape[0] * shape[1] * shape[2])
        grid = lines.reshape(-1, _STEPS)
        for step, share in ((bucket, 1 - near), (bucket + 1, near)):
            cells = ((kinds * _STEPS + step) * _STEPS)[:, None] + np.arange(_STEPS)
            of_counts += np.bincount(cells.ravel(), (grid * share[:, None]).ravel(), len(of_counts))
        of_targets = np.bincount(links.words, slope, self._of_targets[0].size).reshape(self._of_targets.shape[1:])
        return Slopes(nats, of_counts.reshape(shape), of_targets, links.chosen, grid.sum(1), uniform)


class _Links(NamedTuple):
    """The links of some features, one feature behind the other.

    Args:
        chosen: (F') the features.
        starts: (F' + 1) where the links of each begin here.
        counts: C_ij.
        numbers: which bucket of C_ij of which feature.
        nearness: how near it is to the next bucket, 0 to 1.
        words: template and word as one number.
        weights: M.
    """

    chosen: np.ndarray
    starts: np.ndarray
    counts: np.ndarray
    numbers: np.ndarray
    nearness: np.ndarray
    words: np.ndarray
    weights: np.ndarray


def _buckets(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the lower bucket of counts, ⌊log2 c⌋, and the share of the next one."""
    logs = np.log2(counts)
    lower = np.floor(logs).astype(np.int64)
    return lower, logs - lower


def _hashed(
    which: int,
    size: np.uint64,
    kind: np.ndarray,
    word: np.ndarray | None,
    count: np.ndarray | None,
    link: np.ndarray | None,
    shape: tuple[int, ...],
) -> np.ndarray:
    """Return the cell of a metafeature for all values of the facts that it is made of; the others do not matter."""
    found = np.full((1,) * len(shape), which, np.uint64)
    for bit, fact in ((_TYPE, kind), (_TARGET, word), (_COUNT, count), (_LINK, link)):
        if which & bit and fact is not None:
            found = mixed(found * _SALT + fact.astype(np.uint64))
    return np.broadcast_to((mixed(found) % size).astype(np.int64), shape)
