"""Damaged inputs for everything that reads: an ElmanError or an answer, soon, in little memory, and nothing else."""

import faulthandler
import json
import mmap
import random
import signal
import time
import traceback
import warnings
from pathlib import Path
from typing import Any

from elman.errors import ElmanError

from . import child
from .findings import Finding, Tally
from .formats import Format, files, readers
from .run_formats import runs
from .stopped import folder
from .workplace import Workplace

SLICE = 4.0
"""Seconds that one format has in its turn."""
INPUTS, SLOWER = 500, 40
"""Inputs that count as one case, and how many quick ones a slow one stands for."""
MOST_SECONDS = 5.0
"""Seconds of the processor that one input may take."""
MOST_MEMORY = 500
"""Megabytes that a process may grow by."""
HANGS = 60.0


class TooSlowError(BaseException):
    """An input took longer than it may."""


def formats(place: Workplace) -> dict[str, Format]:
    """Return every format by its name."""
    return readers() | files() | runs(folder(place.files))


def _of(seed: int, name: str, number: int) -> random.Random:
    return random.Random(f"{seed} {name} {number}")


def _too_slow(*_: Any) -> None:
    raise TooSlowError


def one_input(form: Format, folder: Path, content: bytes, draw: random.Random) -> tuple[str, str, str]:
    """Use one input. Returns `accepted`, `refused` or `finding`, and of a finding its kind and what it is."""
    signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
    try:
        form.use(folder, content, draw)
    except ElmanError as error:
        if all(line.strip() for line in error.lines) and error.lines:
            return "refused", "", ""
        return "finding", "an error without words", repr(error)
    except (Exception, TooSlowError, SystemExit, KeyboardInterrupt) as error:
        at = [frame for frame in traceback.extract_tb(error.__traceback__) if "/src/elman/" in frame.filename]
        where = f"{at[-1].filename.partition('/src/')[2]}:{at[-1].lineno} {at[-1].name}" if at else "outside"
        kind = f"{type(error).__name__} at {where}"
        return "finding", kind, f"{kind}: {str(error)[:200]}"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return "accepted", "", ""


def batch(form: Format, name: str, seed: int, folder: Path, first: int, step: int, most: int, at: mmap.mmap) -> Any:
    """Use so many inputs, or until the time of a slice is over. Returns counts and findings."""
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGPROF, _too_slow)
    faulthandler.dump_traceback_later(SLICE + HANGS, exit=True)
    folder.mkdir(parents=True, exist_ok=True)
    counts = dict.fromkeys(("inputs", "accepted", "refused", "finding"), 0)
    kinds: dict[str, list[Any]] = {}
    end, number = time.monotonic() + SLICE, first
    while counts["inputs"] < most if most else time.monotonic() < end:
        at[:8] = number.to_bytes(8, "big")
        draw = _of(seed, name, number)
        came, kind, what = one_input(form, folder, form.make(draw), draw)
        counts["inputs"] += 1
        counts[came] += 1
        if kind:
            kinds.setdefault(kind, [number, what, 0])[2] += 1
        number += step
    return {"counts": counts, "next": number, "kinds": kinds}


def campaign(place: Workplace) -> Tally:
    """Give every format its turn until the time is over."""
    tally, every = Tally(), formats(place)
    numbers = dict.fromkeys(every, place.number)
    at = mmap.mmap(-1, 8)
    order = place.shuffled(list(every))
    quick = sum(not form.slow for form in every.values())
    while not place.most or all(number == place.number for number in numbers.values()):
        for name in order:
            if not place.has_time() and not place.most:
                return tally
            most = place.most * INPUTS // quick // (SLOWER if every[name].slow else 1)
            at_work = place.base / name.replace(" ", "-")
            arguments = (every[name], name, place.seed, at_work, numbers[name], place.of, most, at)
            ended = child.run(lambda: batch(*arguments), SLICE + 2 * HANGS, MOST_MEMORY)  # noqa: B023
            if ended.result is None:
                last = int.from_bytes(at[:8], "big")
                kind = f"{name}: ended by signal {ended.signal}" if ended.signal else f"{name}: {_stuck(ended.said)}"
                _note(tally, place, every[name], name, last, f"{kind}: {ended.said[-300:]}", kind)
                tally.count(name, "inputs", (last - numbers[name]) // place.of + 1)
                numbers[name] = last + place.of
                continue
            for column in ("inputs", "accepted", "refused"):
                tally.count(name, column, ended.result["counts"][column])
            numbers[name] = ended.result["next"]
            for kind, (number, what, _) in ended.result["kinds"].items():
                _note(tally, place, every[name], name, number, what, f"{name}: {kind}")
    return tally


def _stuck(said: str) -> str:
    return "Timeout (hangs)" if "Timeout" in said else "the process failed"


def _note(tally: Tally, place: Workplace, form: Format, name: str, number: int, what: str, kind: str) -> None:
    """Note a finding, and keep its input."""
    place.kept.mkdir(parents=True, exist_ok=True)
    (place.kept / f"{name.replace(' ', '-').lstrip('-')}-{number}").write_bytes(
        form.make(_of(place.seed, name, number))
    )
    tally.find(name, Finding(f"fuzz/{name}/{number}", what, kind))


def repeat(case: str, place: Workplace) -> str:
    """Use one input again. Returns what is wrong, with its traceback."""
    name, _, number = case.rpartition("/")
    form = formats(place)[name]

    def work() -> Any:
        signal.signal(signal.SIGPROF, _too_slow)
        place.base.mkdir(parents=True, exist_ok=True)
        draw = _of(place.seed, name, int(number))
        content = form.make(draw)
        try:
            form.use(place.base, content, draw)
        except ElmanError as error:
            return {"refused": str(error)}
        except BaseException:
            return {"wrong": f"{content[:500]!r}\n{traceback.format_exc()}"}
        return {}

    ended = child.run(work, 2 * HANGS, MOST_MEMORY)
    if ended.result is None:
        return f"exit {ended.code}, signal {ended.signal}: {ended.said[-2000:]}"
    print(json.dumps(ended.result.get("refused", "accepted")))
    return str(ended.result.get("wrong", ""))
