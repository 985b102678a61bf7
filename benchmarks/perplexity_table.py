"""The table of language models: n-grams, features, and recurrent networks on one text with one vocabulary.

    python benchmarks/perplexity_table.py --novels NOVELS --minutes 60 --out table
    python benchmarks/perplexity_table.py --minutes 60 --out table        # goes on where it was interrupted

Cuts novels (NOVELS/<author>/<title>.md) into lower-case sentences: 61 novels to train on, one for validation, four to
test. Trains what configs/lm/novels holds, networks for so many minutes each; a row whose run is there goes on, or
stays. Measures each row on the test once, alone and mixed with KN-5 by weights that fit the validation best, and
writes table/table.md.
"""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from math import exp
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import elman
from elman.comparison.bootstrap import Resamples, interval, p_value
from elman.decoding.mixture import fit_weights, mix
from elman.errors import ConfigError, DataError, ElmanError
from elman.evaluation.likelihood import read_text
from elman.inference.predictor import Predictor
from elman.pages.progress import duration
from elman.runs.folder import RunFolder
from elman.runs.log import read_events
from typing_phrases import sentences

CONFIGS = Path(__file__).parent.parent / "configs" / "lm" / "novels"
VALID = {"The Haunted Hotel"}
TEST = {"Bartleby, the Scrivener", "Cranford", "The Mayor of Casterbridge", "The Prince and the Pauper"}
RAREST = 5
FIRST = "kn5"
SURE = 0.05


class Deck(NamedTuple):
    """A row of the published table: 0.8 billion words of news, 793,471 different ones."""

    model: str
    perplexity: float | None = None


ROWS = {
    "kn5": Deck("Interpolated Kneser-Ney 5-gram", 67.6),
    "rnn_maxent": Deck("RNN-1024 + MaxEnt 9-gram", 51.3),
    "rnn_blackout": Deck("RNN-2048 + BlackOut", 68.3),
    "snm5": Deck("SNM, 5-grams"),
    "snm5_skip": Deck("Sparse non-negative matrix (SNM10-skip)", 52.9),
    "lstm_projected": Deck("LSTM-2048 (projected to 512)", 43.7),
    "lstm_spelled": Deck("2-layer LSTM-8192 (projected to 1,024, words by characters)", 30.0),
    "lstm_small": Deck("Ours small (LSTM-2048)", 43.9),
    "lstm_large": Deck("Ours large (2-layer LSTM-2048)", 39.8),
}


class Row(NamedTuple):
    """A row that was trained and measured: log p of each token of validation and test."""

    name: str
    title: str
    parameters: int
    bytes: int
    seconds: float
    valid: np.ndarray
    test: np.ndarray


def cut(novels: Path, out: Path) -> None:
    """Write train.txt, valid.txt and test.txt, the training novels in an order of their own, rare words as <unk>."""
    paths = sorted(novels.glob("*/*.md"))
    titles = {path.stem.strip() for path in paths}
    if missing := sorted((VALID | TEST) - titles):
        raise DataError(
            f"{novels}: has no AUTHOR/{missing[0]}.md, which is measured on. Give the folder of all novels."
        )
    random.Random(1).shuffle(paths)
    parts: dict[str, list[list[str]]] = {"train": [], "valid": [], "test": []}
    for path in paths:
        title = path.stem.strip()
        parts["valid" if title in VALID else "test" if title in TEST else "train"] += sentences(path)
    counts = Counter(word for line in parts["train"] for word in line)
    for part, lines in parts.items():
        kept = [[word if counts[word] >= RAREST else "<unk>" for word in line] for line in lines]
        every = [word for line in kept for word in line]
        print(f"{part}: {len(lines):,} lines, {len(every):,} words, {every.count('<unk>') / len(every):.2%} <unk>")
        partial = out / f".{part}.txt"
        partial.write_text("".join(f"{' '.join(line)}\n" for line in kept), encoding="utf-8")
        partial.rename(out / f"{part}.txt")
    print(f"vocabulary: {sum(count >= RAREST for count in counts.values()):,} words that occur {RAREST} times or more")


def train(name: str, out: Path, minutes: float, threads: int) -> None:
    """Train a row, or go on with it; what is finished stays. Interrupted, the training saves before all ends."""
    run, config = out / "runs" / name, CONFIGS / f"{name}.toml"
    command = [sys.executable, "-m", "elman", "train"]
    if RunFolder(run).holds_run:
        command += ["--resume", str(run)]
    else:
        command += [str(config), "--train", str(out / "train.txt"), "--valid", str(out / "valid.txt")]
        command += ["--out", str(run), "--threads", str(threads)]
        # What is trained by gradients says how; the rest takes the time that it needs.
        command += ["--minutes", str(minutes)] if "training" in tomllib.loads(config.read_text()) else []
    print(f"\n{name}: {' '.join(command[1:])}", flush=True)
    child = subprocess.Popen(command, process_group=0)
    stops = signal.SIGINT, signal.SIGTERM
    before = {one: signal.signal(one, lambda got, _: child.send_signal(got)) for one in stops}
    try:
        code = child.wait()
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
    if code:
        print(f"{name}: stopped with code {code}. The same command goes on.", file=sys.stderr)
        sys.exit(code if code > 0 else 128 - code)


def check_vocabularies(runs: Sequence[Predictor]) -> None:
    """Refuse rows whose perplexities are of different things.

    Raises:
        ConfigError: vocabularies differ.
    """
    for run in runs[1:]:
        if run.task.fingerprint != runs[0].task.fingerprint:
            raise ConfigError(
                f"{run.path}: has another vocabulary than {runs[0].path}: perplexities over different tokens do not "
                "stand in one table. Train both on the same text at the same level."
            )


def log_probs(run: Predictor, path: Path) -> np.ndarray:
    """Return log p of each token of a text."""
    task: Any = run.offering("mixture")
    with tempfile.TemporaryDirectory() as folder:
        corpus = task.encode(run.reader, [path], Path(folder))
        found = np.empty(len(corpus.store))
        for part in read_text(run.ready, corpus):
            found[part.places] = -part.nll
    return found


def measured(run: Predictor, out: Path) -> Row:
    """Return a row, read from disk where it was measured since it was trained."""
    folder, name = RunFolder(run.path), run.path.name
    kept, now = out / "measured" / f"{name}.npz", folder.model_path.stat().st_mtime_ns
    if not (kept.exists() and int(np.load(kept)["of"]) == now):
        print(f"{name}: measuring", flush=True)
        kept.parent.mkdir(exist_ok=True)
        partial = kept.with_name(f".{kept.name}")
        texts = {part: log_probs(run, out / f"{part}.txt") for part in ("valid", "test")}
        np.savez(partial, of=now, **texts)
        partial.rename(kept)
    found = np.load(kept)
    size = sum(file.stat().st_size for file in [folder.model_path, *folder.vocabulary_path.iterdir()])
    seconds = [float(event["seconds"]) for event in read_events(folder.metrics_path) if "seconds" in event][-1]
    weights = run.model.num_weights()
    return Row(name, run.model.title, weights, size, seconds, found["valid"], found["test"])


def resampled(row: np.ndarray, ends: np.ndarray, resamples: Resamples) -> np.ndarray:
    """Return the perplexity of each of the resampled texts, whose pieces are lines."""
    starts = np.concatenate([[0], ends[:-1]])
    pieces = np.stack([np.add.reduceat(-row, starts), ends - starts], 1)
    sums = resamples.sums(pieces)
    found: np.ndarray = np.exp(sums[:, 0] / sums[:, 1])
    return found


def chance(p: float) -> str:
    return "< .001" if p < 0.001 else f"{p:.3f}".removeprefix("0")


HEADINGS = (
    *("published", "", "to its KN-5", "here", "perplexity", "95 %", "to KN-5", "p", "mixed with KN-5"),
    *("numbers", "on disk", "trained"),
)


def table(rows: Sequence[Row], ends: np.ndarray) -> list[str]:
    """Return the lines of the table and of what agrees with the published order."""
    resamples = Resamples(len(ends))
    values = {row.name: resampled(row.test, ends, resamples) for row in rows}
    cells = [HEADINGS, ("---",) * len(HEADINGS), *(cells_of(row, rows[0], values) for row in rows)]
    lines = [f"| {' | '.join(some)} |" for some in cells]
    if len(rows) > 2:
        lines += ["", f"All of them mixed: {mixture(rows)}, weights {weights_of(rows)}."]
    return [*lines, "", *order(rows, values)]


def cells_of(row: Row, first: Row, values: dict[str, np.ndarray]) -> tuple[str, ...]:
    deck, perplexity = ROWS[row.name], exp(-row.test.mean())
    published, ratio = "", ""
    if deck.perplexity is not None and ROWS[FIRST].perplexity is not None:
        published, ratio = f"{deck.perplexity:g}", f"{deck.perplexity / ROWS[FIRST].perplexity:.2f}"
    low, high = interval(values[row.name])
    of_first = "", "", ""
    if row is not first:
        p = chance(p_value(values[row.name] - values[first.name]))
        of_first = f"{perplexity / exp(-first.test.mean()):.2f}", p, mixture([first, row])
    return (
        *(deck.model, published, ratio, f"`{row.name}`: {row.title}"),
        *(f"{perplexity:.1f}", f"{low:.1f} to {high:.1f}", *of_first),
        *(f"{row.parameters / 1e6:.1f} M", f"{row.bytes / 1e6:.0f} MB", duration(row.seconds)),
    )


def weights_of(rows: Sequence[Row]) -> str:
    weights = fit_weights(np.stack([row.valid for row in rows]))
    return ", ".join(f"{row.name} {weight:.2f}" for row, weight in zip(rows, weights, strict=True))


def mixture(rows: Sequence[Row]) -> str:
    """Return the perplexity of rows with the weights that fit the validation best."""
    weights = fit_weights(np.stack([row.valid for row in rows]))
    return f"{exp(-mix(np.stack([row.test for row in rows]), weights).mean()):.1f}"


def order(rows: Sequence[Row], values: dict[str, np.ndarray]) -> list[str]:
    """Return which pairs of rows stand in the published order, and which surely do not."""
    known = [row for row in rows if ROWS[row.name].perplexity is not None]
    same, other, unsure = [], [], []
    for one, two in combinations(sorted(known, key=lambda row: -ROWS[row.name].perplexity), 2):
        p = p_value(values[one.name] - values[two.name])
        pair = f"{one.name} > {two.name}"
        (unsure if p >= SURE else same if one.test.mean() < two.test.mean() else other).append(f"{pair} ({chance(p)})")
    pairs = len(same) + len(other) + len(unsure)
    lines = [f"Of {pairs} pairs {len(same)} stand in the published order, {len(other)} in the other."]
    lines += [f"In the other (published; p here): {'; '.join(other)}."] if other else []
    return lines + ([f"Not to be told apart: {'; '.join(unsure)}."] if unsure else [])


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--novels", type=Path, help="folder of <author>/<title>.md; needed once")
    parser.add_argument("--out", type=Path, required=True, help="folder of texts, runs, measurements and table.md")
    parser.add_argument("--minutes", type=float, default=60, help="of training, each network")
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=list(ROWS), help="which; else all")
    parser.add_argument("--threads", type=int, default=0)
    given = parser.parse_args(words)
    given.out.mkdir(parents=True, exist_ok=True)
    if not (given.out / "test.txt").exists():
        if given.novels is None:
            parser.error("--novels: is needed the first time")
        cut(given.novels, given.out)
    names = [name for name in ROWS if name in {FIRST, *given.rows}]
    for name in names:
        train(name, given.out, given.minutes, given.threads)
    runs = [elman.load(given.out / "runs" / name) for name in names]
    check_vocabularies(runs)
    rows = [measured(run, given.out) for run in runs]
    lines = (given.out / "test.txt").read_text(encoding="utf-8").splitlines()
    text = "\n".join(table(rows, np.cumsum([len(line.split()) + 1 for line in lines])))
    (given.out / "table.md").write_text(f"{text}\n", encoding="utf-8")
    print(f"\n{text}")


if __name__ == "__main__":
    try:
        main()
    except ElmanError as error:
        sys.exit(str(error))
