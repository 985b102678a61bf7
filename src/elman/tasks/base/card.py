"""What a report says of the two parts of the data."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest

from elman.coders.base import Coder
from elman.data.bucketing import buckets, padding_share
from elman.data.encoded import Encoded
from elman.data.fields import Field, Kind
from elman.data.summary import of_answers
from elman.text.printed import counted, on_one_line

_SHOWN = 12  # answers that a card names


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
