"""Stories with questions as of bAbI: `1 Mary went home.`, then `2 Where is Mary? TAB home TAB 1`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from elman.data.columns import read_lines, whole_lines
from elman.data.fields import Field, Kind
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.errors import DataError, quoted

_LINE = re.compile(r"(\d+) +(\S.*?)\s*$")

_DIGITS = 18
"""Of the number of a line at most."""


class BabiReader(Reader):
    """Yields `story`, the sentences before a question, `question` and `answer`.

    Lines are numbered; 1 begins a story. A question has a tab and its answer behind it; a further tab and the numbers
    of the sentences that the answer follows from may stand there, in the order in which they are used. A question sees
    the sentences before it, and no other question.
    """

    class Config(Reader.Config):
        """Options of stories with questions."""

        name: str = "babi"

    config: Config
    holds = {Kind.STORY: 1, Kind.TEXT: 1, Kind.LABEL: 1}
    apart = "each line with a tab is a question"

    @classmethod
    def gives(cls, fields: Sequence[Field]) -> bool:
        """Say whether no other fields are asked for, and a story among them."""
        return super().gives(fields) and fields[0].kind is Kind.STORY

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 where every line is numbered, the first is 1, and some have a tab."""
        lines = whole_lines(head)
        numbered = [_LINE.match(line) for line in lines if line.strip()]
        first = numbered[0] if numbered else None
        if first is None or first[1] != "1" or not all(numbered):
            return 0
        return 3 if any("\t" in line for line in lines) else 1

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the questions of one file.

        Raises:
            DataError: a file cannot be read, is empty or has no question; a line has no number, or not the next one; a
                question stands before any sentence, has no answer, or follows from what is no sentence before it.
        """
        path, number, story, places = paths[0], 0, list[str](), dict[int, int]()
        for at, line in read_lines(path, self.config.encoding):
            if not line.strip():
                self.skipped["empty lines"] += 1
                continue
            where = f"{path}:{at}"
            number, text = _numbered(line, where, number)
            if number == 1:
                story, places = [], {}
            if "\t" not in text:
                _refuse_untabbed(text, where)
                places[number] = len(story)
                story.append(text.strip())
                continue
            yield from self._question(text, where, story, places)

    def _question(self, text: str, where: str, story: Sequence[str], places: Mapping[int, int]) -> Iterator[Example]:
        """Yield the example of a line with a question."""
        question, answer, *facts = (part.strip() for part in text.split("\t"))
        if not story:
            raise DataError(
                f"{where}: a question before any sentence: got {quoted(question)}, expected sentences of the story "
                "first. Is its beginning missing?"
            )
        if len(facts) > 1:
            raise DataError(
                f"{where}: got {len(facts) + 1} tabs, expected one or two: a question, its answer, and the numbers of "
                "sentences. An answer has no tab."
            )
        if not answer and not self.answers:
            raise DataError(f"{where}: a question without an answer: got {quoted(question)}. Write it behind the tab.")
        for fact in " ".join(facts).split():
            if not fact.isdecimal() or len(fact) > _DIGITS or int(fact) not in places:
                told = ", ".join(map(str, list(places)[-5:]))
                raise DataError(
                    f"{where}: follows from {quoted(fact)}, expected the number of a sentence before the question, "
                    f"such as {told}. Mend or leave out the numbers."
                )
        values = {"story": list(story), "question": question, "answer": answer}
        yield from self._kept({field: values[field] for field in self.fields}, where)


def _numbered(line: str, where: str, before: int) -> tuple[int, str]:
    """Return the number of a line and its text.

    Args:
        line: as it stands there.
        where: it does.
        before: the number of the line before, 0 for none.

    Raises:
        DataError: it has none, or it is neither 1 nor the next one.
    """
    number, _, text = line.strip(" ").partition(" ")
    if not number.isdecimal() or len(number) > _DIGITS or not text.strip():
        raise DataError(f"{where}: got {quoted(line.strip())}, expected a number, a blank and a sentence. Mend it.")
    if int(number) not in (1, before + 1):
        expected = f"{before + 1}, or 1 for a new story" if before else "1, the beginning of a story"
        raise DataError(f"{where}: line number {int(number)}, expected {expected}. Is a line missing?")
    return int(number), text


def _refuse_untabbed(text: str, where: str) -> None:
    """Refuse a question whose answer stands behind blanks.

    Raises:
        DataError: so it is.
    """
    if re.search(r"\?\s+\S", text) or text.rstrip().endswith("?"):
        raise DataError(
            f"{where}: got {quoted(text.strip())}, expected a tab between the question and its answer. Write one."
        )
