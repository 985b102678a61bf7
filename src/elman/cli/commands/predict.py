"""elman predict: what a model says to each input."""

from collections.abc import Iterator, Sequence
from itertools import islice, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from elman.cli.options import (
    DEVICE,
    JSON,
    OTHERWISE,
    PLUGINS,
    QUESTION,
    THRESHOLD,
    arriving,
    note,
    otherwise,
    read_lines,
    to_json,
)
from elman.text.printed import counted

if TYPE_CHECKING:
    from elman.answers.base import Answer
    from elman.data.records import Example
    from elman.inference.predictor import Predictor

_TOGETHER = 1024
_INPUTS = ("auto", "text", "tokens", "data")


def command(
    run: Path = typer.Argument(metavar="RUN", help="A run folder."),
    files: list[Path] = typer.Argument(
        None, metavar="[FILE|-]...", help="Inputs, one a line, of one file or several; - is standard input."
    ),
    input_: str = typer.Option(
        "auto",
        "--input",
        metavar="KIND",
        help="text: raw text. tokens: words stand between blanks, or tabs. data: a file like those of the training. "
        "auto: data where FILE looks like it, else text.",
    ),
    k: int = typer.Option(
        None, "--k", metavar="K", min=1, help="How many alternatives: by default 5, of several labels those that fit."
    ),
    threshold: float = THRESHOLD,
    with_: list[Path] = typer.Option(
        [], "--with", metavar="RUN", help="A further run that writes with this one, such as one of another seed."
    ),
    analogy: tuple[str, str, str] = typer.Option(
        None, "--analogy", metavar="A B C", help="Word vectors: A is to B as C is to what?"
    ),
    question: list[str] = QUESTION,
    set_: list[str] = OTHERWISE,
    json_: bool = JSON,
    device: str = DEVICE,
    plugins: list[str] = PLUGINS,
) -> None:
    """Show what a model says to each input.

    A language model shows the K likeliest next tokens after each line; a tagger tags it; a classifier gives its K
    likeliest labels; for pairs, a line is two texts with a tab between them. Word vectors show the K nearest words of
    each line's word.
    """
    from elman.errors import ConfigError, did_you_mean
    from elman.inference.together import loaded

    if input_ not in _INPUTS:
        raise ConfigError(f"--input: got {input_!r}. {did_you_mean(input_, _INPUTS)}")
    if k is not None and threshold is not None:
        raise ConfigError("--k and --threshold: each says which labels are shown. Give one of them.")
    model = loaded([run, *with_], device, plugins, **otherwise(set_))
    if analogy:
        if files or input_ not in ("auto", "text"):
            raise ConfigError("--analogy: has its three words itself. Leave out the file and --input.")
        _print([model.analogy(*analogy, k or 5)], json_)
        return
    shown = _Shown(json_, k, threshold, len(files or []) > 1)
    for file in files or [Path("-")]:
        _file(model, file, question, input_, shown)


class _Shown(NamedTuple):
    """How answers are shown: as JSON, how many alternatives, and whether their inputs are of several files."""

    as_json: bool
    k: int | None
    threshold: float | None
    among: bool


def _file(model: "Predictor", file: Path, questions: Sequence[str], kind: str, shown: _Shown) -> None:
    """Answer questions about a file, or its inputs, and tell what was passed over."""
    if questions:
        _answer(_asked(model, file, questions, kind), model, shown)
        return
    kind = _settled(model, file, kind)
    _answer(_groups(model, file, kind), model, shown)
    if kind == "data":
        note(*model.reader.remarks, *model.reader.passed_over)
        model.reader.remarks.clear()
        model.reader.skipped.clear()


def _answer(groups: "Iterator[Sequence[Example]]", model: "Predictor", shown: _Shown) -> None:
    """Print what a model says to each input, and tell where it knows little of them."""
    lacking = words = count = tabs = 0
    unit, odd = "", list[str]()
    for examples in groups:
        if not odd and examples:
            odd = model.task.remarks(examples)
            note(*odd)
        count += len(examples)
        tabs += sum("\t" in example.fields.get("source", "") for example in examples)
        some, of, unit = model.task.unknown(examples)
        lacking, words = lacking + some, words + of
        several = (shown.among or len(examples) > 1) and "transcripts" in model.task.verbs
        answers = model.answer(examples, shown.k, shown.as_json, shown.threshold)
        _print(answers, shown.as_json, [one.place for one in examples if several])
    if not count:
        note("no input: nothing to answer")
    if tabs:
        note(
            f"{tabs:,} of {counted(count, 'lines')} with a tab, which is read as part of the source: a line is a "
            "source alone. A file of sources with their targets is read with --input data"
        )
    if 2 * lacking > words:
        note(f"{lacking:,} of {words:,} {unit} of the input are unknown to the model")


def _print(answers: "Sequence[Answer]", as_json: bool, places: Sequence[str] = ()) -> None:
    """Print answers, behind where their inputs stand if a text alone does not say which of several it is of."""
    for place, answer in zip_longest(places, answers):
        print(to_json(answer.facts) if as_json else "\t".join(filter(None, [place, answer.shown])))
    print(end="", flush=True)


def _settled(model: "Predictor", file: Path, kind: str) -> str:
    """Return what a file is taken for, `auto` decided, and tell what the user should know about it."""
    from elman.errors import ConfigError
    from elman.inference.inputs import looks_like_data

    fields = model.task.fields(model.task.config)
    alone = model.task.inputs(model.task.config) == fields
    if alone and kind in ("auto", "data") and any(field.kind.numeric for field in fields):
        return "data"  # a series is a file and never a line
    if kind == "data" and alone:
        raise ConfigError(f"--input data: task {model.task.config.name} reads lines of text. Leave it out.")
    numbers = any(field.kind.numeric for field in model.task.inputs(model.task.config))
    if kind == "auto" and (looks_like_data(model, file) or (numbers and file != Path("-"))):
        if not numbers:  # numbers are never lines
            note(f"{file}: read as data, like the files of the training; --input text takes its lines as they are")
        return "data"
    if kind in ("auto", "text"):
        note(*model.task.hints)
    return kind


def _lines(model: "Predictor", file: Path, split: bool) -> "Iterator[Sequence[Example]]":
    """Yield inputs as they arrive: many together where many wait, a single one where someone types."""
    from elman.errors import DataError

    number = 0
    for lines in arriving(read_lines(file, model.encoding), _TOGETHER):
        examples: list[Example] = []
        try:
            for line in lines:
                number += 1
                examples.append(model.parse(line, split))
        except DataError as error:
            yield examples  # what came before is answered first
            raise DataError(f"{file}:{number}: {error}") from error
        yield examples


def _groups(model: "Predictor", file: Path, kind: str) -> "Iterator[Sequence[Example]]":
    """Return the inputs of a file, some at a time."""
    return _read(model, file) if kind == "data" else _lines(model, file, kind == "tokens")


def _asked(model: "Predictor", file: Path, questions: Sequence[str], kind: str) -> "Iterator[Sequence[Example]]":
    """Yield questions about a file, all of which is one story, or one passage.

    Raises:
        ConfigError: the file has questions of its own; it is not to be read as text.
        DataError: it has no text; a question is none.
    """
    from elman.errors import ConfigError, DataError
    from elman.inference.inputs import has_examples

    task = model.offering("questions")
    if kind not in ("auto", "text"):
        raise ConfigError(f"--question: got --input {kind}, expected text: all of {file} is one text. Leave one out.")
    if kind == "auto" and has_examples(model, file):
        raise ConfigError(
            f"--question: {file} is a file like those of the training, with questions of its own, expected a text. "
            "Leave --question out to have them answered, or read the file as one text with --input text."
        )
    text = "\n".join(read_lines(file, model.encoding))
    if not text.strip():
        raise DataError(f"{file}: got no text, expected the one that --question asks about. Give it some.")
    yield [task.about(text, question) for question in questions]


def _read(model: "Predictor", file: Path) -> "Iterator[Sequence[Example]]":
    examples = model.read(str(file))
    while group := list(islice(examples, _TOGETHER)):
        yield group
