"""metrics.jsonl: one JSON object a line for everything that was measured."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from elman.errors import CheckpointError, NotWrittenError, quoted
from elman.files.documents import parse_json_object, read_bytes, to_json
from elman.runs.logged import check_event


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
            raise NotWrittenError(path, error.strerror) from error
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
            raise NotWrittenError(self.path, error.strerror, "Free some space.") from error
        self.size += len(line)

    def sync(self) -> None:
        """Force what was written to disk: a checkpoint may say how long the file is only after that."""
        try:
            with self.path.open("ab") as file:
                os.fsync(file.fileno())
        except OSError as error:
            raise NotWrittenError(self.path, error.strerror, "Free some space.") from error


def read_events(path: Path, size: int | None = None) -> Iterator[Mapping[str, Any]]:
    """Yield the lines of a log. What stands after the last line end was cut off by a kill, and is passed over.

    Args:
        path: the file; nothing is yielded if there is none.
        size: bytes to read; all if left out.

    Raises:
        CheckpointError: it cannot be read, or a whole line is no event or has a value that cannot be; so does asking
            an event for what it lacks.
    """
    if not path.exists():
        return
    try:
        lines = read_bytes(path)[:size].split(b"\n")
    except OSError as error:
        raise CheckpointError(f"{path}: cannot be read: {error.strerror or error}.") from error
    for number, line in enumerate(lines[:-1], start=1):
        try:
            event = _Logged(parse_json_object(line))
        except ValueError as error:
            raise CheckpointError(f"{path}:{number}: not JSON: {error}. Restore the file.") from error
        event.where = f"{path}:{number}"
        if not isinstance(event["event"], str):
            raise CheckpointError(f"{event.where}: got {event['event']!r} as event, expected a name. Restore the file.")
        try:
            check_event(event)
        except ValueError as error:
            raise CheckpointError(f"{event.where}: {str(error).rstrip('.')}. Restore the file.") from error
        yield event


def read_run(path: Path, size: int | None = None) -> list[Mapping[str, Any]]:
    """Return the lines of the log of a run, of which the first says what it was trained on.

    Args:
        path: the file; there are no lines if there is none.
        size: bytes to read; all if left out.

    Raises:
        CheckpointError: as `read_events`, or there is no such line.
    """
    events = list(read_events(path, size))
    if events and events[0]["event"] != "data":
        raise CheckpointError(f"{path}:1: got event {quoted(events[0]['event'])}, expected 'data'. Restore the file.")
    return events


class _Logged(dict[str, Any]):
    """One line, which says where it stands when something is not in it."""

    where: str

    def __missing__(self, key: str) -> Any:
        raise CheckpointError(f"{self.where}: has no {key!r}: the line was altered. Restore the file.")
