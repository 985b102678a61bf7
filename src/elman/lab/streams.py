"""Networks of several seeds that read streams of strings, and for how many strings they stay right."""

from typing import NamedTuple

import torch
from torch import Tensor

from elman.lab.abreast import Abreast, Lesson, affordable
from elman.lab.problems import Drawn
from elman.lab.reber_strings import Reber
from elman.lab.starts import one_thread
from elman.lab.training import Setting
from elman.lab.underway import underway
from elman.randomness import seed_of
from elman.text.printed import counted

_STRINGS, _TESTS, _TRIED = 128, 10, (50, 100)
"""Strings of an update, tests of a training, and streams of the last one with strings of each."""


class Course(NamedTuple):
    """A network, and how long the streams are that it learns from.

    Args:
        setting: of the network.
        strings: of a stream of training.
    """

    setting: Setting
    strings: int

    def drawn(self, seed: int, update: int) -> Drawn:
        """Return what is learned from at one update: as many strings, however long a stream is."""
        draw = torch.Generator().manual_seed(seed_of(seed, "lab.reber", update))
        return Reber(self.strings).drawn(draw, max(1, _STRINGS // self.strings))


class Followed(NamedTuple):
    """What a course came to, for each seed.

    Args:
        updates: after which it was tested.
        scores: shares of right strings, by test and seed, in streams as long as those of training.
        lasting: share of right strings by their number in long streams, (S, N).
    """

    updates: list[int]
    scores: list[list[float]]
    lasting: Tensor


def followed(course: Course, seeds: range, updates: int) -> Followed:
    """Return what networks learn that read streams."""
    with one_thread():
        problem, places, scores = Reber(course.strings), [], []
        networks = Abreast(problem, course.setting, seeds)
        tests = _drawn(problem, "lab.reber.test", 4 * _STRINGS // course.strings)
        for update in range(1, updates + 1):
            underway(f"{course.setting.name}, {counted(len(seeds), 'seeds')}", update - 1, updates)
            networks.update(course.drawn(seeds[0], update))
            if update * _TESTS // updates > (update - 1) * _TESTS // updates:
                places.append(update)
                scores.append([problem.score(said, tests) for said in _said(networks, tests)])
        long = Reber(_TRIED[1])
        last = _drawn(long, "lab.reber.last", _TRIED[0])
        lasting = torch.stack([long.right(said, last).float().mean(0) for said in _said(networks, last)])
    return Followed(places, scores, lasting)


def affordable_updates(courses: list[Course], seeds: int, minutes: float) -> int:
    """Return how many updates of each course fit into some minutes."""
    lessons = [Lesson(Reber(one.strings), one.setting, one.drawn(0, 0)) for one in courses]
    return affordable(lessons, seeds, minutes)


def _drawn(problem: Reber, name: str, rows: int) -> Drawn:
    return problem.drawn(torch.Generator().manual_seed(seed_of(0, name)), max(1, rows))


def _said(networks: Abreast, drawn: Drawn) -> Tensor:
    with torch.no_grad():
        return networks.said(drawn)
