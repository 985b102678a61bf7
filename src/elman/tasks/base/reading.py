"""Examples of training and validation: read, held out, counted, hashed."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby, zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from elman.coders.base import Coder
from elman.data.bucketing import buckets, held_out, padding_share
from elman.data.encoded import Encoded
from elman.data.fields import Field, Kind
from elman.data.holding_out import stratified
from elman.data.labels import answered
from elman.data.outlines import Outline, Tokens
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.data.summary import of_answers
from elman.errors import CheckpointError, DataError
from elman.tasks.base.data import DataFiles, Say
from elman.text.printed import counted, on_one_line
from elman.text.vocabulary import Vocabulary

_SHOWN = 12  # answers that a card names


def _several(config: Any, train: Iterable[Example]) -> bool:
    """Say whether an example may have several labels: some has, or the options say so."""
    return config.several or any(len(one.fields.get("labels", "")) > 1 for one in train)


def read(reader: Reader, files: DataFiles, config: Any) -> tuple[list[Example], list[Example]]:
    """Return the examples of the training files and of the validation files.

    Raises:
        DataError: none of a part has a label.
    """
    train, valid = list(reader.for_training().read(files.train)), list(reader.read(files.valid))
    several = _several(config, train)
    return answered(train, several, reader.skipped), answered(valid, several, reader.skipped)


class Drawing(NamedTuple):
    """How examples are drawn that are held out.

    Args:
        strata: fields whose values are classes: the same share of each is held out; empty: any examples are.
        apart_by: fields, or what a file says of an example besides, whose equal values stay in one part, such
            as a word with all its pronunciations; several examples of one place do, such as the turns of a
            dialogue, whatever their values.
    """

    strata: Sequence[str] = ()
    apart_by: Sequence[str] = ()


def parted(task: Any, config: Any, reader: Reader, files: DataFiles, say: Say) -> tuple[list[Example], list[Example]]:
    """Return the examples that a task learns from, and those of validation, which may be held out."""
    if not files.held_out:
        train, valid = read(reader, files, config)
    else:
        strata = task.strata(config) if files.stratified else ()
        train, valid = split(reader, files, config, Drawing(strata, task.apart_by), say)
    return task.learned_from(train), valid


def split(
    reader: Reader, files: DataFiles, config: Any, how: Drawing | None = None, say: Say = lambda text: None
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
    how, every = how or Drawing(), list(reader.read(files.train))
    several = _several(config, every)
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
    _feed(digest, example)
    return digest.digest()


def _size_of(example: Example) -> str:
    """Return what an example is and how long."""
    if "words" in example.fields:
        return f"1 sentence of {counted(len(example.fields['words']), 'words')}"
    if "frames" in example.fields:
        return f"1 series of {counted(len(example.fields['frames']), 'frames')}"
    longest = max((len(value) for value in example.fields.values() if isinstance(value, str)), default=0)
    return f"1 text of {counted(longest, 'characters')}"


def by_place(texts: Iterable[tuple[str, Sequence[Sequence[str]]]]) -> Iterator[Sequence[str]]:
    """Yield the words of each place of the data: each as often as in the text there that has it most.

    A sentence and its phrases, examples of one place, are one text.
    """
    for _, examples in groupby(texts, key=lambda one: one[0]):
        most: Counter[str] = Counter()
        for _, parts in examples:
            most |= Counter(chain.from_iterable(parts))
        yield list(most.elements())


def labels_of(folder: Path, heads: Sequence[str]) -> dict[str, Vocabulary]:
    """Return the answers of each head that a folder holds.

    Raises:
        CheckpointError: a file is missing or broken.
    """
    found = {}
    for name in heads:
        path = folder / f"labels-{name}.txt"
        if not path.exists():
            raise CheckpointError(f"{path}: is missing. Restore the file.")
        found[name] = Vocabulary.load(path)
    return found


def fingerprint(train: Sequence[Example], valid: Sequence[Example], outline: Outline) -> str:
    """Return a hash of examples, and of vectors that were learned elsewhere: what a resumed run compares."""
    digest = hashlib.blake2b(digest_size=16)
    for part in (train, valid):
        for example in part:
            _feed(digest, example)
        digest.update(b"|")
    if isinstance(outline, Tokens) and outline.vectors is not None:
        digest.update(outline.vectors.rows.tobytes())
        digest.update(outline.vectors.matrix.tobytes())
    return digest.hexdigest()


def _feed(digest: Any, example: Example) -> None:
    """Put what an example has into a hash."""
    plain = {name: value for name, value in example.fields.items() if not isinstance(value, np.ndarray)}
    digest.update(repr(sorted(plain.items())).encode("utf-8", "surrogatepass"))
    for name in sorted(example.fields.keys() - plain.keys()):
        digest.update(f"{name} {example.fields[name].shape}".encode() + example.fields[name].tobytes())


def tell_cut(parts: Sequence[Encoded], room: int | None, plural: str, say: Say) -> None:
    """Tell how many examples of all parts are longer than what is read of one.

    Args:
        parts: of the data.
        room: how much is read at most.
        plural: what examples are.
        say: tells it.
    """
    cut, every = sum(part.cut for part in parts), sum(len(part.examples) for part in parts)
    if cut and room is not None:
        say(
            f"{cut:,} of {every:,} {plural} are longer than {room:,}: what is beyond is not read; --set task.longest=N "
            "decides it"
        )


def card(
    things: str,
    train: Encoded,
    valid: Encoded,
    inputs: Coder,
    answers: Mapping[str, Coder],
    fields: Sequence[Field] = (),
) -> dict[str, str]:
    """Return what a report says of the two parts of the data.

    Args:
        things: what examples are, in the plural.
        train: the training part.
        valid: the validation part.
        inputs: the coder of what examples give.
        answers: for each head, the coder of its answers.
        fields: those that have the answer of each head.
    """
    found = {
        "training": f"{counted(train.size, things)}, {_size(inputs.counts(train.inputs))}",
        "validation": f"{counted(valid.size, things)}, {_size(inputs.counts(valid.inputs))}",
        **inputs.card(valid.inputs),
        "padding": f"{padding_share(train.widths, buckets(train.widths, 32)):.1%} of the places of batches of 32",
    }
    for (name, coder), field in zip_longest(answers.items(), fields):
        if field is not None and field.kind is not Kind.TEXT:
            found[name] = of_answers(train.examples, field).shown
            continue
        shown = [on_one_line(f"{one}{count}") for one, count in zip(coder.names, _counts(coder), strict=True)]
        more = " ..." if len(shown) > _SHOWN else ""
        found[name] = f"{len(shown):,} different: {', '.join(shown[:_SHOWN])}{more}"
    return found


def _counts(coder: Coder) -> Sequence[str]:
    """Return how often training has each answer, ready to stand behind it; nothing where that was not counted."""
    return [f" ({count:,})" for count in coder.frequencies] or [""] * len(coder.names)


def _size(counts: Mapping[str, int]) -> str:
    name, count = next(iter(counts.items()))
    return counted(count, name)
