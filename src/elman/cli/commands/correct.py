"""elman correct: text with the words that were meant."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from elman.cli.options import DEVICE, JSON, PLUGINS, note, note_dropped, read_lines, to_json
from elman.cli.spelled import PAIRS, Asked, show_rates

if TYPE_CHECKING:
    from elman.spelling.corrector import Corrector
    from elman.spelling.outcome import Corrected


_TOP = 7


def command(
    run: Path = typer.Argument(metavar="RUN", help="A language model of words."),
    file: Path = typer.Argument(Path("-"), metavar="[FILE|-]", help="Text to correct; - is standard input."),
    with_: list[Path] = typer.Option(
        [], "--with", metavar="RUN", help="A further run over the same vocabulary: the mean of both is what counts."
    ),
    channel: str = typer.Option("edits", "--channel", help="The error model: edits or brill_moore; or your own."),
    pairs: Path = PAIRS,
    tune: Path = typer.Option(
        None,
        "--tune",
        metavar="FILE",
        help="Choose weight, threshold, unknown and blank for the fewest errors in such a file.",
    ),
    on: Path = typer.Option(None, "--on", metavar="FILE", help="Measure on such a file instead."),
    aligned: bool = typer.Option(False, "--aligned", help="Refuse right<TAB>wrong of other numbers of words."),
    uniform: bool = typer.Option(False, "--uniform", help="Wrong letters are no neighbours on a keyboard."),
    weight: float = typer.Option(1.0, "--weight", help="λ, what the language model counts."),
    threshold: float = typer.Option(1.0, "--threshold", help="Nats by which a change has to be better than none."),
    unknown: float = typer.Option(2.5, "--unknown", help="Nats a letter that an unknown word costs."),
    blank: float = typer.Option(8.0, "--blank", help="Nats that a blank costs that was added or left out; inf: none."),
    json_: bool = JSON,
    device: str = DEVICE,
    plugins: list[str] = PLUGINS,
) -> None:
    """Correct the spelling of a text.

    elman correct runs/words letter.txt --pairs typos.tsv --tune typos.tsv
    """
    import elman
    from elman.errors import ConfigError
    from elman.spelling.outcome import Options

    if aligned and pairs is None and tune is None and on is None:
        raise ConfigError("--aligned: only --pairs, --tune and --on read lines beside each other. Leave it out.")
    models = [elman.load(path, device, plugins) for path in (run, *with_)]
    encoding = models[0].encoding
    asked = Asked(channel, pairs, uniform, aligned)
    corrector = asked.corrector(models, Options(weight, threshold, unknown, blank), [] if tune is None else [tune])
    if on is not None:
        show_rates(corrector, asked.read(on, encoding), asked.signature, "", json_)
        return
    note_dropped([file])
    _print(corrector, list(read_lines(file, encoding)), json_)


def _print(corrector: "Corrector", lines: list[str], as_json: bool) -> None:
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
