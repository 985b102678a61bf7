"""Who wrote a text: that of several language models, one an author, to which it is likeliest."""

import tempfile
from collections.abc import Sequence
from math import log
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from elman.comparison.calibration import Calibration, calibrate, no_better_than_chance
from elman.comparison.passages import Read, cut, read, tokens_of
from elman.data.corpus import divided
from elman.errors import ConfigError
from elman.inference.predictor import Predictor
from elman.inference.seen import seen
from elman.text.printed import counted

PASSAGE = 500
"""Words of a passage."""
_MOST, _FEWEST = 200, 3
_LITTLE, _MANY_BYTES = 1000, 100
"""Words below which an author is hardly known, and bytes that no word has."""
_UNEQUAL = 1.5
_MUCH_UNKNOWN, _TOO_MUCH_UNKNOWN = 0.3, 0.5
"""Shares of unknown tokens from which on that is said, and from which on nothing else is."""


class Passage(NamedTuple):
    """A stretch of a text.

    Args:
        first: the number of its first word, from 1.
        words: how many it has.
        log_probs_nats: log p of its known tokens under each model.
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
        unknown: the share of its tokens that the vocabulary lacks: they are left out.
        author: the likeliest; None where most tokens are unknown.
        share: p(author | text), its passages taken as independent; None where that is unknown.
        bits_per_character: -log2 p of its known tokens under each model for each character.
        passages: of it, in order.
    """

    file: str
    words: int
    unknown: float
    author: str | None
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


def attribute(runs: Sequence[Predictor], on: Sequence[str], words: int = PASSAGE) -> Attribution:
    """Return for each text which of several language models it is likeliest to be by.

        p(a | passage) ∝ exp(α log p_a(passage) - β_a T / T_0);    author = argmax_a Σ_passages log p(a | passage)

    p_a is that of the known tokens, given that they are known (`passages.read`). α and β come from text that was held
    out from the training of each model, in passages of as many tokens. Without α n-grams would be sure of everything.
    β is 0 but where models learned from very different amounts of text: the author with most of it would have written
    all.

    Args:
        runs: language models with the same tokens, one an author.
        on: texts, each a file.
        words: of a passage.

    Raises:
        ConfigError: fewer than two models, a run or a text twice, models with other tokens than each other or of lines.
        DataError: a text is missing or has no word.
    """
    tasks = [run.offering("mixture") for run in runs]
    _check(runs, words)
    if twice := next((name for name in on if list(on).count(name) > 1), None):
        raise ConfigError(f"--on: got {twice} twice, expected each text once.")
    authors = _names(runs)
    texts = {str(path): _text(runs[0], path) for path in runs[0].reader.find(on)}
    pieces_of = {file: cut(text, words, file) for file, text in texts.items()}
    found = read(runs, [tasks[0].tokens.encode(piece) for pieces in pieces_of.values() for piece, _ in pieces])
    unequal = _amounts(runs, authors)
    length = max(1, round(float(np.median(found.tokens + found.unknown))))
    calibration, known, remarks = _known(runs, authors, length, bool(unequal))
    attributed, start = [], 0
    for file, pieces in pieces_of.items():
        part = Read(*(column[start : start + len(pieces)] for column in found))
        start += len(pieces)
        attributed.append(_attributed(file, pieces, part, authors, calibration))
    known_before = [remark for run in runs for remark in seen(run, texts)]
    little = _little(runs, authors, known)
    return Attribution(
        authors, words, known, length, attributed, [*unequal, *little, *remarks, *_lacking(attributed), *known_before]
    )


def _attributed(
    file: str, pieces: Sequence[tuple[str, int]], found: Read, authors: Sequence[str], calibration: Calibration | None
) -> Attributed:
    """Return a text with what its passages say together."""
    unknown = float(found.unknown.sum() / max(1, found.unknown.sum() + found.tokens.sum()))
    silent = unknown > _TOO_MUCH_UNKNOWN
    logs = None if calibration is None or silent else calibration.log_shares(found.log_probs, found.tokens)
    shares = [None] * len(pieces) if logs is None else np.exp(logs).tolist()
    whole = (found.log_probs if logs is None else logs).sum(0)
    best = int(whole.argmax())
    author = None if silent else authors[best]
    passages, first = [], 1
    for (_, words), log_probs, share in zip(pieces, found.log_probs.tolist(), shares, strict=True):
        passages.append(Passage(first, words, log_probs, share))
        first += words
    characters = sum(len(piece) for piece, _ in pieces)
    share = None if logs is None else float(np.exp(whole[best] - np.logaddexp.reduce(whole)))
    bits = (-found.log_probs.sum(0) / log(2) / characters).tolist()
    return Attributed(file, first - 1, unknown, author, share, bits, passages)


def _check(runs: Sequence[Predictor], words: int) -> None:
    """Refuse models whose probabilities of a passage mean different things.

    Raises:
        ConfigError: they do.
    """
    paths = [run.path.resolve() for run in runs]
    if twice := next((run for run, path in zip(runs, paths, strict=True) if paths.count(path) > 1), None):
        raise ConfigError(f"{twice.path}: got it twice, expected a run for each author.")
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


def _kinds(run: Predictor) -> tuple[str, frozenset[str]]:
    """Return the level of a model and its tokens, in whatever order."""
    return run.task.config.tokens_are, frozenset(tokens_of(run).vocabulary.tokens)


def _names(runs: Sequence[Predictor]) -> list[str]:
    names = [run.path.name for run in runs]
    return names if len(set(names)) == len(names) else [str(run.path) for run in runs]


def _text(run: Predictor, path: Path) -> str:
    return "".join(example.fields["text"] for example in run.reader.read([path]))


def _known(
    runs: Sequence[Predictor], authors: Sequence[str], length: int, unequal: bool
) -> tuple[Calibration | None, tuple[int, int] | None, list[str]]:
    """Return the calibration, how many held-out passages there are and how many go to their author, and remarks."""
    first = tokens_of(runs[0]).vocabulary
    held_out = []
    for run in runs:
        there = first.encode(tokens_of(run).vocabulary.tokens)
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
    found = read(runs, [passage for passages in held_out for passage in passages])
    calibration = calibrate(found.log_probs, found.tokens, truth, unequal)
    to = calibration.log_shares(found.log_probs, found.tokens).argmax(1)
    known = (len(truth), int((to == truth).sum()))
    if calibration.scale <= 0 or no_better_than_chance(to, truth):
        remark = (
            f"no shares: {known[1]:,} of {known[0]:,} passages that were held out from training go to their author "
            f"({known[1] / known[0]:.0%}), no more than by chance, so likelihoods say nothing here. Take more words a "
            "passage, or train on more text."
        )
        return None, known, [remark]
    return calibration, known, []


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


def _lacking(texts: Sequence[Attributed]) -> list[str]:
    """Return a remark for each text of which much is unknown."""
    remarks = []
    for text in texts:
        if text.unknown > _MUCH_UNKNOWN:
            silent = "" if text.author is not None else ", too many to say whose it is"
            remarks.append(f"{text.file}: {text.unknown:.0%} of its tokens are unknown and left out{silent}")
    return remarks
