"""elman correct: text with the words that were meant."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from elman.cli.options import DEVICE, JSON, PLUGINS, note, note_dropped, read_lines, to_json
from elman.cli.spelled import PAIRS, Asked, show_rates

if TYPE_CHECKING:
    from elman.spelling.corrector import Corrector
    from elman.spelling.outcome import Corrected


_TOP = 7

WITH = typer.Option(
    [], "--with", metavar="RUN", help="A further run over the same vocabulary: the mean of both is what counts."
)
TUNE = typer.Option(
    None,
    "--tune",
    metavar="FILE",
    help="Choose weight, threshold, unknown and blank, those that are not given, for the fewest errors in a file.",
)
ON = typer.Option(None, "--on", metavar="FILE", help="Measure on such a file and correct nothing.")
ALIGNED = typer.Option(False, "--aligned", help="Refuse right<TAB>wrong of other numbers of words.")


def command(
    run: Path = typer.Argument(metavar="RUN", help="A language model of words."),
    file: Path = typer.Argument(
        None, metavar="[FILE|-]", help="Text to correct; - is standard input.", show_default="-"
    ),
    with_: list[Path] = WITH,
    channel: str = typer.Option("edits", "--channel", help="The error model: edits or brill_moore; or your own."),
    pairs: Path = PAIRS,
    tune: Path = TUNE,
    on: Path = ON,
    aligned: bool = ALIGNED,
    uniform: bool = typer.Option(
        False, "--uniform", help="Wrong letters are no neighbours on a keyboard, where --pairs does not tell."
    ),
    weight: float = typer.Option(None, "--weight", help="λ, what the language model counts.", show_default="1"),
    threshold: float = typer.Option(
        None, "--threshold", help="Nats by which a change has to be better than none.", show_default="1"
    ),
    unknown: float = typer.Option(
        None, "--unknown", help="Nats a letter that an unknown word costs.", show_default="2.5"
    ),
    blank: float = typer.Option(
        None, "--blank", help="Nats that a blank costs that was added or left out; inf: none.", show_default="8"
    ),
    json_: bool = JSON,
    device: str = DEVICE,
    plugins: list[str] = PLUGINS,
) -> None:
    """Correct the spelling of a text.

    elman correct runs/words letter.txt --pairs typos.tsv --tune typos.tsv
    """
    from elman.inference.loading import load_each
    from elman.spelling.outcome import USUAL

    _refuse(aligned and pairs is None and tune is None and on is None, on, file)
    models = load_each([run, *with_], device, plugins)
    encoding = models[0].encoding
    asked = Asked(channel, pairs, uniform, aligned)
    options: dict[str, Any] = {"weight": weight, "threshold": threshold, "unknown": unknown, "blank": blank}
    given = {name: value for name, value in options.items() if value is not None}
    corrector = asked.corrector(models, USUAL._replace(**given), [] if tune is None else [tune], given)
    if on is not None:
        show_rates(corrector, asked.read(on, encoding), asked.signature, "", json_)
        return
    _correct(corrector, Path("-") if file is None else file, encoding, json_)


def _refuse(aligned: bool, on: Path | None, file: Path | None) -> None:
    """Refuse options that do not go together.

    Args:
        aligned: whether lines beside each other are asked for where none are read.
        on: what is measured on.
        file: what is corrected.

    Raises:
        ConfigError: some do not.
    """
    from elman.errors import ConfigError

    if aligned:
        raise ConfigError("--aligned: only --pairs, --tune and --on read lines beside each other. Leave it out.")
    if on is not None and file is not None:
        raise ConfigError(f"--on: measures on {on} and corrects nothing, so {file} would not be read. Leave one out.")


def _correct(corrector: "Corrector", file: Path, encoding: str, as_json: bool) -> None:
    """Print the lines of a file with the words that were meant."""
    from elman.spelling.tagged import OPEN

    note_dropped([file])
    lines = list(read_lines(file, encoding))
    if any(OPEN in line for line in lines):
        note(f"{file}: text with its errors tagged; its tags are read by --on, --pairs and --tune, here they are text")
    found = corrector.correct(lines, explained=as_json)
    if as_json:
        by_line: dict[int, list[dict[str, object]]] = {}
        for change in found.changes:
            shown = {**change._asdict(), "alternatives": list(change.alternatives)[:_TOP]}
            by_line.setdefault(shown.pop("line"), []).append(shown)
        for number, (line, typed) in enumerate(zip(found.lines, lines, strict=True)):
            print(to_json({"typed": typed, "text": line, "changes": by_line.get(number, [])}))
    else:
        print("\n".join(found.lines))
    note(*found.remarks, *_told(found))


def _told(found: "Corrected") -> list[str]:
    kept = {why: count for why, count in Counter(found.kept).most_common() if why != "marks"}
    left = ", ".join(f"{why} {count:,}" for why, count in kept.items())
    changed = f"{len(found.changes):,} words changed"
    return [f"{changed}; left alone: {left}" if kept else changed]
