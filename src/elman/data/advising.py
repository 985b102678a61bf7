"""What to tell where a column is missing: which there are, and which may be meant, by its name and its cells."""

import json
import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from elman.data.columns import NAMES, chosen, is_usual, names_for, normal
from elman.data.guessing import ANSWERS, WORDS_OF_A_NAME, Rows, likely, places
from elman.errors import DataError
from elman.text.printed import shortened

_ALIKE = 0.8
_SHORTEST = 3
_NAME = re.compile(r"[^\W\d]{3,}")
_LONGEST = 40
_FLAGS = ("0", "1")
_SEPARATOR = ", with ; between, and --set reader.label_separator=';'"
_ENDS = (".", "!", "…")


def missing_columns(
    fields: Sequence[str],
    names: Sequence[str],
    columns: Mapping[str, str | int],
    found: Mapping[str, int],
    rows: Rows = (),
) -> str:
    """Return the part of a message that says which fields have no column, what there is, and what to set.

    Args:
        fields: what is asked for.
        names: of the columns.
        columns: what the user named.
        found: the columns of the fields that have one.
        rows: the first of the cells below the names.
    """
    missing = [field for field in fields if field not in found]
    expected = [str(chosen(field, columns) or f"one of {', '.join(NAMES[field])}") for field in missing]
    graded = next((name for name in names if is_usual("score", name)), None)
    score = f"; or, if {_short(graded)!r} is to be predicted as a number, --set task.target=score" if graded else ""
    typos = misspelled(missing, names, columns, found)
    flags = several_labels(names, rows, missing)
    asked = " and ".join(f"{_short(names[place])!r} for {field}" for field, place in typos.items())
    hint = f" Did you mean {asked}?" if asked else ""
    set_ = suggested(fields, names, meant(fields, names, columns, found, rows))
    return (
        f"no column for {' and '.join(missing)}: got the columns {', '.join(map(_short, names))}, expected "
        f"{' and '.join(expected)}.{flags or hint} Say which it is, such as --set "
        f"reader.columns='{set_}'{score if missing == ['label'] else ''}"
    )


def several_labels(names: Sequence[str], rows: Rows, fields: Sequence[str]) -> str:
    """Return what to say of several columns of 0 and 1, where labels are asked for; empty where there are none.

    Args:
        names: of the columns.
        rows: some of the cells below.
        fields: what is asked for.
    """
    flags = [i for i in range(len(names)) if rows and all(row[i].strip() in _FLAGS for row in rows)]
    if len(flags) < 2 or not {"label", "labels"} & {*fields}:
        return ""
    shown = ", ".join(_short(names[place]) for place in flags)
    one = all(sum(row[place].strip() == "1" for place in flags) == 1 for row in rows)
    what, separator = ("one of several labels", "") if one else ("several labels of a text", _SEPARATOR)
    return (
        f" {shown} are 0 or 1: {what}, a column each. Labels are read from one column: write the names of those that "
        f"are 1 there{separator}. Or learn one of these columns alone."
    )


def refuse_prose(where: str, names: Sequence[str], expected: str) -> None:
    """Refuse a line of text where names of columns are expected: nothing in it is one, however it is cut at commas.

    Raises:
        DataError: it is so.
    """
    sentence = names[-1].rstrip()[-1:] in _ENDS or (len(names) > 1 and all(name[:1] == " " for name in names[1:]))
    words = max(len(name.split()) for name in names) > WORDS_OF_A_NAME
    if words and sentence and not any(is_usual(field, name) for field in NAMES for name in names):
        text = shortened(", ".join(name.strip() for name in names))
        raise DataError(
            f"{where}: a line of text, and no names of columns: got {text!r}, expected {expected}. Is it the file?"
        )


def misspelled(
    fields: Sequence[str], names: Sequence[str], columns: Mapping[str, str | int], found: Mapping[str, int]
) -> dict[str, int]:
    """Return the columns whose names, of letters, are nearly those that some fields should have.

    >>> misspelled(["text", "labels"], ["id", "txt", "lable"], {}, {})
    {'text': 1, 'labels': 2}
    """
    taken, near = set(found.values()), {}
    for field in fields:
        if field in found:
            continue
        name = chosen(field, columns)
        wanted = [normal(name)] if isinstance(name, str) else [one for one in names_for(field) if len(one) > _SHORTEST]
        free = {normal(name): i for i, name in enumerate(names) if i not in taken and _may_be_misspelled(name)}
        for one in wanted:
            if close := get_close_matches(one, free, n=1, cutoff=_ALIKE):
                near[field] = free[close[0]]
                taken.add(near[field])
                break
    return near


def _may_be_misspelled(name: str) -> bool:
    """Say whether a name is a word, and not one that a column of another field rightly has."""
    return _NAME.fullmatch(name.strip()) is not None and not any(is_usual(field, name) for field in NAMES)


def meant(
    fields: Sequence[str],
    names: Sequence[str],
    columns: Mapping[str, str | int],
    found: Mapping[str, int],
    rows: Rows = (),
) -> dict[str, int]:
    """Return the columns that fields may have: those that were found, those nearly called so, those with such cells.

    As text that is the longest column, as answer the one with the fewest different cells. A field that none is left
    for has none.
    """
    known = {**found, **misspelled(fields, names, columns, found)}
    missing = [field for field in fields if field not in known]
    free = [i for i in range(len(names)) if i not in known.values()]
    if missing and free and rows:
        cells = [[row[i] for i in free] for row in rows]
        whole = len(free) == len(missing) and any(field in ANSWERS for field in missing)
        guessed = places(missing, cells) if whole else likely(missing, cells)
        return known | {field: free[place] for field, place in guessed.items()}
    return known | dict(zip(missing, free, strict=False))


def suggested(fields: Sequence[str], names: Sequence[str], places: Mapping[str, int]) -> str:
    """Return what `reader.columns` would be: columns by name, or by number where a name is not theirs alone."""
    parts = ((field, _called(names, places[field]) if field in places else '"NAME"') for field in fields)
    return f"{{{', '.join(f'{field}={name}' for field, name in parts)}}}"


def _called(names: Sequence[str], place: int) -> str:
    name = names[place].strip()
    alone = [one.strip() for one in names].count(name) == 1 and 0 < len(name) <= _LONGEST
    return json.dumps(name, ensure_ascii=False) if alone else str(place + 1)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[:_LONGEST]}..."
