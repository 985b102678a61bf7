"""What each run gives to the pieces of some data: the lines of a text, or sentences, texts, pairs."""

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from elman.data.corpus import Corpus
from elman.data.sources import refuse_pipes
from elman.decoding.choice import check_numbers
from elman.errors import ConfigError, DataError
from elman.evaluation.base import ByPiece, Pieces, score
from elman.evaluation.likelihood import LikelihoodVerdict, read_text
from elman.inference.predictor import Predictor
from elman.metrics.base import Likelihood, Score
from elman.text.vocabulary import UNKNOWN

_WARM_UP = 64
_MEASURED = 0.5
_TIMES = 5
FEWEST_TIMED = 2048
"""Words or tokens: of fewer, the time is that of calling the model, and says nothing of its speed."""


class Reading(NamedTuple):
    """What one run gives to the data.

    Args:
        run: the run.
        scores: by name, the first first.
        pieces: by name of a score, what it is made of; not of all.
        counts: how large the data is, its pieces first.
        unit: what a token is.
        unknown: the share of tokens that the vocabulary lacks.
        tokens_per_second: how fast the model was; None where the data is too small to tell.
        remarks: what else was counted, such as labels that training did not have.
        lacking: the share of tokens that the vocabulary lacks, but for a `<unk>` that the text itself has.
    """

    run: Predictor
    scores: Mapping[str, Score]
    pieces: Mapping[str, Pieces]
    counts: Mapping[str, int]
    unit: str
    unknown: float
    tokens_per_second: float | None
    remarks: Mapping[str, int] = {}
    lacking: float = 0.0


class _Lines(NamedTuple):
    """What a language model gives to each line."""

    run: Predictor
    likelihood: LikelihoodVerdict
    nats: np.ndarray
    tokens: np.ndarray
    unknown: int
    lacking: int
    tokens_per_second: float | None


def read(runs: Sequence[Predictor], files: Sequence[str]) -> list[Reading]:
    """Return what runs give to the same data, piece by piece.

    Raises:
        ConfigError: they are of different tasks, or of one whose data has no pieces.
        DataError: a file is missing, a pipe, or cannot be used, or the runs find different questions in it.
    """
    for run in runs[1:]:
        one, other = (str(each.task.config.name) for each in (runs[0], run))
        if one != other:
            raise ConfigError(
                f"{run.path}: a run of task {other!r}, expected {one!r} as of {runs[0].path}. Compare runs of one task."
            )
    refuse_pipes(runs[0].reader.find(files))
    return _lines(runs, files) if "score" in runs[0].task.verbs else _examples(runs, files)


def _examples(runs: Sequence[Predictor], files: Sequence[str]) -> list[Reading]:
    """Return what runs answer to sentences, texts or pairs."""
    readings: list[Reading] = []
    asked: ByPiece | None = None
    for run in runs:
        try:
            evaluation = run.evaluate(files)
        except DataError as error:
            raise DataError(*(f"{run.path}: {line}" for line in error.lines)) from error
        found = evaluation.by_piece
        if found is None:
            raise ConfigError(
                f"{run.path}: the scores of task {run.task.config.name!r} are not of pieces that can be drawn anew, so "
                "that nothing says how sure they are. Use elman evaluate."
            )
        asked = asked or found
        _check_same(runs[0], asked, run, found)
        scores = {score.name: score for score in evaluation.scores}
        counts = {found.things: len(found.gold), found.unit: found.words}
        unknown = found.unknown / max(1, found.words)
        known = {found.things, found.unit, f"unknown {found.unit}"}
        remarks = {name: count for name, count in evaluation.counts.items() if count and name not in known}
        speed = _examples_a_second(run, files, found.words)
        unit = found.unit.removesuffix("s")
        readings.append(Reading(run, scores, found.pieces(), counts, unit, unknown, speed, remarks))
    return readings


def _check_same(first: Predictor, asked: ByPiece, run: Predictor, found: ByPiece) -> None:
    """Refuse runs that were asked something else: their scores are of different things.

    Raises:
        DataError: so it is.
    """
    advice = "Compare runs that read the files in the same way."
    if len(found.gold) != len(asked.gold):
        raise DataError(
            f"{run.path}: finds {len(found.gold):,} {found.things}, but {first.path} {len(asked.gold):,}. {advice}"
        )
    for number, (one, other) in enumerate(zip(asked.gold, found.gold, strict=True), start=1):
        if one != other:
            raise DataError(
                f"{run.path}: the right answer to number {number:,} of the {found.things} is {other!r}, but to "
                f"{first.path} {one!r}. {advice}"
            )


def _examples_a_second(run: Predictor, files: Sequence[str], words: int) -> float | None:
    """Return how many words a second a run answers to, once it has answered to some of the data."""
    if words < FEWEST_TIMED:
        return None
    examples = list(run.reader.read(run.reader.find(files)))
    run.answer(examples[:_WARM_UP], facts=False)
    return words / _shortest(lambda: run.answer(examples, facts=False))


def _shortest(work: Callable[[], object]) -> float:
    """Return how long something takes: the shortest of several times, of fewer where they are long."""
    times: list[float] = []
    while not times or (sum(times) < _MEASURED and len(times) < _TIMES):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def _lines(runs: Sequence[Predictor], files: Sequence[str]) -> list[Reading]:
    """Return what language models give to the lines of a text."""
    with tempfile.TemporaryDirectory() as folder:
        found = [_line_by_line(run, files, Path(folder)) for run in runs]
    characters = _characters(runs[0], files)
    counts = {"lines": len(characters), "characters": int(characters.sum())}
    if any(len(one.nats) != len(characters) for one in found):
        # Some run has another idea of what a line is: only the whole text is the same to all.
        found = [one._replace(nats=one.nats.sum()[None], tokens=one.tokens.sum()[None]) for one in found]
        characters = characters.sum()[None]
    return [_likelihood(one, characters, counts) for one in found]


def _likelihood(found: _Lines, characters: np.ndarray, counts: Mapping[str, int]) -> Reading:
    unit, tokens = found.likelihood.unit, int(found.tokens.sum())
    whole = Likelihood(float(found.nats.sum()), tokens, int(characters.sum()))
    # A perplexity means something among models with the same vocabulary only.
    scores = [
        score("perplexity", whole, f"per {unit}", f"unknown:in|vocabulary:{found.run.task.fingerprint}"),
        score("bits_per_character", whole, "bits/character", "unknown:in|characters:all"),
    ]
    pieces = {
        "perplexity": Pieces("perplexity", np.stack([found.nats, found.tokens], axis=1)),
        "bits_per_character": Pieces("bits_per_character", np.stack([found.nats, characters], axis=1)),
    }
    scored = {one.name: one for one in scores}
    unknown, lacking = found.unknown / tokens, found.lacking / tokens
    return Reading(found.run, scored, pieces, counts, unit, unknown, found.tokens_per_second, lacking=lacking)


def _line_by_line(run: Predictor, files: Sequence[str], folder: Path) -> _Lines:
    task = run.offering("score")
    corpus = task.encode(run.reader, run.reader.find(files), folder)
    ids, nats = corpus.store.ids.astype(np.int64), np.empty(len(corpus.store))
    stepper = run.ready

    def read_all() -> None:
        for part in read_text(stepper, corpus):
            nats[part.places] = part.nll

    speed = None
    if len(ids) < FEWEST_TIMED:
        read_all()
    else:
        next(iter(read_text(stepper, corpus)))  # what happens at a first call only is not its speed
        speed = len(ids) / _shortest(read_all)
    check_numbers(nats)
    line = _line_of(corpus, ids)
    count = int(line[-1]) + 1
    unknown = task.likelihood.vocabulary.unknown_id
    missing = 0 if unknown is None else int((ids == unknown).sum())
    written = corpus.marks.get(UNKNOWN, 0) if task.config.level == "word" else 0
    lacking = max(0, missing - written)
    tokens = np.bincount(line, minlength=count)
    return _Lines(run, task.likelihood, np.bincount(line, nats, count), tokens, missing, lacking, speed)


def _line_of(corpus: Corpus, ids: np.ndarray) -> np.ndarray:
    """Return the number of its line for each token."""
    if corpus.store.ends is not None:
        return np.repeat(np.arange(len(corpus.store.ends)), corpus.store.line_lengths)
    if corpus.store.line_end is None:
        return np.zeros(len(ids), np.int64)
    ends = np.cumsum(ids == corpus.store.line_end)
    return np.concatenate([[0], ends[:-1]])


def _characters(run: Predictor, files: Sequence[str]) -> np.ndarray:
    """Return how many characters each line has, its break included."""
    lengths, begun = [], 0
    for example in run.reader.read(run.reader.find(files)):
        *whole, rest = example.fields["text"].split("\n")
        for line in whole:
            lengths.append(begun + len(line) + 1)
            begun = 0
        begun += len(rest)
    return np.array(lengths)
