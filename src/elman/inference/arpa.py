"""ARPA files as runs, and runs as ARPA files."""

import gzip
import io
from pathlib import Path
from typing import cast

from elman.config import Settings
from elman.errors import ConfigError, DataError
from elman.inference.predictor import Predictor
from elman.models.ngram import Ngram
from elman.ngram import arpa
from elman.pages.report import write_report
from elman.runs.configuration import RunConfig
from elman.runs.folder import RunFolder
from elman.runs.log import MetricsLog
from elman.runs.numbering import next_path
from elman.tasks.lm import LanguageModeling
from elman.text.tokenization import Tokenization
from elman.text.tokenizers.word import WordTokenizer
from elman.text.vocabulary import Vocabulary
from elman.version import __version__


def write_arpa(run: Predictor, path: Path, partial: Path) -> int:
    """Write the n-gram model of a run as an ARPA file. Returns how many n-grams it has.

    Args:
        run: the run, of model `ngram`.
        path: the name of the file; one that ends with .gz is compressed.
        partial: where to write meanwhile.

    Raises:
        ConfigError: n-grams of other tokens than words, or over the ends of lines.
        DataError: tokens or probabilities that the format cannot hold.
    """
    model, task = cast(Ngram, run.model), run.task
    if model.config.across_lines:
        raise ConfigError(f"{run.path}: its n-grams reach over the ends of lines, which an ARPA file cannot say.")
    if task.config.level != "word":
        raise ConfigError(f"{run.path}: its tokens are {task.unit}, and who reads an ARPA file takes them for words.")
    tokens: Tokenization = run.offering("score").tokens
    if tokens.tokenizer.newline not in tokens.vocabulary:
        raise ConfigError(f"{run.path}: no line of its training text ended, and an ARPA file needs an end of lines.")
    with partial.open("wb") as bare:
        packed = (
            path.suffix == ".gz"
        )  # without the time and the name that the file has meanwhile: the same bytes each time
        raw = gzip.GzipFile("", "wb", fileobj=bare, mtime=0) if packed else bare
        with io.TextIOWrapper(raw, encoding="utf-8") as file:
            arpa.write(model.model, tokens.vocabulary.tokens, tokens.start_id, file)
    return sum(len(order.log_probs) for order in model.model.orders)


def import_arpa(path: Path, out: Path | None = None, overwrite: bool = False) -> Path:
    """Make a run of an ARPA file. Returns its folder.

    Raises:
        DataError: something is wrong with the file.
        ConfigError: there is a run in the folder already.
    """
    run = RunFolder(out if out is not None else next_path("lm"))
    run.check_free(overwrite)
    found = arpa.read(path)
    tokens = list(found.tokens)
    if WordTokenizer.newline in tokens:
        raise DataError(f"{path}: has the word {WordTokenizer.newline!r}, which stands for {arpa.END} here. Rename it.")
    tokens[found.line_end] = WordTokenizer.newline
    settings = Settings()
    for key, value in {
        "task.name": "lm", "task.level": "word", "data.train": [str(path.absolute())], "model.name": "ngram",
        "model.order": len(found.model.orders), "model.imported": True,
    }.items():  # fmt: skip
        settings.set(key, value)
    config = RunConfig.resolve(settings)
    vocabulary = Vocabulary(tokens, [0] * len(tokens))
    task = LanguageModeling(config.task, Tokenization(vocabulary, WordTokenizer()))
    model = Ngram(config.model, *task.outlines)
    model.model = found.model
    with run.created(overwrite) as run:
        run.save_config(config, {"elman": __version__, "data": "imported"})
        run.save_task(task)
        run.save_model(model.weights(), task)
        card = {"imported from": str(path), "vocabulary": f"{len(tokens):,} words"}
        MetricsLog(run.metrics_path, 0).write("data", unit=task.unit, card=card)
        write_report(run)
    return run.path
