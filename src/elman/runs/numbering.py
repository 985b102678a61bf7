"""The folders of runs that nobody gave a name."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from elman.files.durable import removed_if_empty
from elman.runs.folder import RunFolder


@contextmanager
def numbered(task: str) -> Iterator[RunFolder]:
    """Make the next run folder `runs/<task>-<n>` and keep it to this process; no other process gets the same.

    Raises:
        CheckpointError: it cannot be made.
    """
    while True:
        run = RunFolder(next_path(task))
        missing = [folder for folder in (run.path, *run.path.parents) if not folder.exists()]
        try:
            run.path.mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as error:
            raise run.not_made(error) from error
        with removed_if_empty(missing), run.created(overwrite=False) as made:
            yield made
        return


def next_path(task: str, parent: Path = Path("runs")) -> Path:
    """Return `runs/<task>-<n>` with the first n that is free."""
    number = 1
    while (parent / f"{task}-{number}").exists():
        number += 1
    return parent / f"{task}-{number}"
