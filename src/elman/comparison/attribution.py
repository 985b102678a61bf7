"""Who wrote a text: that of several language models, one an author, to which it is likeliest."""

import re
import tempfile
from collections.abc import Sequence
from math import log
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from elman.comparison.calibration import Calibration, calibrate
from elman.data.corpus import divided
from elman.decoding.choice import check_numbers
from elman.errors import ConfigError, DataError
from elman.evaluation.likelihood import read_lines
from elman.inference.predictor import Predictor
from elman.text.printed import counted
from elman.text.tokenization import Tokenization

PASSAGE = 500
"""Words of a passage."""
_MOST, _FEWEST = 200, 3
_LITTLE, _MANY_BYTES = 1000, 100
"""Words below which an author is hardly known, and bytes that no word has."""
_UNEQUAL = 1.5
_WORD = re.compile(r"\S+")


class Passage(NamedTuple):
    """A stretch of a text.

    Args:
        first: the number of its first word, from 1.
        words: how many it has.
        log_probs_nats: log p of it under each model.
        shares: p(author | passage), the authors beforehand equally likely; None where nothing says what likelihoods are
            worth.
    """

    first: int
    words: int
    log_probs_nats: list[float]
    shares: list[float] | None


class Attributed(NamedTuple):
    """A text and who it is likely by.

    Args:
        file: the text.
        words: of it.
        author: the likeliest.
        share: p(author | text), its passages taken as independent; None where that is unknown.
        bits_per_character: -log2 p under each model for each character.
        passages: of it, in order.
    """

    file: str
    words: int
    author: str
    share: float | None
    bits_per_character: list[float]
    passages: list[Passage]


class Attribution(NamedTuple):
    """What several models say of some texts.

    Args:
        authors: names of the models.
        passage: words of a passage.
        known: how many held-out passages there were, and how many went to their author; None where too few were.
        tokens: of each of them.
        texts: each.
        remarks: what a reader must know.
    """

    authors: list[str]
    passage: int
    known: tuple[int, int] | None
    tokens: int
    texts: list[Attributed]
    remarks: list[str]


class _Read(NamedTuple):
    """Passages as the models read them: log p of each in nats, (N, A), and their tokens, (N,)."""

    log_probs: np.ndarray
    tokens: np.ndarray


def attribute(runs: Sequence[Predictor], on: Sequence[str], words: int = PASSAGE) -> Attribution:
    """Return for each text which of several language models it is likeliest to be by.

        p(a | passage) ∝ exp(α log p_a(passage) - β_a T / T_0);    author = argmax_a Σ_passages log p(a | passage)

    α and β come from text that was held out from the training of each model, in passages of as many tokens. Without α
    n-grams would be sure of everything. β is 0 but where models learned from very different amounts of text: the author
    with most of it would have written all.

    Args:
        runs: language models with the same tokens, one an author.
        on: texts, each a file.
        words: of a passage.

    Raises:
        ConfigError: fewer than two models, with other tokens than each other, or of lines.
        DataError: a text is missing or has no word.
    """
    tasks = [run.offering("mixture") for run in runs]
    _check(runs, words)
    authors = _names(runs)
    texts = {str(path): _text(runs[0], path) for path in runs[0].reader.find(on)}
    cut = {file: _passages(text, words, file) for file, text in texts.items()}
    read = _read(runs, [tasks[0].tokens.encode(piece) for pieces in cut.values() for piece, _ in pieces])
    unequal = _amounts(runs, authors)
    length = max(1, round(float(np.median(read.tokens))))
    calibration, known, remarks = _known(runs, authors, length, bool(unequal))
    found, start = [], 0
    for file, pieces in cut.items():
        part = _Read(*(column[start : start + len(pieces)] for column in read))
        start += len(pieces)
        found.append(_attributed(file, pieces, part, authors, calibration))
    little = _little(runs, authors, known)
    return Attribution(authors, words, known, length, found, [*unequal, *little, *remarks])


def _attributed(
    file: str, pieces: Sequence[tuple[str, int]], read: _Read, authors: Sequence[str], calibration: Calibration | None
) -> Attributed:
    """Return a text with what its passages say together."""
    logs = None if calibration is None else calibration.log_shares(*read)
    shares = [None] * len(pieces) if logs is None else np.exp(logs).tolist()
    whole = (read.log_probs if logs is None else logs).sum(0)
    best = int(whole.argmax())
    passages, first = [], 1
    for (_, words), log_probs, share in zip(pieces, read.log_probs.tolist(), shares, strict=True):
        passages.append(Passage(first, words, log_probs, share))
        first += words
    characters = sum(len(piece) for piece, _ in pieces)
    share = None if logs is None else float(np.exp(whole[best] - np.logaddexp.reduce(whole)))
    bits = (-read.log_probs.sum(0) / log(2) / characters).tolist()
    return Attributed(file, first - 1, authors[best], share, bits, passages)


def _check(runs: Sequence[Predictor], words: int) -> None:
    """Refuse models whose probabilities of a passage mean different things.

    Raises:
        ConfigError: they do.
    """
    if len(runs) < 2:
        raise ConfigError("elman attribute: got one run, expected one for each of two or more authors.")
    if words < 1:
        raise ConfigError(f"--words: got {words}, expected 1 or more, the words of a passage.")
    for run in runs:
        if run.task.config.by_line:
            raise ConfigError(
                f"{run.path}: reads each line as a text of its own, and a passage goes over lines. Train it with "
                "--set task.lines=false."
            )
        if _kinds(run) != _kinds(runs[0]):
            raise ConfigError(
                f"{runs[0].path} and {run.path} have different tokens: the smaller vocabulary would win by what it "
                f"lacks. Train all with --set task.vocabulary={runs[0].path}/vocabulary/tokens.txt, or with --level "
                "byte."
            )


def _tokens(run: Predictor) -> Tokenization:
    found: Tokenization = run.offering("mixture").tokens
    return found


def _kinds(run: Predictor) -> tuple[str, frozenset[str]]:
    """Return the level of a model and its tokens, in whatever order."""
    return run.task.config.tokens_are, frozenset(_tokens(run).vocabulary.tokens)


def _names(runs: Sequence[Predictor]) -> list[str]:
    names = [run.path.name for run in runs]
    return names if len(set(names)) == len(names) else [str(run.path) for run in runs]


def _text(run: Predictor, path: Path) -> str:
    return "".join(example.fields["text"] for example in run.reader.read([path]))


def _passages(text: str, words: int, file: str) -> list[tuple[str, int]]:
    """Cut a text into passages and count their words. What is left at the end goes to the last if it is short.

    Raises:
        DataError: there is no word.
    """
    starts = [match.start() for match in _WORD.finditer(text)]
    if not starts:
        raise DataError(f"{file}: has no word, expected a text.")
    cuts = list(range(0, len(starts), words))
    if len(cuts) > 1 and len(starts) - cuts[-1] < (words + 1) // 2:
        cuts.pop()
    borders = [*(starts[cut] for cut in cuts), len(text)]
    counts = np.diff([*cuts, len(starts)]).tolist()
    return [(text[left:right], count) for left, right, count in zip(borders[:-1], borders[1:], counts, strict=True)]


def _read(runs: Sequence[Predictor], passages: Sequence[np.ndarray]) -> _Read:
    """Return what each model gives to passages in the ids of the first, each read from the start of a text."""
    ids, lengths = np.concatenate(passages), np.array([len(one) for one in passages])
    ends = np.cumsum(lengths)
    starts = np.concatenate([[0], ends[:-1]])
    nats = []
    for run in runs:
        own = _tokens(run).vocabulary.encode(_tokens(runs[0]).vocabulary.tokens)[ids]
        nats.append(np.add.reduceat(read_lines(run.ready, own, ends).nats, starts))
    log_probs = -np.stack(nats, axis=1)
    check_numbers(log_probs)
    if impossible := [run for run, column in zip(runs, log_probs.T, strict=True) if not np.isfinite(column).all()]:
        raise ConfigError(
            f"{impossible[0].path}: finds a passage impossible, since it gives nothing to what it never saw. Train it "
            "with a smoothing that does, such as model.smoothing=modified_kneser_ney."
        )
    return _Read(log_probs, lengths)


def _known(
    runs: Sequence[Predictor], authors: Sequence[str], length: int, unequal: bool
) -> tuple[Calibration | None, tuple[int, int] | None, list[str]]:
    """Return the calibration, how many held-out passages there are and how many go to their author, and remarks."""
    first = _tokens(runs[0]).vocabulary
    held_out = []
    for run in runs:
        there = first.encode(_tokens(run).vocabulary.tokens)
        held_out.append([there[ids] for ids in _held_out(run, length)])
    for author, passages in zip(authors, held_out, strict=True):
        if len(passages) < _FEWEST:
            few = counted(len(passages), "passages")
            remark = (
                f"no shares: {author} has held out {few} of {length:,} tokens, expected "
                f"{_FEWEST} or more, which tell what likelihoods are worth. Take fewer words a passage, or train with "
                "more --valid."
            )
            return None, None, [remark]
    truth = np.repeat(np.arange(len(runs)), [len(one) for one in held_out])
    read = _read(runs, [passage for passages in held_out for passage in passages])
    calibration = calibrate(*read, truth, unequal)
    if calibration.scale <= 0:
        remark = (
            "no shares: passages that were held out from training go to their author no more often than to others, so "
            "likelihoods say nothing here. Take more words a passage, or train on more text."
        )
        return None, None, [remark]
    right = int((calibration.log_shares(*read).argmax(1) == truth).sum())
    return calibration, (len(truth), right), []


def _held_out(run: Predictor, length: int) -> list[np.ndarray]:
    """Return passages of so many tokens that a model did not learn from, none where nobody knows any."""
    names, task = list(run.validation), run.offering("mixture")
    share = names[0].endswith("%") if names else False
    files = run.training if share else names
    if not files:
        return []
    with tempfile.TemporaryDirectory() as folder:
        store: Any = task.encode(run.reader, run.reader.find(files), Path(folder)).store
        if share:
            store = divided(store, float(names[0].rstrip("%")) / 100, Path(folder))[1]
        ids = np.array(store.ids, np.int64)
    count = len(ids) // length
    return [ids[number * length : (number + 1) * length] for number in range(count)][:_MOST]


def _amounts(runs: Sequence[Predictor], authors: Sequence[str]) -> list[str]:
    """Return a remark where models learned from very different amounts of text."""
    sizes = [sum(Path(name).stat().st_size for name in run.training if Path(name).exists()) for run in runs]
    least, most = int(np.argmin(sizes)), int(np.argmax(sizes))
    if not sizes[least] or sizes[most] < _UNEQUAL * sizes[least]:
        return []
    times = sizes[most] / sizes[least]
    return [
        f"{authors[most]} was trained on {times:.1f} times the text of {authors[least]}: more text makes all texts "
        "likelier. Bits per character do not compare then; shares allow for it as far as held-out text tells."
    ]


def _little(runs: Sequence[Predictor], authors: Sequence[str], known: tuple[int, int] | None) -> list[str]:
    """Return a remark for each author of whom hardly any text is known: how often such models are right."""
    expected = "nobody knows how often that is right"
    if known is not None:
        expected = f"expect {known[1] / known[0]:.0%} of passages to be right, as of those that were held out"
    remarks = []
    for run, author in zip(runs, authors, strict=True):
        files = [Path(name) for name in run.training if Path(name).is_file()]
        if files and sum(file.stat().st_size for file in files) < _MANY_BYTES * _LITTLE:
            words = sum(len(example.fields["text"].split()) for example in run.reader.read(files))
            if words < _LITTLE:
                remarks.append(f"{author} was trained on {words:,} words, fewer than {_LITTLE:,}: {expected}")
    return remarks
