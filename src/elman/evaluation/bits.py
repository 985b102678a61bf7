"""Scores of bits that were answered at the steps of sequences."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from elman.evaluation.base import Seen, Told, Verdict, scored
from elman.evaluation.details import Detail, Numbers
from elman.evaluation.mistakes import Asked
from elman.metrics.base import Likelihood, Matches, WrongBits

SCORES: Mapping[str, Told] = {
    "wrong_bits": Told(WrongBits, "bits a sequence", "bits:asked only|places:{places}"),
    "accuracy": Told(Matches, "of steps with an answer, all bits right", "steps:asked only|places:{places}"),
    "cross_entropy": Told(Likelihood, "nats/bit", "bits:asked only|places:{places}"),
}
"""The scores of bits."""

_MOST_ROWS = 10
_LEAST = 1e-12  # of a chance that is 0 in float32


class Answered(NamedTuple):
    """What was answered to one sequence where it was asked.

    Args:
        steps: how many steps it has.
        wrong: how many bits of each step with an answer are wrong, (n,).
        bits: K, of a step.
        nats: -log p of all bits that are asked, in all.
    """

    steps: int
    wrong: np.ndarray
    bits: int
    nats: float


def answered(steps: int, bits: np.ndarray, chances: np.ndarray) -> Answered:
    """Return what was answered to a sequence.

    Args:
        steps: how many it has.
        bits: those of its steps with an answer, 0 or 1, (n, K).
        chances: how likely each was said to be 1, (n, K).
    """
    wanted = bits > 0.5
    nats = -np.log(np.where(wanted, chances, 1 - chances).clip(_LEAST)).sum(dtype=np.float64)
    return Answered(steps, ((chances > 0.5) != wanted).sum(1), bits.shape[1], float(nats))


def bits_verdict(asked: Asked, found: Sequence[Answered], places: int = 0) -> Verdict:
    """Return how many bits are wrong, also by length; the worst sequences are those with the most of them.

    Args:
        asked: the sequences.
        found: what was answered to each.
        places: of the memory; 0 where there are as many as in training.
    """
    wrong = np.array([one.wrong.sum() for one in found], np.int64)
    steps = np.array([len(one.wrong) for one in found], np.int64)
    right = np.array([(one.wrong == 0).sum() for one in found], np.int64)

    def bits() -> Iterator[WrongBits]:
        return (WrongBits(int(one), 1) for one in wrong)

    def matches() -> Iterator[Matches]:
        return (Matches(*pair) for pair in zip(right.tolist(), steps.tolist(), strict=True))

    def likelihoods() -> Iterator[Likelihood]:
        return (Likelihood(one.nats, _asked_bits(one)) for one in found)

    every = sum(map(_asked_bits, found))
    whole: Seen = {
        WrongBits: (WrongBits(int(wrong.sum()), len(found)), bits),
        Matches: (Matches(int(right.sum()), int(steps.sum())), matches),
        Likelihood: (Likelihood(sum(one.nats for one in found), every), likelihoods),
    }
    scores = scored(SCORES, whole, places=places or "trained")
    worst = {row: float(count) for row, count in enumerate(wrong) if count}

    def cells(row: int) -> tuple[str, str]:
        return f"{steps[row] * found[row].bits:,} bits", f"{wrong[row]:,} of them wrong"

    details = [_by_length(steps, wrong), *asked.worst(worst, cells)]
    shown = f"{scores.scores[0].value:.2f} wrong bits/sequence"
    counts = {"sequences all right": int((wrong == 0).sum()), "bits asked": every}
    return Verdict(scores.scores, details, scores.observed, counts, shown, [one.steps for one in found])


def _asked_bits(one: Answered) -> int:
    return len(one.wrong) * one.bits


def _by_length(steps: np.ndarray, wrong: np.ndarray) -> Detail:
    """Return the table of lengths: what generalises can be read in it."""
    kinds = np.unique(steps)
    rows: list[list[str | int | float]] = []
    for some in np.array_split(kinds, min(len(kinds), _MOST_ROWS)):
        there = np.isin(steps, some)
        name = f"{some[0]:,}" if len(some) == 1 else f"{some[0]:,} to {some[-1]:,}"
        share = int((wrong[there] == 0).sum())
        rows.append([name, int(there.sum()), share, f"{wrong[there].mean():.2f}"])
    return Numbers("By steps with an answer", ["steps", "sequences", "all right", "wrong bits/sequence"], rows)
