"""Which column is which in a table without known names, by what stands in it."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

Rows = Sequence[Sequence[str]]

ANSWERS = ("labels", "label", "score")
ROWS_TO_GUESS = 10
WORDS_OF_A_NAME = 3

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


def all_differ(rows: Rows, column: int) -> bool:
    """Say whether the cells of a column nearly all differ, and those of others too, so that none has labels."""
    varied = sum(len(set(cells)) > 1 for cells in zip(*rows, strict=True))
    return len(rows) >= ROWS_TO_GUESS and varied > 1 and 2 * len({row[column] for row in rows}) > len(rows)


def names_columns(rows: Rows, found: Mapping[str, int], known: bool = False) -> bool:
    """Say whether the first row looks like the names of columns.

    Its label occurs nowhere else, while every other label does, and it has one word a cell where most texts have more,
    or a label of more words than every other, such as a question.

    Args:
        rows: the first of a table.
        found: the column of each field.
        known: whether a cell of the first row has a usual name of its column in it: then texts may have one word, too,
            and names some.
    """
    answer = next((field for field in found if field in ("labels", "label")), None)
    if answer is None or len(rows) < ROWS_TO_GUESS:
        return False
    first, others = rows[0], rows[1:]
    labels = [row[found[answer]] for row in others]
    texts = [row[place] for row in others for field, place in found.items() if field != answer]
    if first[found[answer]] in labels or min(map(labels.count, labels)) < 2:
        return False
    words = {field: len(first[place].split()) for field, place in found.items()}
    if min(words.values()) > 0 and words[answer] > max(len(label.split()) for label in labels):
        return True
    several = known or 2 * sum(len(text.split()) > 1 for text in texts) > len(texts)
    most = WORDS_OF_A_NAME if known else 1
    return several and all(1 <= count <= most for count in words.values())


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
