"""Correctors as options ask for them, and what they are worth on files."""

import sys
from collections.abc import Collection, Sequence
from math import inf
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import typer

from elman.cli.evaluated import grouped
from elman.cli.options import note, note_dropped, to_json
from elman.text.printed import counted

if TYPE_CHECKING:
    from elman.inference.predictor import Predictor
    from elman.metrics.base import Score
    from elman.spelling.channels.base import Channel
    from elman.spelling.corrector import Corrector
    from elman.spelling.outcome import Options
    from elman.spelling.pairs import Pair

PAIRS = typer.Option(
    None,
    "--pairs",
    metavar="FILE",
    help="Learn how words are mistyped: right<TAB>wrong, or text with <ERR targ=RIGHT> WRONG </ERR>.",
)

_EVERY = 5.0
"""Seconds between two lines that say how far something is."""


class Asked:
    """What is known of how words are mistyped.

    Args:
        channel: the name of an error model.
        pairs: a file that it is learned from; None where it is assumed.
        uniform: whether wrong letters are no neighbours on a keyboard.
        as_many: refuse pairs of lines with other numbers of words.
    """

    def __init__(self, channel: str, pairs: Path | None, uniform: bool = False, as_many: bool = False) -> None:
        self._channel, self._pairs, self._uniform, self._as_many = channel, pairs, uniform, as_many
        self._read: dict[tuple[Path, str], list[Pair]] = {}

    @property
    def signature(self) -> str:
        """Where the error model is from."""
        learned = ",learned" if self._pairs is not None else ""
        return f"{self._channel}{learned},{'uniform' if self._uniform else 'keyboard'}"

    def read(self, file: Path, encoding: str) -> "list[Pair]":
        """Return the pairs of a file, and tell what reading decided; a file is read once."""
        from elman.spelling.reading import read_pairs

        if (file, encoding) not in self._read:
            found = read_pairs(file, encoding, self._as_many)
            note_dropped([file])
            note(*found.remarks)
            self._read[file, encoding] = found.pairs
        return self._read[file, encoding]

    def corrector(
        self, models: "Sequence[Predictor]", options: "Options", tune: Sequence[Path], kept: Collection[str] = ()
    ) -> "Corrector":
        """Return a corrector of this error model and the mean of some models, tuned but for what is to be kept."""
        from elman.spelling.corrector import Corrector
        from elman.spelling.rates import tune as tuned

        corrector, encoding = Corrector(models, options=options), models[0].encoding
        if (self._channel, self._pairs, self._uniform) != ("edits", None, False):
            corrector = corrector.with_channel(self._model(corrector.letters, encoding))
        if tune:
            pairs = [pair for file in tune for pair in self.read(file, encoding)]
            corrector = tuned(corrector, pairs, kept, _Trials(len(pairs)))
            o = corrector.options
            note(
                f"tuned: --weight {o.weight:g} --threshold {o.threshold:g} --unknown {o.unknown:g} --blank {o.blank:g}"
            )
        return corrector

    def _model(self, letters: str, encoding: str) -> "Channel":
        from elman.spelling.channels import CHANNELS
        from elman.spelling.pairs import word_pairs

        kind = CHANNELS.get(self._channel)
        if self._pairs is None:
            return kind.assumed(letters, not self._uniform)
        return kind.learned(word_pairs(self.read(self._pairs, encoding)), letters, not self._uniform)


class _Trials:
    """Tells on standard error how far a search among settings is: at its begin, and every few seconds.

    Args:
        lines: that each setting is tried on.
    """

    def __init__(self, lines: int) -> None:
        self._lines, self._last = lines, -inf

    def __call__(self, tried: int, every: int) -> None:
        now = monotonic()
        if now - self._last >= _EVERY:
            self._last = now
            print(f"tuning on {counted(self._lines, 'lines')}: {tried} of {every} settings tried", file=sys.stderr)


def show_rates(corrector: "Corrector", pairs: "list[Pair]", channel: str, run: str, as_json: bool) -> None:
    """Print what a corrector mends and breaks, below the run where there is a name."""
    from elman.spelling.rates import measure, signature

    rates = measure(corrector, pairs)
    if rates.errors > rates.wrong:
        note(
            f"correcting made it worse: {rates.errors:,} words are wrong now, {rates.wrong:,} if nothing is done. A "
            "higher --threshold changes less; --tune FILE chooses it"
        )
    scores = rates.scores(signature(corrector, channel))
    if as_json:
        named: dict[str, Any] = {"run": run} if run else {}
        print(to_json({**named, "counts": rates._asdict(), "scores": [vars(score) for score in scores]}))
        return
    heading = [f"{run}:"] if run else []
    print("\n".join([*heading, *(f"  {score.name.replace('_', ' '):<27}{_value(score)}" for score in scores)]))
    print(f"\n{rates.words:,} words  {rates.wrong:,} wrong  {rates.changed:,} changed\n\n{scores[0].signature}")


def evaluate_spelling(
    models: "dict[str, Predictor]",
    files: Sequence[str],
    mix: bool,
    asked: Asked,
    tune: Sequence[str],
    as_json: bool,
) -> None:
    """Print what each run, or the mean of all, mends and breaks in files."""
    from elman.spelling.outcome import USUAL

    groups = grouped(models, mix)
    for name, some in groups.items():
        corrector = asked.corrector(some, USUAL, [Path(one) for one in tune])
        pairs = [pair for file in files for pair in asked.read(Path(file), some[0].encoding)]
        show_rates(corrector, pairs, asked.signature, name if len(groups) > 1 or as_json else "", as_json)


def _value(score: "Score") -> str:
    return f"{100 * score.value:7.2f} % {score.unit}" if score.unit.startswith("of ") else f"{score.value:9.4f}"
