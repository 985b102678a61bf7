"""elman correct: text with the words that were meant."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from elman.cli.options import DEVICE, JSON, PLUGINS, note, read_lines, to_json

if TYPE_CHECKING:
    from elman.inference.predictor import Predictor
    from elman.metrics.base import Score
    from elman.spelling.corrector import Corrector
    from elman.spelling.outcome import Corrected, Options


_TOP = 7


def command(
    run: Path = typer.Argument(metavar="RUN", help="A language model of words."),
    file: Path = typer.Argument(Path("-"), metavar="[FILE|-]", help="Text to correct; - is standard input."),
    pairs: Path = typer.Option(None, "--pairs", metavar="FILE", help="Learn how words are mistyped: right<TAB>wrong."),
    tune: Path = typer.Option(
        None,
        "--tune",
        metavar="FILE",
        help="Choose weight, threshold and unknown for the fewest errors: right<TAB>wrong.",
    ),
    on: Path = typer.Option(None, "--on", metavar="FILE", help="Measure on lines right<TAB>wrong instead."),
    uniform: bool = typer.Option(False, "--uniform", help="Wrong letters are no neighbours on a keyboard."),
    weight: float = typer.Option(1.0, "--weight", help="λ, what the language model counts."),
    threshold: float = typer.Option(1.0, "--threshold", help="Nats by which a change has to be better than none."),
    unknown: float = typer.Option(2.5, "--unknown", help="Nats a letter that an unknown word costs."),
    json_: bool = JSON,
    device: str = DEVICE,
    plugins: list[str] = PLUGINS,
) -> None:
    """Correct the spelling of a text.

    elman correct runs/words letter.txt --pairs typos.tsv --tune typos.tsv
    """
    import elman
    from elman.spelling.outcome import Options
    from elman.spelling.pairs import read_pairs
    from elman.spelling.rates import tune as tuned

    model = elman.load(run, device, plugins)
    corrector = _corrector(model, pairs, uniform, Options(weight, threshold, unknown))
    if tune is not None:
        corrector = tuned(corrector, read_pairs(tune, model.encoding))
        chosen = corrector.options
        note(f"tuned: --weight {chosen.weight:g} --threshold {chosen.threshold:g} --unknown {chosen.unknown:g}")
    if on is not None:
        errors = "learned" if pairs is not None else "uniform" if uniform else "keyboard"
        _measure(corrector, read_pairs(on, model.encoding), errors, json_)
        return
    _print(corrector, list(read_lines(file, model.encoding)), json_)


def _corrector(model: "Predictor", pairs: Path | None, uniform: bool, options: "Options") -> "Corrector":
    """Return a corrector with an error model that is learned from pairs, or assumed."""
    from elman.spelling.corrector import Corrector
    from elman.spelling.errors import ErrorModel
    from elman.spelling.pairs import read_pairs, word_pairs

    corrector = Corrector(model, options=options)
    if pairs is not None:
        errors = ErrorModel.learned(word_pairs(read_pairs(pairs, model.encoding)), corrector.letters, not uniform)
        return corrector.with_errors(errors)
    return corrector.with_errors(ErrorModel.assumed(corrector.letters, False)) if uniform else corrector


def _measure(corrector: "Corrector", pairs: "list[tuple[str, str]]", errors: str, as_json: bool) -> None:
    from elman.spelling.rates import measure, signature

    rates = measure(corrector, pairs)
    scores = rates.scores(signature(corrector, errors))
    if as_json:
        print(to_json({"counts": rates._asdict(), "scores": [vars(score) for score in scores]}))
        return
    print("\n".join(f"  {score.name.replace('_', ' '):<27}{_value(score)}" for score in scores))
    print(f"\n{rates.words:,} words  {rates.wrong:,} wrong  {rates.changed:,} changed\n\n{scores[0].signature}")


def _value(score: "Score") -> str:
    return f"{100 * score.value:7.2f} % {score.unit}" if score.unit.startswith("of ") else f"{score.value:9.4f}"


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
