"""What data files hold: sentences with their tags, texts or pairs with their labels, series, or running text."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from elman.checks import findings, refusal
from elman.cli.descriptions import table
from elman.config import Settings
from elman.data.fields import Field, Kind, names_of
from elman.data.labels import answered
from elman.data.layout import is_tagged
from elman.data.mixed import MixedReader
from elman.data.parts import Parts
from elman.data.readers import READERS, formats
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.data.running import RunningText
from elman.data.sources import head, matches
from elman.data.summary import Words, beside_text, beside_training, of_examples, of_text
from elman.data.unknown import unknown_word_share
from elman.errors import ConfigError, DataError
from elman.tasks.base.framing import Tally, frames_of_files
from elman.text.folding import filled
from elman.text.printed import counted

_LABELS = Field("labels", Kind.LABELS)
_FIELDS = (
    (Field("words", Kind.WORDS), Field("tags", Kind.TAGS)),
    (Field("text", Kind.TEXT), _LABELS),
    (Field("first", Kind.TEXT), Field("second", Kind.TEXT), Field("label", Kind.LABEL)),
    (Field("first", Kind.TEXT), Field("second", Kind.TEXT), Field("score", Kind.NUMBER)),
    (Field("frames", Kind.FRAMES), _LABELS),
    (Field("frames", Kind.FRAMES), Field("text", Kind.TEXT)),
    (Field("frames", Kind.FRAMES),),
)
_LOOKED_AT = 100
_SURE = 2
_OF_RUNS = ("config.toml", "metrics.jsonl", "vocabulary")


class _Candidate(NamedTuple):
    """A format that a file may have, with the fields that it would give."""

    sure: int
    reader: Reader
    fields: Sequence[Field]


class Described(NamedTuple):
    """What there is to print of files.

    Args:
        lines: a table for each.
        findings: what is suspicious about them, a sentence each.
    """

    lines: list[str]
    findings: list[str]


def describe_files(names: Sequence[str], valid: Sequence[str] = (), given: Sequence[str] = ()) -> Described:
    """Return what files hold, and what is suspicious about them.

    Args:
        names: of training files, all like the first.
        valid: of validation files, which are held against them.
        given: options of the reader, such as `reader.delimiter=";"`.

    Raises:
        ConfigError: something else than an option of a reader is given, or none has it.
        DataError: a file looks like a format, but cannot be read in it.
    """
    path, settings, refused = Path(names[0]), _settings(given), []
    for candidate in _candidates(path, settings):
        try:
            trial = type(candidate.reader)(candidate.reader.config, candidate.reader.fields)
            list(islice(trial.read(trial.find(names[:1])), _LOOKED_AT))
        except DataError as error:
            refused.append(error)
            continue
        return _examples(candidate, names, valid)
    if refused:
        raise refused[0]
    return _text(names, valid, str(settings.get("reader.encoding", "utf-8")))


def are_there(name: str) -> bool:
    """Say whether a name leads to files: one, those of a glob, or some side by side with commas between."""
    return bool(matches(name)) or ("," in name and all(map(matches, name.split(","))))


def is_folder_of_data(path: Path) -> bool:
    """Say whether a folder is one of data, a folder or a file a class, and no run."""
    is_run = any((path / name).exists() for name in _OF_RUNS)
    able = ((READERS.get(name), fields) for fields in (_FIELDS[1], _FIELDS[4]) for name in formats(fields))
    return not is_run and any(kind.recognizes(path, "", names_of(fields)) > _SURE for kind, fields in able)


def tell(found: Sequence[str], strict: bool, width: int | None = None) -> None:
    """Print findings, in lines of a width.

    Raises:
        DataError: there are some, and none is allowed.
    """
    if found and strict:
        raise refusal(found, "elman describe without --strict")
    if found:
        print("what to know about the data")
        for text in found:
            print("\n".join(filled([f"  {text}"], width)))


def _examples(candidate: _Candidate, names: Sequence[str], valid: Sequence[str]) -> Described:
    """Describe files of examples."""
    reader = MixedReader(candidate.reader, candidate.fields)
    lines, parts = [], Parts(candidate.fields, names_of(candidate.fields[: max(1, len(candidate.fields) - 1)]), [])
    read: list[list[Example]] = [[], []]
    for part, some in enumerate((names, valid)):
        for name in some:
            reader.skipped.clear()
            reader.remarks.clear()
            paths = reader.find([name])
            tally = Tally()
            source = frames_of_files(reader, tally) if reader.fields[0] == "frames" else reader
            read_now = list(source.read(paths))
            several = any(len(one.fields.get("labels", ())) > 1 for one in (*read[0], *read_now))
            examples = answered(read_now, several, reader.skipped)
            read[part] += examples
            parts = Parts(parts.fields, parts.inputs, read[0], read[1])
            rows = {
                "format": f"{reader.config.name}: {', '.join(reader.fields)}",
                **tally.rows,
                **of_examples(examples, parts.fields, source.channels),
            }
            if part:
                rows |= beside_training(Parts(parts.fields, parts.inputs, read[0], examples))
            if reader.skipped:
                rows["passed over"] = ", ".join(counted(count, what) for what, count in reader.skipped.items())
            lines += [*table(rows, name), *(f"  {remark}" for remark in reader.remarks)]
    return Described(lines, findings(replace(parts, unknown=unknown_word_share(parts))))


def _text(names: Sequence[str], valid: Sequence[str], encoding: str) -> Described:
    """Describe files of running text."""
    reader = READERS.get("text")(READERS.get("text").Config(name="text", encoding=encoding))
    train, checked = reader.find(names), reader.find(valid)
    text = RunningText(lambda: reader.read(train), lambda: reader.read(checked))
    lines, known = [], Words()
    for path in train:
        rows, words = of_text(reader.read([path]))
        known.update(words)
        lines += table(rows, str(path))
    for path in checked:
        rows, words = of_text(reader.read([path]))
        rows |= beside_text(RunningText(text.train, lambda path=path: reader.read([path])), known, words)  # type: ignore[misc]
        lines += table(rows, str(path))
    return Described(lines, findings(text))


def _settings(given: Sequence[str]) -> Settings:
    settings = Settings()
    for assignment in given:
        if not assignment.strip().startswith("reader."):
            raise ConfigError(f"--set {assignment}: expected an option of the reader, such as reader.delimiter=';'.")
        settings.set_text(assignment)
    return settings


def _candidates(path: Path, settings: Settings) -> list[_Candidate]:
    """Return the formats that a file looks like, the likeliest first; with a name that is given, only that."""
    beginning = "" if path.is_dir() else head(path)
    named, options = settings.get("reader.name"), settings.get("reader", {})
    found = []
    for fields in _FIELDS:
        for name in [str(named)] if named else formats(fields):
            kind = READERS.get(name)
            if not kind.gives(fields) or not options.keys() <= kind.Config.model_fields.keys():
                continue
            sure = 3 if named else kind.recognizes(path, beginning, names_of(fields))
            if name == "conll" and not named:
                sure = 4 if is_tagged(beginning) else min(sure, 1)
            if sure < _SURE:
                continue
            built = Settings({"reader": {**options, "name": name}}).build("reader", kind.Config)
            found.append(_Candidate(sure, kind(built, names_of(fields)), fields))
    if named and not found:
        READERS.get(str(named))
        raise ConfigError(f"--set reader.name={named}: holds nothing that can be described, or lacks an option.")
    return sorted(found, key=lambda one: -one.sure)
