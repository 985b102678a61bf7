"""How far networks count that have learned a language from its short strings, and what a finite memory makes of it."""

from collections.abc import Sequence
from typing import NamedTuple

import torch

from elman.lab.abreast import Abreast
from elman.lab.finite_states import FiniteMemory
from elman.lab.languages import Counted, accepted, margins, up_to
from elman.lab.starts import one_thread
from elman.lab.training import Setting
from elman.lab.underway import underway
from elman.text.printed import counted

_SHORT, _SHORTER = 12, 7


class Reach(NamedTuple):
    """How far a model is right.

    Args:
        name: of it.
        counts: the largest n up to which every string is right, by seed.
        wrong: how many short strings of all are judged wrongly, by seed; empty where that was not tried.
        leaks: 1 - f, the median over letters, of the unit that keeps most, by seed; empty without such a gate.
    """

    name: str
    counts: list[int]
    wrong: list[int]
    leaks: list[float]


def reach(problem: Counted, setting: Setting, seeds: Sequence[int], updates: int, most: int) -> Reach:
    """Return how far networks are right, up to `most`, after some updates with all strings of training."""
    with one_thread():
        networks, drawn = Abreast(problem, setting, seeds), problem.strings(range(1, problem.longest + 1))
        for update in range(updates):
            underway(f"{setting.name}, {counted(len(seeds), 'seeds')}", update, updates)
            networks.update(drawn)
        with torch.no_grad():
            tests = problem.strings(range(1, most + 1))
            counts = [up_to(margins(said, tests) > 0) for said in networks.said(tests)]
            return Reach(setting.name, counts, _wrong(networks, problem), _leaks(networks, problem))


def finite_reach(problem: Counted, model: FiniteMemory, most: int) -> int:
    """Return how far a model is right that gives probabilities, with whichever threshold is the best for it.

    A symbol may come where its probability is above the threshold: there is one for all n up to N where the smallest
    probability of what may come is above the largest of what may not.
    """
    smallest, largest = 1.0, 0.0
    for n in range(1, most + 1):
        given = model.following(problem.word(n)[:-1])[:, 1:]
        may = problem.strings([n]).y[0].numpy() > 0.5
        smallest, largest = min(smallest, float(given[may].min())), max(largest, float(given[~may].max()))
        if smallest <= largest:
            return n - 1
    return most


def _wrong(networks: Abreast, problem: Counted) -> list[int]:
    """Return how many strings of all short ones are taken that should not be, or the other way round."""
    texts = problem.every(_SHORT if problem.letters == 2 else _SHORTER)
    return [int((accepted(said, texts.drawn) != texts.belong).sum()) for said in networks.said(texts.drawn)]


def _leaks(networks: Abreast, problem: Counted) -> list[float]:
    """Return 1 - f, the median over the letters of the longest string of training, of the unit that keeps most."""
    if "f" not in networks.network.cell.traces or "c" not in networks.network.cell.state_sizes:
        return []
    kept = networks.kept(problem.strings([problem.longest]), "f").double()
    return (1 - kept[:, 1:, 0]).median(1).values.amin(-1).tolist()
