"""The kinds of fields, by the names that tests use."""

from elman.data.fields import Field, Kind

KINDS = {"first": Kind.TEXT, "second": Kind.TEXT, "score": Kind.NUMBER}


def kinds(names):
    """Return fields of these names; `text` alone is running text, as for language models."""
    if tuple(names) == ("text",):
        return (Field("text", Kind.STREAM),)
    return tuple(Field(name, KINDS.get(name) or Kind(name)) for name in names)
