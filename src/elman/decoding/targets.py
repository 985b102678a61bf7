"""Targets of sources: searched for, drawn, or given and read."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from elman.decoding.choice import Banned, Choice
from elman.decoding.length_rules import Average, LengthRule
from elman.decoding.paths import Hypothesis
from elman.decoding.sampling import samples
from elman.decoding.search import Beam, greedy, search
from elman.decoding.stepper import Stepper
from elman.randomness import seed_of

NO_PREFIX = np.empty(0, np.int64)


class TargetWriter(NamedTuple):
    """Writes targets to sources.

    Args:
        beam: k, paths that a search keeps; 1 takes the likeliest token at each step, 0 draws.
        rule: how the score depends on the length.
        banned: tokens that never come.
        undrawn: further ones that are never drawn, such as `<unk>`, which stands for what nobody can read.
        blocked: no so many tokens in a row come twice; 0 blocks nothing.
        prefix: tokens that every target begins with.
        choice: how tokens are drawn.
        seed: of the draws.
    """

    beam: int = 5
    rule: LengthRule = Average()
    banned: Sequence[int] = ()
    blocked: int = 0
    prefix: np.ndarray = NO_PREFIX
    choice: Choice = Choice()
    seed: int = 0
    undrawn: Sequence[int] = ()

    def write(
        self, stepper: Stepper, most: np.ndarray, least: np.ndarray, count: int = 1, keys: Sequence[int] = ()
    ) -> list[list[Hypothesis]]:
        """Return up to `count` different targets of each source of a stepper, best first; of draws, likeliest first.

        Args:
            stepper: the model, with its sources.
            most: the longest that each may be, its end included, (I,).
            least: tokens that each has at least, without its end, (I,).
            count: how many of each.
            keys: of each source, a number that its draws hang on, and on nothing beside it.

        Raises:
            TrainingError: what the model predicts are no numbers.
        """
        most = np.maximum(most, len(self.prefix) + 1)
        least = np.minimum(least, most - 1)
        prefixes = [self.prefix] * len(most)
        if self.beam == 0:
            return self._drawn(stepper, most, count, keys)
        if self.beam == 1 and count == 1:
            return greedy(stepper, prefixes, most, self.banned, self.blocked, least)
        beam = Beam(max(self.beam, count), count, self.rule, self.banned, self.blocked)
        return search(stepper, prefixes, most, beam, least)

    def _drawn(self, stepper: Stepper, most: np.ndarray, count: int, keys: Sequence[int]) -> list[list[Hypothesis]]:
        inputs = np.repeat(np.arange(len(most)), count)
        seeds = [seed_of(self.seed, "target", key, number) for key in keys for number in range(count)]
        room = (most - len(self.prefix))[inputs]
        prefixes = [self.prefix] * len(inputs) if len(self.prefix) else []
        drawn = samples(stepper, inputs, self.choice, seeds, room, Banned([*self.banned, *self.undrawn]), prefixes)
        ended = [len(ids) < limit for ids, limit in zip(drawn, room.tolist(), strict=True)]
        given = self.prefix.tolist()
        read = read_targets(stepper, inputs, [[*given, *ids] for ids in drawn], ended, self.rule, len(given))
        return [_different(read[first : first + count]) for first in range(0, len(read), count)]


def read_targets(
    stepper: Stepper,
    inputs: np.ndarray,
    targets: Sequence[Sequence[int]],
    ended: Sequence[bool],
    rule: LengthRule,
    given: int = 0,
    looks: bool = True,
) -> list[Hypothesis]:
    """Return targets that are there already as a search would have found them: how likely each is, and where it looked.

    Args:
        stepper: the model, with its sources; it has an end.
        inputs: the source of each target, (R,); those of one source stand side by side.
        targets: tokens of each, without its end.
        ended: whether the end follows and counts, of each.
        rule: how the score depends on the length.
        given: how many tokens of each are a prefix.
        looks: whether it is wanted where each looked, which takes longer.
    """
    lengths = np.array([1 + len(ids) + end for ids, end in zip(targets, ended, strict=True)], np.int64)
    end_id = -1 if stepper.end is None else stepper.end
    rows = np.zeros((len(targets), int(lengths.max(initial=1))), np.int64)
    rows[:, 0] = stepper.start
    for row, ids, end in zip(rows, targets, ended, strict=True):
        row[1 : 1 + len(ids)] = ids
        if end:
            row[1 + len(ids)] = end_id
    read = stepper.read(rows, lengths, stepper.begin(inputs), ("looked",) if looks else ())
    looked = read.kept.get("looked")
    totals = -read.nats.sum(1)
    scores = rule.score(totals, np.maximum(lengths - 1, 1))
    return [
        Hypothesis(
            list(targets[row]),
            float(totals[row]),
            float(scores[row]),
            ended[row],
            -float(read.nats[row, :given].sum()),
            None if looked is None else looked[row, given : lengths[row] - 1],
        )
        for row in range(len(targets))
    ]


def _different(found: Sequence[Hypothesis]) -> list[Hypothesis]:
    """Return each sequence once, the likeliest first."""
    once = {(tuple(one.ids), one.ended): one for one in found}
    return sorted(once.values(), key=lambda one: -one.log_prob)
