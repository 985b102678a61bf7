"""The check of the data: what is suspicious about it, one thing a file."""

from collections.abc import Sequence

from elman.checks.base import Check
from elman.data.signs import Searched
from elman.errors import DataError
from elman.registry import Registry

CHECKS: Registry[Check] = Registry("elman.checks", "Check", "check")

_MOST = 8
_MOST_REFUSED = 10


def findings(data: Searched) -> list[str]:
    """Return what is suspicious about data, one sentence each, what weighs most first."""
    checks = [CHECKS.get(name)() for name in CHECKS.names()]
    able = [check for check in checks if isinstance(data, check.takes)]
    return [text for check in sorted(able, key=lambda one: -one.weight) for text in check.find(data)]


def shortened(found: Sequence[str], rest: str, most: int = _MOST) -> list[str]:
    """Return findings, and of many only the first, with where the others are.

    Args:
        found: of `findings`.
        rest: where all are.
        most: lines at most.
    """
    if len(found) <= most:
        return list(found)
    return [*found[: most - 1], f"and {len(found) - most + 1:,} more about the data: {rest}"]


def refusal(found: Sequence[str], rest: str) -> DataError:
    """Return the error of data that is suspicious where none of it is allowed, a line a finding.

    Args:
        found: of `findings`.
        rest: where all are.
    """
    return DataError(*shortened(found, rest, _MOST_REFUSED))
