"""Lines and columns: what readers share to walk through a file and to know which of its columns holds which field."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from elman.data.guessing import WORDS_OF_A_NAME
from elman.data.numbers import Decimals
from elman.data.records import Example
from elman.data.sources import numbered_lines
from elman.errors import DataError
from elman.text.blanks import NO_WIDTH
from elman.text.printed import counted

_LABELS = (
    "label",
    "labels",
    "class",
    "category",
    "sentiment",
    "gold_label",
    "intent",
    "entailment_judgment",
    "entailment_label",
    "is_duplicate",
    "judgment",
    "polarity",
)

NAMES: Mapping[str, Sequence[str]] = {
    "text": ("text", "sentence", "review", "comment", "phrase", "question", "content", "document", "utterance"),
    "labels": _LABELS,
    "label": _LABELS,
    "first": ("first", "sentence_a", "sentence1", "premise", "s1", "question1", "text_a", "word1"),
    "second": ("second", "sentence_b", "sentence2", "hypothesis", "s2", "question2", "text_b", "word2"),
    "score": ("score", "relatedness_score", "similarity", "relatedness"),
    "source": ("source", "src", "input", "en", "word", "body", "document", "question"),
    "target": ("target", "tgt", "trg", "output", "de", "fr", "phones", "subject", "summary", "answer", "reply"),
    "story": ("story", "passage", "context"),
    "passage": ("passage", "context"),
    "golds": ("answers",),
    "question": ("question", "query"),
    "answer": ("answer",),
    "words": ("words", "tokens"),
    "tags": ("tags", "ner_tags", "labels"),
}
"""The names of columns that hold a field in the data sets people have; of several, the first one counts."""

SERIES = ("series", "series_id", "sequence", "case", "id")
"""The names of columns whose value is the same in all rows of a series; of several, the first one counts."""

RECORDINGS = (*SERIES, "recording", "recording_id", "session", "trial", "subject", "user", "person", "participant")
"""The names of columns whose value is the same in all rows of a recording; several name it together."""

MOMENTS = (*_LABELS, "activity", "state", "tag", "tags", "event", "phase")
"""The names of columns with a label of what happens in a row; of several, the first one counts."""

_NAMED = ("name", "full_name", "first_name", "firstname", "surname", "last_name", "lastname", "word")
_SORTS = ("language", "lang", "nationality", "country", "origin", "gender", "sex")

_FURTHER: Mapping[str, Sequence[str]] = {
    "text": ("tweet", "message", "body", "sms", "v2", "headline", "title", "query", "source", *_NAMED),
    "labels": ("target", "v1", "y", "quality", "topic", "emotion", "verdict", *_SORTS),
    "label": ("target", "quality", "y"),
    "first": ("#1_string", "source", "text1", "q1", "string1", "word1"),
    "second": ("#2_string", "target", "text2", "q2", "string2", "word2"),
}
"""Names that hold a field where every field has a column, but say nothing alone: `y` may be a label."""

GOLD_LABEL, NO_CONSENSUS = "gold_label", "-"
"""SNLI and its kind write `-` in this column where annotators did not agree: such an example has no label."""

PASSED_OVER: Mapping[str, str] = {
    "text": "rows with empty text",
    "first": "rows with empty text",
    "second": "rows with empty text",
    "source": "rows with empty text",
    "target": "rows with empty text",
    "labels": "rows without a label",
    "label": "rows without a label",
    "score": "rows without a score",
    "story": "questions without a story",
    "passage": "questions about an empty passage",
    "golds": "questions without an answer",
    "question": "rows without a question",
    "answer": "questions without an answer",
    "words": "rows without words",
    "tags": "rows without tags",
}
"""What a row is counted as when it is passed over because this field is empty."""

PAIRS = (("first", "second", "label"), ("first", "second", "score"), ("first", "second"))
"""The fields of pairs of sentences."""

_MARK = "\ufeff"
_EDGES = frozenset(NO_WIDTH)


def named_columns(given: str | Sequence[str], names: Sequence[str]) -> list[str]:
    """Return the columns that somebody named: a list, one, or several with commas between.

    Args:
        given: what was typed.
        names: of the columns that there are, in lower case, one of which may have a comma in it.

    >>> named_columns("subject, trial", ["subject", "trial"]), named_columns("Name, Age", ["name, age", "x"])
    (['subject', 'trial'], ['Name, Age'])
    """
    if not isinstance(given, str):
        return list(given)
    several = given.split(",") if given.lower() not in names else [given]
    return [name.strip() for name in several if name.strip()]


def read_lines(path: Path, encoding: str = "utf-8") -> Iterator[tuple[int, str]]:
    """Yield the lines of a file with their numbers from 1 and without their ends.

    Raises:
        DataError: the file cannot be read, is empty, or has nothing but white space.
    """
    number, blank = 0, True
    for number, line in numbered_lines(path, encoding):
        blank = blank and not line.strip()
        yield number, line.removeprefix(_MARK)  # files that were joined have one in the middle
    if number == 0:
        raise DataError(f"{path}: the file is empty. Give it some text.")
    if blank:
        raise DataError(f"{path}: nothing but white space. Give it some text.")


def refuse_none(examples: Iterator[Example], path: Path, skipped: Counter[str]) -> Iterator[Example]:
    """Yield examples as they come.

    Raises:
        DataError: there was none; the message says what was passed over since, as `skipped` counts it.
    """
    before, some = skipped.copy(), False
    for example in examples:
        some = True
        yield example
    if not some:
        passed = ", ".join(counted(count, what) for what, count in (skipped - before).items())
        raise DataError(f"{path}: no example in it: got {passed or 'nothing'}, expected one or more. Is it the file?")


def tell_invisible(examples: Iterator[Example], path: Path, say: Callable[[str], None]) -> Iterator[Example]:
    """Yield examples as they come, and tell of words, tags and labels with signs at their edges that nobody sees."""
    found: list[str] = []
    for example in examples:
        for field in ("words", "tags", "labels", "label"):
            value = example.fields.get(field, ())
            for one in (value,) if isinstance(value, str) else value:
                if one[:1] in _EDGES or one[-1:] in _EDGES:
                    found.append(f"{field} {one!a} in {example.where}")
        yield example
    if found:
        say(
            f"{path.name}: {counted(len(found), 'times')} a sign without width (U+FEFF or U+200B) at an edge makes "
            f"another word or label of it, first {found[0]}"
        )


def point_scores(examples: Iterator[Example], path: Path, say: Callable[[str], None]) -> Iterator[Example]:
    """Yield examples as they come, the decimals of their scores behind points; tell of commas."""
    decimals = Decimals()
    for example in examples:
        written = str(example.fields["score"])
        value = decimals.finite(written)
        turned = value is not None and "," in written
        yield Example({**example.fields, "score": repr(value)}, example.where) if turned else example
    if decimals.remark:
        say(f"{path.name}: scores: {decimals.remark}")


def ends_with(path: Path, *endings: str) -> bool:
    """Say whether the name of one file has one of some endings, perhaps with `.gz` after it."""
    name = path.name.lower().removesuffix(".gz")
    return name.endswith(endings) and ("," not in path.name or path.exists())


def whole_lines(head: str) -> list[str]:
    """Return the lines of the beginning of a file that have more than white space, without one that may be cut."""
    lines = head.split("\n")
    return [line for line in lines[: max(1, len(lines) - 1)] if line.strip()]


def check_columns(columns: Mapping[str, Any]) -> None:
    """Check the keys and values of an option `columns`.

    Raises:
        ValueError: a key is no field, or a number is no column.
    """
    for field, column in columns.items():
        if field not in NAMES:
            raise ValueError(f"columns: got the field {field!r}, expected one of: {', '.join(NAMES)}.")
        if isinstance(column, int) and column < 1:
            raise ValueError(f"columns: got {field} = {column}, expected a name or a number from 1.")


def chosen(field: str, columns: Mapping[str, str | int]) -> str | int | None:
    """Return the column that the user named for a field, if any; `label` and `labels` are one."""
    other = {"label": "labels", "labels": "label"}.get(field, field)
    return columns.get(field, columns.get(other))


def match_columns(fields: Sequence[str], names: Sequence[str], columns: Mapping[str, str | int]) -> dict[str, int]:
    """Return which column holds which field, as the user named it, or else by the usual names, in any case.

    Args:
        fields: what is asked for.
        names: the header.
        columns: name or number from 1 of the column of some fields.

    Returns:
        indices from 0; a field that nothing matches is not there.
    """
    lower = [normal(name) for name in names]
    found: dict[str, int] = {}
    for field in fields:
        column = chosen(field, columns)
        if isinstance(column, int) and column <= len(names):
            found[field] = column - 1
        elif isinstance(column, str) and (column in names or normal(column) in lower):
            found[field] = names.index(column) if column in names else lower.index(normal(column))
    for field in fields:
        if chosen(field, columns) is None:
            usual = (lower.index(name) for name in names_for(field) if name in lower)
            index = next((index for index in usual if index not in found.values()), None)
            found |= {} if index is None else {field: index}
    return found


def column_count(count: int) -> str:
    """Return a number of columns in words.

    >>> column_count(1)
    '1 column'
    """
    return f"{count} column{'' if count == 1 else 's'}"


def names_for(field: str) -> tuple[str, ...]:
    """Return the names that a column of a field has, where every field has a column."""
    return (*NAMES[field], *_FURTHER.get(field, ()))


def is_usual(field: str, name: str) -> bool:
    """Say whether a column of this name is nothing but the name of this field."""
    return normal(name) in NAMES[field]


def may_be(field: str, name: str) -> bool:
    """Say whether a column of this name holds this field where the other columns have such names too."""
    return normal(name) in names_for(field)


def is_near(field: str, name: str) -> bool:
    """Say whether a word in the name of a column is a name that this field has.

    >>> is_near("text", "Review Text"), is_near("labels", "userVerdict"), is_near("text", "is it good")
    (True, True, False)
    """
    parts = re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))
    return may_be(field, name) or (len(parts) <= WORDS_OF_A_NAME and any(may_be(field, part) for part in parts))


def normal(name: str) -> str:
    """Return the name of a column as names are compared."""
    return name.strip(NO_WIDTH).strip().lower().replace(" ", "_")
