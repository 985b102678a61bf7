"""How CoNLL columns are laid out, seen in the first lines of a file: comments, a header, running numbers."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from elman.data.columns import whole_lines
from elman.text.blanks import split_words

_DOCUMENT = re.compile(r"#(?:begin|end) document\b")
_TAG = re.compile(r"O|[BIESLUM][-_].+|.+[-_][BIESLUM]")

_WORD_NAMES = frozenset(("word", "words", "token", "tokens", "form", "text"))
_TAG_NAMES = frozenset(
    (
        "tag",
        "tags",
        "label",
        "labels",
        "ner",
        "ner_tag",
        "ner_tags",
        "pos",
        "upos",
        "xpos",
        "chunk",
        "iob",
        "bio",
        "slot",
    )
)

Line = tuple[int, str]


class Layout(NamedTuple):
    """What the first lines say.

    Args:
        width: how many columns most lines have.
        first: the number of the first line that has so many.
        header: the names of the columns, empty where there are none.
        tags: what stands in the last column of most lines, comments apart.
        counts: whether the first column counts the words of each sentence.
    """

    width: int
    first: int
    header: Sequence[str]
    tags: frozenset[str]
    counts: bool


def columns(line: str) -> list[str]:
    """Return the cells of a line: at tabs where it has one, else at blanks."""
    if not line.strip():
        return []
    return [cell.strip(" ") for cell in line.split("\t")] if "\t" in line else split_words(line)


def layout(lines: Sequence[Line], tag_column: int = -1) -> Layout:
    """Return how the lines of a file with their numbers are laid out."""
    rows = [(number, columns(line)) for number, line in lines if not line.startswith(("#", "-DOCSTART-"))]
    filled = [(number, cells) for number, cells in rows if cells]
    widths = Counter(len(cells) for _, cells in filled)
    width = widths.most_common(1)[0][0] if widths else 0
    first = next((number for number, cells in filled if len(cells) == width), 0)
    tags = frozenset(cells[tag_column] for _, cells in filled if -len(cells) <= tag_column < len(cells))
    start = next((cells for _, cells in filled), [])
    header = start if _is_header(start, tag_column) else []
    body = [cells for _, cells in rows if cells != header] if header else [cells for _, cells in rows]
    return Layout(width, first, header, tags, width > 2 and _counts(body))


def is_comment(line: str, cells: Sequence[str], seen: Layout, tag_column: int = -1) -> bool:
    """Say whether a line is a comment: it begins with `# ` and has no tag where other lines have one.

    Marks of documents as of CoNLL-2012, `#begin document` and `#end document`, are comments too.
    """
    if not line.startswith("#"):
        return False
    if _DOCUMENT.match(line):
        return True
    if not line.startswith("# ") or len(cells) != seen.width or not -len(cells) <= tag_column < len(cells):
        return line.startswith("# ")
    return not (cells[tag_column] in seen.tags or _TAG.fullmatch(cells[tag_column]))


def share_of_rows(lines: Iterable[str]) -> tuple[float, int, float]:
    """Return the share of lines with as many columns as most, that number, and the share of these that end in a tag."""
    found = [columns(line) for line in lines if not line.startswith(("# ", "-DOCSTART-"))]
    rows = [cells for cells in found if cells]
    if not rows:
        return 0.0, 0, 0.0
    width, count = Counter(map(len, rows)).most_common(1)[0]
    ends = [cells[-1] for cells in rows if len(cells) == width]
    return count / len(rows), width, sum(_TAG.fullmatch(tag) is not None for tag in ends) / len(ends)


def is_tagged(beginning: str) -> bool:
    """Say whether lines are words with their tags: they end in tags, or sentences are apart and no cell has a blank.

    Args:
        beginning: of a file, its last line perhaps cut.
    """
    lines = whole_lines(beginning)
    share, width, tagged = share_of_rows(lines)
    if width < 2 or share < 0.5:
        return False
    cells = [cell for line in lines for cell in columns(line)]
    return tagged > 0.5 or (share == 1 and "\n\n" in beginning and not any(" " in cell for cell in cells))


def has_sentences(beginning: str) -> bool:
    """Say whether lines are words with their tags, and stand in sentences of two words or more on average."""
    lines = [line for line in beginning.split("\n") if not line.startswith("-DOCSTART-")]
    filled = [bool(line.strip()) for line in lines]
    begun = sum(now and not before for before, now in zip([False, *filled], filled, strict=False))
    return 1 < begun <= sum(filled) / 2 and is_tagged(beginning)


def word_name(header: Sequence[str]) -> int | None:
    """Return the column that a header names as that of the words."""
    return next((place for place, name in enumerate(header) if name.lower() in _WORD_NAMES), None)


def _is_header(cells: Sequence[str], tag_column: int) -> bool:
    if len(cells) < 2 or not -len(cells) <= tag_column < len(cells):
        return False
    return word_name(cells) is not None and cells[tag_column].lower() in _TAG_NAMES


def _counts(rows: Sequence[Sequence[str]]) -> bool:
    """Say whether the first column counts 1, 2, 3 or 0, 1, 2 in each sentence, some of which has two words or more."""
    expected, longest = 0, 0
    for cells in rows:
        if not cells:
            expected = 0
            continue
        if not cells[0].isdecimal() or (expected and int(cells[0]) != expected) or int(cells[0]) > expected + 1:
            return False
        expected = int(cells[0]) + 1
        longest = max(longest, expected)
    return longest > 2
