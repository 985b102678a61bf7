"""A run that takes the place of another: the old one stays whole until the new one is worth more, kills included.

    .new         the new run, as long as only the old one counts
    .new-whole   the new one counts: parts of the old one are removed
    .new-alone   parts of the new one are moved to their places

Each state is a name of one folder inside the run folder, so the next one is entered in a single step, and what was
begun in a state can be done again.
"""

import shutil
from pathlib import Path

from elman.files.durable import is_partial, remove, sync_folder

PARTS = ("checkpoints", "vocabulary", "model.safetensors", "metrics.jsonl", "report.html", "config.toml")
"""What a run consists of, its configuration last."""

_NEW, _WHOLE, _ALONE = ".new", ".new-whole", ".new-alone"


def new_run(path: Path) -> Path:
    """Return where the new run is written while the old one counts."""
    return path / _NEW


def begin(path: Path) -> None:
    """Make room for a new run in the folder of an old one.

    Raises:
        OSError: it cannot be made.
    """
    discard(path)
    new_run(path).mkdir()


def discard(path: Path) -> None:
    """Remove a new run that never counted."""
    shutil.rmtree(new_run(path), ignore_errors=True)


def is_underway(path: Path) -> bool:
    """Say whether a new run counts, but is not in its place yet."""
    return _is_own(path / _WHOLE) or _is_own(path / _ALONE)


def take_over(path: Path) -> None:
    """Let the new run count, and put it in the place of the old one.

    Raises:
        OSError: a part cannot be removed or moved; `finish` does it later.
    """
    new_run(path).rename(path / _WHOLE)
    finish(path)


def finish(path: Path) -> None:
    """Go on with what a kill may have interrupted, if there is something.

    Raises:
        OSError: a part cannot be removed or moved.
    """
    whole, alone = path / _WHOLE, path / _ALONE
    if _is_own(whole):
        sync_folder(path)
        for name in PARTS:
            remove(path / name)
        sync_folder(path)
        whole.rename(alone)
    if _is_own(alone):
        for name in PARTS:
            if (alone / name).exists():
                (alone / name).rename(path / name)
        sync_folder(path)
        shutil.rmtree(alone)


def _is_own(path: Path) -> bool:
    """Say whether this is a folder, and no link that would have another one's files moved here."""
    return path.is_dir() and not path.is_symlink()


def is_left_over(path: Path) -> bool:
    """Say whether a kill left this in a folder before there was a run: what was being written, and nothing else."""
    return is_partial(path.name) or path.name == _NEW
