"""The coming steps of a series."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from elman.answers.base import Answer
from elman.text.folding import aligned


class Coming(NamedTuple):
    """What is forecast of the steps after the end of a series, in the units of the data.

    Args:
        name: of the series.
        after: how many rows it has.
        columns: the names of the K numbers.
        best: one number each, (H, K).
        quantiles: of each, (H, K, Q); None where there are none.
        levels: which quantiles.
    """

    name: str
    after: int
    columns: Sequence[str]
    best: np.ndarray
    quantiles: np.ndarray | None
    levels: Sequence[float]


def coming(found: Coming, facts: bool) -> Answer:
    """Return what a person is shown of the coming steps: a line each.

    Args:
        found: the forecast.
        facts: whether those for JSON are wanted.
    """
    levels = [] if found.quantiles is None else [at for at, level in enumerate(found.levels) if level != 0.5]
    head = ["step"]
    for name in found.columns:
        head += [name, *(f"{found.levels[at]:.0%}" for at in levels)]
    rows = [head]
    for step, numbers in enumerate(found.best):
        row = [f"{step + 1}"]
        for at, number in enumerate(numbers):
            between = [] if found.quantiles is None else [found.quantiles[step, at, level] for level in levels]
            row += [f"{one:.4g}" for one in (number, *between)]
        rows.append(row)
    title = f"{found.name}: {len(found.best)} steps after row {found.after:,}"
    return Answer(found.best, "\n".join([title, *aligned(rows)]), _facts(found) if facts else {})


def _facts(found: Coming) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for at, name in enumerate(found.columns):
        told[name] = {"forecast": found.best[:, at].tolist()}
        if found.quantiles is not None:
            numbers = zip(found.levels, found.quantiles[:, at].T.tolist(), strict=True)
            told[name]["quantiles"] = {f"{level:g}": values for level, values in numbers}
    return {"series": found.name, "after": found.after, "steps": len(found.best), "columns": told}


def sounding(name: str, after: int, names: Sequence[str], chances: np.ndarray, k: int | None, facts: bool) -> Answer:
    """Return what a person is shown of what is likely on at the next step.

    Args:
        name: of the series.
        after: how many steps it has.
        names: of the K switches.
        chances: how likely each is on, (K,).
        k: how many are told, the likeliest first.
        facts: whether those for JSON are wanted.
    """
    order = np.argsort(-chances, kind="stable")[:k]
    ranked = [(names[at], float(chances[at])) for at in order]
    line = "  ".join(f"{one} {chance:.3f}" for one, chance in ranked)
    told = {"series": name, "after": after, "next": dict(ranked)} if facts else {}
    return Answer(ranked, f"{name}, after step {after:,}: {line}", told)
