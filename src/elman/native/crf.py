"""Linear chains in compiled code: log partition functions, expected counts and best paths, on NumPy arrays.

With emissions e_t, transitions A, starts s and ends z, a path y of n tags has

    score(y) = s(y_1) + Σ_t e_t(y_t) + Σ_t A(y_{t-1}, y_t) + z(y_n);    log p(y) = score(y) - log Σ_y' exp score(y')

Sentences lie one behind the other and may be empty; an empty one has one path, with score 0. A score of -inf
forbids. Everything is computed in double precision.
"""

from types import ModuleType
from typing import NamedTuple

import numpy as np

from elman.errors import KernelError, ShapeError
from elman.native import BUILD_FIX, instructions, module
from elman.native.places import Place, refuse

_FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


class Likelihood(NamedTuple):
    """What a chain says of B sentences with N tokens in all.

    Args:
        log_partitions: log Z of each sentence, (B,); -inf where no path is possible.
        scores: of the given tags, (B,), or None without tags.
        marginals: p(y_t = k) of each token, (N, K), of the type of the emissions; 0 where no path is possible.
        pairs: how often j is expected after i, over all sentences, (K, K).
        first: how often a sentence is expected to begin with k, (K,).
        last: how often one is expected to end with k, (K,).

    The last four are None unless they were asked for.
    """

    log_partitions: np.ndarray
    scores: np.ndarray | None
    marginals: np.ndarray | None
    pairs: np.ndarray | None
    first: np.ndarray | None
    last: np.ndarray | None


def likelihood(
    emissions: np.ndarray,
    lengths: np.ndarray,
    transitions: np.ndarray,
    starts: np.ndarray,
    ends: np.ndarray,
    tags: np.ndarray | None = None,
    learns: bool = False,
) -> Likelihood:
    """Return log partition functions, scores of tags, and expected counts: the gradient of Σ log Z.

    Args:
        emissions: (N, K), float32 or float64.
        lengths: tokens of each sentence, (B,) int64, N in all.
        transitions: (K, K) from a tag to the next, float64, as are the next two.
        starts: (K,).
        ends: (K,).
        tags: (N,) int64, whose scores are wanted.
        learns: whether expected counts are wanted.

    Raises:
        KernelError: there is no compiled code.
        ShapeError: arrays of another shape or type, lengths that do not add up, or an unknown tag.
    """
    given = _checked(emissions, lengths, transitions, starts, ends, tags)
    rows, size = emissions.shape
    made = Likelihood(
        np.empty(len(lengths)),
        None if tags is None else np.empty(len(lengths)),
        np.empty((rows, size), emissions.dtype) if learns else None,
        *((np.zeros((size, size)), np.zeros(size), np.zeros(size)) if learns else (None, None, None)),
    )
    _kernels().crf_likelihood(instructions(), *given, made.log_partitions, *made[2:])
    if tags is not None:
        _kernels().crf_score(*given, np.ascontiguousarray(tags), made.scores)
    return made


def viterbi(
    emissions: np.ndarray, lengths: np.ndarray, transitions: np.ndarray, starts: np.ndarray, ends: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the best tags, (N,) int64, and their score of each sentence, (B,).

    Of equal scores the smallest tag wins, from the last token backwards. Where no path is possible the score is -inf,
    where an emission is NaN it is NaN, and the tags mean nothing. Arguments and errors are those of `likelihood`.
    """
    given = _checked(emissions, lengths, transitions, starts, ends, None)
    tags, scores = np.empty(len(emissions), np.int64), np.empty(len(lengths))
    _kernels().crf_viterbi(instructions(), *given, tags, scores)
    return tags, scores


def _kernels() -> ModuleType:
    found = module()
    if found is None:
        raise KernelError(f"The compiled module is not there. {BUILD_FIX}")
    return found


def _checked(
    emissions: np.ndarray,
    lengths: np.ndarray,
    transitions: np.ndarray,
    starts: np.ndarray,
    ends: np.ndarray,
    tags: np.ndarray | None,
) -> list[np.ndarray]:
    """Return all arrays but the tags contiguous, or refuse them."""
    if emissions.ndim != 2 or emissions.shape[1] == 0 or emissions.dtype not in _FLOATS:
        found = f"{emissions.dtype} {emissions.shape}"
        raise ShapeError(f"emissions: got {found}, expected float32 or float64 (N, K) with at least one tag.")
    rows, size = emissions.shape
    refuse(
        "crf",
        np.dtype(np.float64),
        Place("transitions", transitions, (size, size), True),
        Place("starts", starts, (size,), True),
        Place("ends", ends, (size,), True),
    )
    counted = Place("lengths", lengths, (lengths.size,), True)
    refuse("crf", np.dtype(np.int64), counted, Place("tags", tags, (rows,), None))
    if (lengths < 0).any() or (lengths > rows).any() or int(lengths.sum()) != rows:
        found = np.array2string(lengths, threshold=8)
        raise ShapeError(f"lengths: got {found}, expected ones from 0, {rows} in all.")
    if tags is not None and rows and not 0 <= tags.min() <= tags.max() < size:
        raise ShapeError(f"tags: got {tags.min()} to {tags.max()}, expected 0..{size - 1}.")
    return [np.ascontiguousarray(array) for array in (emissions, lengths, transitions, starts, ends)]
