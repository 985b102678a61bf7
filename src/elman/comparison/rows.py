"""What is measured of each run."""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from elman.comparison.bootstrap import Resamples, interval, p_value
from elman.data.corpus import Corpus
from elman.inference.predictor import Predictor
from elman.tasks.lm import LanguageModeling
from elman.training.metrics_log import read_events
from elman.training.run_folder import RunFolder


class Row(NamedTuple):
    """One run on a text.

    Args:
        run: its folder.
        model: what it is, in a few words.
        unit: what a token is.
        perplexity: per token; None where runs have different vocabularies, whose perplexities do not compare.
        perplexity_interval: where 95 % of resampled texts have it.
        bits: per token, None likewise.
        bits_per_character: over all characters, line breaks included.
        interval: where 95 % of resampled texts have it; None where the text is too short to say, or a probability 0.
        p_value: how often chance alone gives the difference to the best run; None for the best, and as above.
        unknown: the share of tokens that its vocabulary lacks.
        parameters: numbers that were learned.
        bytes: the run's weights and vocabulary on disk.
        training_seconds: how long it was trained; None where the run does not say.
        tokens_per_second: how fast it read the text.
    """

    run: str
    model: str
    unit: str
    perplexity: float | None
    perplexity_interval: tuple[float, float] | None
    bits: float | None
    bits_per_character: float
    interval: tuple[float, float] | None
    p_value: float | None
    unknown: float
    parameters: int
    bytes: int
    training_seconds: float | None
    tokens_per_second: float


class Comparison(NamedTuple):
    """Runs on one text, the best first.

    Args:
        files: the text.
        lines: how many it has.
        characters: how many it has, line breaks included.
        rows: the runs.
    """

    files: list[str]
    lines: int
    characters: int
    rows: list[Row]


class _Reading(NamedTuple):
    """What one run gives to each line of the text."""

    predictor: Predictor
    task: LanguageModeling
    nats: np.ndarray
    tokens: np.ndarray
    unknown: int
    seconds: float


def compare(runs: Sequence[Predictor], files: Sequence[str]) -> Comparison:
    """Measure runs on one text.

    Args:
        runs: language models.
        files: the text.

    Raises:
        ConfigError: a run of another task.
        DataError: a file is missing or cannot be used.
    """
    with tempfile.TemporaryDirectory() as folder:
        readings = [_read(run, files, Path(folder)) for run in runs]
    characters = _characters(runs[0], files)
    if any(len(reading.nats) != len(characters) for reading in readings):
        # Some run has another idea of what a line is: only the whole text is the same to all.
        readings = [one._replace(nats=one.nats.sum()[None], tokens=one.tokens.sum()[None]) for one in readings]
        characters = characters.sum()[None]
    resamples = Resamples(len(characters))
    one_vocabulary = len({reading.task.fingerprint for reading in readings}) == 1
    readings.sort(key=lambda reading: float(reading.nats.sum()))
    of_characters = resamples.sums(characters)
    best = resamples.sums(readings[0].nats)
    rows = []
    for number, reading in enumerate(readings):
        nats, tokens = resamples.sums(reading.nats), resamples.sums(reading.tokens)
        p = None if number == 0 or not resamples.tell else p_value(nats - best)
        rows.append(_row(reading, nats / tokens, nats / of_characters, characters.sum(), p, one_vocabulary))
        if not resamples.tell or not np.isfinite(reading.nats).all():
            rows[-1] = rows[-1]._replace(perplexity_interval=None, interval=None, p_value=None)
    return Comparison(list(files), len(characters), int(characters.sum()), rows)


def _row(
    reading: _Reading, per_token: np.ndarray, per_character: np.ndarray, characters: float, p: float | None, shown: bool
) -> Row:
    total, tokens, predictor = float(reading.nats.sum()), int(reading.tokens.sum()), reading.predictor
    low, high = interval(per_token)
    return Row(
        run=str(predictor.path),
        model=predictor.model.title,
        unit=reading.task.tokenizer.unit,
        perplexity=float(np.exp(total / tokens)) if shown else None,
        perplexity_interval=(float(np.exp(low)), float(np.exp(high))) if shown else None,
        bits=total / tokens / np.log(2) if shown else None,
        bits_per_character=total / characters / np.log(2),
        interval=interval(per_character / np.log(2)),
        p_value=p,
        unknown=reading.unknown / tokens,
        parameters=predictor.model.num_weights(),
        bytes=_bytes(RunFolder(predictor.path)),
        training_seconds=_training_seconds(RunFolder(predictor.path)),
        tokens_per_second=tokens / reading.seconds,
    )


def _read(run: Predictor, files: Sequence[str], folder: Path) -> _Reading:
    task = run.language_model("perplexity")
    corpus = task.encode(run.reader, run.reader.find(files), folder)
    ids, nats = corpus.store.ids.astype(np.int64), np.empty(len(corpus.store))
    start = time.perf_counter()
    for part in task.read(run.model, corpus):  # type: ignore[arg-type]
        nats[part.places] = part.nll
    seconds = time.perf_counter() - start
    line = _line_of(corpus, ids)
    count = int(line[-1]) + 1
    unknown = task.vocabulary.unknown_id
    return _Reading(
        run,
        task,
        np.bincount(line, nats, count),
        np.bincount(line, minlength=count),
        0 if unknown is None else int((ids == unknown).sum()),
        seconds,
    )


def _line_of(corpus: Corpus, ids: np.ndarray) -> np.ndarray:
    """Return the number of its line for each token."""
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


def _bytes(folder: RunFolder) -> int:
    return sum(file.stat().st_size for file in [folder.model_path, *folder.vocabulary_path.iterdir()])


def _training_seconds(folder: RunFolder) -> float | None:
    seconds = [event["seconds"] for event in read_events(folder.metrics_path) if "seconds" in event]
    return float(seconds[-1]) if seconds else None
