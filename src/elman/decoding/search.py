"""Beam search over many inputs and paths at once, with an exact stop."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from elman.decoding.choice import Banned
from elman.decoding.length_rules import LengthRule, SumOfLogs
from elman.decoding.paths import Hypothesis, Paths, Results
from elman.decoding.stepper import Stepper, behind_start
from elman.errors import ConfigError


class Beam(NamedTuple):
    """How paths are searched for.

    Args:
        width: k, how many paths of an input live on at each step.
        results: n, how many of the best finished paths are wanted.
        rule: how the score depends on the length.
        banned: tokens that never come.
        blocked: no n tokens in a row that a path has already; 0 blocks nothing. The end is never blocked.
    """

    width: int = 5
    results: int = 1
    rule: LengthRule = SumOfLogs()
    banned: Sequence[int] = ()
    blocked: int = 0


def search(
    stepper: Stepper,
    prefixes: Sequence[np.ndarray],
    most: np.ndarray,
    beam: Beam,
    least: np.ndarray | None = None,
) -> list[list[Hypothesis]]:
    """Return the best paths found for each input, best first.

    Each step extends every path of an input by its likeliest tokens and keeps the `width` likeliest of all. Each path
    that ends on the way, whether likely or not, is finished. An input is done when its n-th best finished path is
    at least as good as its best path can still become, so that with a beam wide enough nothing better exists; its rows
    leave then, and no result depends on what else is in the batch. Equal scores: the shorter path, the lower path, the
    lower token.

    Args:
        stepper: the model.
        prefixes: tokens that each input's paths begin with, behind the start token; empty for none. Their
            log-probability counts; where it is -inf, nothing is found.
        most: the longest that a path of each input may be, prefix and end included; where the model has no end, every
            path becomes as long.
        beam: how to search.
        least: tokens that a path of each input has at least, without the end; None for 0.

    Raises:
        ConfigError: numbers that mean nothing together.
        TrainingError: what the model predicts are no numbers.
    """
    return _found(_Search, stepper, prefixes, most, beam, least)


def greedy(
    stepper: Stepper,
    prefixes: Sequence[np.ndarray],
    most: np.ndarray,
    banned: Sequence[int] = (),
    blocked: int = 0,
    least: np.ndarray | None = None,
) -> list[list[Hypothesis]]:
    """Return one path for each input, if there is one: the likeliest token at each step, until that is the end.

    It is no beam of width 1, which goes on beside an end that is the likeliest. All else is as in `search`, and so are
    the arguments.

    Raises:
        ConfigError: numbers that mean nothing together.
        TrainingError: what the model predicts are no numbers.
    """
    return _found(_Greedy, stepper, prefixes, most, Beam(1, 1, SumOfLogs(), banned, blocked), least)


def _found(
    kind: "type[_Search]",
    stepper: Stepper,
    prefixes: Sequence[np.ndarray],
    most: np.ndarray,
    beam: Beam,
    least: np.ndarray | None,
) -> list[list[Hypothesis]]:
    least = np.zeros(len(prefixes), np.int64) if least is None else least
    _check(prefixes, most, least, beam)
    going = kind(stepper, prefixes, np.asarray(most), np.asarray(least), beam)
    while going.going:
        going.step()
    return going.results.best()


def _check(prefixes: Sequence[np.ndarray], most: np.ndarray, least: np.ndarray, beam: Beam) -> None:
    wrong = []
    if beam.width < 1 or beam.results < 1 or beam.blocked < 0:
        wrong.append(
            f"beam: got width {beam.width}, {beam.results} results, blocked {beam.blocked}: expected 1 or more."
        )
    for number, prefix in enumerate(prefixes):
        if len(prefix) > most[number]:
            wrong.append(
                f"prefix: got {len(prefix)} tokens, expected at most {most[number]}, the longest that it may be."
            )
        if least[number] > most[number]:
            wrong.append(f"length: got at least {least[number]} and at most {most[number]} tokens. Turn them round.")
    if wrong:
        raise ConfigError(*dict.fromkeys(wrong))


class _Search:
    """A search on its way. The rows of the stepper's state are the live paths."""

    def __init__(
        self, stepper: Stepper, prefixes: Sequence[np.ndarray], most: np.ndarray, least: np.ndarray, beam: Beam
    ) -> None:
        self._stepper, self._beam, self._most, self._least = stepper, beam, most, least
        inputs = np.arange(len(prefixes))
        ids, lengths = behind_start(stepper.start, prefixes)
        read = stepper.read(ids, lengths, stepper.begin(inputs))
        given = -read.nats.sum(1)
        tokens = np.zeros((len(prefixes), int(max(most.max(initial=0), ids.shape[1]))), np.int64)
        tokens[:, : ids.shape[1] - 1] = ids[:, 1:]
        self._state = read.state
        self._paths = Paths(inputs, given, lengths - 1, tokens)
        self.results = Results(given, beam.results)
        self._go_on(self._paths, inputs)

    @property
    def going(self) -> bool:
        """Whether there is a live path."""
        return len(self._paths.inputs) > 0

    def step(self) -> None:
        """Extend every path by one token."""
        beam, stepper = self._beam, self._stepper
        banned = Banned(beam.banned, *self._paths.repeats(beam.blocked))
        best = stepper.best(self._pending, self._state, beam.width, banned)
        self._state = best.state
        paths = self._paths.watching(stepper.looked(best.state))
        # At the longest length only the end is allowed.
        last = (paths.lengths + 1 >= self._most[paths.inputs]) & (stepper.end is not None)
        log_probs = np.where(last[:, None], -np.inf, best.log_probs)
        long_enough = paths.lengths >= self._least[paths.inputs]
        ends = paths.log_probs + np.where(long_enough & self._may_end(best.log_end, log_probs), best.log_end, -np.inf)
        self.results.offer(paths, ends, beam.rule.score(ends, paths.lengths + 1), True)
        extended, parents = paths.extended(log_probs, best.ids, beam.width)
        lost = self.results.none_of(np.setdiff1d(paths.inputs, extended.inputs))
        self._cut(paths.select(np.isin(paths.inputs, lost)))
        self._go_on(extended, parents)

    def _may_end(self, log_end: np.ndarray, log_probs: np.ndarray) -> np.ndarray:
        """Say which paths may end, (R,), of which log p of the end and of their extensions is known."""
        return np.ones(len(log_end), bool)

    def _go_on(self, paths: Paths, parents: np.ndarray) -> None:
        """Keep the paths, of which each extends a row of the state, of inputs that are not done."""
        most = self._most[paths.inputs]
        full = paths.lengths >= most
        self._cut(paths.select(full))
        first = np.searchsorted(paths.inputs, paths.inputs)  # the best path of an input stands first
        reachable = self._beam.rule.bound(paths.log_probs, most)[first]
        alive = np.flatnonzero(~full & (self.results.worst[paths.inputs] < reachable))
        self._paths, self._state = paths.select(alive), self._stepper.select(self._state, parents[alive])
        last = self._paths.tokens[np.arange(len(alive)), self._paths.lengths - 1]
        self._pending = np.where(self._paths.lengths > 0, last, self._stepper.start)

    def _cut(self, paths: Paths) -> None:
        """Finish paths without an end."""
        self.results.offer(
            paths, paths.log_probs, self._beam.rule.score(paths.log_probs, np.maximum(1, paths.lengths)), False
        )


class _Greedy(_Search):
    """A search of one path an input, which ends where the end is the likeliest, and is done then."""

    def _may_end(self, log_end: np.ndarray, log_probs: np.ndarray) -> np.ndarray:
        return log_end >= log_probs.max(1)
