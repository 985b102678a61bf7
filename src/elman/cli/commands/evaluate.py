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
    tune: list[str] = typer.Option(
        [], "--tune", metavar="FILE", help="What weights are fitted on; else the first run's validation file."
    ),
    typing: str = typer.Option(
        None, "--typing", metavar="RULE", help="Keystrokes that suggestions save, keys counted by rule A, B, C, D or E."
    ),
    k: int = typer.Option(None, "--k", metavar="K", help="With --typing: how many words are suggested; else 3."),
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

    Typing: elman evaluate RUN FILE --typing A --k 3
    """
    import elman

    texts, runs = (on, [run, *map(Path, files or ())]) if on else (files or [], [run])
    _refuse(texts, runs, mix, cache, tune, out)
    _refuse_typing(typing, k=k, cache=cache, tune=tune, out=out, threshold=threshold)
    how = otherwise(set_)
    models = {str(path): elman.load(path, device, plugins, **how) for path in runs}
    together = mix and "ensemble" in models[str(run)].task.verbs
    if typing is not None:
        _type(models, texts, mix, typing, 3 if k is None else k, json_)
    elif (mix or cache) and not together:
        _show_blend(_blended(list(models.values()), texts, tune, cache), texts, json_)
    else:
        _evaluate(_together(models, cache, tune) if together else models, texts, threshold, out, json_)


def _evaluate(
    models: "Mapping[str, Predictor]", texts: Sequence[str], threshold: float | None, out: Path | None, json_: bool
) -> None:
    """Print the scores of runs on files, each by itself."""
    for name, model in models.items():
        evaluation = model.evaluate(texts, threshold)
        _note(model, texts)
        if out is not None:
            _write(out, model, texts, threshold)
        if json_:
            print(to_json(_as_json(name, texts, evaluation)))
        else:
            _show(evaluation, f"{name}:" if len(models) > 1 else "")


def _type(models: "Mapping[str, Predictor]", texts: Sequence[str], mix: bool, rule: str, k: int, as_json: bool) -> None:
    """Print what the suggestions of runs save where files are typed, of each by itself or of all together."""
    from elman.keyboard.of_runs import evaluate_files

    groups = {" + ".join(models): list(models.values())} if mix else {name: [one] for name, one in models.items()}
    for name, group in groups.items():
        measured = evaluate_files(group, texts, k, rule)
        for model in group:
            _note(model, texts)
        if as_json:
            print(to_json({**_as_json(name, texts, measured.evaluation), "milliseconds": measured.milliseconds}))
        else:
            _show(measured.evaluation, f"{name}:" if len(models) > 1 else "")
            note(f"{measured.milliseconds:.2f} ms a key on this machine, the steps of the model included")


def _note(model: "Predictor", texts: Sequence[str]) -> None:
    """Tell what reading decided, and which files the run knows already."""
    from elman.inference.seen import seen

    note(*model.reader.remarks, *seen(model, texts))


def _show(evaluation: "Evaluation", title: str) -> None:
    from elman.evaluation.printed import lines

    print("\n".join([*([title] if title else []), *lines(evaluation, width_of(sys.stdout))]))


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
    texts: Sequence[str], runs: Sequence[Path], mix: bool, cache: int, tune: Sequence[str], out: Path | None
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
    if tune and not (mix or cache):
        raise ConfigError("--tune: only --mix and --cache fit weights.")
    if mix and len(runs) < 2:
        raise ConfigError("--mix: got one run, expected several and --on FILE.")
    if out is not None and len(runs) > 1:
        raise ConfigError("--out: got several runs, expected one.")
    if out is not None:
        refuse_input("--out", out, texts)
    if len(runs) > 1 and cache and not mix:
        raise ConfigError("--cache: with several runs it needs --mix.")


def _refuse_typing(rule: str | None, **given: Any) -> None:
    """Refuse options that mean nothing to typing, or nothing without it.

    Raises:
        ConfigError: there are some.
    """
    from elman.errors import ConfigError

    if rule is None and given["k"] is not None:
        raise ConfigError("--k: only --typing suggests words. Leave it out.")
    for name, value in given.items() if rule is not None else ():
        if name != "k" and value:
            raise ConfigError(f"--{name}: does not go with --typing. Leave it out.")


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
