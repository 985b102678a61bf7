"""Piano rolls in JSON: which keys sound at each step of each piece."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field

from elman.data.fields import Kind
from elman.data.readers.base import PartedReader, Reader
from elman.data.records import Example
from elman.data.rolls import HIGHEST, KEYS, LOWEST, frames_of_keys
from elman.data.sources import read_blocks
from elman.data.stretch import parted
from elman.errors import DataError
from elman.text.printed import counted

_ONE = re.compile(r"(.*):(\d+)")


class RollsReader(PartedReader):
    """Yields the field `frames`, (T, 88): 1 where a key sounds, else 0.

    The file is `{part: [piece: [step: [MIDI number of each key]]]}`; an empty list is silence. `FILE#valid` means one
    part of a file, `FILE#valid:3` the third piece of it.
    """

    class Config(Reader.Config):
        """Options of piano rolls."""

        name: str = "rolls"
        part: str = Field(
            "train", min_length=1, description="Which part is read where none is named behind the file: train, valid."
        )

    config: Config
    holds = {Kind.FRAMES: 1}
    apart = "each piece is an example"

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 where an object begins with lists in lists in lists."""
        start = "".join(head[:2000].split())
        _, colon, rest = start.partition(":")
        return 3 if start.startswith("{") and colon and rest.startswith("[[[") and fields == ("frames",) else 0

    @property
    def channels(self) -> Sequence[str]:
        """The keys by their MIDI numbers."""
        return KEYS

    def overlap(self, one: str, other: str) -> bool:
        """Say whether two parts are one, or one is a piece of the other."""
        left, right = one or self.config.part, other or self.config.part
        return left == right or left.startswith(f"{right}:") or right.startswith(f"{left}:")

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the pieces of one part.

        Raises:
            DataError: the file is no such JSON, has no such part; a step is no list, or a key is on no piano.
        """
        path, named = parted(paths[0])
        part = named or self.config.part
        try:
            whole = json.loads("".join(block for _, block in read_blocks(path, self.config.encoding)))
        except (ValueError, RecursionError) as error:
            raise DataError(f"{path}: not JSON: {error}.") from error
        for place, piece in _pieces(whole, part, path):
            where = f"{path}:{place}"
            if not piece and not self.answers:
                self.skipped["pieces without a step"] += 1
                continue
            yield Example({"frames": _roll(piece, where)}, where)


def _pieces(whole: Any, part: str, path: Path) -> Sequence[tuple[str, Any]]:
    """Return the pieces of a part, each with its place, `PART:1` and so on; of `PART:3` the third alone.

    Raises:
        DataError: there is no such part, or no such piece in it.
    """
    parts = whole if isinstance(whole, dict) else {}
    one = None if part in parts else _ONE.fullmatch(part)
    name, wanted = one.groups() if one else (part, "")
    pieces = parts.get(name)
    if not isinstance(pieces, list):
        got = ", ".join(list(parts)[:8]) if isinstance(whole, dict) else type(whole).__name__
        how = f"with --set reader.part=NAME, or behind the file: {path.name}#NAME."
        raise DataError(f"{path}: no part {name!r}: got {got}. Name one that is there {how}")
    every = [(f"{name}:{number}", piece) for number, piece in enumerate(pieces, start=1)]
    if not wanted:
        return every
    number = int(wanted)
    if not 1 <= number <= len(every):
        raise DataError(
            f"{path}: no piece {number} of {name}: got {counted(len(every), 'pieces')}. Name one that is there: "
            f"{path.name}#{name}:1."
        )
    return every[number - 1 : number]


def _roll(piece: Any, where: str) -> np.ndarray:
    if not isinstance(piece, list):
        raise DataError(f"{where}: got {str(piece)[:40]!r}, expected a list of steps.")
    for step, keys in enumerate(piece):
        if not isinstance(keys, list):
            raise DataError(
                f"{where}: step {step + 1}: got {str(keys)[:40]!r}, expected a list of keys, [] for silence."
            )
        for key in keys:
            if isinstance(key, bool) or not isinstance(key, int) or not LOWEST <= key <= HIGHEST:
                raise DataError(
                    f"{where}: step {step + 1}: key {str(key)[:40]}, expected a MIDI number from {LOWEST} to {HIGHEST}."
                )
    return frames_of_keys(piece)
