"""A kill at every operation on files, and at random times: what goes on afterwards ends as if nothing had been."""

import random
import shutil
from collections.abc import Iterator
from typing import Any, NamedTuple

from .exports import exports
from .findings import Finding, Tally, alike
from .jobs import Job, trainings
from .operations import Strike
from .workplace import Workplace

MOST_LIVES = 6


class Life(NamedTuple):
    """How one process dies.

    Args:
        strike: at an operation.
        after: or after some seconds.
    """

    strike: Strike = Strike()
    after: float = 0

    def __str__(self) -> str:
        return f"@{self.after}" if self.after else str(self.strike)

    @classmethod
    def of(cls, text: str) -> "Life":
        """Return what `str` wrote."""
        return cls(after=float(text[1:])) if text.startswith("@") else cls(Strike.of(text))


def names() -> list[str]:
    """Return the names of all jobs."""
    return [*trainings(), *exports()]


def job(name: str, place: Workplace) -> Job:
    """Return a job, prepared."""
    if name in exports():
        made: Job = exports()[name](place.files, place.base / name)
    else:
        kind, training = trainings()[name]
        made = kind(place.files, place.base / name, training)
    if not made.base.exists():
        made.prepare()
    return made


class Undisturbed(NamedTuple):
    """What a job comes to by itself.

    Args:
        content: what it leaves.
        operations: how many operations on files it takes.
    """

    content: dict[str, Any]
    operations: int


def undisturbed(one: Job, place: Workplace) -> Undisturbed:
    """Do a job without a strike.

    Raises:
        RuntimeError: it fails by itself.
    """
    at = place.fresh()
    one.begin(at)
    ended = one.life(at, Strike())
    if ended.code:
        raise RuntimeError(f"{type(one).__name__}: {ended.said}")
    return Undisturbed(one.content(at), ended.result)


def deaths(operations: int, draw: random.Random) -> Iterator[tuple[Life, ...]]:
    """Yield how processes die: at every operation once, then torn, twice and after random times without end."""
    places = list(range(1, operations + 1))
    draw.shuffle(places)
    for place in places:
        yield (Life(Strike(place)),)
    while True:
        yield (Life(Strike(draw.randint(1, operations), torn=True)),)
        yield (Life(Strike(draw.randint(1, operations))), Life(Strike(draw.randint(1, operations))))
        yield (Life(after=round(draw.uniform(0.02, 0.5), 3)),)


def kill(one: Job, whole: Undisturbed, lives: tuple[Life, ...], place: Workplace) -> tuple[int, str]:
    """Kill a job, go on until it is done, and compare. Returns how many kills there were, and what is wrong."""
    at = place.fresh()
    one.begin(at)
    kills = 0
    for number in range(MOST_LIVES):
        life = lives[number] if number < len(lives) else Life()
        ended = one.life(at, life.strike, life.after)
        if ended.slow:
            return kills, "did not end within a minute"
        if not ended.killed and ended.code is None:
            return kills, f"ended by signal {ended.signal}"
        kills += ended.killed
        lost = one.lost(at)
        if lost:
            return kills, f"lost: {lost}"
        if ended.code == 0:
            break
        if not ended.killed:
            return kills, f"stuck: exit {ended.code}: {ended.last}"
    wrong = different(whole.content, one.content(at))
    shutil.rmtree(at, ignore_errors=True)
    return kills, wrong


def different(expected: dict[str, Any], got: dict[str, Any]) -> str:
    """Say in which files two ends of a job differ."""
    if expected == got:
        return ""
    wrong = sorted(name for name in {*expected, *got} if expected.get(name) != got.get(name))
    if wrong == ["names"]:
        return f"other files: {sorted(set(expected['names']) ^ set(got['names']))}"
    return f"differs: {', '.join(name for name in wrong if name != 'names')}"


def campaign(place: Workplace) -> Tally:
    """Kill every job in turn until the time is over."""
    tally, draw = Tally(), place.draw("kills")
    ready: dict[str, tuple[Job, Undisturbed, Iterator[tuple[Life, ...]]]] = {}
    mine = place.jobs(names())
    while place.has_time() and mine:
        for name in mine:
            if not place.has_time():
                break
            if name not in ready:
                one = job(name, place)
                whole = undisturbed(one, place)
                tally.count(name, "operations", whole.operations)
                ready[name] = (one, whole, deaths(whole.operations, draw))
            one, whole, dying = ready[name]
            _count(tally, name, one, whole, next(dying), place)
    return tally


def _count(tally: Tally, name: str, one: Job, whole: Undisturbed, lives: tuple[Life, ...], place: Workplace) -> None:
    """Do one life and count it."""
    kills, wrong = kill(one, whole, lives, place)
    tally.count(name, "lives")
    tally.count(name, "kills", kills)
    if wrong:
        tally.find(name, Finding(f"kills/{name}/{','.join(map(str, lives))}", wrong, f"{name} {alike(wrong)}"))


def repeat(case: str, place: Workplace) -> str:
    """Do one case again. Returns what is wrong, and where the files are."""
    name, _, lives = case.rpartition("/")
    one = job(name, place)
    _, wrong = kill(one, undisturbed(one, place), tuple(map(Life.of, lives.split(","))), place)
    return wrong
