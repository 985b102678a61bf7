"""elman train: from files to a run folder."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import typer

from elman.cli.options import PLUGINS, apply_flags, with_flags
from elman.cli.streams import need_no_output


@with_flags
def command(
    what: str = typer.Argument(None, metavar="TASK|CONFIG", help="A task, such as lm, or a configuration file.toml."),
    files: list[str] = typer.Argument(None, metavar="FILE", help="Training files or globs."),
    train: list[str] = typer.Option([], "--train", metavar="FILE", help="Training files, when not given behind TASK."),
    valid: list[str] = typer.Option(
        [], "--valid", metavar="FILE|10%", help="Validation files, or a share to hold out."
    ),
    out: Path = typer.Option(None, "--out", metavar="RUN", help="The run folder.", show_default="runs/TASK-N"),
    overwrite: bool = typer.Option(False, "--overwrite", help="Replace the run that is in --out."),
    resume: Path = typer.Option(None, "--resume", metavar="RUN", help="Go on with a run exactly where it stopped."),
    set_: list[str] = typer.Option(
        [], "--set", metavar="KEY=VALUE", help="Any other key, such as training.clip_norm=5."
    ),
    plugins: list[str] = PLUGINS,
    flags: dict[str, str] | None = None,
) -> int:
    """Train a model on plain files.

    Enough on its own: elman train lm my.txt
    """
    from elman.cli.training import go_on, report_end, shown
    from elman.errors import ConfigError
    from elman.registry import only
    from elman.training.launch import start

    need_no_output()
    given = flags or {}
    if resume is not None:
        others = {what: what, "FILE": files, "--out": out, "--set": set_}
        refused = [name for name, value in {**others, "--overwrite": overwrite}.items() if name and value]
        with shown() as display:
            run = go_on(resume, given, refused, plugins, {"train": train, "valid": valid}, display)
    else:
        settings = _settings(what, [*(files or []), *train], valid)
        apply_flags(settings, given, set_)
        of_a_file = str(what).endswith(".toml")
        if plugins and not of_a_file:
            raise ConfigError(
                "--plugin: goes with --resume or a configuration file. A new training takes a path where a name goes: "
                "--cell PATH."
            )
        if of_a_file:  # it may come from anybody, whatever it says of itself: what counts is what was typed
            plugins = [*plugins, *_typed_code(given, set_)]
        with only(plugins) if of_a_file else nullcontext(), shown() as display:
            run = start(settings, out, overwrite, display)
    return report_end(run, plugins)


def _settings(what: str | None, train: list[str], valid: list[str]):  # type: ignore[no-untyped-def]
    """Return the tree that the arguments and the configuration file make."""
    from elman.config import Settings
    from elman.data.sources import are_there
    from elman.errors import ConfigError
    from elman.runs.formats import translate
    from elman.runs.likely import meanings
    from elman.tasks import TASKS

    if what is None:
        raise ConfigError("elman train: what to train is missing: a task and a file, such as: elman train lm my.txt")
    if what.endswith(".toml"):
        settings = Settings.read(Path(what))
        settings.tree = _own_code(settings.tree, Path(what).parent)
        translate(settings)
        for key in ("data.train", "data.valid"):
            names = settings.get(key)
            if isinstance(names, list):
                settings.set(
                    key, [name if str(name).endswith("%") else str(Path(what).parent / name) for name in names]
                )
        vectors = settings.get("task.vectors")
        if vectors:
            settings.set("task.vectors", str(Path(what).parent / vectors))
    else:
        settings = Settings()
        settings.set("task.name", what, "TASK")
    if not what.endswith(".toml") and what not in TASKS.names() and are_there(what):
        ways = meanings([what, *train]).items()
        shown = ", or, ".join(command if way == "train" else f"{way}: {command}" for way, command in ways)
        raise ConfigError(f"elman train {what}: {what} is a file, not a task. Try: {shown}")
    if train:
        settings.set("data.train", train, "FILE")
    elif settings.get("data.train") is None:
        raise ConfigError(f"elman train {what}: no training file. Give one: elman train {what} my.txt")
    if valid:
        settings.set("data.valid", valid, "--valid")
    return settings


def _typed_code(flags: dict[str, str], assignments: list[str]) -> list[str]:
    """Return the code from outside elman that flags and `--set` name."""
    from elman.config import Settings
    from elman.outside import named_code

    typed = Settings()
    apply_flags(typed, flags, assignments)
    return named_code({name: part for name, part in typed.tree.items() if name != "data"})


def _own_code(tree: Any, folder: Path) -> Any:
    """Return a recipe in which plug-ins that lie beside it are named with its folder, as who trusts them types it."""
    from elman.outside import beside

    if isinstance(tree, dict):
        return {name: part if name == "data" else _own_code(part, folder) for name, part in tree.items()}
    if isinstance(tree, list):
        return [_own_code(part, folder) for part in tree]
    return beside(tree, folder) if isinstance(tree, str) else tree
