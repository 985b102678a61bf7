"""How a run answers, where that was decided after its training."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from elman.errors import CheckpointError
from elman.files.documents import parse_json_object, read_bytes
from elman.files.durable import write_file

_FILE = "answering.json"


def keep(run: Path, options: Mapping[str, Any]) -> None:
    """Write options of a task that say how it answers, and nothing of what was learned.

    Args:
        run: the folder.
        options: by their names.
    """
    write_file(run / _FILE, f"{json.dumps(dict(options), indent=1)}\n".encode())


def kept(run: Path) -> dict[str, Any]:
    """Return the options that were written; none where nothing was.

    Raises:
        CheckpointError: the file is broken.
    """
    path = run / _FILE
    if not path.exists():
        return {}
    try:
        return parse_json_object(read_bytes(path))
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path}: cannot be read: {error}. Remove the file, and tune the run again.") from error
