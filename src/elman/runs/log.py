"""metrics.jsonl: one JSON object a line for everything that was measured."""

import json
import math
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from elman.errors import CheckpointError


def to_json(value: Any) -> str:
    """Return JSON on one line; what is infinite or no number becomes null, for which JSON has no name."""
    return json.dumps(_finite(value), ensure_ascii=False)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(part) for key, part in value.items()}
    return [_finite(part) for part in value] if isinstance(value, list | tuple) else value


class MetricsLog:
    """Appends lines, and can be cut back to where a checkpoint was.

    Args:
        path: the file; made if it is not there.
        size: bytes that are valid; the rest, written after the checkpoint that training resumes from, is cut off.

    Raises:
        CheckpointError: the file is shorter than that, or cannot be written.
    """

    def __init__(self, path: Path, size: int) -> None:
        self.path = path
        try:
            with path.open("ab") as file:
                length = file.tell()
                if length < size:
                    raise CheckpointError(
                        f"{path}: {length} bytes, expected at least {size} as at the checkpoint. Restore the file."
                    )
                file.truncate(size)
        except OSError as error:
            raise CheckpointError(f"{path}: cannot be written: {error.strerror}.") from error
        self.size = size

    def write(self, event: str, **values: Any) -> None:
        """Append one line `{"event": event, ...}`.

        Raises:
            CheckpointError: it cannot be written.
        """
        line = (to_json({"event": event, **values}) + "\n").encode()
        try:
            with self.path.open("ab") as file:
                file.write(line)
        except OSError as error:
            raise CheckpointError(f"{self.path}: cannot be written: {error.strerror}. Free some space.") from error
        self.size += len(line)

    def sync(self) -> None:
        """Force what was written to disk: a checkpoint may say how long the file is only after that."""
        try:
            with self.path.open("ab") as file:
                os.fsync(file.fileno())
        except OSError as error:
            raise CheckpointError(f"{self.path}: cannot be written: {error.strerror}. Free some space.") from error


def read_events(path: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the lines of a log. What stands after the last line end was cut off by a kill, and is passed over.

    Raises:
        CheckpointError: a whole line is not JSON.
    """
    if not path.exists():
        return
    lines = path.read_text(encoding="utf-8").split("\n")
    for number, line in enumerate(lines[:-1], start=1):
        try:
            yield json.loads(line)
        except json.JSONDecodeError as error:
            raise CheckpointError(f"{path}:{number}: not JSON: {error}. Restore the file.") from error
