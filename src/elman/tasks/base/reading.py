"""Examples of training and validation: read, hashed, told of; words of a place, labels of a folder."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby
from pathlib import Path
from typing import Any

import numpy as np

from elman.data.encoded import Encoded
from elman.data.labels import answered
from elman.data.outlines import Outline, Tokens
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.errors import CheckpointError
from elman.tasks.base.data import DataFiles, Say
from elman.text.vocabulary import Vocabulary


def may_be_several(config: Any, train: Iterable[Example]) -> bool:
    """Say whether an example may have several labels: some has, or the options say so."""
    return config.several or any(len(one.fields.get("labels", "")) > 1 for one in train)


def read(reader: Reader, files: DataFiles, config: Any) -> tuple[list[Example], list[Example]]:
    """Return the examples of the training files and of the validation files.

    Raises:
        DataError: none of a part has a label.
    """
    train, valid = list(reader.for_training().read(files.train)), list(reader.read(files.valid))
    several = may_be_several(config, train)
    return answered(train, several, reader.skipped), answered(valid, several, reader.skipped)


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
            feed(digest, example)
        digest.update(b"|")
    if isinstance(outline, Tokens) and outline.vectors is not None:
        digest.update(outline.vectors.rows.tobytes())
        digest.update(outline.vectors.matrix.tobytes())
    return digest.hexdigest()


def feed(digest: Any, example: Example) -> None:
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
