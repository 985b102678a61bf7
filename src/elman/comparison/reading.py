"""What each run gives to the pieces of some data: the lines of a text, or sentences, texts, pairs."""

import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from elman.data.corpus import Corpus
from elman.errors import ConfigError, DataError
from elman.evaluation import Pieces
from elman.inference.predictor import Predictor
from elman.metrics.base import Score
from elman.tasks.lm import LanguageModeling


class Reading(NamedTuple):
    """What one run gives to the data.

    Args:
        run: the run.
        scores: by name, the first first; of language models those that mean the same for all vocabularies last.
        pieces: by name of a score, what it is made of.
        counts: how large the data is, its pieces first.
        unit: what a token is.
        unknown: the share of tokens that the vocabulary lacks.
        tokens_per_second: how fast it was read.
    """

    run: Predictor
    scores: Mapping[str, Score]
    pieces: Mapping[str, Pieces]
    counts: Mapping[str, int]
    unit: str
    unknown: float
    tokens_per_second: float


class _Lines(NamedTuple):
    """What a language model gives to each line."""

    run: Predictor
    task: LanguageModeling
    nats: np.ndarray
    tokens: np.ndarray
    unknown: int
    seconds: float


def read(runs: Sequence[Predictor], files: Sequence[str]) -> list[Reading]:
    """Return what runs give to the same data, piece by piece.

    Raises:
        ConfigError: they are of different tasks, or of one whose data has no pieces.
        DataError: a file is missing or cannot be used, or the runs find different pieces in it.
    """
    for run in runs[1:]:
        one, other = (str(each.task.config.name) for each in (runs[0], run))
        if one != other:
            raise ConfigError(
                f"{run.path}: a run of task {other!r}, expected {one!r} as of {runs[0].path}. Compare runs of one task."
            )
    return _lines(runs, files) if isinstance(runs[0].task, LanguageModeling) else _examples(runs, files)


def _examples(runs: Sequence[Predictor], files: Sequence[str]) -> list[Reading]:
    """Return what runs answer to sentences, texts or pairs."""
    readings = []
    for run in runs:
        start = time.perf_counter()
        found = run.evaluate(files)
        seconds = time.perf_counter() - start
        if not found.pieces:
            raise ConfigError(
                f"{run.path}: the scores of task {run.task.config.name!r} are not of pieces that can be drawn anew, so "
                "that nothing says how sure they are. Use elman evaluate."
            )
        pieces, words = next(iter(found.counts)), found.counts["words"]
        counts = {pieces: found.counts[pieces], "words": words}
        scores = {score.name: score for score in found.scores}
        unknown = found.counts["unknown words"] / max(1, words)
        readings.append(Reading(run, scores, found.pieces, counts, "word", unknown, words / seconds))
        if readings[0].counts[pieces] != counts[pieces]:
            raise DataError(
                f"{run.path}: finds {counts[pieces]:,} {pieces} in {', '.join(files)}, but {runs[0].path} "
                f"{readings[0].counts[pieces]:,}. Compare runs that read the files in the same way."
            )
    return readings


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
    unit, tokens = found.task.tokenizer.unit, int(found.tokens.sum())
    pieces = {
        "perplexity": Pieces("perplexity", np.stack([found.nats, found.tokens], axis=1)),
        "bits_per_character": Pieces("bits_per_character", np.stack([found.nats, characters], axis=1)),
    }
    # A perplexity means something among models with the same vocabulary only.
    signatures = {"perplexity": f"vocabulary:{found.task.fingerprint}", "bits_per_character": "all characters"}
    units = {"perplexity": f"per {unit}", "bits_per_character": "bits/character"}
    scores = {name: Score(name, part.value, units[name], signatures[name], True) for name, part in pieces.items()}
    return Reading(found.run, scores, pieces, counts, unit, found.unknown / tokens, tokens / found.seconds)


def _line_by_line(run: Predictor, files: Sequence[str], folder: Path) -> _Lines:
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
    missing = 0 if unknown is None else int((ids == unknown).sum())
    return _Lines(run, task, np.bincount(line, nats, count), np.bincount(line, minlength=count), missing, seconds)


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
