"""Dialogues: the turns of one in a line, tabs between them or as a list in JSON; each turn is answered by the next."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from pydantic import Field

from elman.data.columns import read_lines, whole_lines
from elman.data.json_records import Document, first_record, looks_like_json
from elman.data.readers.base import WritingReader
from elman.data.records import Example
from elman.errors import DataError

_TURNS = ("turns", "dialogue", "dialog", "conversation", "utterances", "messages")
_TEXTS = ("text", "utterance", "content", "value")
_LINES_TO_RECOGNIZE = 100


class DialogueReader(WritingReader):
    """Yields `source`, a turn, and `target`, the turn that answers it; of a dialogue of n turns n - 1 such pairs.

    In JSON a line is a list of turns, or an object that has one as `turns`, `dialogue`, `utterances`, `messages` ...; a
    turn is a string, or an object with its `text`, `utterance` or `content`.
    """

    class Config(WritingReader.Config):
        """Options of dialogues."""

        name: str = "dialogue"
        before: int = Field(0, ge=0, description="Columns in front of the turns, where tabs are between: a topic.")

    config: Config
    apart = "each turn that is answered is an example"

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 where JSON has a list of turns, or most lines have two tabs or more, and not all as many."""
        if looks_like_json(head) or head.lstrip().startswith("["):
            record = first_record(head)
            return 3 * (isinstance(record, dict) and any(isinstance(record.get(name), list) for name in _TURNS))
        tabs = [line.count("\t") for line in whole_lines(head)[:_LINES_TO_RECOGNIZE]]
        return 3 * bool(tabs and min(tabs) > 0 and median(tabs) >= 2 and len(set(tabs)) > 1)

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the pairs of one file.

        Raises:
            DataError: a file cannot be read, is empty or has no pair; an object has no turns.
        """
        for where, turns in self._dialogues(paths[0]):
            if "target" not in self.fields:
                for turn in turns[:-1] or turns:
                    yield from self._pair(turn, [], where)
                continue
            if len(turns) < 2:
                self.skipped["dialogues of one turn"] += 1
            for turn, reply in pairwise(turns):
                yield from self._pair(turn, [reply], where)

    def _dialogues(self, path: Path) -> Iterator[tuple[str, list[str]]]:
        """Yield the turns of each dialogue, and where it stands."""
        lines = read_lines(path, self.config.encoding)
        first = next((line.lstrip() for _, line in lines if line.strip()), "")
        if first.startswith(("{", "[")):
            document = Document(path, self.config.encoding, self.skipped)
            yield from ((where, _turns(record, where)) for where, record in document.records())
            return
        for number, line in read_lines(path, self.config.encoding):
            if line.strip():
                yield f"{path}:{number}", [turn.strip() for turn in line.split("\t")[self.config.before :]]
            else:
                self.skipped["empty lines"] += 1


def _turns(record: Any, where: str) -> list[str]:
    found = record
    if isinstance(record, dict):
        found = next((record[name] for name in _TURNS if isinstance(record.get(name), list)), None)
    if not isinstance(found, list):
        keys = ", ".join(record) if isinstance(record, dict) else type(record).__name__
        raise DataError(
            f"{where}: no turns: got {keys or 'nothing'}, expected a list as one of {', '.join(_TURNS)}. Name it so."
        )
    return [_turn(one, where) for one in found]


def _turn(turn: Any, where: str) -> str:
    if isinstance(turn, dict):
        turn = next((turn[name] for name in _TEXTS if isinstance(turn.get(name), str)), turn)
    if not isinstance(turn, str):
        raise DataError(f"{where}: got a turn without words, expected a string, or an object with its text. Mend it.")
    return " ".join(turn.split())
