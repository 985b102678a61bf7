"""Which examples are trained on and which are held out."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from elman.data.bucketing import held_out
from elman.data.holding_out import stratified
from elman.data.labels import answered
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.errors import DataError
from elman.tasks.base.data import DataFiles, Say
from elman.tasks.base.reading import feed, may_be_several, read
from elman.text.printed import counted


class HeldOut(NamedTuple):
    """How examples are drawn that are held out.

    Args:
        strata: fields whose values are classes: the same share of each is held out; empty: any examples are.
        apart_by: fields, or what a file says of an example besides, whose equal values stay in one part, such
            as a word with all its pronunciations; several examples of one place do, such as the turns of a
            dialogue, whatever their values.
    """

    strata: Sequence[str] = ()
    apart_by: Sequence[str] = ()


def divided(task: Any, config: Any, reader: Reader, files: DataFiles, say: Say) -> tuple[list[Example], list[Example]]:
    """Return the examples that a task learns from, and those of validation, which may be held out."""
    if not files.held_out:
        train, valid = read(reader, files, config)
    else:
        strata = task.strata(config) if files.stratified else ()
        train, valid = split(reader, files, config, HeldOut(strata, task.apart_by), say)
    return task.learned_from(train), valid


def split(
    reader: Reader, files: DataFiles, config: Any, how: HeldOut | None = None, say: Say = lambda text: None
) -> tuple[list[Example], list[Example]]:
    """Return the examples that are trained on, and those held out.

    Where training reads more examples of a place, such as the phrases of a sentence, whole places are held out.

    Args:
        reader: reads the files.
        files: which, and how much is held out.
        config: the `[task]` section.
        how: they are drawn; None: any are.
        say: is told of classes about which validation can say nothing.

    Raises:
        DataError: there is one example only, so nothing can be held out; none has a label; groups are none.
    """
    how, every = how or HeldOut(), list(reader.read(files.train))
    several = may_be_several(config, every)
    every = answered(every, several, reader.skipped)
    if len(every) < 2:
        raise DataError(
            f"{every[0].where}: the only example ({_size_of(every[0])}), so none can be held out: {reader.apart}. "
            "Give --valid FILE, or more data."
        )
    if files.groups:
        drawn, shown = files.groups.held([one.where for one in every], files.held_out)
        say(shown)
        rows = set(drawn)
    elif how.apart_by:
        rows = _apart(every, files.held_out, how.apart_by)
    else:
        rows = {*map(int, _drawn(every, files.held_out, how.strata, say))}
    valid = [one for row, one in enumerate(every) if row in rows]
    learner = reader.for_training()
    if learner is reader:
        return [one for row, one in enumerate(every) if row not in rows], valid
    reader.skipped.clear()  # the second reading counts the same again
    out = {one.where for one in valid}
    given = answered(list(learner.read(files.train)), several, reader.skipped)
    return [one for one in given if one.where not in out], [one for one in every if one.where in out]


def _apart(examples: Sequence[Example], share: float, fields: Sequence[str]) -> set[int]:
    """Return the rows of the examples that are held out, where some belong together: whole groups are drawn."""
    places = Counter(one.where for one in examples)
    groups: dict[tuple[str, ...], list[int]] = {}
    for row, one in enumerate(examples):
        alone = places[one.where] == 1
        given = {**one.fields, **one.about}
        key = tuple(_alike(given[field]) for field in fields) if alone else (one.where, *fields)
        groups.setdefault(key, []).append(row)
    each = list(groups.values())
    if len(each) < 2:
        return {*map(int, held_out(len(examples), share)[1])}  # all are alike: they cannot be kept apart
    return {row for group in held_out(len(each), share)[1] for row in each[group]}


def _alike(value: Any) -> str:
    """Return what is the same of equal values."""
    return hashlib.blake2b(value.tobytes(), digest_size=16).hexdigest() if isinstance(value, np.ndarray) else str(value)


def _drawn(examples: Sequence[Example], share: float, strata: Sequence[str], say: Say) -> np.ndarray:
    """Return the rows of the examples that are held out."""
    if strata:
        classes = [_classes(example, strata) for example in examples]
        keys = [_hash(example) for example in examples]
        rows = stratified(classes, keys, share)[1]
        counts = Counter(chain.from_iterable(classes))
        once = sum(count == 1 for count in counts.values())
        if once and len(rows):
            what = "tags" if "tags" in strata else "classes"
            have = "has one example, which is trained on: validation has none of it"
            if once > 1:
                have = "have one example each, which is trained on: validation has none of them"
            say(f"{once:,} of {len(counts):,} {what} {have}")
        if len(rows):
            return rows
    return held_out(len(examples), share)[1]


def _classes(example: Example, strata: Sequence[str]) -> set[str]:
    """Return the classes of an example, by field and value; to have none is a class, too."""
    values = ((field, example.fields[field]) for field in strata)
    return {
        f"{field} {one}" for field, value in values for one in ([value] if isinstance(value, str) else value or "-")
    }


def _hash(example: Example) -> bytes:
    digest = hashlib.blake2b(b"held out", digest_size=16)
    feed(digest, example)
    return digest.digest()


def _size_of(example: Example) -> str:
    """Return what an example is and how long."""
    if "words" in example.fields:
        return f"1 sentence of {counted(len(example.fields['words']), 'words')}"
    if "frames" in example.fields:
        return f"1 series of {counted(len(example.fields['frames']), 'frames')}"
    longest = max((len(value) for value in example.fields.values() if isinstance(value, str)), default=0)
    return f"1 text of {counted(longest, 'characters')}"
