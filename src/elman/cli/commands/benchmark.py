"""elman benchmark: compiled recurrences against PyTorch on this machine."""

import json
import os

import typer

from elman.cli.options import JSON


def command(
    threads: int = typer.Option(0, "--threads", metavar="N", help="CPU threads; 0 takes what PyTorch takes."),
    repeats: int = typer.Option(9, "--repeats", metavar="N", help="Measurements of each; their median counts."),
    as_json: bool = JSON,
) -> int:
    """Measure recurrences against PyTorch, in turn, as ratios.

    Other busy programs disturb it: the spread says how much.
    """
    from elman.benchmark.table import Table, groups, heading, lines, prepare, to_json
    from elman.errors import ConfigError

    cores = os.cpu_count() or 1
    for name, value, least in (("--threads", threads, 0), ("--repeats", repeats, 1)):
        if value < least:
            raise ConfigError(f"{name}: got {value}, expected {least} or more.")
    if threads > cores:
        raise ConfigError(f"--threads: got {threads}, but this machine has {cores} cores. 0 takes what suits it.")
    machine = prepare(threads)
    whole = Table(machine, [], {})
    if not as_json:
        print(heading(machine), flush=True)
    for table in groups(machine, repeats):
        whole.rows.extend(table.rows)
        whole.read.update(table.read)
        if not as_json:
            print("\n".join(lines(table)), flush=True)
    if as_json:
        print(json.dumps(to_json(whole), indent=1))
    return 0
