"""elman evaluate: scores of runs on files."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from elman.cli.evaluated import as_json, note_reading, show_blend, show_dynamic, show_typing, tell
from elman.cli.options import (
    DEVICE,
    JSON,
    OTHERWISE,
    PLUGINS,
    THRESHOLD,
    otherwise,
    refuse_input,
    to_json,
    write_out,
)

if TYPE_CHECKING:
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
    typing: str = typer.Option(None, "--typing", metavar="RULE", help="Keys that suggestions save, by rule A to E."),
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
    _refuse(texts, runs, mix, cache, tune, out, dynamic)
    _refuse_typing(typing, k=k, cache=cache, tune=tune, out=out, threshold=threshold, dynamic=dynamic)
    how = otherwise(set_)
    models = {str(path): elman.load(path, device, plugins, **how) for path in runs}
    together = mix and "ensemble" in models[str(run)].task.verbs
    if typing is not None:
        show_typing(models, texts, mix, typing, 3 if k is None else k, json_)
    elif dynamic:
        show_dynamic(models[str(run)], texts, tune, json_)
    elif (mix or cache) and not together:
        show_blend(_blended(list(models.values()), texts, tune, cache), texts, json_)
    else:
        _score(_together(models, cache, tune) if together else models, texts, threshold, out, json_)


def _score(
    models: "Mapping[str, Predictor]", texts: Sequence[str], threshold: float | None, out: Path | None, json_: bool
) -> None:
    """Score each run, and tell it."""
    for name, model in models.items():
        evaluation = model.evaluate(texts, threshold)
        note_reading(model, texts)
        if out is not None:
            _write(out, model, texts, threshold)
        tell(evaluation, name if len(models) > 1 else "", as_json(name, texts, evaluation) if json_ else None)


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
