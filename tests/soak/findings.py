"""What was found and what was counted."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Finding:
    """Something that must not be.

    Args:
        case: from which it can be had again: `python -m tests.soak --case CASE`.
        what: in one line.
        kind: what findings of one cause have in common.
    """

    case: str
    what: str
    kind: str = ""


@dataclass
class Tally:
    """Counts of one part of the soak, by row and column of its table, and findings."""

    rows: dict[str, Counter[str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def count(self, row: str, column: str, number: int = 1) -> None:
        """Add to a count."""
        self.rows.setdefault(row, Counter())[column] += number

    def find(self, row: str, finding: Finding) -> None:
        """Note a finding."""
        self.count(row, "findings")
        self.findings.append(finding)

    def add(self, other: "Tally") -> None:
        """Add the counts and findings of another part."""
        for row, columns in other.rows.items():
            for column, number in columns.items():
                self.count(row, column, number)
        self.findings += other.findings

    def to_json(self) -> Any:
        """Return all of it as JSON has it."""
        return {"rows": self.rows, "findings": [[one.case, one.what, one.kind] for one in self.findings]}

    @classmethod
    def of(cls, found: Any) -> "Tally":
        """Return what `to_json` gave."""
        rows = {row: Counter(columns) for row, columns in found["rows"].items()}
        return cls(rows, [Finding(*one) for one in found["findings"]])

    def different(self) -> list[Finding]:
        """Return one finding of each kind."""
        return list({one.kind or one.what: one for one in reversed(self.findings)}.values())[::-1]

    def table(self, first: str) -> Iterable[str]:
        """Yield a table in Markdown, with a sum at its end."""
        columns = list(dict.fromkeys(column for row in self.rows.values() for column in row if column != "findings"))
        columns.append("findings")
        yield f"| {first} | {' | '.join(columns)} |"
        yield f"|---|{'---:|' * len(columns)}"
        whole: Counter[str] = sum(self.rows.values(), Counter())
        for name, row in [*self.rows.items(), ("**together**", whole)]:
            yield f"| {name} | {' | '.join(f'{row[column]:,}' for column in columns)} |"


def alike(text: str) -> str:
    """Return a message without the numbers and paths in it, by which messages of one kind are the same."""
    return re.sub(r"\S*/\S*", "PATH", re.sub(r"\d+", "N", text))[:200]
