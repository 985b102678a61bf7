"""The texts of `elman describe`, read from the source, so that they cannot drift from it."""

import inspect
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from elman.cells import CELLS
from elman.config import Config, options
from elman.data.fields import Field, Kind, names_of
from elman.data.readers import READERS, formats
from elman.data.sources import head, read_blocks
from elman.errors import ConfigError, did_you_mean
from elman.heads import HEADS
from elman.metrics import METRICS
from elman.models import MODELS
from elman.ngram.smoothing import SMOOTHINGS
from elman.registry import Registry
from elman.tasks import TASKS
from elman.text.blanks import between_blanks
from elman.text.cutting import looks_tokenized
from elman.text.tokenizers import TOKENIZERS

_LABELS = Field("labels", Kind.LABELS)
_FIELDS = (
    (Field("words", Kind.WORDS), Field("tags", Kind.TAGS)),
    (Field("first", Kind.TEXT), Field("second", Kind.TEXT), Field("label", Kind.LABEL)),
    (Field("text", Kind.TEXT), _LABELS),
    (Field("frames", Kind.FRAMES), _LABELS),
)

KINDS: dict[str, Registry[Any]] = {
    "tasks": TASKS,
    "models": MODELS,
    "cells": CELLS,
    "heads": HEADS,
    "smoothings": SMOOTHINGS,
    "levels": TOKENIZERS,
    "readers": READERS,
    "metrics": METRICS,
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
    raise ConfigError(f"elman describe {name}: no file, run or name. {did_you_mean(name, known)}")


def describe_file(path: Path) -> list[str]:
    """Return what a file holds: sentences with their tags, texts or pairs with their labels, or running text."""
    name, fields = _recognized(path)
    return describe_examples(path, name, fields) if name else describe_text(path)


def describe_examples(path: Path, name: str, fields: Sequence[str]) -> list[str]:
    """Return how many examples a file has, how long they are, and how often each tag or label occurs."""
    kind = READERS.get(name)
    reader = kind(kind.Config(), fields)
    lengths: Counter[int] = Counter()
    answers: Counter[str] = Counter()
    words: Counter[str] = Counter()
    for example in reader.read([path]):
        *texts, answer = (example.fields[field] for field in fields)
        if fields[0] == "frames":
            found = list(texts[0])
        else:
            found = [word for text in texts for word in (text.split() if isinstance(text, str) else text)]
            words.update(found)
        lengths[len(found)] += 1
        answers.update([answer] if isinstance(answer, str) else answer)
    total = sum(answers.values())
    common = ", ".join(f"{answer} {count / total:.1%}" for answer, count in answers.most_common(12))
    things = "words" if words else "frames"
    whole = sum(length * count for length, count in lengths.items())
    rows = {
        "format": f"{name}: {', '.join(fields)}",
        "examples": f"{sum(lengths.values()):,}",
        things: f"{whole:,}, {len(words):,} different, {_once(words):,} of them once" if words else f"{whole:,}",
        f"{things} an example": f"median {_median(lengths)}, longest {max(lengths):,}",
        fields[-1]: f"{len(answers):,} different: {common}{' ...' if len(answers) > 12 else ''}",
    }
    if reader.skipped:
        rows["passed over"] = ", ".join(f"{count:,} {what}" for what, count in reader.skipped.items())
    return _table(rows, str(path))


def _recognized(path: Path) -> tuple[str, Sequence[str]]:
    """Return the format that a file surely looks like, with the fields it gives; nothing for running text."""
    beginning = "" if path.is_dir() else head(path)
    found = [
        (READERS.get(name).recognizes(path, beginning, names_of(fields)), name, names_of(fields))
        for fields in _FIELDS
        for name in formats(fields)
    ]
    sure, name, fields = max(found, key=lambda one: one[0])
    return (name, fields) if sure > 1 else ("", ())


def describe_text(path: Path, encoding: str = "utf-8") -> list[str]:
    """Return what a text file holds: lines, lengths, characters, words."""
    lines = characters = longest = 0
    words: Counter[str] = Counter()
    alphabet: Counter[str] = Counter()
    lengths: Counter[int] = Counter()
    tokenized = False
    for number, text in read_blocks(path, encoding):
        tokenized = looks_tokenized(text) if number == 1 else tokenized
        alphabet.update(text)
        for line in text.removesuffix("\n").split("\n"):
            found = between_blanks(line)
            words.update(found)
            lengths[len(found)] += 1
            longest = max(longest, len(line))
            lines += 1
        characters += len(text)
    rows = {
        "lines": f"{lines:,}, {lengths[0]:,} of them empty",
        "words a line": f"median {_median(lengths)}, longest {max(lengths, default=0):,}",
        "characters": f"{characters:,}, {len(alphabet):,} different, longest line {longest:,}",
        "words": f"{sum(words.values()):,}, {len(words):,} different, {_once(words):,} of them once",
        "frequent": " ".join(word for word, _ in words.most_common(12)),
        "level": "word: punctuation stands apart" if tokenized else "character: running text",
    }
    return _table(rows, str(path))


def describe_run(path: Path, plugins: Sequence[str] = ()) -> list[str]:
    """Return what a run is: configuration, scores, size."""
    from elman.runs.folder import RunFolder
    from elman.runs.log import read_run

    run = RunFolder.open(path, plugins)
    config, settings = run.load_config()
    events = read_run(run.metrics_path)
    best = [event for event in events if event["event"] == "validation" and event["best"]]
    card: dict[str, str] = next((event["card"] for event in events if event["event"] == "data"), {})
    rows = {f"data, {name}": str(text) for name, text in card.items()}
    rows |= {f"model.{name}": text for name, text in _flat(config.model.model_dump()).items()}
    rows |= {f"training.{name}": str(config.training.model_dump()[name]) for name in ("steps", "optimizer", "seed")}
    if best:
        rows["validation"] = f"{best[-1]['shown']} at step {best[-1]['step']:,}"
    if run.model_path.exists():
        rows["size"] = f"{run.model_path.stat().st_size / 1e6:,.1f} MB"
    rows["made by"] = f"elman {settings.get('run.elman')}"
    return _table(rows, str(path))


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


def _table(rows: dict[str, str], title: str) -> list[str]:
    width = max(map(len, rows)) + 2
    return [title, *(f"  {name:<{width}}{text}" for name, text in rows.items())]


def _flat(tree: dict[str, Any], prefix: str = "") -> dict[str, str]:
    rows: dict[str, str] = {}
    for name, value in tree.items():
        rows |= _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: str(value)}
    return rows


def _median(lengths: Counter[int]) -> int:
    half, seen = sum(lengths.values()) / 2, 0
    for length in sorted(lengths):
        seen += lengths[length]
        if seen >= half:
            return length
    return 0


def _once(words: Counter[str]) -> int:
    return sum(count == 1 for count in words.values())
