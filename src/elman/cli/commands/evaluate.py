"""elman evaluate: scores of runs on files."""

import sys
from collections.abc import Mapping, Sequence
from math import isinf, isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from elman.cli.options import DEVICE, JSON, PLUGINS, THRESHOLD, note, to_json

if TYPE_CHECKING:
    from elman.evaluation.base import Evaluation
    from elman.inference.blending import Blend

_MUCH = 0.01


def command(
    run: Path = typer.Argument(metavar="RUN", help="A run folder."),
    files: list[str] = typer.Argument(
        None, metavar="FILE...", help="Files or globs to score, as one text; with --on, more runs."
    ),
    on: list[str] = typer.Option([], "--on", metavar="FILE", help="What to score, where several runs are named."),
    mix: bool = typer.Option(False, "--mix", help="Interpolate the runs; their vocabularies must be the same."),
    cache: int = typer.Option(
        0, "--cache", metavar="M", help="Interpolate caches of the last M tokens too, such as 500; 0 is none."
    ),
    tune: list[str] = typer.Option(
        [], "--tune", metavar="FILE", help="What weights are fitted on; else the first run's validation file."
    ),
    threshold: float = THRESHOLD,
    json_: bool = JSON,
    device: str = DEVICE,
    plugins: list[str] = PLUGINS,
) -> None:
    """Score runs on files.

    Each number has its unit and its signature.

    One run: elman evaluate RUN FILE

    Several: elman evaluate RUN RUN --on FILE --mix --cache 500
    """
    import elman

    texts, runs = (on, [run, *map(Path, files or ())]) if on else (files or [], [run])
    _refuse(texts, runs, mix, cache, tune)
    models = [elman.load(path, device, plugins) for path in runs]
    if mix or cache:
        for model in models:
            model.offering("mixture")
        from elman.inference.blending import blend, validation_files

        found = blend(models, texts, tune or validation_files(models[0], models[0].validation), cache)
        _show_blend(found, texts, json_)
        return
    for path, model in zip(runs, models, strict=True):
        evaluation = model.evaluate(texts, threshold)
        note(*model.reader.remarks)
        if json_:
            print(to_json(_as_json(str(path), texts, evaluation)))
            continue
        if len(runs) > 1:
            print(f"{path}:")
        _show(evaluation)


def _refuse(texts: Sequence[str], runs: Sequence[Path], mix: bool, cache: int, tune: Sequence[str]) -> None:
    """Refuse options that do not go together.

    Raises:
        ConfigError: some do not.
    """
    from elman.errors import ConfigError

    if not texts:
        raise ConfigError("elman evaluate: no file to score. Name it behind the run, or with --on.")
    if cache < 0:
        raise ConfigError(f"--cache: got {cache}, expected 0 or more.")
    if tune and not (mix or cache):
        raise ConfigError("--tune: only --mix and --cache fit weights.")
    if mix and len(runs) < 2:
        raise ConfigError("--mix: got one run, expected several and --on FILE.")
    if len(runs) > 1 and cache and not mix:
        raise ConfigError("--cache: with several runs it needs --mix.")


def _as_json(run: Any, files: Sequence[str], evaluation: "Evaluation") -> Mapping[str, Any]:
    import elman

    scores = [
        {
            "name": score.name,
            "value": score.value,
            **_infinite(score.value),
            "unit": score.unit,
            "signature": score.signature,
        }
        for score in evaluation.scores
    ]
    file = files[0] if len(files) == 1 else list(files)
    facts = {"run": run, "file": file, "scores": scores, "counts": evaluation.counts, "elman": elman.__version__}
    tables = [{"title": one.title, "columns": one.columns, "rows": one.rows} for one in evaluation.details]
    return {**facts, "details": tables} if tables else facts


def _show(evaluation: "Evaluation") -> None:
    from elman.text.printed import counted

    print("  ".join(counted(count, name) for name, count in evaluation.counts.items()))
    signature = ""
    for score in evaluation.scores:
        if "unknown:out" in score.signature and not evaluation.counts.get("unknown"):
            continue
        if score.signature != signature:
            signature = score.signature
            print(f"\n{signature}")
        value = "-" if isnan(score.value) else f"{score.value:,.4f}"
        print(f"  {score.name.replace('_', ' '):<20}{value:>12}  {score.unit}")
    if note := _note(evaluation):
        print(f"\nnote: {note}")
    for detail in evaluation.details:
        if not detail.is_prose:
            print(f"\n{detail.title}")
            print("\n".join(f"  {line}" for line in detail.lines()))


def _infinite(value: float | None) -> dict[str, bool]:
    """Return what tells an infinite number, which JSON has not, from one that is not there."""
    return {"infinite": True} if value is not None and isinf(value) else {}


def _note(evaluation: "Evaluation") -> str:
    """Return what to think of scores that are no numbers, or of a text much of which is unknown; else nothing."""
    counts = evaluation.counts
    undefined = [score.name.replace("_", " ") for score in evaluation.scores if isnan(score.value)]
    if undefined:
        return f"-: nothing to score, or all values are the same: {', '.join(undefined)}. Is it the right file?"
    lacking = counts.get("unknown", 0) - counts.get("written <unk>", 0)
    share = lacking / max(1, counts.get("tokens", 0))
    if share <= _MUCH or not any(score.name == "bits_per_character" for score in evaluation.scores):
        return ""
    return (
        f"{share:.2%} of the tokens are unknown, and what is unknown costs next to nothing: bits per character do not "
        "compare with those of a run that knows more."
    )


def _show_blend(found: "Blend", files: Sequence[str], as_json: bool) -> None:
    if found.remark:
        print(f"note: {found.remark}", file=sys.stderr)
    if as_json:
        columns = zip(found.names, found.weights.tolist(), found.parts, strict=True)
        parts = [{"name": n, "weight": w, "perplexity": p, **_infinite(p)} for n, w, p in columns]
        print(to_json({**_as_json(found.names, files, found.evaluation), "parts": parts}))
        return
    width = max(map(len, found.names))
    print(f"{'part':<{width}}  {'weight':>7}  {'perplexity':>11}")
    for name, weight, alone in zip(found.names, found.weights, found.parts, strict=True):
        shown = "-" if alone is None else f"{alone:,.2f}"
        print(f"{name:<{width}}  {weight:>7.3f}  {shown:>11}")
    print()
    _show(found.evaluation)
