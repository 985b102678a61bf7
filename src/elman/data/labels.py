"""What labels of data must be, so that something can be learned from them."""

from collections import Counter
from collections.abc import Collection, Iterable

from elman.data.records import Example
from elman.errors import DataError
from elman.text.vocabulary import Vocabulary

_SHOWN = 5


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


def check_labels(names: Collection[str], where: str, what: str = "label") -> None:
    """Refuse a training part with one label only.

    Args:
        names: the different labels.
        where: its first place.
        what: how a label is called.

    Raises:
        DataError: there is only one.
    """
    if len(names) < 2:
        only = f"the only {what} of the training part is {next(iter(names))!r}"
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
            out = f"none of the {len(found):,} that were" if len(found) > 1 else "the one that was"
            among = f"{out} held out is {'not ' * (len(found) == 1)}among them"
            raise DataError(
                f"{where}: every {what} is rare: {len(known):,} different ones in training, {once:,} of them once, and "
                f"{among}. A {what} is learned from examples: take coarser ones, leave the rare ones out, or give "
                "--valid FILE."
            )
        shown = ", ".join(map(repr, found[:_SHOWN]))
        raise DataError(
            f"{where}: no {what} of this file was learned in training: got {shown}. Is it the right file, in the "
            "format of the training files?"
        )
