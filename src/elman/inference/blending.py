"""Several runs, and caches, read one text: each by itself and all interpolated."""

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from elman.data.corpus import Corpus, Read
from elman.decoding.choice import check_numbers
from elman.decoding.mixture import fit_weights, mix
from elman.errors import ConfigError
from elman.evaluation.base import Evaluation
from elman.evaluation.likelihood import STREAMS, how_read, read_text
from elman.inference.cache import continuous_cache, unigram_cache
from elman.inference.language import check_alike
from elman.inference.predictor import Predictor

FLATNESSES = (0.0, 0.1, 0.2, 0.3, 0.5, 0.8)
"""θ of a continuous cache that are tried on the text that weights are fitted on."""


class Blend(NamedTuple):
    """What interpolation gives.

    Args:
        names: of the parts: runs, then caches.
        weights: λ of each.
        parts: the perplexity of each run by itself; None for a cache, which needs others beside it.
        evaluation: the scores of all together.
        remark: what a reader must know; empty where there is nothing.
    """

    names: list[str]
    weights: np.ndarray
    parts: list[float | None]
    evaluation: Evaluation
    remark: str = ""


class Text(NamedTuple):
    """A text and what each part gives to its tokens.

    Args:
        names: of the runs.
        corpus: the text.
        ids: its tokens, (N).
        log_probs: of each run, (M, N).
        hidden: hidden states before each token, of each run that has some, (N, H); None of the others.
    """

    names: list[str]
    corpus: Corpus
    ids: np.ndarray
    log_probs: np.ndarray
    hidden: list[np.ndarray | None]


def blend(runs: Sequence[Predictor], on: Sequence[str], tune: Sequence[str], cache: int = 0) -> Blend:
    """Interpolate language models over one vocabulary, with weights that fit another text best.

        p(w | history) = Σ_m λ_m p_m(w | history) + Σ_m λ'_m p_cache,m(w | history)

    Args:
        runs: language models.
        on: the text to score.
        tune: the text that the weights are fitted on.
        cache: M, how many tokens caches look back; 0 for none. A network has a continuous cache over its hidden states,
            anything else a unigram cache.

    Raises:
        ConfigError: models with different vocabularies, or one of lines with one of running text, or with a cache.
    """
    tasks = [run.offering("mixture") for run in runs]
    if cache:
        _check_running(runs)
    check_alike(runs, "be mixed")
    with tempfile.TemporaryDirectory() as folder:
        held_out, text = (_read(runs, files, bool(cache), Path(folder)) for files in (tune, on))
        names = list(text.names)
        tuned, scored = held_out.log_probs, text.log_probs
        for number in range(len(runs) if cache else 0):
            name, left, right = _caches(held_out, text, number, cache, len(tasks[0].tokens))
            if name not in names:
                names.append(name)
                tuned, scored = np.vstack([tuned, left]), np.vstack([scored, right])
        weights = fit_weights(tuned)
        mixed = mix(scored, weights)
        how = "mix:" + "+".join(f"{weight:.3f}" for weight in weights) + (f"|cache:{cache}" if cache else "")
        same = np.array_equal(held_out.ids, text.ids)
        how += "|tune:same" if same else ""
        how += "" if text.corpus.store.ends is None else f"|{how_read(text.corpus)}"
        read = [Read(np.arange(len(mixed)), text.ids, -mixed)]
        with np.errstate(over="ignore"):
            alone = np.exp(-scored[: len(runs)].mean(1)).tolist()
        parts = [*alone, *[None] * (len(names) - len(runs))]
        remark = "the weights are fitted on the text that is scored: its scores say nothing about other text"
        return Blend(names, weights, parts, tasks[0].likelihood.of(read, text.corpus, how), remark if same else "")


def _check_running(runs: Sequence[Predictor]) -> None:
    """Refuse a cache where there is nothing before a line.

    Raises:
        ConfigError: a run reads lines.
    """
    for run in runs:
        if run.task.config.by_line:
            raise ConfigError(
                f"--cache: to {run.path} each line is a text of its own, with nothing before it for a cache. Leave it "
                "out."
            )


def _caches(held_out: Text, text: Text, number: int, size: int, vocabulary: int) -> tuple[str, np.ndarray, np.ndarray]:
    """Return the cache of a run on both texts: its name, and log p of each token."""
    states, others = held_out.hidden[number], text.hidden[number]
    if states is None or others is None:
        left, right = (unigram_cache(one.ids, size, vocabulary) for one in (held_out, text))
        return f"unigram cache of {size:,}", left, right
    tried = {theta: continuous_cache(states, held_out.ids, size, theta) for theta in FLATNESSES}
    best = max(FLATNESSES, key=lambda theta: _gain(held_out, number, tried[theta]))
    name = f"cache of {size:,}, θ {best:g}, of {text.names[number]}"
    return name, tried[best], continuous_cache(others, text.ids, size, best)


def _gain(text: Text, number: int, cache: np.ndarray) -> float:
    """Return how likely a text is under a run and its cache with the best weights."""
    both = np.stack([text.log_probs[number], cache])
    return float(mix(both, fit_weights(both)).mean())


def _read(runs: Sequence[Predictor], files: Sequence[str], states: bool, folder: Path) -> Text:
    """Return what runs give to a text. With caches it is read as one stream, whose order they need."""
    corpus = runs[0].offering("mixture").encode(runs[0].reader, runs[0].reader.find(files), folder)
    ids = corpus.store.ids.astype(np.int64)
    log_probs, hidden = np.empty((len(runs), len(ids))), []
    for row, run in zip(log_probs, runs, strict=True):
        kept = []
        for part in read_text(run.ready, corpus, 1 if states else STREAMS, ("hidden",) if states else ()):
            row[part.places] = -part.nll
            kept += [part.kept["hidden"]] if "hidden" in part.kept else []
        check_numbers(row)
        hidden.append(np.concatenate(kept) if kept else None)
    return Text([str(run.path) for run in runs], corpus, ids, log_probs, hidden)


def validation_files(run: Predictor, files: Iterable[str]) -> list[str]:
    """Return the validation files of a run.

    Raises:
        ConfigError: it has none: it held out a share of its training text, or was imported.
    """
    found = list(files)
    if not found or found[0].endswith("%"):
        raise ConfigError(f"{run.path}: has no validation file to fit weights on. Name one with --tune FILE.")
    return found
