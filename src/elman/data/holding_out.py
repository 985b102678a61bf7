"""Which examples are held out: the same share of every class, or whole groups, such as all that one speaker said."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from elman.data.bucketing import held_out
from elman.errors import DataError
from elman.text.printed import listed


def last_match(pattern: str, text: str) -> str | None:
    """Return what a regular expression, or its parentheses, finds last in a text; None where it finds nothing.

    >>> last_match("_([a-z]+)_", "7_theo_3.wav"), last_match("x", "7_theo_3.wav")
    ('theo', None)
    """
    last = None
    for last in re.finditer(pattern, text):  # noqa: B007 # the last counts
        pass
    return None if last is None else last[last.re.groups] or ""


def check_pattern(pattern: str) -> None:
    """Refuse what `last_match` cannot look for.

    Raises:
        ValueError: it is no regular expression, or has several parentheses.
    """
    try:
        several = re.compile(pattern).groups > 1
    except re.error as error:
        raise ValueError(f"got {pattern!r}, expected a regular expression: {error}.") from error
    if several:
        raise ValueError(f"got {pattern!r}, expected at most one pair of parentheses.")


class Groups(NamedTuple):
    """Which examples belong together.

    Args:
        pattern: what it finds last in where an example stands, or its parentheses there, is the name of its group.
        names: of the groups that are held out; empty: a share of all is drawn.
    """

    pattern: str
    names: Sequence[str] = ()

    def of(self, places: Sequence[str]) -> dict[str, list[int]]:
        """Return the rows of each group, by its name.

        Args:
            places: where each example stands: a file, and perhaps a line.

        Raises:
            DataError: an example is of no group, or all are of one.
        """
        found: dict[str, list[int]] = {}
        for row, place in enumerate(places):
            name = last_match(self.pattern, str(Path(place).absolute()))
            if not name:
                raise DataError(
                    f"{place}: data.group: nothing here is {self.pattern!r}, expected the name of a group in where "
                    "each example stands. Mend the expression."
                )
            found.setdefault(name, []).append(row)
        if len(found) < 2:
            raise DataError(
                f"{places[0]}: data.group: every example is of the group {next(iter(found))!r}, expected two groups or "
                "more. Mend the expression."
            )
        return {name: found[name] for name in sorted(found)}

    def held(self, places: Sequence[str], share: float) -> tuple[list[int], str]:
        """Return the rows of the groups that are held out, and which groups those are, for people.

        Args:
            places: where each example stands.
            share: of the groups that is drawn where no names are given.

        Raises:
            DataError: as `of`; a name is that of no group, or nothing is left to train on.
        """
        groups = self.of(places)
        names = list(self.names) or [list(groups)[place] for place in held_out(len(groups), share)[1]]
        unknown = [name for name in names if name not in groups]
        if unknown or len(set(names)) == len(groups):
            got = f"no group {unknown[0]!r}" if unknown else "all groups, so none is left to train on"
            raise DataError(f"{places[0]}: data.held: {got}, expected some of {listed(list(groups), _SHOWN)}.")
        rows = sorted(row for name in set(names) for row in groups[name])
        shown = f"{len(set(names)):,} of {len(groups):,} groups, {len(rows):,} of {len(places):,} examples"
        return rows, f"held out: {shown}: {', '.join(sorted(set(names))[:_SHOWN])}{' ...' * (len(set(names)) > _SHOWN)}"


_SHOWN = 12


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
