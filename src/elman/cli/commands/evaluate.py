"""elman evaluate: scores of runs on files."""

import sys
from collections.abc import Mapping, Sequence
from math import isinf
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from elman.cli.options import (
    DEVICE,
    JSON,
    OTHERWISE,
    PLUGINS,
    THRESHOLD,
    note,
    otherwise,
    refuse_input,
    to_json,
    write_out,
)
from elman.cli.streams import width_of

if TYPE_CHECKING:
    from elman.evaluation.base import Evaluation
    from elman.inference.blending import Blend
    from elman.inference.predictor import Predictor


def command(
    run: Path = typer.Argument(metavar="RUN", help="A run folder."),
    files: list[str] = typer.Argument(
        None, metavar="FILE...", help="Files or globs to score, as one text; with --on, more runs."
    ),
    on: list[str] = typer.Option([], "--on", metavar="FILE", help="What to score, where several runs are named."),
    mix: bool = typer.Option(
        False, "--mix", help="Interpolate the runs, or let them write together; their vocabularies must be the same."
    ),
    cache: int = typer.Option(
        0, "--cache", metavar="M", help="Interpolate caches of the last M tokens too, such as 500; 0 is none."
    ),
    dynamic: bool = typer.Option(False, "--dynamic", help="Let the model learn from each stretch once it is scored."),
    tune: list[str] = typer.Option([], "--tune", metavar="FILE", help="What is fitted on; else the validation file."),
    threshold: float = THRESHOLD,
    out: Path = typer.Option(None, "--out", metavar="FILE", help="Write each example and its answers: JSON lines."),
    set_: list[str] = OTHERWISE,
    json_: bool = JSON,
    device: str = DEVICE,
    plugins: list[str] = PLUGINS,
) -> None:
    """Score runs on files.

    Each number has its unit and its signature.

    One run: elman evaluate RUN FILE --out answers.jsonl

    Several: elman evaluate RUN RUN --on FILE --mix --cache 500
    """
    import elman

    texts, runs = (on, [run, *map(Path, files or ())]) if on else (files or [], [run])
    _refuse(texts, runs, mix, cache, tune, out, dynamic)
    how = otherwise(set_)
    models = {str(path): elman.load(path, device, plugins, **how) for path in runs}
    together = mix and "ensemble" in models[str(run)].task.verbs
    if dynamic:
        _show_dynamic(models[str(run)], texts, tune, json_)
    elif (mix or cache) and not together:
        _show_blend(_blended(list(models.values()), texts, tune, cache), texts, json_)
    else:
        _score(_together(models, cache, tune) if together else models, texts, threshold, out, json_)


def _score(
    models: "Mapping[str, Predictor]", texts: Sequence[str], threshold: float | None, out: Path | None, as_json: bool
) -> None:
    """Score each run, and tell it."""
    for name, model in models.items():
        evaluation = model.evaluate(texts, threshold)
        _note(model, texts)
        if out is not None:
            _write(out, model, texts, threshold)
        _tell(evaluation, name if len(models) > 1 else "", _as_json(name, texts, evaluation) if as_json else None)


def _note(model: "Predictor", texts: Sequence[str]) -> None:
    """Tell what reading decided, and which files the run knows already."""
    from elman.inference.seen import seen

    note(*model.reader.remarks, *seen(model, texts))


def _tell(evaluation: "Evaluation", run: str, facts: Mapping[str, Any] | None) -> None:
    """Print scores as JSON where there are such facts, else as text, below the run where there are several."""
    from elman.evaluation.printed import lines

    if facts is not None:
        print(to_json(facts))
        return
    print("\n".join([*([f"{run}:"] if run else []), *lines(evaluation, width_of(sys.stdout))]))


def _together(models: "Mapping[str, Predictor]", cache: int, tune: Sequence[str]) -> "dict[str, Predictor]":
    """Return runs as one that writes.

    Raises:
        ConfigError: something is asked for that only running text has.
    """
    from elman.errors import ConfigError
    from elman.inference.together import Together

    for option, given in (("--cache", cache), ("--tune", tune)):
        if given:
            raise ConfigError(f"{option}: is for language models; runs that write together have no weights to fit.")
    return {" + ".join(models): Together(list(models.values()))}


def _write(path: Path, model: "Predictor", texts: Sequence[str], threshold: float | None) -> None:
    """Write what a model says to each example of files, beside what is true."""
    from elman.inference.beside_gold import beside_gold

    write_out(path, "".join(f"{to_json(row)}\n" for row in beside_gold(model, texts, threshold)))


def _blended(models: "Sequence[Predictor]", texts: Sequence[str], tune: Sequence[str], cache: int) -> "Blend":
    for model in models:
        model.offering("mixture")
    from elman.inference.blending import blend, validation_files

    return blend(models, texts, tune or validation_files(models[0], models[0].validation), cache)


def _refuse(
    texts: Sequence[str],
    runs: Sequence[Path],
    mix: bool,
    cache: int,
    tune: Sequence[str],
    out: Path | None,
    dynamic: bool,
) -> None:
    """Refuse options that do not go together.

    Raises:
        ConfigError: some do not.
    """
    from elman.errors import ConfigError

    if not texts:
        raise ConfigError("elman evaluate: no file to score. Name it behind the run, or with --on.")
    if cache < 0:
        raise ConfigError(f"--cache: got {cache}, expected 0 or more.")
    if tune and not (mix or cache or dynamic):
        raise ConfigError("--tune: only --mix, --cache and --dynamic fit something.")
    if dynamic and (mix or cache or out is not None or len(runs) > 1):
        raise ConfigError("--dynamic: takes one run, without --mix, --cache and --out.")
    if mix and len(runs) < 2:
        raise ConfigError("--mix: got one run, expected several and --on FILE.")
    if out is not None and len(runs) > 1:
        raise ConfigError("--out: got several runs, expected one.")
    if out is not None:
        refuse_input("--out", out, texts)
    if len(runs) > 1 and cache and not mix:
        raise ConfigError("--cache: with several runs it needs --mix.")


def _show_dynamic(model: "Predictor", texts: Sequence[str], tune: Sequence[str], as_json: bool) -> None:
    from elman.inference.blending import validation_files
    from elman.inference.dynamic import evaluate_dynamically

    model.offering("mixture")
    files = tune or validation_files(model, model.validation)
    found = evaluate_dynamically(model, texts, files, lambda remark: print(remark, file=sys.stderr))
    _note(model, texts)
    if as_json:
        rule = {"static_perplexity": found.static, "rate": found.rule.rate, "decay": found.rule.decay}
        print(to_json({**_as_json(str(model.path), texts, found.evaluation), **rule}))
        return
    print(f"as trained  perplexity {found.static:,.2f}\n")
    print(found.evaluation)


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
    beside = {"majority": evaluation.majority, "copied": evaluation.copied, "naive": evaluation.naive}
    facts |= {name: values for name, values in beside.items() if values}
    tables = [{"title": one.title, "columns": one.columns, "rows": one.rows} for one in evaluation.details]
    return {**facts, "details": tables} if tables else facts


def _infinite(value: float | None) -> dict[str, bool]:
    """Return what tells an infinite number, which JSON has not, from one that is not there."""
    return {"infinite": True} if value is not None and isinf(value) else {}


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
    print(found.evaluation)
