"""Where one process of the soak works, for how long, and what is drawn."""

import itertools
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


class Workplace:
    """A folder and some time.

    Args:
        base: a folder of its own.
        files: the folder of data.
        seed: of all that is drawn.
        seconds: how long it works.
        number: which of the processes it is, from 0.
        of: how many there are.
        most: cases to do at most; 0 for no bound.
        kept: where inputs of findings are kept.
        only: what the name of a job must have in it, one of these; nothing for all jobs.
    """

    def __init__(
        self,
        base: Path,
        files: Path,
        seed: int,
        seconds: float,
        number: int = 0,
        of: int = 1,
        most: int = 0,
        kept: Path | None = None,
        only: Sequence[str] = (),
    ) -> None:
        self.base = base
        self.files = files
        self.seed = seed
        self.kept = kept or base / "kept"
        self.number = number
        self.of = of
        self._end = time.monotonic() + seconds
        self.most = most
        self._only = only
        self._places = itertools.count()
        self._cases = itertools.count()

    def has_time(self) -> bool:
        """Say whether another case may begin, and count it."""
        if self.most and next(self._cases) >= self.most:
            return False
        return time.monotonic() < self._end

    def fresh(self) -> Path:
        """Return a path where nothing is yet."""
        (self.base / "places").mkdir(parents=True, exist_ok=True)
        named = (self.base / "places" / str(number) for number in self._places)
        return next(path for path in named if not path.exists())

    def draw(self, what: str) -> random.Random:
        """Return a generator for one purpose."""
        return random.Random(f"{self.seed} {what} {self.number}")

    def shuffled(self, every: Sequence[T]) -> list[T]:
        """Return all of the work, in an order of this process's own."""
        mine = list(every)
        self.draw("order").shuffle(mine)
        return mine

    def share(self, every: Sequence[T]) -> list[T]:
        """Return the part of the work that is for this process, in an order of its own."""
        return self.shuffled(list(every)[self.number :: self.of])

    def jobs(self, every: Sequence[str]) -> list[str]:
        """Return the jobs that are for this process."""
        return self.share([name for name in every if not self._only or any(part in name for part in self._only)])
