"""The check of the data: what is suspicious about it, one thing a file."""

from collections.abc import Sequence

from elman.checks.base import Check
from elman.data.signs import Searched
from elman.registry import Registry

CHECKS: Registry[Check] = Registry("elman.checks", "Check", "check")

_MOST = 8


def findings(data: Searched) -> list[str]:
    """Return what is suspicious about data, one sentence each, what weighs most first."""
    checks = [CHECKS.get(name)() for name in CHECKS.names()]
    able = [check for check in checks if isinstance(data, check.takes)]
    return [text for check in sorted(able, key=lambda one: -one.weight) for text in check.find(data)]


def shortened(found: Sequence[str], rest: str, most: int = _MOST) -> list[str]:
    """Return findings, and of many only the first, with what to do to see the others.

    Args:
        found: of `findings`.
        rest: how to see all.
        most: lines at most.
    """
    if len(found) <= most:
        return list(found)
    return [*found[: most - 1], f"and {len(found) - most + 1:,} more about the data: {rest}"]
