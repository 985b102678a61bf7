"""The texts of `elman describe`, read from the source, so that they cannot drift from it."""

import inspect
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from elman.cells import CELLS
from elman.checks import CHECKS
from elman.cli.section_options import options
from elman.config import Config
from elman.data.generators import GENERATORS
from elman.data.readers import READERS
from elman.errors import CheckpointError, ConfigError, did_you_mean
from elman.features import FEATURES
from elman.formats import FORMATS
from elman.heads import HEADS
from elman.inspection.views import VIEWS
from elman.lab.experiments import EXPERIMENTS
from elman.layers.attention import SCORES
from elman.machines import MACHINES
from elman.metrics import METRICS
from elman.models import MODELS
from elman.ngram.smoothing import SMOOTHINGS
from elman.outside import Place
from elman.registry import Registry
from elman.spelling.channels import CHANNELS
from elman.steps import STEPS
from elman.tasks import TASKS
from elman.teachers import TEACHERS
from elman.text.tokenizers import TOKENIZERS

KINDS: dict[str, Registry[Any]] = {
    "tasks": TASKS,
    "models": MODELS,
    "cells": CELLS,
    "heads": HEADS,
    "attention": SCORES,
    "decoders": STEPS,
    "machines": MACHINES,
    "generators": GENERATORS,
    "teachers": TEACHERS,
    "views": VIEWS,
    "experiments": EXPERIMENTS,
    "smoothings": SMOOTHINGS,
    "levels": TOKENIZERS,
    "readers": READERS,
    "features": FEATURES,
    "metrics": METRICS,
    "checks": CHECKS,
    "formats": FORMATS,
    "channels": CHANNELS,
}


def overview() -> list[str]:
    """Return every kind with the names that it has."""
    lines = []
    for kind, registry in KINDS.items():
        lines += [kind, *_names(registry), ""]
    return [*lines, "elman describe NAME shows one with its options; elman describe training, the options of training."]


def describe_name(name: str) -> list[str]:
    """Return the description of a kind, a section or a plug-in.

    Raises:
        ConfigError: there is nothing of that name.
    """
    if name in KINDS:
        return _names(KINDS[name])
    if name in ("training", "data"):
        from elman.runs.configuration import DataConfig, TrainingConfig

        return _options(name, TrainingConfig if name == "training" else DataConfig)
    for kind, registry in KINDS.items():
        if name in registry.names():
            return _plugin(kind, name, registry.get(name))
    known = [*KINDS, "training", "data", *(name for registry in KINDS.values() for name in registry.names())]
    close = did_you_mean(name, known)
    if not close.startswith("Did") or any(sign in name for sign in "/\\."):
        close = "Check the name of the file; elman describe alone lists what else there is."
    raise ConfigError(f"elman describe {name}: no file, run or name. {close}")


def describe_own(place: Place) -> list[str]:
    """Return the descriptions of the plug-ins in code that the user names; it is imported.

    Args:
        place: of the code, and perhaps of one class in it.

    Raises:
        ConfigError: it cannot be imported, or no plug-in is in it.
    """
    found = [
        (kind, plugin)
        for kind, registry in KINDS.items()
        for plugin in registry.inside(place)
        if place.plugin in ("", plugin.__name__)
    ]
    if not found:
        what = f"no plug-in {place.plugin!r} is in it" if place.plugin else "no plug-in is in it"
        bases = ", ".join(registry.base for registry in KINDS.values())
        raise ConfigError(f"{place}: {what}: expected a public subclass of one of {bases}.")
    described = [_plugin(kind, f"{Place(place.module, plugin.__name__)}", plugin) for kind, plugin in found]
    return [line for lines in described for line in [*lines, ""]][:-1]


def _commonest_ending(path: Path) -> str:
    """Return the ending that most files of a folder have; empty where there are none."""
    endings = Counter(one.suffix for one in path.iterdir() if one.is_file() and not one.name.startswith("."))
    return endings.most_common(1)[0][0] if endings else ""


def describe_run(path: Path, plugins: Sequence[str] = ()) -> list[str]:
    """Return what a run is: configuration, scores, size."""
    from elman.runs.best import best_of, why_none
    from elman.runs.folder import RunFolder
    from elman.runs.log import read_run
    from elman.runs.plan import early_end

    try:
        run = RunFolder.open(path, plugins)
    except CheckpointError as error:
        if (path / "metrics.jsonl").exists() or not (ending := _commonest_ending(path)):
            raise
        raise ConfigError(
            f"{path}: a folder, but no run (it has no config.toml) and no data with a folder or a file a class. Its "
            f"files are described by name: elman describe {path}/*{ending}"
        ) from error
    config, settings = run.load_config()
    events = read_run(run.metrics_path)
    best = best_of(events)
    card: dict[str, str] = next((event["card"] for event in events if event["event"] == "data"), {})
    rows = {f"data, {name}": str(text) for name, text in card.items()}
    rows |= {f"model.{name}": text for name, text in _flat(config.model.model_dump()).items()}
    rows |= {f"training.{name}": str(config.training.model_dump()[name]) for name in ("steps", "optimizer", "seed")}
    if best is not None:
        rows["validation"] = f"{best['shown']} at step {best['step']:,}"
    elif why := why_none(events):
        rows["validation"] = f"none is the best: {why}"
    if early_end(events):
        rows["ended"] = early_end(events)
    if run.model_path.exists():
        rows["size"] = f"{run.model_path.stat().st_size / 1e6:,.1f} MB"
    rows["made by"] = f"elman {settings.get('run.elman')}"
    return table(rows, str(path))


def _names(registry: Registry[Any]) -> list[str]:
    return [f"  {name:<22}{registry.summary(name)}" for name in registry.names()]


def _plugin(kind: str, name: str, plugin: type) -> list[str]:
    lines = [f"{name} ({kind.removesuffix('s')})", "", inspect.getdoc(plugin) or ""]
    schema = getattr(plugin, "Config", None)
    return lines if schema is None else [*lines, "", *_options(kind.removesuffix("s"), schema)]


def _options(section: str, schema: type[Config]) -> list[str]:
    lines = [f"Options of [{section}]"]
    for option in options(schema):
        default = f" = {option.default}" if option.default else ""
        lines.append(f"  {option.name}{default}")
        choices = f" ({option.kind})" if option.kind.startswith("one of ") else ""
        lines.append(f"      {option.description or option.kind}{choices}")
    return lines


def table(rows: dict[str, str], title: str) -> list[str]:
    """Return rows of a name and a text below a title."""
    width = max(map(len, rows)) + 2
    return [title, *(f"  {name:<{width}}{text}" for name, text in rows.items())]


def _flat(tree: dict[str, Any], prefix: str = "") -> dict[str, str]:
    rows: dict[str, str] = {}
    for name, value in tree.items():
        rows |= _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: str(value)}
    return rows
