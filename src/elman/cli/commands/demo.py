"""elman demo: the main job in about a minute, on text that ships with Python."""

from pathlib import Path

import typer


def command(
    out: Path = typer.Option(None, "--out", metavar="RUN", help="The run folder.", show_default="runs/demo-N"),
    minutes: float = typer.Option(1.0, "--minutes", metavar="M", help="How long to train."),
) -> int:
    """Watch a character LSTM learn, in a minute.

    The text is that of Python's own help.
    """
    from elman.cli.training import report_end, shown
    from elman.config import Settings
    from elman.training.launch import start
    from elman.training.run_folder import RunFolder, next_path

    run = out if out is not None else next_path("demo")
    RunFolder(run).check_free(overwrite=False)
    text = run.with_name(f"{run.name}.txt")
    _write_help_texts(text)
    settings = Settings()
    settings.set("task.name", "lm")
    settings.set("task.level", "character")
    settings.set("data.train", [str(text)])
    settings.set("model.hidden_size", 256)
    settings.set("training.minutes", minutes, "--minutes")
    with shown(first_sample=True) as display:
        result = start(settings, run, False, display)
    return report_end(result)


def _write_help_texts(path: Path) -> None:
    """Write the texts of Python's `help("topics")` into a file."""
    from elman.errors import DataError

    try:
        from pydoc_data.topics import topics
    except ImportError:
        raise DataError(
            "elman demo: this Python lacks the module pydoc_data.topics, whose text the demo learns. "
            "Use a full Python, or any text of your own: elman train lm my.txt"
        ) from None
    content = "\n".join(topics[name] for name in sorted(topics)) + "\n"
    try:
        if path.exists() and path.read_bytes() != content.encode():
            raise DataError(f"{path}: is there already, with another text. Give another --out; nothing was changed.")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode())
    except OSError as error:
        raise DataError(f"{path}: cannot be written: {error.strerror}. Give another --out.") from error
