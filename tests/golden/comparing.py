"""Whether two trees of numbers and texts are the same, but for the order in which sums were made."""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

_NUMBER = re.compile(r"(-?\d[\d,]*\.\d+(?:e[-+]?\d+)?)")


class Tolerance(NamedTuple):
    """How much two numbers may differ: a share of the larger one, or so much."""

    relative: float
    absolute: float = 1e-7

    def allows(self, expected: float, got: float) -> bool:
        """Say whether the numbers count as the same."""
        return abs(expected - got) <= max(self.absolute, self.relative * max(abs(expected), abs(got)))


def rounded(value: Any, digits: int) -> Any:
    """Return a tree with its numbers to so many digits."""
    if isinstance(value, float):
        return float(f"{value:.{digits}g}")
    if isinstance(value, dict):
        return {key: rounded(one, digits) for key, one in value.items()}
    return [rounded(one, digits) for one in value] if isinstance(value, list) else value


def differences(expected: Any, got: Any, tolerance: Callable[[str], Tolerance], place: str = "") -> Iterator[str]:
    """Yield where two trees differ, in the order of the first.

    Args:
        expected: a tree as JSON has it.
        got: another.
        tolerance: what numbers at a place such as `/scores/0/value` may differ by.
        place: where in the whole these trees are.
    """
    if isinstance(expected, dict) and isinstance(got, dict) and expected.keys() == got.keys():
        for key, value in expected.items():
            yield from differences(value, got[key], tolerance, f"{place}/{key}")
    elif isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        for number, (one, other) in enumerate(zip(expected, got, strict=True)):
            yield from differences(one, other, tolerance, f"{place}/{number}")
    elif not _alike(expected, got, tolerance(place)):
        yield f"{place}: {expected!r} became {got!r}"


def _alike(expected: Any, got: Any, tolerance: Tolerance) -> bool:
    if isinstance(expected, float) and isinstance(got, int | float):
        return tolerance.allows(expected, got)
    if isinstance(expected, str) and isinstance(got, str):
        return _reads_alike(expected, got, tolerance)
    return type(expected) is type(got) and expected == got


def _reads_alike(expected: str, got: str, tolerance: Tolerance) -> bool:
    """Say whether texts are equal, but for the last digit of numbers with a point, which rounding decides."""
    first, second = _NUMBER.split(expected), _NUMBER.split(got)
    if len(first) != len(second) or first[::2] != second[::2]:
        return False
    return all(
        tolerance._replace(absolute=_last_digit(one)).allows(_value(one), _value(other))
        for one, other in zip(first[1::2], second[1::2], strict=True)
    )


def _last_digit(number: str) -> float:
    mantissa, _, exponent = number.partition("e")
    return 1.01 * 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))


def _value(number: str) -> float:
    return float(number.replace(",", ""))
