"""Questions about passages whose answers stand in them: JSON as of SQuAD."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import gcd
from pathlib import Path
from typing import Any, NamedTuple

from elman.data.fields import Field, Kind
from elman.data.readers.base import PartedReader, Reader
from elman.data.records import Example
from elman.data.sources import read_blocks
from elman.data.stretch import parted
from elman.errors import DataError, quoted
from elman.text.passages import Span, found_at

_PART = re.compile(r"(\d{1,6})(?:-(\d{1,6}))?/(\d{1,6})")


class _Part(NamedTuple):
    """The articles whose number leaves `first` to `last` when it is divided by `of`."""

    first: int = 0
    last: int = 0
    of: int = 1

    def has(self, number: int) -> bool:
        """Say whether an article is one of them."""
        return self.first <= number % self.of <= self.last

    def meets(self, other: "_Part") -> bool:
        """Say whether an article may be in both: by the Chinese remainder theorem, where remainders agree."""
        common = gcd(self.of, other.of)
        left = {one % common for one in range(self.first, self.last + 1)}
        return any(one % common in left for one in range(other.first, other.last + 1))


class SquadReader(PartedReader):
    """Yields `passage`, `question` and `golds`, the answers that are right, each with its place in the passage.

        {"data": [{"title", "paragraphs": [{"context", "qas": [...]}]}]}
        qas: {"id", "question", "answers": [{"text", "answer_start"}]}

    Places count characters (code points) of the passage as it stands there. An answer that is not where it is said to
    be is looked for; one that the passage does not have is counted. `FILE#0-3/6` has the articles of which the number,
    counted from 0, leaves 0 to 3 when it is divided by 6: parts that share no article.
    """

    class Config(Reader.Config):
        """Options of questions about passages."""

        name: str = "squad"

    config: Config
    holds = {Kind.TEXT: 2, Kind.SPANS: 1}
    apart = "each question is an example, and those about one article stay together"

    @classmethod
    def gives(cls, fields: Sequence[Field]) -> bool:
        """Say whether a passage and a question are asked for."""
        return super().gives(fields) and [field.name for field in fields][:2] == ["passage", "question"]

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 where an object has paragraphs with a context."""
        return 3 if head.lstrip().startswith("{") and '"paragraphs"' in head and '"context"' in head else 0

    def overlap(self, one: str, other: str) -> bool:
        """Say whether two parts of a file share an article."""
        return _part_of(one, one).meets(_part_of(other, other))

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the questions of one file, or of some articles of it.

        Raises:
            DataError: the file cannot be read, is no such JSON, or two questions have one id; a part is none.
        """
        path, part = parted(paths[0])
        wanted = _part_of(part, str(paths[0]))
        rows, seen, moved = 0, dict[str, str](), Counter[str]()
        for number, article in enumerate(_articles(path, self.config.encoding)):
            for name, paragraph, question in _asked(path, number, article):
                rows += 1
                where = f"{path}:row {rows}"
                if name in seen:
                    raise DataError(
                        f"{where}: id {quoted(name)} again, first at {seen[name]}: expected one question an id. Give "
                        "each its own."
                    )
                seen[name] = where
                if wanted.has(number):
                    title = str(article.get("title", number))
                    yield from self._question((name, title), paragraph, question, where, moved)
        self._tell(path, moved)

    def _question(
        self,
        named: tuple[str, str],
        paragraph: Mapping[str, Any],
        question: Mapping[str, Any],
        where: str,
        moved: Counter[str],
    ) -> Iterator[Example]:
        """Yield the example of a question.

        Args:
            named: its id, and the title of its article.
            paragraph: with its passage.
            question: it, with its answers.
            where: it stands.
            moved: counts answers that are not where they are said to be.

        Raises:
            DataError: its passage or the question is empty.
        """
        name, title = named
        passage, text = _text(paragraph, "context", where), _text(question, "question", where)
        for what, value in (("passage", passage), ("question", text)):
            if not value.strip() and not self.answers:
                raise DataError(f"{where}: an empty {what} (id {name}): expected some words. Mend or remove it.")
        answers = _listed(question, "answers", where) if question.get("answers") else []
        if (question.get("is_impossible") or not answers) and not self.answers:
            self.skipped["unanswerable questions left out; this task always answers"] += 1
            return
        golds = [_gold(one, passage, where) for one in answers]
        for gold, one in zip(golds, answers, strict=True):
            if gold.start < 0:
                moved[f"nowhere {name}"] += 1
            elif gold.start != one.get("answer_start"):
                moved["elsewhere"] += 1
        every = {"passage": passage, "question": text, "golds": golds}
        fields = {field: every[field] for field in self.fields}
        yield Example(fields, where, about={"id": name, "article": title})

    def _tell(self, path: Path, moved: Counter[str]) -> None:
        nowhere = [key.split()[1] for key in moved if key.startswith("nowhere ")]
        if elsewhere := moved["elsewhere"]:
            self.remark(f"{path.name}: {elsewhere:,} answers are not where they are said to be, and were found")
        if nowhere:
            count = sum(moved[f"nowhere {name}"] for name in nowhere)
            self.remark(
                f"{path.name}: {count:,} answers are nowhere in their passage, first of {nowhere[0]}: not learned "
                "from, and compared by their text"
            )


def _articles(path: Path, encoding: str) -> Sequence[Mapping[str, Any]]:
    """Return the articles of a file.

    Raises:
        DataError: it cannot be read, or is no JSON with articles.
    """
    text = "".join(block for _, block in read_blocks(path, encoding))
    if not text.strip():
        what = "nothing but white space" if text else "the file is empty"
        raise DataError(f"{path}: {what}. Give it some text.")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}: not JSON: {error}. Mend the file, or export it again.") from error
    articles = found.get("data") if isinstance(found, dict) else None
    if not isinstance(articles, list) or not all(isinstance(one, dict) for one in articles):
        raise DataError(f'{path}: got no list of articles, expected {{"data": [{{"paragraphs": [...]}}]}}. Mend it.')
    return articles


def _asked(path: Path, number: int, article: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Yield id, paragraph and question of each question of an article.

    Raises:
        DataError: something is missing, or of another kind.
    """
    for paragraph in _listed(article, "paragraphs", f"{path}: article {number}"):
        for question in _listed(paragraph, "qas", f"{path}: article {number}, a paragraph"):
            if "id" not in question:
                raise DataError(f"{path}: article {number}, a question: got no id, expected one. Give it one.")
            yield str(question["id"]), paragraph, question


def _listed(given: Mapping[str, Any], key: str, where: str) -> Sequence[Mapping[str, Any]]:
    found = given.get(key)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise DataError(f"{where}: got {key} {quoted(str(found)[:40])}, expected a list of objects. Mend the file.")
    return found


def _text(given: Mapping[str, Any], key: str, where: str) -> str:
    found = given.get(key)
    if not isinstance(found, str):
        raise DataError(f"{where}: got {key} {quoted(str(found)[:40])}, expected a text. Mend the file.")
    return found


def _gold(given: Any, passage: str, where: str) -> Span:
    """Return an answer, where the passage has it.

    Raises:
        DataError: it is no text with a place.
    """
    text = given.get("text") if isinstance(given, dict) else None
    start = given.get("answer_start", -1) if isinstance(given, dict) else -1
    if not isinstance(text, str) or not text.strip() or not isinstance(start, int):
        raise DataError(
            f'{where}: got answer {quoted(str(given)[:60])}, expected {{"text": ..., "answer_start": ...}}. Mend it.'
        )
    return Span(text, found_at(passage, text, start))


def _part_of(part: str, name: str) -> _Part:
    """Return the articles that a part means; all where it is empty.

    Raises:
        DataError: it is no part, or no article can be in it.
    """
    if not part:
        return _Part()
    found = _PART.fullmatch(part)
    if found is None or not int(found[3]):
        raise DataError(f"{name}: got part {part!r}, expected FIRST-LAST/OF articles, such as 0-3/6 or 4/6.")
    wanted = _Part(int(found[1]), int(found[2] or found[1]), int(found[3]))
    if not wanted.first <= wanted.last < wanted.of:
        raise DataError(
            f"{name}: got part {part!r}, in which no article can be: numbers divided by {wanted.of} leave 0 to "
            f"{wanted.of - 1}. Give FIRST-LAST/OF with 0 <= FIRST <= LAST < OF, such as 0-3/6 or 4/6."
        )
    return wanted
