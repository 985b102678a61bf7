"""Texts and labels that have changed places, as where columns are named the wrong way round."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, islice
from statistics import mean

from elman.data.advising import suggested
from elman.data.records import Example
from elman.errors import DataError, quoted
from elman.text.printed import listed

_LOOKED_AT = 1000
_FEWEST = 20
_DIFFER = 0.9
_REPEAT = 0.1
_WORDS = 3
_SHOWN = 40


def refuse_turned(examples: Iterator[Example], called: Callable[[], Mapping[str, str]]) -> Iterator[Example]:
    """Yield examples of `text` and `labels` as they come, unless the first of them have one in the place of the other.

    So it is where nearly all labels differ and are of several words, and texts are few, shorter, and come again.

    Args:
        examples: of one file.
        called: returns what the file calls its `text` and its `labels`; empty where it has no names.

    Raises:
        DataError: so it is.
    """
    first: list[Example] = []
    broken = None
    try:
        first.extend(islice(examples, _LOOKED_AT))
    except DataError as error:  # it comes in its turn
        broken = error
    if _are_turned(first):
        labels, texts = (list(dict.fromkeys(chain(*found))) for found in _columns(first))
        set_ = "Give them the other way round."
        if columns := called():
            names = [columns["labels"], columns["text"]]
            set_ = f"--set reader.columns='{suggested(('text', 'labels'), names, {'text': 0, 'labels': 1})}'"
        raise DataError(
            f"{first[0].where}: text and labels have changed places: got {len(labels):,} different labels in "
            f"{len(first):,} rows, such as {quoted(labels[0], _SHOWN)}, and {len(texts):,} different texts: "
            f"{listed(texts, 3)}; expected few labels, and texts that differ. {set_}"
        )
    yield from first
    if broken is not None:
        raise broken
    yield from examples


def _columns(examples: Sequence[Example]) -> tuple[list[Sequence[str]], list[Sequence[str]]]:
    """Return the labels and the texts of examples."""
    return [one.fields["labels"] for one in examples], [[one.fields["text"]] for one in examples]


def _are_turned(examples: Sequence[Example]) -> bool:
    if len(examples) < _FEWEST:
        return False
    labels, texts = (list(chain(*found)) for found in _columns(examples))
    few = 1 < len(set(texts)) <= max(2, _REPEAT * len(texts))
    if not few or len(labels) > len(texts) or len(set(labels)) < _DIFFER * len(texts):
        return False
    words, others = (mean(len(one.split()) for one in some) for some in (labels, texts))
    return words >= _WORDS and words > others
