"""Stories with questions of four answers each, as of MCTest: a story a line, `X.tsv`, and its letters in `X.ans`."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from elman.data.choices import LETTERS
from elman.data.columns import read_lines, whole_lines
from elman.data.fields import Field, Kind
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.errors import DataError, quoted

_BREAKS = {"\\newline": "\n", "\\tab": " "}
_KINDS = ("one", "multiple")
_BEFORE, _EACH = 3, 1 + len(LETTERS)
"""Columns before the first question, and of each question."""


class MCTestReader(Reader):
    r"""Yields `passage`, `question`, `choices`, its four answers, and `answer`, the letter of the right one.

        story.tsv   id TAB properties TAB story, then of each question: one: or multiple: and it TAB A TAB B TAB C TAB D
        story.ans   the letters of the questions of each story, tabs between

    Where a story has a break the file has the characters `\newline`, or `\tab`. `one` says that one sentence of the
    story answers the question, `multiple` that several are needed; it is no word of the question. Without answers that
    are asked for, the letters need not be there.
    """

    class Config(Reader.Config):
        """Options of questions with four answers."""

        name: str = "mctest"

    config: Config
    holds = {Kind.TEXT: 2, Kind.CHOICES: 1, Kind.LABEL: 1}
    apart = "each question is an example, and those about one story stay together"

    @classmethod
    def gives(cls, fields: Sequence[Field]) -> bool:
        """Say whether answers to choose among are asked for."""
        return super().gives(fields) and any(field.kind is Kind.CHOICES for field in fields)

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 where the fourth column of the first line says how many sentences are needed."""
        columns = next(iter(whole_lines(head)), "").split("\t")
        return 3 if len(columns) > _BEFORE and columns[_BEFORE].startswith(tuple(f"{one}:" for one in _KINDS)) else 0

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the questions of one file.

        Raises:
            DataError: a file cannot be read, or the letters are not those of these stories; a line has not the columns
                of its questions; a question stands before any story, says not how many sentences it needs, or has an
                empty answer; two stories have one id.
        """
        path, seen, number = paths[0], dict[str, str](), -1
        lettered = "answer" in self.fields
        letters = list[tuple[str, list[str]]]()
        for at, line in read_lines(path, self.config.encoding):
            if not line.strip():
                self.skipped["empty lines"] += 1
                continue
            where, columns = f"{path}:{at}", line.rstrip("\r").split("\t")
            asked = _asked(columns, where)
            name, story = columns[0].strip(), _text(columns[2])
            if name in seen:
                raise DataError(
                    f"{where}: id {quoted(name)} again, first at {seen[name]}: expected one story an id. Give each its "
                    "own."
                )
            seen[name], number = where, number + 1
            if not story.strip() and not self.answers:
                raise DataError(f"{where}: a question before any passage: expected the story in column 3. Mend it.")
            if lettered:
                letters = letters or _letters(path, self.config.encoding)
                _refuse_others(letters, number, len(asked), where, path)
            for place, (kind, question, choices) in enumerate(asked):
                right = letters[number][1][place] if lettered else ""
                every = {"passage": story, "question": question, "choices": choices, "answer": right}
                about = {"id": f"{name}.{place}", "article": name, "needs": kind}
                yield Example({field: every[field] for field in self.fields}, where, about=about)
        if lettered and number + 1 < len(letters):
            raise DataError(
                f"{letters[number + 1][0]}: letters of a story that {path.name} has not: got {len(letters):,} lines, "
                f"expected {number + 1:,}. Are the two files of one set?"
            )


def _text(column: str) -> str:
    """Return a text with the breaks that its marks stand for."""
    for mark, broken in _BREAKS.items():
        column = column.replace(mark, broken)
    return column


def _asked(columns: Sequence[str], where: str) -> list[tuple[str, str, list[str]]]:
    """Return of each question of a line how many sentences it needs, the question, and its answers.

    Raises:
        DataError: the columns are none of questions with four answers.
    """
    every = columns[_BEFORE:]
    if not every or len(every) % _EACH:
        raise DataError(
            f"{where}: got {len(columns)} columns, expected {_BEFORE} and {_EACH} of each question, such as "
            f"{_BEFORE + 4 * _EACH}: id, properties and story, then a question and its answers "
            f"{', '.join(LETTERS)}. Is an answer missing?"
        )
    found = []
    for place in range(0, len(every), _EACH):
        kind, colon, question = every[place].partition(":")
        here = f"{where}: question {place // _EACH + 1}"
        if kind.strip() not in _KINDS or not colon or not question.strip():
            expected = " or ".join(f"'{one}: ...'" for one in _KINDS)
            raise DataError(f"{here}: got {quoted(every[place])}, expected {expected}. Has each four answers?")
        choices = [_text(one).strip() for one in every[place + 1 : place + _EACH]]
        lacking = [letter for letter, one in zip(LETTERS, choices, strict=True) if not one]
        if lacking:
            raise DataError(f"{here}: answer {lacking[0]} is empty, expected some words. Write it.")
        found.append((kind.strip(), _text(question).strip(), choices))
    return found


def _letters(path: Path, encoding: str) -> list[tuple[str, list[str]]]:
    """Return where the letters of each story stand, and them.

    Raises:
        DataError: the file beside is not there, or a letter is none.
    """
    beside = path.with_name(f"{path.name.removesuffix('.gz').removesuffix('.tsv')}.ans")
    packed = beside.with_name(f"{beside.name}.gz")
    if packed.exists() and not beside.exists():
        beside = packed
    if not beside.exists():
        raise DataError(f"{beside}: not there, expected the letters of the answers of {path.name}. Put it beside it.")
    found = []
    for at, line in read_lines(beside, encoding):
        letters = line.split()
        wrong = [letter for letter in letters if letter not in LETTERS]
        if wrong:
            raise DataError(f"{beside}:{at}: got {quoted(wrong[0])}, expected {', '.join(LETTERS)}. Mend it.")
        if letters:
            found.append((f"{beside}:{at}", letters))
    return found


def _refuse_others(
    letters: Sequence[tuple[str, Sequence[str]]], number: int, count: int, where: str, path: Path
) -> None:
    """Refuse letters that are not those of the questions of a story.

    Raises:
        DataError: so they are.
    """
    if number >= len(letters):
        raise DataError(f"{where}: no letters of this story: the file with those of {path.name} ends before. Add them.")
    place, given = letters[number]
    if len(given) != count:
        raise DataError(f"{place}: got {len(given)} letters, expected {count}, one a question of {where}. Mend it.")
