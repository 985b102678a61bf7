"""Examples of training and validation: read, held out, counted, hashed."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby, islice
from pathlib import Path
from typing import Any

import numpy as np

from elman.data.bucketing import held_out
from elman.data.corpus import looks_tokenized
from elman.data.outlines import Outline, Tokens
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.errors import CheckpointError, DataError
from elman.tasks.base.task import DataFiles, Say
from elman.text.vocabulary import Vocabulary

_SHOWN = 5
_LOOKED_AT = 200


def settle_words(text: str, say: Say) -> str:
    """Return how raw text like this is cut into words, `blanks` or `simple`, and say so."""
    words, why = ("blanks", "stands apart already") if looks_tokenized(text) else ("simple", "is cut off")
    say(f"words: {words}, guessed: punctuation {why}; --set task.words=simple or blanks decides it")
    return words


def cut_words(config: Any, texts: Iterable[str], say: Say) -> Any:
    """Return the options with `words` decided, which says how raw text is cut, from the first texts."""
    if config.words != "auto":
        return config
    return config.model_copy(update={"words": settle_words("\n".join(islice(texts, _LOOKED_AT)), say)})


def check_labels(counts: Mapping[str, int], where: str, what: str = "label") -> None:
    """Refuse a training part with one label only.

    Raises:
        DataError: it has.
    """
    if len(counts) < 2:
        only = f"the only {what} of the training part is {next(iter(counts))!r}"
        raise DataError(
            f"{where}: {only}, expected two or more. Is it the right column? With little data, --valid FILE holds "
            "nothing out."
        )


def check_known(known: Vocabulary, answers: Iterable[str], where: str, what: str, held_out: bool) -> None:
    """Refuse data none of whose labels was learned: labels are rare, or it is another file than meant.

    Args:
        known: what was learned.
        answers: what the data has.
        where: its first place.
        what: how a label is called.
        held_out: whether the data comes from the training files.

    Raises:
        DataError: not one of them is known.
    """
    found = list(dict.fromkeys(answers))
    if found and not any(answer in known for answer in found):
        if held_out:
            once = int((known.counts == 1).sum())
            raise DataError(
                f"{where}: every {what} is rare: {len(known):,} different ones in training, {once:,} of them once, and "
                f"none of the {len(found):,} that were held out is among them. A {what} is learned from examples: take "
                "coarser ones, leave the rare ones out, or give --valid FILE."
            )
        shown = ", ".join(map(repr, found[:_SHOWN]))
        raise DataError(
            f"{where}: no {what} of this file was learned in training: got {shown}. Is it the right file, in the "
            "format of the training files?"
        )


def answered(examples: list[Example], several: bool, skipped: Counter[str]) -> list[Example]:
    """Return the examples that say something: where one may have several labels, none of them is an answer too.

    Args:
        examples: of a reader.
        several: whether one may have several labels.
        skipped: counts those that are left out.

    Raises:
        DataError: nothing is left.
    """
    kept = [example for example in examples if several or len(example.fields.get("labels", "-"))]
    if len(kept) < len(examples):
        skipped["rows without a label"] += len(examples) - len(kept)
    if examples and not kept:
        raise DataError(
            f"{examples[0].where}: no example has a label: got {len(examples):,} without one, expected one for each. "
            "Is it the right column? reader.columns names it."
        )
    return kept


def _several(config: Any, train: Iterable[Example]) -> bool:
    """Say whether an example may have several labels: some has, or the options say so."""
    return getattr(config, "multi_label", False) or any(len(one.fields.get("labels", "")) > 1 for one in train)


def read(reader: Reader, files: DataFiles, config: Any) -> tuple[list[Example], list[Example]]:
    """Return the examples of the training files and of the validation files.

    Raises:
        DataError: none of a part has a label.
    """
    train, valid = list(reader.for_training().read(files.train)), list(reader.read(files.valid))
    several = _several(config, train)
    return answered(train, several, reader.skipped), answered(valid, several, reader.skipped)


def split(reader: Reader, files: DataFiles, config: Any) -> tuple[list[Example], list[Example]]:
    """Return the examples that are trained on, and those held out: whole places, and what `read` gives of these.

    Raises:
        DataError: there is one example only, so nothing can be held out; none has a label.
    """
    every = list(reader.read(files.train))
    several = _several(config, every)
    every = answered(every, several, reader.skipped)
    if len(every) < 2:
        raise DataError(
            f"{every[0].where}: the only example, so none can be held out. Give --valid FILE, or more data."
        )
    out = {every[row].where for row in held_out(len(every), files.held_out)[1]}
    learner, given = reader.for_training(), every
    if learner is not reader:
        reader.skipped.clear()  # the second reading counts the same again
        given = answered(list(learner.read(files.train)), several, reader.skipped)
    return [one for one in given if one.where not in out], [one for one in every if one.where in out]


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
            plain = {name: value for name, value in example.fields.items() if not isinstance(value, np.ndarray)}
            digest.update(repr(sorted(plain.items())).encode("utf-8", "surrogatepass"))
            for name in sorted(example.fields.keys() - plain.keys()):
                digest.update(f"{name} {example.fields[name].shape}".encode() + example.fields[name].tobytes())
        digest.update(b"|")
    if isinstance(outline, Tokens) and outline.vectors is not None:
        digest.update(outline.vectors.rows.tobytes())
        digest.update(outline.vectors.matrix.tobytes())
    return digest.hexdigest()
