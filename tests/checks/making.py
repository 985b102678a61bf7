"""Data for checks, in a line."""

from elman.data.fields import Field, Kind, names_of
from elman.data.parts import Parts
from elman.data.records import Example
from elman.data.running import RunningText

TEXT = (Field("text", Kind.TEXT), Field("labels", Kind.LABELS))
TAGGED = (Field("words", Kind.WORDS), Field("tags", Kind.TAGS))
PAIR = (Field("first", Kind.TEXT), Field("second", Kind.TEXT), Field("label", Kind.LABEL))
WRITTEN = (Field("source", Kind.TEXT), Field("target", Kind.TEXT))
SERIES = (Field("frames", Kind.FRAMES), Field("labels", Kind.LABELS))


def examples(fields, rows, file):
    """Return examples of rows of values; labels may be given as one."""
    names = names_of(fields)
    found = []
    for number, row in enumerate(rows, start=1):
        values = dict(zip(names, row, strict=True))
        if isinstance(values.get("labels"), str):
            values["labels"] = [values["labels"]]
        for name in ("words", "tags"):
            if isinstance(values.get(name), str):
                values[name] = values[name].split()
        found.append(Example(values, f"{file}:{number}"))
    return found


def parts(train, valid=(), fields=TEXT, unknown=0.0):
    """Return the parts that rows of values are."""
    return Parts(
        fields, names_of(fields[:-1]), examples(fields, train, "a"), examples(fields, valid, "b"), unknown=unknown
    )


def running(train, valid="", **facts):
    """Return the running text that two strings are."""
    return RunningText(
        lambda: [Example({"text": train}, "a:1")], lambda: [Example({"text": valid}, "b:1")] if valid else [], **facts
    )
