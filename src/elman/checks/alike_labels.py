"""Labels that differ only in how they are written."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence

from elman.checks.base import Check
from elman.data.parts import Parts
from elman.text.printed import counted

_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
_SHOWN = 4


class AlikeLabels(Check):
    """Labels and tags that become the same without case, blanks, and other ways to write a number or a letter."""

    takes = (Parts,)
    weight = 2

    def find(self, data: Parts) -> Iterator[str]:
        """Yield each group of labels that are alike, with counts, and code points of what cannot be seen."""
        for field in data.classes:
            train, valid = data.counts[field.name]
            counts = train + valid
            groups: dict[str, list[str]] = defaultdict(list)
            for label in counts:
                groups[_same(label)].append(label)
            for group in groups.values():
                if len(group) < 2:
                    continue
                group.sort(key=lambda label: (-counts[label], label))
                shown = ", ".join(f"{_shown(label)} {counted(counts[label], 'times')}" for label in group[:_SHOWN])
                more = f" and {len(group) - _SHOWN:,} others" if len(group) > _SHOWN else ""
                rarest = group[-1]
                yield (
                    f"{field.name}: {shown}{more} differ only in {_difference(group)}, and each is a class of its own; "
                    f"{_shown(rarest)} first in {data.first(field, rarest)}. Write them in one way."
                )


def _letters(label: str) -> str:
    """Return a label in compatibility form, composed, without what has no width."""
    return "".join(one for one in unicodedata.normalize("NFKC", label) if unicodedata.category(one) != "Cf")


def _blanks(label: str) -> str:
    return " ".join(label.split())


def _number(label: str) -> str:
    return repr(float(label.replace(",", "."))) if _NUMBER.fullmatch(label) else label


_WAYS = (
    ("blanks", _blanks),
    ("the form of their letters", _letters),
    ("case", str.casefold),
    ("the form of a number", _number),
)


def _same(label: str) -> str:
    for _, way in _WAYS:
        label = way(label)
    return label


def _difference(group: Sequence[str]) -> str:
    """Return in what labels differ."""
    found, left = [], set(group)
    for name, way in _WAYS:
        fewer = {way(label) for label in left}
        if len(fewer) < len(left):
            found.append(name)
        left = fewer
    return " and ".join(found)


def _shown(label: str) -> str:
    """Return a label between quotes, with the code points that are not of ASCII."""
    points = " ".join(f"U+{ord(one):04X}" for one in dict.fromkeys(label) if not one.isascii())
    return f"{label!r} ({points})" if points else repr(label)
