"""What training returns."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class TrainedRun:
    """What is left when training returns.

    Args:
        path: the run folder.
        finished: whether it came to its end; if not, `elman.resume` goes on.
        signal: the signal that stopped it, if one did.
        saved: whether anything of it is; if not, it was stopped before its first step, and the run that it would have
            replaced is still there.
    """

    path: Path
    finished: bool
    signal: int | None = None
    saved: bool = True
