"""elman demo: a task in about a minute, on data that needs no fetching."""

from pathlib import Path

import typer

from elman.cli.streams import need_no_output


def command(
    task: str = typer.Argument(
        "lm",
        metavar="[TASK]",
        help="lm, embed, tag, classify, pair, seq2seq, ctc, forecast, strokes, handwriting, caption, memory, "
        "transduce or qa.",
    ),
    out: Path = typer.Option(None, "--out", metavar="RUN", help="The run folder.", show_default="runs/demo-N"),
    minutes: float = typer.Option(None, "--minutes", metavar="M", help="How long to train.", show_default="about 1"),
) -> int:
    """Watch a model learn, in a minute.

    lm writes like Python's own help; embed, tag, classify and pair learn data that a small grammar makes; seq2seq
    writes dates otherwise; ctc writes down what is played; forecast goes on with what a house uses; strokes draws
    polygons; handwriting writes short words; caption says what is on pictures; memory answers questions about a story;
    transduce copies what it read into its memory; qa cuts answers out of a text.
    """
    from elman.cli.training import report_end, shown
    from elman.config import Settings
    from elman.demos import DEMOS
    from elman.errors import ConfigError
    from elman.inference.loading import load
    from elman.runs.folder import RunFolder
    from elman.runs.numbering import next_path
    from elman.training.launch import start

    need_no_output()
    demo = DEMOS.get(task)()
    run = out if out is not None else next_path("demo")
    if RunFolder(run).holds_run:
        raise ConfigError(f"{run}: holds a run. Give another --out, or remove the folder.")
    RunFolder(run).check_free(overwrite=False)
    data = run.with_name(f"{run.name}.{demo.ending}")
    demo.write(data)
    settings = Settings()
    for key, value in demo.settings.items():
        if minutes is None or key != "training.steps":
            settings.set(key, value)
    settings.set("data.train", [str(data)])
    if minutes is not None or "training.steps" not in demo.settings:
        settings.set("training.minutes", 1.0 if minutes is None else minutes, "--minutes")
    with shown(first_sample=True) as display:
        result = start(settings, run, False, display)
    if result.finished and demo.inputs:
        model = load(run)
        print("what it says to inputs that it has not seen:")
        for answer in model.answer([model.task.parse(line, False) for line in demo.inputs], 1, facts=False):
            print(f"  {answer.shown}")
        print()
    return report_end(result)
