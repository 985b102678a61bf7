"""All measurements, and how they are shown."""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

import torch

from elman.benchmark import machine, stepping, training
from elman.benchmark.machine import Machine
from elman.benchmark.timing import Row, Timing, geometric_mean
from elman.errors import KernelError
from elman.native import BUILD_FIX, instruction_sets, instructions, kernel_mode, module
from elman.native.memory import freed_memory_kept
from elman.text.printed import counted
from elman.version import __version__


class Table(NamedTuple):
    """What was measured."""

    machine: Machine
    rows: list[Row]
    read: dict[str, float]
    """Bytes a second of reading as much as a row reads, by its work."""


def prepare(threads: int) -> Machine:
    """Set the threads and measure the machine.

    Raises:
        KernelError: there is no compiled code to measure.
    """
    if module() is None:
        raise KernelError(f"elman benchmark: there is no compiled code to measure. {BUILD_FIX}")
    if kernel_mode() == "reference":
        raise KernelError("elman benchmark: ELMAN_KERNELS=reference leaves nothing to measure. Unset it.")
    if threads:
        torch.set_num_threads(threads)
    return machine.measure()


def groups(found: Machine, repeats: int) -> Iterator[Table]:
    """Yield the measurements group by group, each measured so many times.

    PyTorch is measured in a process as it is; from there on freed memory is kept, as `elman train` does.
    """
    for measured in (training.padded, training.projected, training.ragged):
        yield _table(found, measured, repeats)
    with freed_memory_kept():
        for measured in (training.variants, stepping.single_steps, stepping.drawing):
            yield _table(found, measured, repeats)


def _table(found: Machine, measured: Callable[[int], Iterator[Row]], repeats: int) -> Table:
    rows = list(measured(repeats))
    return Table(found, rows, {row.work: machine.read_bandwidth(row.read, repeats) for row in rows if row.read > 4e6})


def heading(found: Machine) -> str:
    """Return what the machine is, in a line."""
    speeds = ", ".join(f"{speed / 1e9:.0f} by {name}" for name, speed in found.products.items())
    product = f"float32 product of 4096 x 4096, GFLOP/s: {speeds}; the fastest is the limit"
    return f"{counted(found.threads, 'threads')}, {_instructions()}, torch {torch.__version__}; {product}"


def lines(table: Table) -> Iterator[str]:
    """Yield rows as text, with the geometric mean of each kind."""
    rows = sorted(table.rows, key=lambda row: row.group)
    for group, members in groupby(rows, key=lambda row: row.group):
        yield f"\n{group}"
        yield f"  {'work':<36}{'against':<20}{'theirs':>15}{'ours':>15}{'ratio':>9}  of the limit"
        shown = list(members)
        for row in shown:
            times = f"{_time(row.theirs):>15}{_time(row.ours):>15}"
            yield f"  {row.work:<36}{row.against:<20}{times}{row.ratio:>8.2f}x  {_limit(row, table)}".rstrip()
        for kind, ratios in _kinds(shown):
            yield f"  {f'geometric mean, {kind}':<86}{geometric_mean(ratios):>8.2f}x"


def to_json(table: Table) -> dict[str, Any]:
    """Return everything that was measured, times in seconds."""
    return {
        "elman": __version__,
        "torch": torch.__version__,
        "instructions": _instructions(),
        "threads": table.machine.threads,
        "product_flops": table.machine.product,
        "products_flops": table.machine.products,
        "rows": [
            {
                "group": row.group,
                "work": row.work,
                "against": row.against,
                "theirs_seconds": row.theirs.median,
                "theirs_spread": row.theirs.spread,
                "ours_seconds": row.ours.median,
                "ours_spread": row.ours.spread,
                "ratio": row.ratio,
                "share_of_product": row.operations / row.ours.median / table.machine.product
                if row.operations
                else None,
                "share_of_reading": row.read / row.ours.median / table.read[row.work]
                if row.read and row.work in table.read
                else None,
            }
            for row in table.rows
        ],
    }


def _instructions() -> str:
    return instruction_sets()[instructions()]


def _time(timing: Timing) -> str:
    median = timing.median
    text = f"{median * 1e3:.2f} ms" if median >= 1e-3 else f"{median * 1e6:.1f} µs"
    return text if timing.spread is None else f"{text} ±{100 * timing.spread:.0f}%"


def _limit(row: Row, table: Table) -> str:
    if row.operations:
        speed = row.operations / row.ours.median
        return f"{speed / 1e9:.0f} GFLOP/s, {100 * speed / table.machine.product:.0f}% of the product"
    if row.read and row.work in table.read:
        speed = row.read / row.ours.median
        return f"{speed / 1e9:.0f} GB/s, {100 * speed / table.read[row.work]:.0f}% of reading"
    return ""


def _kinds(rows: list[Row]) -> Iterator[tuple[str, list[float]]]:
    """Yield the ratios of each recurrence that has several rows."""
    for kind, members in groupby(rows, key=lambda row: row.work.split()[0]):
        ratios = [row.ratio for row in members]
        if len(ratios) > 2:
            yield kind, ratios
