"""The memory that a training takes, beside what the machine can give."""

import math
import re
import resource
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from elman.errors import ConfigError

REPORT = 25_000_000
"""What writing the report takes."""

_WARNED = 0.7
_AIMED = 0.9
_PROCESS = Path("/proc/self/status")
_GROUP = re.compile(r"^\d+:(?P<of>[^:]*):(?P<path>/.*)$", re.MULTILINE)


class Way(NamedTuple):
    """An option that makes one part of a need smaller.

    Args:
        part: the name of the part.
        option: the option with a value at which the part is at most so large a share of itself; empty where there is
            no such value.
    """

    part: str
    option: Callable[[float], str]


@dataclass(frozen=True)
class Need:
    """What a training takes at its peak, in bytes.

    Args:
        parts: by name.
        ways: what makes it smaller, what helps most first.
        already: what the process has taken at its peak so far: it will not be less in the end.
    """

    parts: Mapping[str, int]
    ways: Sequence[Way] = ()
    already: int = 0

    @property
    def total(self) -> int:
        """The sum of its parts."""
        return sum(self.parts.values())

    @property
    def shown(self) -> str:
        """What is said of it: `about 640 MB: weights and optimizer 120, a batch 310, data and torch itself 210`."""
        each = ", ".join(f"{name} {math.ceil(size / 1e6):,}" for name, size in self.parts.items() if size)
        return f"about {_megabytes(max(self.already, self.total))}: {each}"

    def fitting(self, room: int) -> list[str]:
        """Return the options with which it fits into so many bytes, each alone."""
        found = []
        for part, option in self.ways:
            size = self.parts[part]
            spare = _AIMED * room - (sum(self.parts.values()) - size)
            if 0 < spare < size and (text := option(spare / size)):
                found.append(text)
        return found

    def check(self, room: int | None) -> str:
        """Return a warning where it takes most of what there is, nothing where there is enough or nobody knows.

        Args:
            room: what the process may have in all, in bytes.

        Raises:
            ConfigError: it is more than that; the message names the options that help, with values that fit.
        """
        if room is None or self.total <= _WARNED * room:
            return ""
        has = f"the training takes {replace(self, already=0).shown}; this machine has {_megabytes(room)} for it"
        if self.total <= room:
            return f"warning: {has}"
        options = self.fitting(room)
        either = ", or ".join(options) if options else "a smaller model, shorter texts, or a larger machine"
        raise ConfigError(f"memory: {has}. {'What fits' if options else 'Take'}{': ' if options else ' '}{either}.")


def _megabytes(size: int) -> str:
    return f"{math.ceil(size / 1e6):,} MB" if size < 10e9 else f"{size / 1e9:,.1f} GB"


class Process(NamedTuple):
    """The memory of this process, in bytes.

    Args:
        resident: what it has now.
        peak: the most it has had.
        reserved: addresses that it asked for and has not used.
    """

    resident: int
    peak: int
    reserved: int


def process() -> Process:
    """Return the memory of this process; where the system does not say what it has now, that is its peak."""
    try:
        found = dict(re.findall(r"^(VmRSS|VmHWM|VmSize):\s*(\d+) kB", _PROCESS.read_text(), re.MULTILINE))
        resident, peak, addresses = (1024 * int(found[name]) for name in ("VmRSS", "VmHWM", "VmSize"))
        return Process(resident, peak, addresses - resident)
    except (OSError, KeyError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        return Process(peak, peak, 0)


def room(own: Process, root: Path = Path("/")) -> int | None:
    """Return what the process may have in all: what the machine has free beside it, or a limit that is lower.

    Args:
        own: the memory of the process.
        root: where `proc` and `sys` are.
    """
    limits = _limits_of_groups(root)
    try:
        text = (root / "proc/meminfo").read_text()
        free = dict(re.findall(r"^(MemAvailable|SwapFree):\s*(\d+) kB", text, re.MULTILINE))
        if "MemAvailable" in free:
            limits.append(own.resident + 1024 * sum(map(int, free.values())))
    except OSError:
        pass
    addresses, _ = resource.getrlimit(resource.RLIMIT_AS)
    if addresses != resource.RLIM_INFINITY:
        limits.append(addresses - own.reserved)
    return min(limits, default=None)


def fits(more: int) -> bool:
    """Say whether so many bytes more than this process has are nothing to worry about."""
    now = process()
    most = room(now)
    return most is None or now.resident + more < _WARNED * most


def _limits_of_groups(root: Path) -> list[int]:
    """Return the limits of the control groups that the process is in, those of containers too."""
    try:
        groups = _GROUP.findall((root / "proc/self/cgroup").read_text())
    except OSError:
        return []
    found = []
    for of, path in groups:
        if of not in ("", "memory"):
            continue
        base, name = (root / "sys/fs/cgroup", "memory.max") if not of else (
            root / "sys/fs/cgroup/memory", "memory.limit_in_bytes")  # fmt: skip
        here = base / path.lstrip("/")
        for folder in (here, *here.parents):
            if folder == base.parent:
                break
            try:
                text = (folder / name).read_text().strip()
            except OSError:
                continue
            found += [int(text)] if text.isdigit() else []
    return found
