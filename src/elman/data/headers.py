"""Whether the first row of a table without known names has those of its columns, and what is said of it."""

from collections.abc import Mapping, Sequence

from elman.data.advising import misspelled
from elman.data.clocks import is_moment
from elman.data.columns import is_near, is_usual
from elman.data.guessing import ROWS_TO_GUESS, WORDS_OF_A_NAME, Rows, label_columns
from elman.data.numbers import Decimals

PAIR = ("source", "target")
"""The fields of texts with what is to be written to them."""

_SHOWN = 80


def names_them(rows: Rows, found: Mapping[str, int]) -> bool:
    """Say whether the first row looks like the names of columns.

    Names have one word where most texts have more; three, where one of them is a usual one. A label occurs nowhere
    else, while every other label does; a label of more words than every other, such as a question, is a name whatever
    the texts are. Without a label, no word of a name occurs in its column.

    Args:
        rows: the first of a table.
        found: the column of each field.
    """
    if len(rows) < ROWS_TO_GUESS:
        return False
    answer = next((field for field in found if field in ("labels", "label")), None)
    if answer is None:
        if found.keys() not in ({*PAIR}, {"text"}):
            return False
        numbers = names_numbers(rows, list(found.values()))
        return numbers or (_are_strange(rows, found) and _are_short(rows, found))
    first, labels = rows[0][found[answer]], [row[found[answer]] for row in rows[1:]]
    if first in labels or min(map(labels.count, labels)) < 2:
        return False
    whole = all(rows[0][place].strip() for place in found.values())
    if whole and len(first.split()) > max(len(label.split()) for label in labels):
        return True
    return _are_short(rows, found, answer)


def names_numbers(rows: Rows, places: Sequence[int]) -> bool:
    """Say whether the first row has words in a column where all others have numbers or times: then it has names."""
    for place in places:
        below = [row[place] for row in rows[1:]]
        if rows[0][place].strip() and are_numbers(below) and not are_numbers([rows[0][place]]):
            return True
    return False


def are_numbers(cells: Sequence[str]) -> bool:
    """Say whether cells are numbers or times, those that are not empty."""
    filled, decimals = [cell.strip() for cell in cells if cell.strip()], Decimals()
    return bool(filled) and all(decimals.finite(cell) is not None or is_moment(cell) for cell in filled)


def with_labels(fields: Sequence[str], names: Sequence[str], found: Mapping[str, int], rows: Rows) -> dict[str, int]:
    """Return the columns of texts and of their labels, where only the first has a usual name, and one such cells.

    So a column is that of labels by what stands in it, whatever it is called: `rating`, `stars`, `Bewertung`. Nothing
    is returned where it cannot be told.

    Args:
        fields: what is asked for; a column of a pair may be a grade, too.
        names: of the columns.
        found: those of fields that have one.
        rows: the first of the cells below the names.
    """
    text = found.get("text")
    if tuple(fields) != ("text", "labels") or len(found) > 1 or text is None or not is_usual("text", names[text]):
        return {}
    if len(set(names)) < len(names) or misspelled(["labels"], names, {}, found):
        return {}
    places = label_columns(rows, [place for place in range(len(names)) if place != text])
    if len(places) != 1 or names[places[0]] in (row[places[0]] for row in rows):
        return {}
    return {"text": text, "labels": places[0]}


def header_remark(first: Sequence[str], found: Mapping[str, int], header: bool) -> str:
    """Return what to say of a first row that was taken for the names of columns, or for data."""
    row = " ".join(" | ".join(first).split())[:_SHOWN]
    if not header:
        return f"header: none, the first row is data: {row}; --set reader.header=yes if it names the columns"
    labeled = "labels" in found or "label" in found
    why = "since that label occurs nowhere else" if labeled else "since these words occur nowhere else"
    return f"header: {row}, guessed, {why}; --set reader.header=no if that row is data"


def _are_short(rows: Rows, found: Mapping[str, int], answer: str | None = None) -> bool:
    """Say whether the cells of the first row have as few words as names, and the texts below more."""
    first = rows[0]
    known = any(is_near(field, first[place]) for field, place in found.items())
    texts = [row[place] for row in rows[1:] for field, place in found.items() if field != answer]
    several = (known and answer is not None) or 2 * sum(len(text.split()) > 1 for text in texts) > len(texts)
    most = WORDS_OF_A_NAME if known else 1
    return several and all(1 <= len(first[place].split()) <= most for place in found.values())


def _are_strange(rows: Rows, found: Mapping[str, int]) -> bool:
    """Say whether the cells of the first row are words of letters that none of their columns has."""
    for place in found.values():
        words = rows[0][place].casefold().split()
        others = {word for row in rows[1:] for word in row[place].casefold().split()}
        if not all(word.replace("_", "").isalpha() for word in words) or others.intersection(words):
            return False
    return True
