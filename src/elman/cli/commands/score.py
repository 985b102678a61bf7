"""elman score: the probability of each line."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

import typer

from elman.cli.options import DEVICE, JSON, OTHERWISE, PLUGINS, otherwise, read_lines, to_json
from elman.text.printed import on_one_line

_TOGETHER = 4096


def command(
    run: Path = typer.Argument(metavar="RUN", help="A run folder."),
    file: Path = typer.Argument(
        Path("-"),
        metavar="[FILE|-]",
        help="Lines to score; - is standard input. Of a run that writes: data as in training, or on standard input "
        "sources and their targets with a tab between them.",
    ),
    tokens: bool = typer.Option(
        False,
        "--tokens",
        help="One row a token: log10 p, as ARPA files have it (nats: 2.3026 times that), order of the n-gram, unknown.",
    ),
    set_: list[str] = OTHERWISE,
    json_: bool = JSON,
    device: str = DEVICE,
    plugins: list[str] = PLUGINS,
) -> None:
    """Say how likely each line is.

    Prints log-probability and perplexity of each line, its end included.
    """
    from elman.data.marks import marks_in, remark_on
    from elman.inference.loading import load_each

    (model,), marks = load_each([run], device, plugins, **otherwise(set_)), Counter[str]()
    if "targets" in model.task.verbs:
        _targets(model, file, tokens, json_)
        return
    lines = read_lines(file, model.encoding)
    show = _tokens if tokens else _lines
    header = None if json_ else _HEADERS[tokens]
    while together := list(islice(lines, _TOGETHER)):
        marks += marks_in("\n".join(together))
        rows = show(model, together, json_)
        first = next(rows, None)  # refused before the header is printed
        if header is not None:
            print(header)
            header = None
        for text in [] if first is None else chain([first], rows):
            print(text)
    if remark := remark_on(marks):
        print(f"note: {remark}", file=sys.stderr)


_HEADERS = {
    False: f"{'log p (nats)':>14}  {'perplexity':>12}  {'tokens':>6}  {'unknown':>7}  line",
    True: f"{'log10 p':>10}  {'order':>5}  token",
}


def _targets(model: Any, file: Path, tokens: bool, as_json: bool) -> None:
    """Print how likely targets are: of a file as those of the training, or of lines with a tab from standard input."""
    from elman.errors import ConfigError, DataError
    from elman.inference.inputs import looks_like_data
    from elman.inference.scoring import score_targets

    if tokens:
        raise ConfigError("--tokens: a run that writes has its targets scored as wholes. Leave it out.")
    if str(file) == "-":
        examples = model.task.pairs(list(read_lines(file, model.encoding)))
    else:
        if file.is_file() and not looks_like_data(model, file):
            raise DataError(
                f"{file}: not like the files of the training ({model.reader.config.name}): of a run that writes, "
                "targets are scored, each behind its source. Give such a file, or lines on standard input: SOURCE, a "
                "tab, TARGET."
            )
        examples = model.task.examples(model.reader, model.reader.find([str(file)]))
    scores = score_targets(model.task, model.ready, examples)
    print("\n".join([*([] if as_json else [_HEADERS[False]]), *(_line(score, as_json) for score in scores)]))


def _lines(model: Any, lines: Sequence[str], as_json: bool) -> Iterator[str]:
    yield from (_line(score, as_json) for score in model.score(lines))


def _line(score: Any, as_json: bool) -> str:
    if as_json:
        return to_json(score._asdict())
    numbers = f"{score.log_prob_nats:>14,.4f}  {score.perplexity:>12,.2f}"
    return f"{numbers}  {score.tokens:>6}  {score.unknown:>7}  {on_one_line(score.text)}"


def _tokens(model: Any, lines: Sequence[str], as_json: bool) -> Iterator[str]:
    for line, scores in zip(lines, model.score_tokens(lines), strict=True):
        if as_json:
            yield to_json({"text": line, "tokens": [score._asdict() for score in scores]})
            continue
        for score in scores:
            order = "-" if score.order is None else str(score.order)
            unknown = "  (unknown)" if score.unknown else ""
            yield f"{score.log10:>10.4f}  {order:>5}  {on_one_line(score.token)}{unknown}"
