"""Writes that fail, each in its turn: one line and exit 2, what was there is still there, and trying again helps."""

import random
import shutil
from collections.abc import Iterator

from .findings import Finding, Tally, alike
from .jobs import Job
from .kills import Undisturbed, different, job, names, undisturbed
from .operations import ERRORS, Strike
from .workplace import Workplace

MOST_TRIES = 4


def strikes(operations: int, draw: random.Random) -> Iterator[Strike]:
    """Yield every place with every error, lasting and not: each place once before any comes again."""
    ways = {
        place: draw.sample([(error, lasting) for error in ERRORS for lasting in (False, True)], 2 * len(ERRORS))
        for place in range(1, operations + 1)
    }
    for number in range(2 * len(ERRORS)):
        for place in draw.sample(list(ways), len(ways)):
            error, lasting = ways[place][number]
            yield Strike(place, error, lasting=lasting)


def fail(one: Job, whole: Undisturbed, strike: Strike, place: Workplace) -> str:
    """Let a write fail, try again until it is done, and compare. Returns what is wrong."""
    at = place.fresh()
    one.begin(at)
    ended = one.life(at, strike)
    if ended.slow or ended.code is None:
        return f"ended by signal {ended.signal}"
    if "Traceback" in ended.said:
        return f"traceback: {ended.last}"
    errors = [line for line in ended.said.splitlines() if line.startswith("error: ")]
    if ended.code not in (0, 2) or len(errors) != (ended.code == 2):
        return f"exit {ended.code} with {len(errors)} lines: {ended.last}"
    lost = one.lost(at)
    if lost:
        return f"lost: {lost}"
    for _ in range(MOST_TRIES):
        ended = one.life(at, Strike())  # once even if all went well: a page may be all that is missing
        if ended.code == 0:
            break
    if ended.code:
        return f"stuck: {ended.last}"
    wrong = different(whole.content, one.content(at))
    shutil.rmtree(at, ignore_errors=True)
    return wrong


def campaign(place: Workplace) -> Tally:
    """Let every write of every job fail in turn until the time is over."""
    tally, draw = Tally(), place.draw("failing")
    ready: dict[str, tuple[Job, Undisturbed, Iterator[Strike]]] = {}
    mine = place.jobs(names())
    while mine:
        for name in list(mine):
            if not place.has_time():
                return tally
            if name not in ready:
                one = job(name, place)
                whole = undisturbed(one, place)
                tally.count(name, "places", whole.operations)
                tally.count(name, "places x errors", whole.operations * 2 * len(ERRORS))
                ready[name] = (one, whole, strikes(whole.operations, draw))
            one, whole, coming = ready[name]
            strike = next(coming, None)
            if strike is None:
                mine.remove(name)
                continue
            wrong = fail(one, whole, strike, place)
            tally.count(name, "failed writes")
            if wrong:
                tally.find(name, Finding(f"failing/{name}/{strike}", wrong, f"{name} {alike(wrong)}"))
    return tally


def repeat(case: str, place: Workplace) -> str:
    """Do one case again. Returns what is wrong."""
    name, _, strike = case.rpartition("/")
    one = job(name, place)
    return fail(one, undisturbed(one, place), Strike.of(strike), place)
