"""Which column is which in a table without known names, by what stands in it."""

from collections.abc import Sequence
from contextlib import suppress

Rows = Sequence[Sequence[str]]

ANSWERS = ("labels", "label", "score")
ROWS_TO_GUESS = 10
WORDS_OF_A_NAME = 3

_MOST_LABELS, _TIMES = 50, 5  # as many labels are few, if each comes so many times on the average

MISSING = frozenset(("nan", "none", "null", "na", "n/a", "<na>"))
"""How tools write a cell that is missing, in lower case."""


def places(fields: Sequence[str], rows: Rows) -> dict[str, int]:
    """Return the column of each field of rows with one column a field.

    The answer is the column with the fewest different cells, of a text the one with shorter cells and of a pair the
    last if several have as few, and in ten rows or more none that is always the same. A score is the last column of
    numbers. Texts are the others in their order.
    """
    answer = next(field for field in fields if field in ANSWERS)
    columns = list(zip(*rows, strict=True))
    different = [len(set(column)) for column in columns]
    if answer == "score":
        place = max((i for i, column in enumerate(columns) if _are_numbers(column)), default=len(columns) - 1)
    elif answer == "label":
        many = len(rows) >= ROWS_TO_GUESS
        place = min(range(len(columns)), key=lambda i: (many and different[i] == 1, different[i], -i))
    else:
        place = min(reversed(range(len(columns))), key=lambda i: (different[i], sum(map(len, columns[i]))))
    others = iter([i for i in range(len(columns)) if i != place])
    return {field: place if field == answer else next(others) for field in fields}


def label_columns(rows: Rows, free: Sequence[int]) -> list[int]:
    """Return which of some columns have cells as labels are: few different ones, each of few words, that come again.

    Args:
        rows: the first of a table, without the names of its columns.
        free: the columns that may be meant.
    """
    found = []
    for place in free:
        cells = [row[place].strip() for row in rows if row[place].strip()]
        few = 2 <= len(set(cells)) <= min(_MOST_LABELS, len(cells) // _TIMES)
        if few and 2 * len(cells) > len(rows) and max(len(cell.split()) for cell in set(cells)) <= WORDS_OF_A_NAME:
            found.append(place)
    return found


def all_differ(rows: Rows, column: int) -> bool:
    """Say whether the cells of a column nearly all differ, and those of others too, so that none has labels."""
    varied = sum(len(set(cells)) > 1 for cells in zip(*rows, strict=True))
    return len(rows) >= ROWS_TO_GUESS and varied > 1 and 2 * len({row[column] for row in rows}) > len(rows)


def likely(fields: Sequence[str], rows: Rows) -> dict[str, int]:
    """Return columns that could hold the fields: texts are long, the answer has few different cells, not only one."""
    columns = list(zip(*rows, strict=True))
    texts = [field for field in fields if field not in ANSWERS]
    length = sorted(range(len(columns)), key=lambda i: -sum(map(len, columns[i])))
    found = dict(zip(texts, sorted(length[: len(texts)]), strict=False))
    free = [i for i in range(len(columns)) if i not in found.values()]
    different = {i: len(set(columns[i])) for i in free}
    for field in fields:
        if field not in found and free:
            numbers = [i for i in free if _are_numbers(columns[i])] if field == "score" else []
            found[field] = min(numbers or free, key=lambda i: (different[i] == 1, different[i]))
            free.remove(found[field])
    return found


def _are_numbers(cells: Sequence[str]) -> bool:
    """Say whether cells are numbers, apart perhaps from the first, which may be a name."""
    for cell in cells[1:] or cells:
        with suppress(ValueError):
            float(cell)
            continue
        return False
    return True
