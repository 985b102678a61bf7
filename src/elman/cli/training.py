"""What `elman train` and `elman demo` share: starting, going on, and what is said at the end."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from elman.errors import ConfigError
from elman.native.memory import freed_memory_kept
from elman.pages.progress import Display
from elman.pages.trained_run import TrainedRun
from elman.registry import named_in
from elman.runs.baselines import advice, logged, unbeaten
from elman.runs.best import best_of, last_gain, why_none
from elman.runs.folder import RunFolder
from elman.runs.log import read_run
from elman.tasks import TASKS
from elman.training.resuming import resume

_LENGTHS = ("steps", "epochs", "minutes")


@contextmanager
def shown(first_sample: bool = False) -> Iterator[Display]:
    """Show a training, and remove its bar however it ends; the process keeps its memory for the next batch."""
    display = Display(first_sample=first_sample)
    with freed_memory_kept():
        try:
            yield display
        finally:
            display.close()


def go_on(
    path: Path,
    flags: dict[str, str],
    refused: list[str],
    plugins: list[str],
    moved: Mapping[str, list[str]],
    display: Display,
) -> TrainedRun:
    """Go on with a run.

    Args:
        path: its folder.
        flags: what was typed, of which only lengths are allowed.
        refused: what else was typed and is not allowed.
        plugins: code that the run may name.
        moved: where its files are now, `train` and `valid`.
        display: shows it.

    Raises:
        ConfigError: something else than a length was given too.
    """
    RunFolder.open(path, plugins)
    others = [f"--{name}" for name in flags if name not in _LENGTHS] + refused
    if others:
        raise ConfigError(
            f"--resume {path}: {others[0]} cannot be given too: a run goes on as it was started. "
            "Only --steps, --epochs or --minutes may be, to extend it, and --train and --valid, if its files moved."
        )
    numbers = {name: _number(name, flags[name]) for name in _LENGTHS if name in flags}
    steps = int(numbers["steps"]) if "steps" in numbers else None
    return resume(path, steps, numbers.get("epochs"), numbers.get("minutes"), display, plugins, **moved)


def report_end(run: TrainedRun, plugins: Sequence[str] = ()) -> int:
    """Say where everything is and what to try next. Returns the exit code.

    Args:
        run: as it ended.
        plugins: code that it may name.
    """
    folder = RunFolder(run.path, plugins)
    if not run.saved:
        print(f"stopped before anything was saved: the run that was in {run.path} before is still there")
        return 128 + (run.signal or 2)
    if not run.finished:
        print(f"stopped and saved; go on with: elman train --resume {run.path}")
        return 128 + (run.signal or 2)
    events = read_run(folder.metrics_path)
    best = best_of(events)
    if best is not None:
        kept = "on validation" if best.get("kept") == "last" else "best on validation"
        print(f"{kept}: {_reached(str(run.best or ''), best['shown'])}, at step {best['step']:,}")
    elif why := why_none(events):
        print(f"no best on validation: {why}")
    config, settings = folder.load_config()
    for line in compared(events, best["value"] if best else None, config):
        print(line)
    print(f"run: {run.path}   report: {folder.report_path}")
    print("next:")
    suggested = TASKS.get(config.task.name).suggestions(config.task)
    own = "".join(f" --plugin {name}" for name in plugins or named_in(settings.tree))
    for line in next_commands(run.path, suggested, any(event["event"] == "train" for event in events)):
        print(f"  {line}{own}")
    return 0


def _reached(exact: str, shown: str) -> str:
    """Return a score with all its digits, behind what baselines are compared by where that has another name."""
    named = [word for word in shown.split() if not any(map(str.isdigit, word))]
    return exact if exact and all(word in exact for word in named) else f"{shown} ({exact})" if exact else shown


def compared(events: Sequence[Mapping[str, Any]], best: float | None, config: Any) -> list[str]:
    """Return what baselines reach, and where the best score of the run is no better than one, what to try.

    Args:
        events: of its log.
        best: that score.
        config: of the run.
    """
    easy = logged(events)
    if not easy:
        return []
    lines = [f"to beat: {', '.join(one.named for one in easy)}"]
    above = unbeaten(easy, best)
    if above is None:
        return lines
    trained = [event for event in events if event["event"] == "train"]
    epochs = [event["epoch"] or 0.0 for event in trained]
    rate = config.training.rate if epochs else None
    seconds = trained[-1]["seconds"] if trained else None
    helps = advice(above, max(epochs, default=1.0), last_gain(events), rate, config, seconds)
    lines.append(f"warning: no better than {above.named}.{' What may help:' if helps else ''}")
    return [*lines, *(f"  {one}" for one in helps)]


def next_commands(path: Path, suggested: Sequence[str], can_go_on: bool) -> list[str]:
    """Return commands to try on a run."""
    lines = [line.format(run=path) for line in suggested]
    return [*lines[:2], *([f"elman train --resume {path} --minutes 5"] if can_go_on else lines[2:])]


def _number(name: str, text: str) -> float:
    try:
        value = int(text) if name == "steps" else float(text)
    except ValueError:
        value = 0
    if value <= 0:
        raise ConfigError(f"--{name}: got {text!r}, expected a number above 0.")
    return value
