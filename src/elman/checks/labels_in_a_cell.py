"""Labels that are several labels with a mark between."""

from collections import Counter
from collections.abc import Iterator

from elman.checks.base import Check
from elman.data.fields import Kind
from elman.data.parts import Parts
from elman.errors import quoted
from elman.text.printed import counted

_SEPARATORS = ("|", ";", ",")
_MOST = 0.5


class LabelsInACell(Check):
    """Labels such as `red|frog` that are read as classes of their own, where `red` and `frog` are labels as well.

    Told where that holds for half of the labels with such a mark.
    """

    takes = (Parts,)
    weight = 2

    def find(self, data: Parts) -> Iterator[str]:
        """Yield how many labels have a mark in them, and how to have them read as several."""
        for field in data.of_kind(Kind.LABELS):
            counts = sum(data.counts.get(field.name, ()), Counter[str]())
            for mark in _SEPARATORS:
                whole = {label: _parts(label, mark) for label in counts if mark in label}
                alone = Counter(part for parts in whole.values() for part in parts)
                alone.update(label for label in counts if mark not in label)
                known = [label for label, parts in whole.items() if all(alone[part] > 1 for part in parts)]
                if not known or len(known) < _MOST * len(whole):
                    continue
                first = max(known, key=lambda label: (counts[label], label))
                yield (
                    f"{field.name}: {quoted(first)} and the like are {counted(len(whole), 'classes')} of their own, "
                    f"first in {data.first(field, first)}. If {mark!r} stands between several labels, --set "
                    f"reader.label_separator={mark!r} of a table takes them apart; JSON has lists."
                )
                break


def _parts(label: str, mark: str) -> set[str]:
    return {part.strip() for part in label.split(mark)}
