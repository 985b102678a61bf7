"""Networks that learn the same thing from several seeds, side by side."""

from collections.abc import Mapping, Sequence
from statistics import median_high
from typing import TYPE_CHECKING

from pydantic import Field

from elman.lab.outcome import Found, Step, Table
from elman.lab.panels import Curve, Lines
from elman.lab.seeds import SeedsConfig

if TYPE_CHECKING:
    from elman.lab.problems import Problem
    from elman.lab.training import Learned, Setting


class TrainedConfig(SeedsConfig):
    """Options of an experiment that trains."""

    minutes: float | None = Field(
        None,
        gt=0,
        le=10_000,
        description="How long all networks and seeds train together; left out, `updates`, which every machine repeats.",
    )
    updates: int = Field(1000, ge=10, le=1_000_000, description="Of each network and seed.")


def settings(units: int, longest: int, rates: Mapping[str, float] | None = None) -> "list[Setting]":
    """Return the four networks that are compared: LSTM with chrono and without, GRU with chrono, simple.

    Args:
        units: H.
        longest: T_max of chrono.
        rates: of Adam by cell.
    """
    from elman.lab.training import Setting

    of = {"lstm": 0.01, "gru": 0.01, "elman": 0.003, **(rates or {})}
    return [
        Setting("LSTM, chrono", "lstm", units, of["lstm"], {"chrono": longest}),
        Setting("LSTM, b_f = 1", "lstm", units, of["lstm"], {"forget_bias": 1.0}),
        Setting("GRU, chrono", "gru", units, of["gru"], {"chrono": longest}),
        Setting("simple, tanh", "elman", units, of["elman"], {}),
    ]


def compared(
    problem: "Problem", networks: "Sequence[Setting]", config: TrainedConfig, up: str, baseline: str
) -> tuple[Found, dict[str, "list[Learned]"]]:
    """Return what networks reach from each seed, beside the baseline, and the networks.

    Args:
        problem: what they learn.
        networks: how.
        config: seeds and updates.
        up: what the score is, with its unit.
        baseline: what reaches the score of who remembers nothing.
    """
    from elman.lab.training import affordable, train

    updates = config.updates
    if config.minutes:
        updates = affordable(problem, networks, config.seeds, config.minutes, 10)
    seeds = config.every_seed
    every = {one.name: [train(problem, one, seed, updates) for seed in seeds] for one in networks}
    steps, rows, curves = [Step("baseline", baseline, problem.baseline)], [], []
    for name, runs in every.items():
        ends = [run.scores[-1] for run in runs]
        solved = sum(map(problem.is_solved, ends))
        steps += [Step(name, f"{up}, seeds {seeds[0]} to {seeds[-1]}", ends), Step(f"{name}: solved", "seeds", solved)]
        scales = [run.scales for run in runs if run.scales]
        told = " → ".join(f"{sum(column) / len(column):.3g}" for column in zip(*scales, strict=True)) if scales else ""
        rows.append([name, *ends, f"{solved} of {len(ends)}", told])
        columns = list(zip(*(run.scores for run in runs), strict=True))
        curves.append(Curve.of_seeds(name, runs[0].updates, columns, median_high))
    names = [name for name, runs in every.items() if all(problem.is_solved(run.scores[-1]) for run in runs)]
    failed = [name for name, runs in every.items() if not any(problem.is_solved(run.scores[-1]) for run in runs)]
    result = f"After {updates:,} updates solved from every seed: {', '.join(names) or 'none'}; from none: "
    result += f"{', '.join(failed) or 'none'}. The line is the median of the seeds, the band their range."
    table = Table(
        f"{up[0].upper()}{up[1:]} after {updates:,} updates",
        ["network", *(f"seed {seed}" for seed in seeds), "solved", "mean 1/(1-f), start → end"],
        rows,
    )
    log = "y" if problem.solved < problem.baseline else ""
    panel = Lines("Learning", "update", up, curves, log, level=(baseline, problem.baseline))
    found = Found(steps, result, [panel], {"updates": updates, "seeds": list(seeds)}, tables=[table])
    return found, every
