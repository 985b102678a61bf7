"""elman evaluate: scores of runs on files."""

from collections.abc import Collection, Mapping, Sequence
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
from elman.cli.spelled import PAIRS, Asked, evaluate_spelling

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
    spelling: str = typer.Option(
        None, "--spelling", metavar="CHANNEL", help="What is corrected, by an error model: edits or brill_moore."
    ),
    pairs: Path = PAIRS,
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

    Spelling: elman evaluate RUN FILE --spelling brill_moore --pairs FILE
    """
    from elman.inference.loading import load_each

    texts, runs = (on, [run, *map(Path, files or ())]) if on else (files or [], [run])
    given = {"mix": mix, "cache": cache, "dynamic": dynamic, "tune": tune, "typing": typing, "k": k}
    given |= {"spelling": spelling, "pairs": pairs, "threshold": threshold, "out": out}
    _refuse(texts, runs, mix, cache, bool(tune) and spelling is None, out, dynamic)
    _refuse_beside("typing", "k", "suggests words", given, {"mix"})
    _refuse_beside("spelling", "pairs", "learns from pairs", given, {"tune", "mix"})
    models = dict(zip(map(str, runs), load_each(runs, device, plugins, **otherwise(set_)), strict=True))
    _show(models, texts, given, json_)


def _show(models: "dict[str, Predictor]", texts: Sequence[str], given: Mapping[str, Any], json_: bool) -> None:
    """Score runs in the way that was asked for."""
    mix, cache, tune = (given[name] for name in ("mix", "cache", "tune"))
    together = mix and "ensemble" in next(iter(models.values())).task.verbs
    if given["typing"] is not None:
        show_typing(models, texts, mix, given["typing"], 3 if given["k"] is None else given["k"], json_)
    elif given["spelling"] is not None:
        evaluate_spelling(models, texts, mix, Asked(given["spelling"], given["pairs"]), tune, json_)
    elif given["dynamic"]:
        show_dynamic(next(iter(models.values())), texts, tune, json_)
    elif (mix or cache) and not together:
        show_blend(_blended(list(models.values()), texts, tune, cache), texts, json_)
    else:
        _score(_together(models, cache, tune) if together else models, texts, given["threshold"], given["out"], json_)


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
    tune: bool,
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
        raise ConfigError("--tune: only --mix, --cache, --dynamic and --spelling fit something.")
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


def _refuse_beside(name: str, own: str, does: str, given: Mapping[str, Any], also: Collection[str]) -> None:
    """Refuse options that mean nothing to a way of scoring, or nothing without it.

    Args:
        name: of the option that asks for it.
        own: an option that only this way has.
        does: what that option is for.
        given: all options by their names.
        also: other options that go with it.

    Raises:
        ConfigError: there are some.
    """
    from elman.errors import ConfigError

    if given[name] is None and given[own] is not None:
        raise ConfigError(f"--{own}: only --{name} {does}. Leave it out.")
    for other, value in given.items() if given[name] is not None else ():
        # A threshold of 0 was given too.
        if (value or isinstance(value, float)) and other not in {name, own, *also}:
            raise ConfigError(f"--{other}: does not go with --{name}. Leave it out.")
