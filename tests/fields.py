"""Fields as tests use them: their kinds by name, and rows side by side."""

import numpy as np

from elman.data.column import Column
from elman.data.fields import Field, Kind

KINDS = {**dict.fromkeys(("first", "second", "source"), Kind.TEXT), "target": Kind.TEXTS, "score": Kind.NUMBER}
KINDS |= {
    "passage": Kind.TEXT,
    "golds": Kind.SPANS,
    "choices": Kind.CHOICES,
    "question": Kind.TEXT,
    "answer": Kind.LABEL,
    **dict.fromkeys(("steps", "bits"), Kind.VECTORS),
}


def kinds(names):
    """Return fields of these names; `text` alone is running text, as for language models."""
    if tuple(names) == ("text",):
        return (Field("text", Kind.STREAM),)
    return tuple(Field(name, KINDS.get(name) or Kind(name)) for name in names)


def side_by_side(rows, kind=np.int64):
    """Return rows of different lengths padded with 0."""
    return Column.of_rows(rows, kind).padded(np.arange(len(rows)))
