"""Tables whose columns no task knows by name: what stands in them, and the command that learns from it."""

import shlex
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from elman.data.advising import suggested
from elman.data.clocks import is_moment
from elman.data.guessing import WORDS_OF_A_NAME, Rows, label_columns
from elman.data.headers import are_numbers, names_numbers
from elman.data.json_records import looks_like_json
from elman.data.rows import Cut, even_rows
from elman.data.sources import head
from elman.errors import DataError

_LOOKED_AT, _FEWEST = 1000, 5


class NumberForTextError(DataError):
    """A table has a text and a number in each row, which no task learns."""


def number_for_text(path: Path) -> NumberForTextError | None:
    """Return what to say of a table of texts with a number each, which no task learns; None for others."""
    found = columns_meant(path)
    return found if isinstance(found, NumberForTextError) else None


def columns_meant(path: Path, encoding: str = "utf-8") -> DataError | None:
    """Return what to say of a table by the cells of its columns; None where they tell nothing.

    Texts have several words, labels are few and come again. What is a count, a number or a time is neither.

    Args:
        path: of the file.
        encoding: of it.
    """
    if looks_like_json(head(path)):
        return None
    try:
        cut = Cut(encoding, "auto", "auto", ())
        rows = [cells for _, cells in islice(even_rows(path, cut, Counter(), lambda told: None), _LOOKED_AT)]
    except DataError:
        return None
    if len(rows) < _FEWEST or len(rows[0]) < 2:
        return None
    named = names_numbers(rows, range(len(rows[0]))) or _are_short(rows)
    body, names = (rows[1:], rows[0]) if named else (rows, [""] * len(rows[0]))
    places = range(len(names))
    numbers = [place for place in places if are_numbers([row[place] for row in body])]
    texts = [place for place in places if place not in numbers and _are_texts([row[place] for row in body])]
    labels = label_columns(body, [place for place in places if place not in texts])
    return _advised(path, names, body, texts, labels, [one for one in numbers if one not in labels])


def _advised(
    path: Path, names: Sequence[str], body: Rows, texts: Sequence[int], labels: Sequence[int], numbers: Sequence[int]
) -> DataError | None:
    """Return what columns of these kinds are good for."""
    file, there = shlex.quote(str(path)), {**dict(zip(("first", "second"), texts, strict=False))}

    def told(found: dict[str, int]) -> str:
        return f"--set {shlex.quote(f'reader.columns={suggested(tuple(found), names, found)}')}"

    def called(place: int) -> str:
        return repr(names[place]) if names[place] else f"column {place + 1}"

    shown = " and ".join(map(called, texts))
    if len(texts) == 2 and labels:
        how = f"a label for two texts ({shown}, {called(labels[-1])}): elman train pair {file} "
        return DataError(f"{path}: looks like {how}{told({**there, 'label': labels[-1]})}")
    if len(texts) == 2:
        found = {"source": texts[0], "target": texts[1]}
        return DataError(f"{path}: looks like a text for each text ({shown}): elman train seq2seq {file} {told(found)}")
    if len(texts) != 1:
        return None
    if len(labels) == 1:
        found, label = {"text": texts[0], "labels": labels[0]}, called(labels[0])
        return DataError(
            f"{path}: looks like a label for each text ({shown}, {label}): elman train classify {file} {told(found)}"
        )
    alone = f"elman train lm {file} --set reader.name=column {told({'text': texts[0]})}"
    varied = [one for one in numbers if 2 * len({row[one] for row in body}) > len(body) and not _counts(body, one)]
    if labels or not varied:
        several = f", and labels in {' or '.join(map(called, labels))}" if labels else ", and no labels"
        texts_alone = "texts alone" if labels else "Texts alone"
        ways = (f"elman train classify {file} {told({'text': texts[0], 'labels': label})}" for label in labels)
        which = f" {'; or '.join(ways)}; or" if labels else ""
        return DataError(f"{path}: looks like texts ({shown}){several}.{which} {texts_alone}: {alone}")
    number = varied[-1]
    count = len({row[number] for row in body})
    return NumberForTextError(
        f"{path}: looks like a number for each text ({shown}, {called(number)} with {count:,} different in "
        f"{len(body):,} rows), and no task learns a number of one text. Put few classes, such as high or low, in "
        f"a column of their own: elman train classify {file} --set 'reader.columns={{text={_written(names, texts[0])}, "
        f'labels="CLASS"}}\'. The texts alone: {alone}; the numbers as '
        f"they are written: elman train seq2seq {file} {told({'source': texts[0], 'target': number})}"
    )


def _written(names: Sequence[str], place: int) -> str:
    return suggested(("text",), names, {"text": place}).removeprefix("{text=").removesuffix("}")


def _counts(body: Rows, place: int) -> bool:
    """Say whether a column counts the rows, or says when."""
    cells = [row[place].strip() for row in body]
    return all(cell.isdecimal() for cell in cells) or any(map(is_moment, cells))


def _are_texts(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell.strip()]
    return 2 * sum(len(cell.split()) > 1 for cell in filled) > len(filled) and 2 * len(set(filled)) > len(filled) / 5


def _are_short(rows: Rows) -> bool:
    """Say whether the first row has names, and some column below it texts of more words than names have."""
    short = all(0 < len(cell.split()) <= WORDS_OF_A_NAME for cell in rows[0]) and len(set(rows[0])) == len(rows[0])
    longer = (
        2 * sum(len(row[place].split()) > len(first.split()) for row in rows[1:]) > len(rows)
        for place, first in enumerate(rows[0])
    )
    return short and any(longer) and not any(are_numbers([cell]) for cell in rows[0])
